use pyo3::prelude::*;
use pyo3::IntoPyObjectExt;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn object(py: Python<'_>) -> PyResult<Py<PyAny>> {
    made(py, 1).into_py_any(py)
}
