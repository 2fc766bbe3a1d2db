use pyo3::prelude::*;
use pyo3::types::*;

fn count<'py>(dict: &Bound<'py, PyDict>) -> PyResult<usize> {
    (dict as &PyAny).len()
}
