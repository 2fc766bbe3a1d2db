//! The exceptions of the package, and which error of `pure` becomes which.

use std::io;

use pyo3::exceptions::PyOSError;
use pyo3::import_exception;
use pyo3::prelude::*;

use crate::pure::matrix::ShapeError as MatrixShape;
use crate::pure::numbers::ParseError;
use crate::pure::page::FetchError as PageFault;
use crate::pure::table::TableError as TableFault;

// The classes are written in Python: there they can have two bases (`NotPositiveError` is an `ExampleError` and a `ValueError`), which
// `create_exception!` cannot give them, and type checkers read them where they stand.
import_exception!(example_ext.errors, ConfigError);
import_exception!(example_ext.errors, EmptyDataError);
import_exception!(example_ext.errors, FetchError);
import_exception!(example_ext.errors, FetchTimeoutError);
import_exception!(example_ext.errors, NotPositiveError);
import_exception!(example_ext.errors, ShapeError);
import_exception!(example_ext.errors, TableError);

impl From<ParseError> for PyErr {
    fn from(error: ParseError) -> Self {
        NotPositiveError::new_err(error.to_string())
    }
}

impl From<MatrixShape> for PyErr {
    fn from(error: MatrixShape) -> Self {
        ShapeError::new_err(error.to_string())
    }
}

impl From<PageFault> for PyErr {
    fn from(error: PageFault) -> Self {
        match error {
            PageFault::TimedOut(..) => FetchTimeoutError::new_err(error.to_string()),
            PageFault::Failed(_) | PageFault::TooLarge(..) => FetchError::new_err(error.to_string()),
        }
    }
}

impl From<TableFault> for PyErr {
    fn from(error: TableFault) -> Self {
        match error {
            // Of these three Python makes a `FileNotFoundError`, a `PermissionError`, … with its `filename`.
            TableFault::Io(path, error) if error.raw_os_error().is_some() => {
                PyOSError::new_err((error.raw_os_error(), os_message(&error), path.into_os_string()))
            }
            TableFault::Io(_, error) => error.into(),
            other => TableError::new_err(other.to_string()),
        }
    }
}

/// The system's message without the number that Rust adds, which Python shows by itself.
fn os_message(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
