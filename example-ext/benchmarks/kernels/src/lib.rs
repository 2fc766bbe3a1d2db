//! What the benchmark measures and the toolkit has no use for: JSON, hashes, and functions that do next to nothing.

use csv::StringRecord;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

/// A Python object that serde can serialise: what JSON knows, and nothing else.
struct Node<'a, 'py>(&'a Bound<'py, PyAny>);

impl Serialize for Node<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = self.0;
        if let Ok(text) = object.cast::<PyString>() {
            serializer.serialize_str(text.to_str().map_err(S::Error::custom)?)
        } else if let Ok(truth) = object.cast::<PyBool>() {
            serializer.serialize_bool(truth.is_true())
        } else if object.cast::<PyInt>().is_ok() {
            serializer.serialize_i64(object.extract().map_err(S::Error::custom)?)
        } else if let Ok(number) = object.cast::<PyFloat>() {
            serializer.serialize_f64(number.value())
        } else if object.is_none() {
            serializer.serialize_none()
        } else if let Ok(dict) = object.cast::<PyDict>() {
            let mut map = serializer.serialize_map(Some(dict.len()))?;
            for (key, value) in dict {
                map.serialize_entry(&Node(&key), &Node(&value))?;
            }
            map.end()
        } else if let Ok(list) = object.cast::<PyList>() {
            let mut items = serializer.serialize_seq(Some(list.len()))?;
            for item in list {
                items.serialize_element(&Node(&item))?;
            }
            items.end()
        } else {
            Err(S::Error::custom("not for JSON"))
        }
    }
}

/// The compiled module.
#[pymodule]
mod kernels {
    use std::path::PathBuf;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use sha2::{Digest, Sha256};

    fn fault(error: impl ToString) -> PyErr {
        PyValueError::new_err(error.to_string())
    }

    /// Write Python objects as JSON.
    #[pyfunction]
    fn to_json(object: &Bound<'_, PyAny>) -> PyResult<String> {
        serde_json::to_string(&super::Node(object)).map_err(fault)
    }

    /// Write the rows of a CSV file as JSON; no Python object is made of them.
    #[pyfunction]
    fn csv_to_json(py: Python<'_>, path: PathBuf) -> PyResult<String> {
        py.detach(|| {
            let mut reader = csv::Reader::from_path(path).map_err(fault)?;
            let header = reader.headers().map_err(fault)?.clone();
            let rows = reader.into_records().map(|record| Ok(super::Row(&header, record.map_err(fault)?)));
            serde_json::to_string(&rows.collect::<PyResult<Vec<_>>>()?).map_err(fault)
        })
    }

    /// The SHA-256 of bytes.
    #[pyfunction]
    fn sha256<'a>(py: Python<'_>, data: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
        py.detach(|| Sha256::digest(data).to_vec()).into()
    }

    /// The FNV-1a hash of bytes, 64 bits: a loop over all of them, which in Python is written in Python.
    #[pyfunction]
    fn fnv1a(data: &[u8]) -> u64 {
        data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }

    /// Take a list into Rust and give it back: what any work on lists costs besides the work.
    #[pyfunction]
    fn there_and_back(values: Vec<i64>) -> Vec<i64> {
        values
    }

    /// The square of one number.
    #[pyfunction]
    fn square(value: f64) -> f64 {
        value * value
    }

    /// The squares of many numbers.
    #[pyfunction]
    fn square_all(mut values: Vec<f64>) -> Vec<f64> {
        values.iter_mut().for_each(|value| *value *= *value);
        values
    }
}

/// The header and a row of a CSV file.
struct Row<'a>(&'a StringRecord, StringRecord);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(&self.1))
    }
}
