//! Finding, reading and sorting numbers.

use std::fmt;
use std::num::ParseIntError;
use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;

/// Why a text is no positive number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// Not a number at all, or too large.
    Syntax(String, ParseIntError),
    /// Zero or less.
    NotPositive(i64),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text, error) => write!(f, "{text:?} is no number: {error}"),
            Self::NotPositive(number) => write!(f, "{number} is not positive"),
        }
    }
}

impl std::error::Error for ParseError {}

/// Reads a number above zero.
pub fn parse_positive(text: &str) -> Result<i64, ParseError> {
    let number = text.trim().parse().map_err(|error| ParseError::Syntax(text.to_owned(), error))?;
    if number > 0 { Ok(number) } else { Err(ParseError::NotPositive(number)) }
}

/// Compiled once for the process, by whoever comes first.
///
/// PyO3's `PyOnceLock` is for values that are made with Python: it waits detached, so that the initialiser can attach. Nothing here needs
/// Python, so `LazyLock` does.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").expect("a test compiles it"));

/// The decimal numbers in a text, such as `3`, `-0.5` and `1e-3`, in order.
pub fn find_numbers(text: &str) -> Vec<f64> {
    NUMBER.find_iter(text).filter_map(|found| found.as_str().parse().ok()).collect()
}

/// Sorts in ascending order, on all cores.
pub fn sort(values: &mut [i64]) {
    values.par_sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_numbers_pass() {
        assert_eq!(parse_positive(" 42 "), Ok(42));
        assert_eq!(parse_positive("0"), Err(ParseError::NotPositive(0)));
        assert!(matches!(parse_positive("many"), Err(ParseError::Syntax(..))));
        assert!(matches!(parse_positive("9223372036854775808"), Err(ParseError::Syntax(..))));
    }

    #[test]
    fn numbers_are_found_in_prose() {
        assert_eq!(find_numbers("from -3 to +.5, or 1e-3; 2. none"), [-3.0, 0.5, 0.001, 2.0]);
        assert!(find_numbers("none").is_empty());
        assert_eq!(find_numbers("1e999"), [f64::INFINITY]);
    }

    #[test]
    fn sorting_sorts() {
        let mut values: Vec<i64> = (0..10_000).map(|n| n * 7919 % 10_007).collect();
        sort(&mut values);
        assert!(values.is_sorted());
    }
}
