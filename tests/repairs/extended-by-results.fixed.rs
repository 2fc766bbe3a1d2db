use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn objects(py: Python<'_>, keys: Vec<u8>) -> PyResult<Vec<Py<PyAny>>> {
    let mut objects: Vec<Py<PyAny>> = Vec::new();
    objects.extend(keys.into_iter().map(|key| made(py, key)).collect::<PyResult<Vec<_>>>()?);
    Ok(objects)
}
