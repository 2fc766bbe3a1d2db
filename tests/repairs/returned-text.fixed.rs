use pyo3::prelude::*;
use pyo3::types::*;

fn name<'a>(module: &'a Bound<'_, PyModule>) -> PyResult<String> {
    module.name().and_then(|text| text.extract())
}
