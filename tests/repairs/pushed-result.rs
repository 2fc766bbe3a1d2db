use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn objects(py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
    let mut objects = Vec::new();
    objects.push(made(py, 1));
    Ok(objects)
}
