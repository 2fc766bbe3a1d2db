use pyo3::prelude::*;

fn number(py: Python<'_>, object: &Bound<'_, PyAny>) -> u8 {
    let number: u8 = object.extract::<u8>().unwrap_or_else(|error| {
        error.print(py);
        0
    });
    number
}
