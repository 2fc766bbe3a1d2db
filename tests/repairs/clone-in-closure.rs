use pyo3::prelude::*;

fn find(all: &std::collections::HashMap<u8, Py<PyAny>>) -> Option<Py<PyAny>> {
    all.get(&1).map(|found| found.clone())
}
