//! Reading and adding numbers. Nothing here knows of Python.

use std::fmt;
use std::num::ParseIntError;
use std::thread;

/// Why a text is no positive number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not a number at all, or too large.
    Syntax(String, ParseIntError),
    /// Zero or less.
    NotPositive(i64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text, error) => write!(f, "{text:?} is no number: {error}"),
            Self::NotPositive(number) => write!(f, "{number} is not positive"),
        }
    }
}

impl std::error::Error for Error {}

/// Reads a number above zero.
pub fn parse_positive(text: &str) -> Result<i64, Error> {
    let number = text.trim().parse().map_err(|error| Error::Syntax(text.to_owned(), error))?;
    if number > 0 { Ok(number) } else { Err(Error::NotPositive(number)) }
}

/// No machine gains from more threads, and starting too many fails.
const MOST_THREADS: usize = 64;

/// The sum of the squares, computed by up to `threads` threads.
pub fn sum_of_squares(values: &[f64], threads: usize) -> f64 {
    let share = values.len().div_ceil(threads.clamp(1, MOST_THREADS)).max(1);
    thread::scope(|scope| {
        let sums: Vec<_> =
            values.chunks(share).map(|values| scope.spawn(|| values.iter().map(|value| value * value).sum::<f64>())).collect();
        // A thread that only adds cannot panic.
        sums.into_iter().filter_map(|sum| sum.join().ok()).sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_numbers_pass() {
        assert_eq!(parse_positive(" 42 "), Ok(42));
        assert_eq!(parse_positive("0"), Err(Error::NotPositive(0)));
        assert!(matches!(parse_positive("many"), Err(Error::Syntax(..))));
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let values: Vec<f64> = (0..1000).map(f64::from).collect();
        let expected = 332_833_500.0;
        for threads in [0, 1, 3, 2000] {
            assert_eq!(sum_of_squares(&values, threads), expected);
        }
        assert_eq!(sum_of_squares(&[], 4), 0.0);
    }
}
