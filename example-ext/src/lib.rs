//! The Python module `example_ext._core`: what Python sees of [`pure`], where the work is done.

pub mod bridge;
pub mod counter;
pub mod errors;
pub mod fetch;
pub mod matrix;
pub mod numbers;
pub mod processor;
pub mod pure;
pub mod table;
pub mod text;

use pyo3::prelude::*;

/// The compiled part of the package.
#[pymodule]
mod _core {
    use pyo3::prelude::*;

    use crate::bridge::close_at_exit;

    #[pymodule_export]
    use crate::counter::WordCounter;
    #[pymodule_export]
    use crate::fetch::{Page, start_fetch};
    #[pymodule_export]
    use crate::matrix::Matrix;
    #[pymodule_export]
    use crate::numbers::{mean, sort_integers, sum_buffer};
    #[pymodule_export]
    use crate::processor::{DataProcessor, Summary};
    #[pymodule_export]
    use crate::table::{read_column, read_csv, stream_csv};
    #[pymodule_export]
    use crate::text::{closest, count_words, edit_distance, find_numbers, parse_positive};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        close_at_exit(module.py())
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::{CStr, CString};

    use pyo3::exceptions::{PyFileNotFoundError, PyKeyError, PyValueError};
    use pyo3::sync::PyOnceLock;
    use pyo3::types::PyDict;

    use super::*;
    use crate::errors::{ConfigError, NotPositiveError, TableError};
    use crate::pure::table::tests::File;

    /// Runs Python code in an interpreter inside the test program, with this module in place of the installed one.
    fn run(code: &CStr) -> PyResult<()> {
        // Tests run at the same time: all but the first wait until the package is in place.
        static IN_PLACE: PyOnceLock<()> = PyOnceLock::new();
        Python::initialize();
        Python::attach(|py| {
            IN_PLACE.get_or_try_init(py, || -> PyResult<()> {
                let sys = py.import("sys")?;
                // The package finds its compiled part here, and looks no further.
                sys.getattr("modules")?.set_item("example_ext._core", pyo3::wrap_pymodule!(_core)(py))?;
                sys.getattr("path")?.call_method1("insert", (0, concat!(env!("CARGO_MANIFEST_DIR"), "/python")))?;
                Ok(())
            })?;
            let names = PyDict::new(py);
            names.set_item("ext", py.import("example_ext")?)?;
            py.run(code, Some(&names), None)
        })
    }

    fn assert_raises<T: pyo3::PyTypeInfo>(code: &CStr) {
        let fault = run(code).unwrap_err();
        Python::attach(|py| assert!(fault.is_instance_of::<T>(py), "{code:?} raised {fault}"));
    }

    #[test]
    fn python_gets_results_of_every_kind() -> PyResult<()> {
        run(c"
import array
counter = ext.WordCounter('to be or not to be')
assert len(counter) == 4 and counter.most_common(1) == [('be', 2)]
assert ext.Matrix([[1, 2]]) @ ext.Matrix([[3], [4]]) == ext.Matrix([[11]])
assert ext.sum_buffer(array.array('d', [1, 2.5])) == 3.5
assert ext.DataProcessor({'limits': (0, 1)}).process([0, 5]) == [0, 1]
")
    }

    #[test]
    fn errors_become_the_exceptions_of_the_package() {
        assert_raises::<NotPositiveError>(c"ext.parse_positive('-1')");
        // It is a ValueError as well.
        assert_raises::<PyValueError>(c"ext.parse_positive('-1')");
        assert_raises::<ConfigError>(c"ext.DataProcessor({'limit': (0, 1)})");
        assert_raises::<PyFileNotFoundError>(c"ext.read_csv('no such file')");
    }

    #[test]
    fn an_exception_of_a_callback_ends_the_stream() {
        let file = File::new("stream", b"a\n1\n2\n3,4\n");
        let path = file.0.to_str().unwrap();
        let code = |on_rows: &str| CString::new(format!("ext.stream_csv({path:?}, {on_rows}, batch_size=2)")).unwrap();
        assert_raises::<PyKeyError>(&code("lambda rows: rows[0]['b']"));
        assert_raises::<TableError>(&code("lambda rows: rows[0]['a']"));
    }
}
