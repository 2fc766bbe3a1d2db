use pyo3::prelude::*;
use pyo3::types::*;

fn name<'a>(module: &'a Bound<'_, PyModule>) -> PyResult<&'a str> {
    module.name()
}
