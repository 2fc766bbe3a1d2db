//! The function behind `fetch`, and the class `Page`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, LazyLock};
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

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

/// Threads that look up names and hand over results to Python.
const BLOCKING_THREADS: usize = 4;
/// How long the end of the process waits for fetches that go on.
const EXIT_LIMIT: Duration = Duration::from_secs(5);

/// One runtime for the process, made at the first use. Its threads are attached to Python only to hand over results.
static RUNTIME: LazyLock<&Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all().max_blocking_threads(BLOCKING_THREADS);
    pyo3_async_runtimes::tokio::init(builder);
    STARTED.store(true, Ordering::Release);
    pyo3_async_runtimes::tokio::get_runtime()
});
static STARTED: AtomicBool = AtomicBool::new(false);

/// Start to fetch a page, and return a future of the running event loop.
///
/// Cancelling the future drops the Rust one, which closes the connection.
#[pyfunction]
pub fn start_fetch(py: Python<'_>, url: String, timeout: f64, max_bytes: usize) -> PyResult<Bound<'_, PyAny>> {
    let limit =
        Duration::try_from_secs_f64(timeout).map_err(|_| PyValueError::new_err(format!("timeout must be a time, not {timeout}")))?;
    LazyLock::force(&RUNTIME);
    pyo3_async_runtimes::tokio::future_into_py(py, async move { Ok(Page(page::get(&url, limit, max_bytes).await?)) })
}

/// Wait until no thread hands over a result any more. Called at the end of the process.
///
/// A thread that is attached to Python while the interpreter goes down crashes the process, and `asyncio.run` returns while the thread that
/// delivered the last result is still in there (PyO3/pyo3-async-runtimes#40).
#[pyfunction]
pub fn finish_fetches(py: Python<'_>) {
    if !STARTED.load(Ordering::Acquire) {
        return;
    }
    py.detach(|| {
        page::close_connections();
        let finished = async {
            while RUNTIME.metrics().num_alive_tasks() > 0 {
                sleep(Duration::from_millis(1)).await;
            }
            // The tasks are done, but what they left to the blocking threads may not be. When all of these threads meet, it is.
            let barrier = Arc::new(Barrier::new(BLOCKING_THREADS));
            let meet = |barrier: Arc<Barrier>| RUNTIME.spawn_blocking(move || barrier.wait());
            let threads: Vec<_> = (0..BLOCKING_THREADS).map(|_| meet(barrier.clone())).collect();
            for thread in threads {
                // Waiting does not panic, and nobody aborts it.
                let _ = thread.await;
            }
        };
        // Whatever still runs then may crash, but a process that does not end is worse.
        let _ = RUNTIME.block_on(async { timeout(EXIT_LIMIT, finished).await });
    });
}
