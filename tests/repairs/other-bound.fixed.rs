use pyo3::prelude::*;
use std::ops::Bound;

fn count(object: &pyo3::Bound<'_, PyAny>, _end: std::ops::Bound<u8>) -> PyResult<usize> {
    object.len()
}
