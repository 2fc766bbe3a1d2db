use pyo3::prelude::*;

struct Held(Py<PyAny>);

impl Held {
    pub(crate) fn as_ptr(&self) -> *mut pyo3::ffi::PyObject {
        self.0.as_ptr()
    }
}
