use pyo3::prelude::*;
use pyo3::types::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn list(py: Python<'_>, keys: Vec<u8>) -> PyResult<Bound<'_, PyList>> {
    let objects: Vec<_> = keys.into_iter().map(|key| made(py, key)).collect::<PyResult<_>>()?;
    PyList::new(py, objects)
}
