use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn object(py: Python<'_>, number: Option<u8>) -> PyResult<Py<PyAny>> {
    let object = number.map(|number| made(py, number)).unwrap_or(py.None());
    Ok(object)
}
