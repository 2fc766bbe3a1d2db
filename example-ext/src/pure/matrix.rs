//! A small dense matrix.

use std::fmt;

/// Why there is no such matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// No row, or rows of no column.
    Empty,
    /// A row has another length than the first; both lengths.
    Ragged(usize, usize),
    /// The shapes do not fit together; what was tried, and both shapes.
    Mismatch(&'static str, (usize, usize), (usize, usize)),
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a matrix needs at least one row and one column"),
            Self::Ragged(first, other) => write!(f, "all rows must have the length of the first, {first}, and one has {other}"),
            Self::Mismatch(what, a, b) => write!(f, "cannot {what} a matrix of {}x{} and one of {}x{}", a.0, a.1, b.0, b.1),
        }
    }
}

impl std::error::Error for ShapeError {}

/// Rows and columns of numbers, none of either missing. Every operation answers a new matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    columns: usize,
    /// Row after row.
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix of these rows.
    pub fn new(rows: &[Vec<f64>]) -> Result<Self, ShapeError> {
        let columns = rows.first().map_or(0, Vec::len);
        if columns == 0 {
            return Err(ShapeError::Empty);
        }
        match rows.iter().find(|row| row.len() != columns) {
            Some(row) => Err(ShapeError::Ragged(columns, row.len())),
            None => Ok(Self { columns, values: rows.concat() }),
        }
    }

    /// How many rows and columns there are.
    pub fn shape(&self) -> (usize, usize) {
        (self.values.len() / self.columns, self.columns)
    }

    /// The value at a row and a column, counted from 0.
    pub fn get(&self, row: usize, column: usize) -> Option<f64> {
        if column < self.columns { self.values.get(row * self.columns + column).copied() } else { None }
    }

    /// The rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.columns)
    }

    /// Rows become columns.
    pub fn transposed(&self) -> Self {
        let (rows, columns) = self.shape();
        let values = (0..columns).flat_map(|column| (0..rows).map(move |row| self.values[row * columns + column])).collect();
        Self { columns: rows, values }
    }

    /// Every value times `factor`.
    pub fn scaled(&self, factor: f64) -> Self {
        Self { columns: self.columns, values: self.values.iter().map(|value| value * factor).collect() }
    }

    /// Value plus value.
    pub fn plus(&self, other: &Self) -> Result<Self, ShapeError> {
        if self.shape() != other.shape() {
            return Err(ShapeError::Mismatch("add", self.shape(), other.shape()));
        }
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a + b).collect();
        Ok(Self { columns: self.columns, values })
    }

    /// The matrix product.
    pub fn times(&self, other: &Self) -> Result<Self, ShapeError> {
        let (rows, _) = other.shape();
        if self.columns != rows {
            return Err(ShapeError::Mismatch("multiply", self.shape(), other.shape()));
        }
        let mut values = Vec::with_capacity(self.shape().0 * other.columns);
        for row in self.rows() {
            // Row by row of `other`, so that both are read in the order in which they lie in memory.
            let mut sums = vec![0.0; other.columns];
            for (factor, other_row) in row.iter().zip(other.rows()) {
                for (sum, value) in sums.iter_mut().zip(other_row) {
                    *sum += factor * value;
                }
            }
            values.append(&mut sums);
        }
        Ok(Self { columns: other.columns, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix<const N: usize>(rows: &[[f64; N]]) -> Matrix {
        Matrix::new(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn shapes_are_checked() {
        assert_eq!(Matrix::new(&[]), Err(ShapeError::Empty));
        assert_eq!(Matrix::new(&[vec![]]), Err(ShapeError::Empty));
        assert_eq!(Matrix::new(&[vec![1.0], vec![]]), Err(ShapeError::Ragged(1, 0)));
        let wide = matrix(&[[1.0, 2.0]]);
        assert_eq!(wide.times(&wide), Err(ShapeError::Mismatch("multiply", (1, 2), (1, 2))));
        assert_eq!(wide.plus(&wide.transposed()), Err(ShapeError::Mismatch("add", (1, 2), (2, 1))));
    }

    #[test]
    fn operations_answer_new_matrices() {
        let a = matrix(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
        assert_eq!(a.shape(), (3, 2));
        assert_eq!(a.transposed(), matrix(&[[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]));
        assert_eq!(a.scaled(2.0).get(2, 1), Some(12.0));
        assert_eq!(a.times(&matrix(&[[1.0], [10.0]])).unwrap(), matrix(&[[21.0], [43.0], [65.0]]));
        assert_eq!(a.plus(&a).unwrap(), a.scaled(2.0));
        assert_eq!((a.get(0, 2), a.get(3, 0)), (None, None));
    }
}
