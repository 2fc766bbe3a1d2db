use pyo3::prelude::*;

fn kind<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    object.getattr("kind")?.extract()
}
