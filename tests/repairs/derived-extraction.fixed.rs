use pyo3::prelude::*;

#[derive(FromPyObject)]
struct Name {
    name: String,
}
