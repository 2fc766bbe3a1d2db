use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn objects(py: Python<'_>, keys: Vec<u8>) -> PyResult<std::collections::HashMap<u8, Py<PyAny>>> {
    Ok(keys.into_iter().map(|key| (key, made(py, key)?)).collect())
}
