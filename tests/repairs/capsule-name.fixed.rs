use pyo3::prelude::*;
use pyo3::types::*;

fn capsule(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, 1u8, c"ext.value")
}
