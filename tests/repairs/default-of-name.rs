use pyo3::prelude::*;

fn length(object: &Bound<'_, PyAny>) -> usize {
    let name = object.get_type().name().unwrap_or_else(|_| "unknown".into());
    name.to_string().len()
}
