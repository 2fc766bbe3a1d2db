use pyo3::prelude::*;

fn pick<'py>(one: &Bound<'py, PyAny>, other: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    if one.is_none() { other.clone() } else { one.clone() }
}
