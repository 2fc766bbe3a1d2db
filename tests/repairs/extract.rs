use pyo3::prelude::*;

fn number(object: &Bound<'_, PyAny>) -> PyResult<u8> {
    Ok(<u8 as FromPyObject>::extract(object)?)
}
