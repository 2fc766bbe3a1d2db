use pyo3::prelude::*;
use pyo3::types::*;

fn count(dict: &Bound<'_, PyDict>) -> PyResult<usize> {
    dict.as_any().len()
}
