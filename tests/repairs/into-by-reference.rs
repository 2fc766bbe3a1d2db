use pyo3::prelude::*;

struct Name(String);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

fn name(object: &Bound<'_, PyAny>) -> PyResult<Name> {
    let text: pyo3::pybacked::PyBackedStr = object.extract()?;
    Ok(text.into())
}
