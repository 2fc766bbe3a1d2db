use pyo3::prelude::*;
use pyo3::types::*;

fn is_dict(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    object.is_instance::<PyDict>()
}
