//! Functions for series of numbers, among them the one that reads other libraries' memory.

use pyo3::buffer::{Element, PyBuffer, PyUntypedBuffer};
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::prelude::*;

use crate::errors::EmptyDataError;
use crate::pure::{numbers, stats};

/// Return the arithmetic mean.
#[pyfunction]
pub fn mean(py: Python<'_>, values: Vec<f64>) -> PyResult<f64> {
    py.detach(|| stats::mean(&values)).ok_or_else(no_mean)
}

/// The exception for no values at all.
pub fn no_mean() -> PyErr {
    EmptyDataError::new_err("no values, no mean")
}

/// Return whole numbers of 64 bits in ascending order, sorted on all cores.
#[pyfunction]
pub fn sort_integers(py: Python<'_>, mut values: Vec<i64>) -> Vec<i64> {
    py.detach(|| numbers::sort(&mut values));
    values
}

/// What a sum is in Python: whole numbers stay whole.
#[derive(IntoPyObject)]
pub enum Sum {
    /// Of whole numbers; no buffer is long enough to overflow it.
    Whole(i128),
    /// Of floats.
    Float(f64),
}

/// Add up the numbers in a buffer, such as an array, a memoryview or a NumPy array, without copying them.
///
/// The buffer has to be contiguous, and no other thread may write to it meanwhile. The sum of no items is 0.
#[pyfunction]
pub fn sum_buffer(data: &Bound<'_, PyAny>) -> PyResult<Sum> {
    let buffer = PyUntypedBuffer::get(data)?;
    if buffer.item_count() == 0 {
        // Where no items are, their address need not be aligned, which PyO3 asks for.
        return Ok(Sum::Whole(0));
    }
    // Floats first: they are what most buffers hold.
    let sum = float::<f64>(&buffer)
        .or_else(|| float::<f32>(&buffer))
        .or_else(|| whole::<i64>(&buffer))
        .or_else(|| whole::<i32>(&buffer))
        .or_else(|| whole::<i16>(&buffer))
        .or_else(|| whole::<i8>(&buffer))
        .or_else(|| whole::<u64>(&buffer))
        .or_else(|| whole::<u32>(&buffer))
        .or_else(|| whole::<u16>(&buffer))
        .or_else(|| whole::<u8>(&buffer));
    sum.unwrap_or_else(|| Err(PyTypeError::new_err(format!("items of format {:?} are no numbers", buffer.format()))))
}

/// `None` if the items are of another type.
fn float<T: Element + Into<f64>>(buffer: &PyUntypedBuffer) -> Option<PyResult<Sum>> {
    let sum = typed::<T>(buffer)?.and_then(|items| fold(items, 0.0, |sum, item| sum + item.into()));
    Some(sum.map(Sum::Float))
}

/// `None` if the items are of another type.
fn whole<T: Element + Into<i128>>(buffer: &PyUntypedBuffer) -> Option<PyResult<Sum>> {
    let sum = typed::<T>(buffer)?.and_then(|items| fold(items, 0, |sum, item| sum + item.into()));
    Some(sum.map(Sum::Whole))
}

/// `None` if the items are of another type.
fn typed<T: Element>(buffer: &PyUntypedBuffer) -> Option<PyResult<&PyBuffer<T>>> {
    let fits = size_of::<T>() == buffer.item_size() && T::is_compatible_format(buffer.format());
    // Size and format are what PyO3 asks for, and the address: at this point only the address can be wrong.
    let unaligned = |_| PyBufferError::new_err("the buffer is not aligned; copy it first, for example with numpy.array");
    fits.then(|| buffer.as_typed().map_err(unaligned))
}

/// Reads in place, item by item. No slice is made of the memory: that would promise Rust that nobody writes to it, and its owner may.
fn fold<T: Element, S>(buffer: &PyBuffer<T>, start: S, add: impl Fn(S, T) -> S) -> PyResult<S> {
    let Some(items) = buffer.as_slice_ptr() else {
        return Err(PyBufferError::new_err("the buffer is not contiguous; copy it first, for example with numpy.ascontiguousarray"));
    };
    let first = items.cast::<T>();
    let values = (0..items.len()).map(|index| {
        // SAFETY: PyO3 has checked type, alignment and contiguity, the buffer is kept alive by `buffer`, and the index is within it. We stay
        // attached, so with a GIL no Python code writes meanwhile; without one the caller has to see to it, as the documentation says.
        unsafe { first.add(index).read() }
    });
    Ok(values.fold(start, add))
}
