use pyo3::prelude::*;
use pyo3::types::*;

fn weigh(object: &Bound<'_, PyAny>) -> usize {
    object.len().unwrap_or(0)
}

fn weights(list: &Bound<'_, PyList>) -> Vec<usize> {
    list.iter().map(weigh).collect()
}
