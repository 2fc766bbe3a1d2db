use pyo3::prelude::*;
use pyo3::types::*;

fn is_dict(object: &Bound<'_, PyAny>) -> u8 {
    if object.is_instance_of::<PyDict>() { 1 } else { 2 }
}
