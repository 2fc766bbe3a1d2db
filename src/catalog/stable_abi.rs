//! Python's stable ABI: which symbols it has, and since when.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Series;

/// The Python whose stable ABI has this symbol first; `None` for what is in none.
#[must_use]
pub fn in_stable_abi_since(symbol: &str) -> Option<Series> {
    static TABLE: LazyLock<HashMap<&str, Series>> = LazyLock::new(|| read(include_str!("data/stable_abi.txt")));
    TABLE.get(symbol).copied()
}

fn read(text: &'static str) -> HashMap<&'static str, Series> {
    let row = |line: &'static str| {
        let (name, version) = line.split_once(' ')?;
        let (major, minor) = version.split_once('.')?;
        Some((name, Series(major.parse().ok()?, minor.parse().ok()?)))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let text = include_str!("data/stable_abi.txt");
        assert_eq!(read(text).len(), text.lines().filter(|line| !line.starts_with('#')).count());
    }

    #[test]
    fn symbols_have_the_python_that_documents_name() {
        assert_eq!(in_stable_abi_since("PyDict_New"), Some(Series(3, 2)));
        assert_eq!(in_stable_abi_since("PyObject_GetBuffer"), Some(Series(3, 11)));
        assert_eq!(in_stable_abi_since("_Py_NoneStruct"), Some(Series(3, 2)));
        assert_eq!(in_stable_abi_since("PyUnicode_AsUTF8"), None);
    }
}
