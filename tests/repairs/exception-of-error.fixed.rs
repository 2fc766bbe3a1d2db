use pyo3::prelude::*;

fn exception(py: Python<'_>, error: PyErr) -> Py<PyAny> {
    error.into_value(py).into_any()
}
