use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::collections::HashMap;

#[pyclass]
#[derive(Clone)]
pub struct Entry {
    #[pyo3(get, set)]
    pub name: String,
    #[pyo3(get)]
    pub amount: i64,
    pub note: Option<PyObject>,
}

#[pymethods]
impl Entry {
    #[new]
    #[pyo3(signature = (name, amount, note=None))]
    fn new(name: String, amount: i64, note: Option<PyObject>) -> PyResult<Self> {
        if name.is_empty() {
            return Err(PyValueError::new_err("no name"));
        }
        Ok(Entry { name, amount, note })
    }

    fn described(&self, py: Python<'_>) -> PyResult<String> {
        match &self.note {
            Some(note) => Ok(format!("{}: {}", self.name, note.as_ref(py).str()?.to_str()?)),
            None => Ok(self.name.clone()),
        }
    }

    fn __len__(&self) -> usize {
        self.name.len()
    }
}

#[pyfunction]
fn total(py: Python<'_>, amounts: Vec<i64>) -> i64 {
    py.allow_threads(move || amounts.iter().sum())
}

#[pyfunction]
fn sums<'py>(py: Python<'py>, entries: &'py PyList) -> PyResult<&'py PyDict> {
    let mut sums: HashMap<String, i64> = HashMap::new();
    for entry in entries.iter() {
        let cell: &PyCell<Entry> = entry.downcast()?;
        let entry = cell.try_borrow()?;
        *sums.entry(entry.name.clone()).or_default() += entry.amount;
    }
    let dict = PyDict::new(py);
    for (name, sum) in sums {
        dict.set_item(name, sum)?;
    }
    Ok(dict)
}

#[pyfunction]
fn names(entries: Vec<Entry>) -> PyObject {
    Python::with_gil(|py| entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>().into_py(py))
}

#[pymodule]
fn ledger(_py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add_class::<Entry>()?;
    m.add_function(wrap_pyfunction!(total, m)?)?;
    m.add_function(wrap_pyfunction!(sums, m)?)?;
    m.add_function(wrap_pyfunction!(names, m)?)?;
    Ok(())
}
