use pyo3::prelude::*;
use pyo3::types::*;

fn number(py: Python<'_>) -> PyResult<Bound<'_, PyInt>> {
    let number: Bound<'_, PyInt> = 3u8.into_pyobject(py);
    Ok(number)
}
