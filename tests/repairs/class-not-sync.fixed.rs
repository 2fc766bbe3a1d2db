use pyo3::prelude::*;

#[pyclass(unsendable)]
struct Counter {
    count: std::cell::Cell<u32>,
}
