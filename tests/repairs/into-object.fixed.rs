use pyo3::prelude::*;
use pyo3::types::*;

fn object(dict: &Bound<'_, PyDict>) -> Py<PyAny> {
    dict.clone().into_any().unbind()
}
