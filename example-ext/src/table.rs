//! Functions for CSV files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use csv::StringRecord;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::pure::table::{Table, TableError};

/// How often a waiting thread looks whether the user pressed Ctrl-C.
const TICK: Duration = Duration::from_millis(50);

/// Return the rows of a CSV file as dicts. The first line names the columns.
#[pyfunction]
#[pyo3(signature = (path, *, delimiter = ','))]
pub fn read_csv(py: Python<'_>, path: PathBuf, delimiter: char) -> PyResult<Bound<'_, PyList>> {
    let delimiter = ascii(delimiter)?;
    let (header, rows) = py.detach(|| {
        let mut table = Table::open(&path, delimiter)?;
        let rows = table.next_rows(usize::MAX)?;
        Ok::<_, TableError>((table.header().clone(), rows))
    })?;
    to_dicts(py, &header, &rows)
}

/// Return one column of a CSV file as numbers. No Python object is made of the others.
#[pyfunction]
#[pyo3(signature = (path, column, *, delimiter = ','))]
pub fn read_column(py: Python<'_>, path: PathBuf, column: &str, delimiter: char) -> PyResult<Vec<f64>> {
    let delimiter = ascii(delimiter)?;
    Ok(py.detach(|| Table::open(&path, delimiter)?.numbers(column))?)
}

/// Read a CSV file in a thread of its own, which calls `on_rows` with lists of up to `batch_size` rows. Return the number of rows.
///
/// An exception of `on_rows` ends the reading and is raised here, and so is KeyboardInterrupt.
#[pyfunction]
#[pyo3(signature = (path, on_rows, *, batch_size = 1000, delimiter = ','))]
pub fn stream_csv(py: Python<'_>, path: PathBuf, on_rows: Py<PyAny>, batch_size: usize, delimiter: char) -> PyResult<usize> {
    let delimiter = ascii(delimiter)?;
    if batch_size == 0 {
        return Err(PyValueError::new_err("batch_size must be at least 1"));
    }
    // This thread only waits, and has to be detached meanwhile: the other one attaches to call Python.
    // What belongs to Python is lent to the other thread and dropped in this one, attached.
    let on_rows = &on_rows;
    let (interrupt, count) = py.detach(|| {
        let table = Table::open(&path, delimiter)?;
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let (running, finished) = mpsc::channel::<()>();
            let stop = &stop;
            let reader = scope.spawn(move || {
                // Dropped at the end of the thread, whichever way it ends.
                let _running = running;
                stream(table, on_rows, batch_size, stop)
            });
            let mut interrupt = Ok(());
            // Signals are handled by the main thread only, and Python does not look while it is in here.
            while finished.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                // Stops the reader while attached, when `on_rows` cannot be called where there is a GIL.
                let check = |py: Python<'_>| py.check_signals().inspect_err(|_| stop.store(true, Ordering::Relaxed));
                interrupt = interrupt.and_then(|()| Python::attach(check));
            }
            let count = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok::<_, TableError>((interrupt, count))
        })
    })?;
    interrupt.and(count)
}

/// Attaches once a batch: attaching for each row would cost more than the row.
fn stream(mut table: Table, on_rows: &Py<PyAny>, batch_size: usize, stop: &AtomicBool) -> PyResult<usize> {
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        let rows = table.next_rows(batch_size)?;
        if rows.is_empty() {
            break;
        }
        Python::attach(|py| on_rows.call1(py, (to_dicts(py, table.header(), &rows)?,)).map(drop))?;
        count += rows.len();
    }
    Ok(count)
}

fn to_dicts<'py>(py: Python<'py>, header: &StringRecord, rows: &[StringRecord]) -> PyResult<Bound<'py, PyList>> {
    // All dicts share the strings of the header.
    let names: Vec<Bound<'_, PyString>> = header.iter().map(|name| PyString::new(py, name)).collect();
    let dicts = PyList::empty(py);
    for row in rows {
        let dict = PyDict::new(py);
        for (name, field) in names.iter().zip(row) {
            dict.set_item(name, field)?;
        }
        dicts.append(dict)?;
    }
    Ok(dicts)
}

fn ascii(delimiter: char) -> PyResult<u8> {
    let byte = u8::try_from(delimiter).ok().filter(u8::is_ascii);
    byte.ok_or_else(|| PyValueError::new_err(format!("delimiter must be an ASCII character, not {delimiter:?}")))
}
