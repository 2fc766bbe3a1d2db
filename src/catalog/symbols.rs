//! PyO3's public items and the paths under which each of them has been reachable, over all releases.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The table behind `data/symbols.txt`.
///
/// One line an item: its canonical path, then every other public path, separated by blanks. The canonical path is the shortest one outside `prelude`.
#[derive(Debug, Default)]
pub struct Symbols {
    canonical: HashMap<&'static str, &'static str>,
    prelude: HashSet<&'static str>,
}

impl Symbols {
    fn read(text: &'static str) -> Self {
        let mut symbols = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut paths = line.split_whitespace();
            let Some(first) = paths.next() else { continue };
            for path in std::iter::once(first).chain(paths) {
                symbols.canonical.insert(path, first);
                if let Some(name) = path.strip_prefix("pyo3::prelude::") {
                    symbols.prelude.insert(name);
                }
            }
        }
        symbols
    }

    /// The canonical path of the item at `path`; `path` itself when the table does not list it.
    #[must_use]
    pub fn canonical<'a>(&self, path: &'a str) -> &'a str
    where
        'static: 'a,
    {
        self.canonical.get(path).copied().unwrap_or(path)
    }

    /// The canonical path of the item that starts `path`, with what follows it; `path` itself when it starts with no item of the table.
    #[must_use]
    pub fn canonical_start(&self, path: &str) -> String {
        let ends = path.rmatch_indices("::").map(|(at, _)| at);
        let known = std::iter::once(path.len()).chain(ends).find(|&end| self.contains(&path[..end]));
        known.map_or_else(|| path.to_owned(), |end| format!("{}{}", self.canonical(&path[..end]), &path[end..]))
    }

    /// Whether PyO3 has had an item at exactly this path.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.canonical.contains_key(path)
    }

    /// Whether `use pyo3::prelude::*` has brought this name in, on any release.
    #[must_use]
    pub fn in_prelude(&self, name: &str) -> bool {
        self.prelude.contains(name)
    }
}

/// The table.
#[must_use]
pub fn symbols() -> &'static Symbols {
    static SYMBOLS: LazyLock<Symbols> = LazyLock::new(|| Symbols::read(include_str!("data/symbols.txt")));
    &SYMBOLS
}
