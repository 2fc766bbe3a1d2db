use pyo3::prelude::*;

fn is_none(object: &Bound<'_, PyAny>) -> bool {
    PyAny::is_none(object)
}
