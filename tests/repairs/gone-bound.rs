use pyo3::prelude::*;

struct Held<T>(Py<T>);

impl<T> Held<T>
where
    Py<T>: AsPyPointer,
{
    fn pointer(&self) -> *mut pyo3::ffi::PyObject {
        self.0.as_ptr()
    }
}
