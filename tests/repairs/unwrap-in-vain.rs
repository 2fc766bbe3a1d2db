use pyo3::prelude::*;
use pyo3::types::*;

fn dict(py: Python<'_>) -> Bound<'_, PyDict> {
    PyDict::new(py).unwrap()
}
