use pyo3::prelude::*;
use pyo3::types::*;

fn texts(list: &Bound<'_, PyList>) -> PyResult<usize> {
    let mut texts: Vec<&str> = Vec::new();
    let objects: Vec<_> = list.iter().collect();
    for item in &objects {
        texts.push(item.cast::<PyString>()?.to_str()?);
    }
    Ok(texts.len())
}
