use pyo3::prelude::*;
use pyo3::types::*;

fn all<'py>(first: &Bound<'py, PyAny>, list: &Bound<'py, PyList>) -> usize {
    let mut all = vec![first];
    all.extend(list.iter());
    all.len()
}
