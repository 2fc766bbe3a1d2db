use pyo3::prelude::*;
use pyo3::types::*;

fn text(none: Borrowed<'_, '_, PyNone>) -> String {
    format!("{none}")
}
