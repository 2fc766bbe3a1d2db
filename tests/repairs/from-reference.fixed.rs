use pyo3::prelude::*;
use pyo3::types::*;

struct Weight(usize);

impl From<&Bound<'_, PyAny>> for Weight {
    fn from(object: &Bound<'_, PyAny>) -> Self {
        Self(object.len().unwrap_or(0))
    }
}

fn weight(list: &Bound<'_, PyList>) -> PyResult<Weight> {
    Ok(Weight::from(&list.get_item(0)?))
}
