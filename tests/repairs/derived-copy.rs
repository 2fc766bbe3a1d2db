use pyo3::prelude::*;

#[derive(Clone, Copy)]
struct Held<'py> {
    object: Bound<'py, PyAny>,
}
