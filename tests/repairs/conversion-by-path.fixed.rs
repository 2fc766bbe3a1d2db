use pyo3::prelude::*;
use pyo3::types::*;

struct Weight(usize);

impl From<&Bound<'_, PyAny>> for Weight {
    fn from(object: &Bound<'_, PyAny>) -> Self {
        Self(object.len().unwrap_or(0))
    }
}

fn weights(list: &Bound<'_, PyList>) -> Vec<Weight> {
    list.iter().map(|object| Weight::from(&object)).collect()
}
