use pyo3::prelude::*;
use pyo3::types::*;

fn first<'py>(iterator: &Bound<'py, PyIterator>) -> Option<PyResult<Bound<'py, PyAny>>> {
    iterator.clone().next()
}
