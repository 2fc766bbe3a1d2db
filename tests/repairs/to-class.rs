use pyo3::prelude::*;
use pyo3::types::*;
use pyo3::IntoPyObjectExt;

fn text(py: Python<'_>, text: &str) -> PyResult<Py<PyString>> {
    let made: Py<PyString> = text.into_py_any(py)?;
    Ok(made)
}
