use pyo3::prelude::*;
use pyo3::types::*;

fn read(capsule: &Bound<'_, PyCapsule>) -> PyResult<u8> {
    Ok(unsafe { *capsule.pointer_checked(capsule.name()?.map(|name| name.as_cstr()))?.cast::<u8>().as_ref() })
}
