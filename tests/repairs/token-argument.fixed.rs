use pyo3::prelude::*;
use pyo3::types::*;

fn items<'py>(py: Python<'py>, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    PyIterator::from_object(object)
}
