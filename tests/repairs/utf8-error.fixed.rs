use pyo3::prelude::*;

fn text(py: Python<'_>, bytes: &[u8]) -> PyResult<String> {
    let _ = py;
    Ok(std::str::from_utf8(bytes).map_err(|error| pyo3::exceptions::PyUnicodeDecodeError::new_err_from_utf8(py, bytes, error))?.to_owned())
}
