use pyo3::prelude::*;

#[pyclass]
struct Counter {
    count: std::cell::Cell<u32>,
}
