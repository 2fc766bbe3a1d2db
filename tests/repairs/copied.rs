use pyo3::prelude::*;

fn all<'py>(objects: &[Bound<'py, PyAny>]) -> Vec<Bound<'py, PyAny>> {
    objects.iter().copied().collect()
}
