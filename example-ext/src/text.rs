//! Functions for texts.

use pyo3::prelude::*;

use crate::counter::check_min_length;
use crate::pure::words::{self, Counts};
use crate::pure::{distance, numbers};

/// Count the words of a text, regardless of case.
#[pyfunction]
#[pyo3(signature = (text, *, min_length = 1))]
pub fn count_words(py: Python<'_>, text: &str, min_length: isize) -> PyResult<Counts> {
    let min_length = check_min_length(min_length)?;
    // A Python string never changes, and the caller holds this one: it can be read while detached, without a copy.
    Ok(py.detach(|| words::count(text, min_length)))
}

/// Return how many characters have to be inserted, removed or replaced to make one text the other.
#[pyfunction]
pub fn edit_distance(py: Python<'_>, left: &str, right: &str) -> usize {
    py.detach(|| distance::edit_distance(left, right))
}

/// Return the n candidates that are nearest to a word, with their edit distances. Uses all cores.
#[pyfunction]
#[pyo3(signature = (word, candidates, *, n = 3))]
pub fn closest(py: Python<'_>, word: &str, candidates: Vec<String>, n: usize) -> Vec<(String, usize)> {
    py.detach(|| distance::closest(word, candidates, n))
}

/// Return the decimal numbers that occur in a text, in order.
#[pyfunction]
pub fn find_numbers(py: Python<'_>, text: &str) -> Vec<f64> {
    py.detach(|| numbers::find_numbers(text))
}

/// Read a whole number above zero.
#[pyfunction]
pub fn parse_positive(text: &str) -> Result<i64, numbers::ParseError> {
    numbers::parse_positive(text)
}
