use pyo3::prelude::*;

struct Held<T>(Py<T>);

impl<T> Held<T>
{
    fn pointer(&self) -> *mut pyo3::ffi::PyObject {
        self.0.as_ptr()
    }
}
