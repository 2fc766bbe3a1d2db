use pyo3::prelude::*;
use pyo3::types::*;

fn dict(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    Ok(PyDict::new(py))
}
