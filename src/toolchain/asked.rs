//! What a user means who asks for a Python: a file, a program on PATH, or a version.

use std::ffi::OsStr;

use super::python::Interpreter;

/// A version that was asked for, by itself (`3.12`, `3.12.4`, `3.14t`) or as a program (`python3.12`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AskedVersion<'a> {
    numbers: &'a str,
    free_threaded: bool,
}

impl<'a> AskedVersion<'a> {
    /// Reads it; `None` for other names and for paths.
    pub(super) fn read(asked: &'a OsStr) -> Option<Self> {
        let asked = asked.to_str()?;
        let version = asked.strip_prefix("python").unwrap_or(asked);
        let (numbers, free_threaded) = version.strip_suffix('t').map_or((version, false), |numbers| (numbers, true));
        let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        numbers.split('.').all(is_number).then_some(Self { numbers, free_threaded })
    }

    /// Whether an interpreter has this version.
    pub(super) fn is_of(self, python: &Interpreter) -> bool {
        let rest = python.version.text.strip_prefix(self.numbers);
        python.free_threaded == self.free_threaded && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::toolchain::locate::{Reason, Version};

    fn python(version: &str, free_threaded: bool) -> Interpreter {
        let version = Version::read(version).expect("a version");
        Interpreter { path: PathBuf::from("/p"), version, implementation: "CPython".to_owned(), free_threaded, reason: Reason::OnPath }
    }

    #[test]
    fn versions_are_told_from_names_and_paths() {
        let read = |text: &'static str| AskedVersion::read(OsStr::new(text));
        assert_eq!(read("python3.12"), read("3.12"));
        assert_eq!(read("3.14t"), Some(AskedVersion { numbers: "3.14", free_threaded: true }));
        for other in ["python", "pypy3.11", "./3.12", "3.12/bin/python", "3.", "", "t", "3.x"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_version_has_the_numbers_that_were_asked_for() {
        let is = |asked: &str, version: &str, free: bool| {
            AskedVersion::read(OsStr::new(asked)).expect("a version").is_of(&python(version, free))
        };
        assert!(is("3.12", "3.12.4", false) && is("3", "3.12.4", false) && is("3.12.4", "3.12.4", false) && is("3.15", "3.15.0rc1", false));
        assert!(is("3.14t", "3.14.0", true));
        assert!(!is("3.1", "3.12.4", false) && !is("3.12.4", "3.12.40", false) && !is("3.12", "3.13.0", false));
        assert!(!is("3.14", "3.14.0", true) && !is("3.14t", "3.14.0", false));
    }
}
