use pyo3::prelude::*;

fn count(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    let objects: Vec<Bound<'_, _>> = object.extract()?;
    let first: Option<&Bound<'_, PyAny>> = objects.first().copied();
    Ok(objects.len() + usize::from(first.is_some()))
}
