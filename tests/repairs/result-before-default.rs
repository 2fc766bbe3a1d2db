use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn object(py: Python<'_>, number: Option<u8>) -> PyResult<Vec<Py<PyAny>>> {
    let object: Py<PyAny> = number.map(|number| made(py, number)).unwrap_or_else(|| made(py, 1));
    Ok(vec![object])
}
