use pyo3::prelude::*;

#[derive(Clone)]
struct Held<'py> {
    object: Bound<'py, PyAny>,
}
