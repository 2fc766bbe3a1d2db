use pyo3::prelude::*;
use pyo3::types::*;

fn object(none: Borrowed<'_, '_, PyNone>) -> Py<PyAny> {
    none.into_any().unbind()
}
