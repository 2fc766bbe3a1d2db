use pyo3::prelude::*;
use pyo3::types::*;

fn texts(list: &Bound<'_, PyList>) -> PyResult<usize> {
    let texts = list.iter().map(|item| item.extract::<String>()).collect::<PyResult<Vec<String>>>()?;
    Ok(texts.len())
}
