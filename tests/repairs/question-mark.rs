use pyo3::prelude::*;
use pyo3::types::*;

fn first<'py>(list: &Bound<'py, PyList>) -> Bound<'py, PyAny> {
    list.get_item(0)?
}
