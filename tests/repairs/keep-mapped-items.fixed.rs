use pyo3::prelude::*;
use pyo3::types::*;

fn text<'a>(object: &'a Bound<'_, PyAny>) -> &'a str {
    object.cast::<PyString>().unwrap().to_str().unwrap()
}

fn count(list: &Bound<'_, PyList>) -> usize {
    let objects: Vec<_> = list.iter().collect();
    let texts: Vec<&str> = objects.iter().map(|item| text(item)).collect();
    texts.len()
}
