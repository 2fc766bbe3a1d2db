use pyo3::prelude::*;

fn read(py: Python<'_>, held: &std::sync::Mutex<u8>) -> u8 {
    *held.get(py)
}
