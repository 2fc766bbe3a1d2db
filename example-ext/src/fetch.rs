//! The function behind `fetch`, and the class `Page`.

use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::bridge::future_into_py;
use crate::pure::page;

/// What a server answered.
#[pyclass(frozen, eq, module = "example_ext")]
#[derive(PartialEq)]
pub struct Page(page::Page);

#[pymethods]
impl Page {
    /// The address after redirects.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// The status, such as 200 or 404.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    /// The content as it was sent.
    #[getter]
    fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Return the content as text, which has to be UTF-8.
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        PyString::from_bytes(py, &self.0.body)
    }

    fn __repr__(&self) -> String {
        format!("Page({}, status={}, {} bytes)", self.0.url, self.0.status, self.0.body.len())
    }
}

/// Start to fetch a page, and return a future of the running event loop.
///
/// Cancelling the future drops the Rust one, which closes the connection.
#[pyfunction]
pub fn start_fetch(py: Python<'_>, url: String, timeout: f64, max_bytes: usize) -> PyResult<Bound<'_, PyAny>> {
    let limit =
        Duration::try_from_secs_f64(timeout).map_err(|_| PyValueError::new_err(format!("timeout must be a time, not {timeout}")))?;
    future_into_py(py, async move { Ok(Page(page::get(&url, limit, max_bytes).await?)) })
}
