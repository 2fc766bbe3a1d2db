//! The Python module `example_ext._core`: what Python sees of this crate.

pub mod counter;
pub mod numbers;
pub mod words;

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(example_ext, NotPositiveError, PyValueError, "A text that should hold a positive number, and does not.");

impl From<numbers::Error> for PyErr {
    fn from(error: numbers::Error) -> Self {
        NotPositiveError::new_err(error.to_string())
    }
}

/// The compiled part of the package. Items that are defined elsewhere are listed under `#[pymodule_export]`.
#[pymodule]
mod _core {
    use pyo3::prelude::*;

    use crate::numbers;
    use crate::words::{self, Counts};

    #[pymodule_export]
    use super::NotPositiveError;
    #[pymodule_export]
    use super::counter::WordCounter;

    /// Count the words of a text, regardless of case.
    #[pyfunction]
    #[pyo3(signature = (text, *, min_length = 1))]
    fn count_words(text: &str, min_length: usize) -> Counts {
        let mut counts = Counts::new();
        words::count_into(&mut counts, text, min_length);
        counts
    }

    /// Read a number above zero.
    #[pyfunction]
    fn parse_positive(text: &str) -> Result<i64, numbers::Error> {
        numbers::parse_positive(text)
    }

    /// Add up the squares of the values in several threads, while other Python threads run.
    #[pyfunction]
    #[pyo3(signature = (values, *, threads = 4))]
    fn sum_of_squares(py: Python<'_>, values: Vec<f64>, threads: usize) -> f64 {
        // The values were copied out of Python, so this thread can let go of the interpreter.
        py.detach(|| numbers::sum_of_squares(&values, threads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test that needs Python: it runs in an interpreter inside the test program.
    #[test]
    fn python_sees_functions_class_and_exception() -> PyResult<()> {
        Python::initialize();
        Python::attach(|py| {
            let module = pyo3::wrap_pymodule!(_core)(py).into_bound(py);
            let counter = module.getattr("WordCounter")?.call1(("to be or not to be",))?;
            assert_eq!(counter.len()?, 4);
            assert!(counter.setattr("min_length", 0).is_err_and(|error| error.is_instance_of::<PyValueError>(py)));

            let fault = module.getattr("parse_positive")?.call1(("-1",));
            assert!(fault.is_err_and(|error| error.is_instance_of::<NotPositiveError>(py)));
            Ok(())
        })
    }
}
