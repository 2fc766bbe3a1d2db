use pyo3::prelude::*;
use pyo3::types::*;

fn capsule(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new(py, 1u8, Some(std::ffi::CString::new("ext.value").unwrap()))
}
