use pyo3::prelude::*;
use pyo3::types::*;

fn with(dict: &Bound<'_, PyDict>, read: impl Fn(&Bound<'_, PyDict>) -> usize) -> usize {
    read(dict)
}

fn length(dict: &Bound<'_, PyDict>) -> usize {
    with(dict, |dict: Bound<'_, PyDict>| dict.len())
}
