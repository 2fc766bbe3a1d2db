use pyo3::prelude::*;

fn length(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    let name: &str = object.get_type().name()?.to_str()?;
    Ok(name.len())
}
