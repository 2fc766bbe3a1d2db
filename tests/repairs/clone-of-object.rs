use pyo3::prelude::*;

fn copies(py: Python<'_>, all: &[Py<PyAny>]) -> Vec<Py<PyAny>> {
    let _ = py;
    all.iter().cloned().collect()
}
