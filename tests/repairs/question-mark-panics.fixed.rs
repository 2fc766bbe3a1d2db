use pyo3::prelude::*;
use pyo3::types::*;

struct Problem;

fn list(py: Python<'_>) -> Result<usize, Problem> {
    Ok(PyList::new(py, [1u8]).unwrap().len())
}
