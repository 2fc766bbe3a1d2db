use pyo3::prelude::*;
use pyo3::types::*;

fn date<'py>(py: Python<'py>, zone: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDateTime>> {
    PyDateTime::new(py, 2020, 1, 1, 0, 0, 0, 0, Some(zone.cast()?))
}
