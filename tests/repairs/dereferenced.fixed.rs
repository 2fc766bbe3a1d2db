use pyo3::prelude::*;

fn same<'py>(object: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    object
}
