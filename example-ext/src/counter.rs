//! The class `WordCounter`, which many threads may share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use crate::pure::words::{self, Counts};

/// Counts the words of the texts that it is given, by any number of threads at once.
///
/// The class is frozen: PyO3 then hands out `&self` only, and what changes is behind a lock. With `&mut self`, two threads at once would get
/// "Already borrowed". Texts are counted outside of the lock and detached from Python, so threads wait for each other only to add up.
#[pyclass(frozen, module = "example_ext")]
pub struct WordCounter {
    counts: Mutex<Counts>,
    min_length: AtomicUsize,
}

#[pymethods]
impl WordCounter {
    #[new]
    #[pyo3(signature = (text = "", *, min_length = 1))]
    fn new(py: Python<'_>, text: &str, min_length: isize) -> PyResult<Self> {
        let counter = Self { counts: Mutex::default(), min_length: check_min_length(min_length)?.into() };
        counter.add(py, text);
        Ok(counter)
    }

    /// Count the words of another text.
    fn add(&self, py: Python<'_>, text: &str) {
        py.detach(|| self.merge(words::count(text, self.length())));
    }

    /// Count the words of many texts, on all cores. One call costs less than many calls of `add`.
    fn add_all(&self, py: Python<'_>, texts: Vec<String>) {
        py.detach(|| self.merge(words::count_all(&texts, self.length())));
    }

    /// Return the most frequent words with their counts; those of equal frequency in the order of the alphabet.
    #[pyo3(signature = (n = 10))]
    fn most_common(&self, py: Python<'_>, n: usize) -> Vec<(String, u64)> {
        py.detach(|| words::most_common(&self.counts.lock().unwrap_or_else(PoisonError::into_inner), n))
    }

    /// The shortest length of a word that is counted from now on, in characters.
    #[getter]
    fn min_length(&self) -> usize {
        self.length()
    }

    #[setter]
    fn set_min_length(&self, value: isize) -> PyResult<()> {
        self.min_length.store(check_min_length(value)?, Ordering::Relaxed);
        Ok(())
    }

    /// How many words were counted.
    #[getter]
    fn total(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.counts.lock().unwrap_or_else(PoisonError::into_inner).values().sum())
    }

    /// How many different words there are.
    fn __len__(&self, py: Python<'_>) -> usize {
        // Too short to detach for. This way of locking detaches only if it has to wait, so no thread waits for the lock while the thread
        // that has it waits for Python.
        self.counts.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner).len()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("WordCounter({} words, min_length={})", self.__len__(py), self.length())
    }
}

impl WordCounter {
    /// Nothing else is read or written together with the length, so no order has to be kept.
    fn length(&self) -> usize {
        self.min_length.load(Ordering::Relaxed)
    }

    /// Only to be called detached: it waits for the lock.
    fn merge(&self, more: Counts) {
        // A thread that panicked here was out of memory; the counts are whole numbers whatever happened.
        words::merge(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner), more);
    }
}

/// The exception for a length below 1. Takes a signed number, so that -1 gets the same one as 0.
pub fn check_min_length(value: isize) -> PyResult<usize> {
    match usize::try_from(value) {
        Ok(length) if length > 0 => Ok(length),
        _ => Err(PyValueError::new_err(format!("min_length must be at least 1, not {value}"))),
    }
}
