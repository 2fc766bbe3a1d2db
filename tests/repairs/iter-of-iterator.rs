use pyo3::prelude::*;
use pyo3::types::*;

fn count(iterator: &Bound<'_, PyIterator>) -> PyResult<usize> {
    Ok(iterator.iter()?.count())
}
