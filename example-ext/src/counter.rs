//! The class `WordCounter`.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::words::{self, Counts};

/// Counts the words of the texts that it is given.
#[pyclass(module = "example_ext")]
pub struct WordCounter {
    counts: Counts,
    min_length: usize,
}

#[pymethods]
impl WordCounter {
    #[new]
    #[pyo3(signature = (text = "", *, min_length = 1))]
    fn new(text: &str, min_length: usize) -> PyResult<Self> {
        let mut counter = Self { counts: Counts::new(), min_length: check_min_length(min_length)? };
        counter.add(text);
        Ok(counter)
    }

    /// Count the words of another text.
    fn add(&mut self, text: &str) {
        words::count_into(&mut self.counts, text, self.min_length);
    }

    /// Return the most frequent words with their counts.
    #[pyo3(signature = (n = 10))]
    fn most_common(&self, n: usize) -> Vec<(String, usize)> {
        words::most_common(&self.counts, n)
    }

    /// The shortest length of a word that is counted from now on.
    #[getter]
    fn min_length(&self) -> usize {
        self.min_length
    }

    #[setter]
    fn set_min_length(&mut self, value: usize) -> PyResult<()> {
        self.min_length = check_min_length(value)?;
        Ok(())
    }

    /// How many different words there are.
    fn __len__(&self) -> usize {
        self.counts.len()
    }

    fn __repr__(&self) -> String {
        format!("WordCounter({} words, min_length={})", self.counts.len(), self.min_length)
    }
}

/// Refuses the one length that makes no sense; negative ones do not get here.
fn check_min_length(value: usize) -> PyResult<usize> {
    if value == 0 {
        return Err(PyValueError::new_err("min_length must be at least 1"));
    }
    Ok(value)
}
