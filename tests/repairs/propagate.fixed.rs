use pyo3::prelude::*;
use pyo3::types::*;

fn list(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    PyList::new(py, [1u8])
}
