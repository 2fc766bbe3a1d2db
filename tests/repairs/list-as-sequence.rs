use pyo3::prelude::*;
use pyo3::types::*;

fn first<'py>(sequence: Bound<'py, PySequence>) -> PyResult<Bound<'py, PyAny>> {
    sequence.get_item(0)
}

fn first_key<'py>(dict: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    first(dict.keys())
}
