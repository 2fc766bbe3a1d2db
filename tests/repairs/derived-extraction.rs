use pyo3::prelude::*;

#[derive(FromPyObject)]
struct Name<'a> {
    name: &'a str,
}
