//! Durations such as `1h 30m` as numbers of seconds. Nothing here knows of Python.

use std::fmt;

/// The units from the largest to the smallest, each with its seconds.
const UNITS: [(&str, f64); 5] = [
    ("d", 86_400.0),
    ("h", 3_600.0),
    ("m", 60.0),
    ("s", 1.0),
    ("ms", 0.001),
];

/// Why a text is no duration, or a number cannot be written as one.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The text holds nothing.
    Empty,
    /// A number was expected here.
    Number(String),
    /// No unit has this name.
    Unit(String),
    /// Negative, infinite or not a number.
    Range(f64),
    /// A duration was to be written in no units at all.
    Parts,
    /// The entry of a batch that failed, counted from zero, and how.
    Entry(usize, Box<Error>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the duration is empty"),
            Self::Number(text) => write!(f, "expected a number at {text:?}"),
            Self::Unit(unit) => write!(f, "unknown unit {unit:?}, use d, h, m, s or ms"),
            Self::Range(seconds) => write!(f, "{seconds} seconds is out of range"),
            Self::Parts => write!(f, "a duration has at least one part"),
            Self::Entry(index, error) => write!(f, "entry {index}: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// The seconds that `text` stands for; a number without a unit counts in `default_unit`.
pub fn parse(text: &str, default_unit: &str) -> Result<f64, Error> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(Error::Empty);
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let value: f64 = number.parse().map_err(|_| Error::Number(rest.to_owned()))?;
        let (unit, after) = split(after.trim_start(), char::is_alphabetic);
        total += value * seconds_of(if unit.is_empty() { default_unit } else { unit })?;
        rest = after.trim_start();
    }
    if total.is_finite() {
        Ok(total)
    } else {
        Err(Error::Range(total))
    }
}

/// Every text of a batch parsed; the first one that fails ends it.
pub fn parse_all(texts: &[String], default_unit: &str) -> Result<Vec<f64>, Error> {
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            parse(text, default_unit).map_err(|error| Error::Entry(index, Box::new(error)))
        })
        .collect()
}

/// `seconds` in words of at most `parts` units, which is one or more; the rest is cut off.
pub fn render(seconds: f64, parts: usize) -> Result<String, Error> {
    if !seconds.is_finite() || seconds < 0.0 {
        return Err(Error::Range(seconds));
    }
    if parts == 0 {
        return Err(Error::Parts);
    }
    // Half a millisecond on top keeps 0.3 from becoming 299 ms.
    let mut rest = seconds + 0.000_5;
    let mut words = Vec::new();
    for (unit, size) in UNITS {
        let count = (rest / size).floor();
        rest -= count * size;
        if count > 0.0 && words.len() < parts {
            words.push(format!("{count}{unit}"));
        }
    }
    if words.is_empty() {
        return Ok("0s".to_owned());
    }
    Ok(words.join(" "))
}

/// The seconds of one unit.
fn seconds_of(unit: &str) -> Result<f64, Error> {
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, seconds)| *seconds)
        .ok_or_else(|| Error::Unit(unit.to_owned()))
}

/// The longest start of `text` whose characters all belong, and what follows it.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        assert_eq!(parse("1h 30m", "s"), Ok(5_400.0));
        assert_eq!(parse("2d1h", "s"), Ok(176_400.0));
        assert_eq!(parse("1.5", "m"), Ok(90.0));
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(parse("  ", "s"), Err(Error::Empty));
        assert_eq!(parse("soon", "s"), Err(Error::Number("soon".to_owned())));
        assert_eq!(parse("3 weeks", "s"), Err(Error::Unit("weeks".to_owned())));
        let batch = ["1s".to_owned(), String::new()];
        assert_eq!(
            parse_all(&batch, "s"),
            Err(Error::Entry(1, Box::new(Error::Empty)))
        );
    }

    #[test]
    fn words_are_cut_after_the_parts_asked_for() {
        assert_eq!(render(93_784.5, 2).as_deref(), Ok("1d 2h"));
        assert_eq!(render(93_784.5, 9).as_deref(), Ok("1d 2h 3m 4s 500ms"));
        assert_eq!(render(0.3, 1).as_deref(), Ok("300ms"));
        assert_eq!(render(0.0, 2).as_deref(), Ok("0s"));
        assert_eq!(render(-1.0, 2), Err(Error::Range(-1.0)));
        assert_eq!(render(5_400.0, 0), Err(Error::Parts));
    }
}
