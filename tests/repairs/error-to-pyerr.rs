use pyo3::prelude::*;
use pyo3::types::*;

fn dict<'py>(object: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    object.cast_into::<PyDict>()
}
