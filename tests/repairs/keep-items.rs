use pyo3::prelude::*;
use pyo3::types::*;

fn texts(list: &Bound<'_, PyList>) -> PyResult<usize> {
    let mut texts: Vec<&str> = Vec::new();
    for item in list.iter() {
        texts.push(item.cast::<PyString>()?.to_str()?);
    }
    Ok(texts.len())
}
