use pyo3::prelude::*;
use pyo3::types::*;

fn first<'py>(list: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
    Ok(list.get_item(0)?)
}
