use pyo3::prelude::*;

fn is_none(object: &Bound<'_, PyAny>) -> bool {
    object.is_none()
}
