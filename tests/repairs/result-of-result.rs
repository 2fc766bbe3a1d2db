use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn object() -> PyResult<Py<PyAny>> {
    let run = |number: u8| Python::attach(|py| made(py, number));
    apply(run)
}

fn apply(run: impl Fn(u8) -> PyResult<Py<PyAny>>) -> PyResult<Py<PyAny>> {
    twice(|| run(1))
}

fn twice<T>(run: impl Fn() -> T) -> PyResult<T> {
    run();
    Ok(run())
}
