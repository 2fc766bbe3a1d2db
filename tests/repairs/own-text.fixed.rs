use pyo3::prelude::*;

fn kind<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<String> {
    object.getattr("kind")?.extract()
}
