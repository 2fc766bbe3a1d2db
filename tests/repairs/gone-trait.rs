use pyo3::prelude::*;

struct Held(Py<PyAny>);

unsafe impl AsPyPointer for Held {
    fn as_ptr(&self) -> *mut pyo3::ffi::PyObject {
        self.0.as_ptr()
    }
}
