use pyo3::prelude::*;

fn text(object: &Bound<'_, PyAny>) -> PyResult<String> {
    object.extract()
}

fn text_or_nothing(object: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
    let text = object.map(|object| text(object)).transpose()?.unwrap_or_default();
    Ok(text)
}
