use pyo3::prelude::*;

fn copy(py: Python<'_>, object: &Py<PyAny>) -> Py<PyAny> {
    let _ = py;
    let copied = object.clone_ref(py);
    copied
}
