use pyo3::prelude::*;
use pyo3::types::*;

fn nth<'py>(list: &Bound<'py, PyList>, at: u8) -> PyResult<Bound<'py, PyAny>> {
    list.get_item(at as isize)
}
