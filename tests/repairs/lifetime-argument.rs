use pyo3::prelude::*;

#[derive(FromPyObject)]
struct Name {
    name: String,
}

fn length(name: &Name<'_>) -> usize {
    name.name.len()
}
