use pyo3::prelude::*;

fn text(py: Python<'_>, text: String) -> PyResult<Py<PyAny>> {
    Ok(text.into_py(py))
}
