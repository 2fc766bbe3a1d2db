use pyo3::prelude::*;
use pyo3::types::*;

fn read(capsule: &Bound<'_, PyCapsule>) -> PyResult<u8> {
    Ok(unsafe { *capsule.reference::<u8>() })
}
