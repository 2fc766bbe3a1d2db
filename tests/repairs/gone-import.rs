use pyo3::prelude::*;
use pyo3::{AsPyPointer, Py};

fn pointer(object: &Py<PyAny>) -> *mut pyo3::ffi::PyObject {
    object.as_ptr()
}
