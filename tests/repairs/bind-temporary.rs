use pyo3::prelude::*;

fn length(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    let name = object.str()?.to_str()?;
    Ok(name.len())
}
