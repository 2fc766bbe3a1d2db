use pyo3::prelude::*;

fn copy<'py>(object: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    object
}
