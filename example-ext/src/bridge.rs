//! Hands futures of Rust to asyncio, in a way that lets the interpreter exit at any time.

use std::future::Future;
use std::pin::Pin;
use std::sync::RwLock;

use pyo3::prelude::*;
use pyo3::types::PyCFunction;
use pyo3_async_runtimes::TaskLocals;
use pyo3_async_runtimes::generic::{self, ContextExt, Runtime};
use pyo3_async_runtimes::tokio::get_runtime;
use tokio::task::{JoinError, JoinHandle};

/// Whether threads of the runtime may still call Python.
static OPEN: RwLock<bool> = RwLock::new(true);

/// Turns a future into one of the running event loop. Cancelling that one drops this one.
pub fn future_into_py<F, T>(py: Python<'_>, future: F) -> PyResult<Bound<'_, PyAny>>
where
    F: Future<Output = PyResult<T>> + Send + 'static,
    T: for<'py> IntoPyObject<'py> + Send + 'static,
{
    generic::future_into_py::<Tokio, F, T>(py, future)
}

/// When the interpreter exits, lets it wait for calls that have begun, and drops all later ones.
pub fn close_at_exit(py: Python<'_>) -> PyResult<()> {
    let close = PyCFunction::new_closure(py, None, None, |args, _| {
        // Calls that have begun need the interpreter to come to an end.
        args.py().detach(|| *OPEN.write().expect("closing never panics") = false);
    })?;
    py.import("atexit")?.call_method1("register", (close,))?;
    Ok(())
}

/// The runtime that pyo3-async-runtimes keeps, one for the process, with a door between it and Python.
///
/// `pyo3_async_runtimes::tokio::future_into_py` has none: even a cancelled future calls Python at its end, and panics if it comes too late.
struct Tokio;

impl Runtime for Tokio {
    type JoinError = JoinError;
    type JoinHandle = JoinHandle<()>;

    fn spawn<F>(future: F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        get_runtime().spawn(future)
    }

    /// Only calls of Python come here: they may have to wait for their turn.
    fn spawn_blocking<F>(call: F) -> JoinHandle<()>
    where
        F: FnOnce() + Send + 'static,
    {
        get_runtime().spawn_blocking(|| {
            // Held during the call, so that closing waits for its end.
            let open = OPEN.read().expect("closing never panics");
            if *open {
                call();
            }
        })
    }
}

/// Needed for futures that await Python in turn, which there are none of here.
impl ContextExt for Tokio {
    fn scope<F, R>(_: TaskLocals, future: F) -> Pin<Box<dyn Future<Output = R> + Send>>
    where
        F: Future<Output = R> + Send + 'static,
    {
        Box::pin(future)
    }

    fn get_task_locals() -> Option<TaskLocals> {
        None
    }
}
