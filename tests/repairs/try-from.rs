use pyo3::prelude::*;
use pyo3::types::*;

fn dict<'a, 'py>(object: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, PyDict>> {
    Ok(<PyDict as PyTryFrom>::try_from(object)?)
}
