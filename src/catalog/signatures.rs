//! What the methods of PyO3's types take and return, before and after GIL Refs.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Which API a signature belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Era {
    /// GIL Refs (`&PyAny`), as of PyO3 0.20.3.
    GilRefs,
    /// `Bound`, as of PyO3 0.30.1.
    Bound,
}

/// One method or associated function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Parameters without the receiver, as Rust text separated by `, `.
    pub parameters: &'static str,
    /// The returned type as Rust text; `()` for none.
    pub returns: &'static str,
    /// Whether it takes `self` in some form.
    pub has_receiver: bool,
}

type Table = HashMap<(Era, &'static str, &'static str), Signature>;

/// The signature of `class`'s own method `name` in the given era. Inherited ones (`PyDict` has those of `PyAny`) are the caller's business.
#[must_use]
pub fn method_signature(era: Era, class: &str, name: &str) -> Option<Signature> {
    static TABLE: LazyLock<Table> = LazyLock::new(|| read(include_str!("data/signatures.tsv")));
    TABLE.get(&(era, class, name)).copied()
}

/// Reads lines of `era TAB class TAB method TAB self|static TAB parameters TAB returns`.
fn read(text: &'static str) -> Table {
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let era = match columns.next()? {
            "gil-refs" => Era::GilRefs,
            "bound" => Era::Bound,
            _ => return None,
        };
        let (class, name) = (columns.next()?, columns.next()?);
        let has_receiver = columns.next()? == "self";
        Some(((era, class, name), Signature { has_receiver, parameters: columns.next()?, returns: columns.next()? }))
    };
    text.lines().filter_map(row).collect()
}
