use pyo3::prelude::*;

fn copies(py: Python<'_>, all: &[Py<PyAny>]) -> Vec<Py<PyAny>> {
    let _ = py;
    all.iter().map(|object| object.clone_ref(py)).collect()
}
