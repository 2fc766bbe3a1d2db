use pyo3::prelude::*;

fn text(py: Python<'_>, bytes: &[u8]) -> PyResult<String> {
    let _ = py;
    Ok(std::str::from_utf8(bytes)?.to_owned())
}
