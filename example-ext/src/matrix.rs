//! The class `Matrix`.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::pure::matrix::{self, ShapeError};

/// Rows and columns of numbers. It never changes; every operation returns a new one.
#[pyclass(frozen, eq, module = "example_ext")]
#[derive(PartialEq)]
pub struct Matrix(matrix::Matrix);

#[pymethods]
impl Matrix {
    #[new]
    fn new(rows: Vec<Vec<f64>>) -> Result<Self, ShapeError> {
        matrix::Matrix::new(&rows).map(Self)
    }

    /// How many rows and columns there are.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        self.0.shape()
    }

    /// Return the rows as lists.
    fn to_lists(&self) -> Vec<Vec<f64>> {
        self.0.rows().map(<[f64]>::to_vec).collect()
    }

    /// Return a matrix with rows and columns exchanged.
    fn transpose(&self) -> Self {
        Self(self.0.transposed())
    }

    /// Return a matrix with every value multiplied.
    fn scale(&self, factor: f64) -> Self {
        Self(self.0.scaled(factor))
    }

    fn __add__(&self, other: &Self) -> Result<Self, ShapeError> {
        self.0.plus(&other.0).map(Self)
    }

    /// The matrix product, computed while other Python threads run.
    fn __matmul__(&self, py: Python<'_>, other: &Self) -> Result<Self, ShapeError> {
        py.detach(|| self.0.times(&other.0)).map(Self)
    }

    /// Negative numbers count from the end, as in lists.
    fn __getitem__(&self, place: (isize, isize)) -> PyResult<f64> {
        let (row, column) = place;
        let (rows, columns) = self.0.shape();
        let value = from_start(row, rows).zip(from_start(column, columns)).and_then(|(row, column)| self.0.get(row, column));
        value.ok_or_else(|| PyIndexError::new_err(format!("({row}, {column}) is outside of a matrix of {rows}x{columns}")))
    }

    fn __repr__(&self) -> String {
        format!("Matrix({:?})", self.to_lists())
    }
}

/// `None` if a negative index reaches beyond the start.
fn from_start(index: isize, length: usize) -> Option<usize> {
    if index < 0 { length.checked_add_signed(index) } else { usize::try_from(index).ok() }
}
