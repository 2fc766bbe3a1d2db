//! Failures that are known and not fixed yet: each has the smallest project that shows it, and goes when that one no longer fails.

use super::invariants::Broken;
use crate::sandbox::Files;

/// A kind of failure that mutants may run into.
pub(crate) struct Exemption {
    /// What goes wrong.
    pub(crate) name: &'static str,
    /// The promise that is broken.
    pub(crate) invariant: &'static str,
    /// A part of the complaint that no other failure has.
    pub(crate) tells: &'static str,
    /// Its smallest project: paths and texts.
    pub(crate) files: &'static [(&'static str, &'static str)],
}

/// All of them.
pub(crate) const EXEMPTIONS: &[Exemption] = &[
    Exemption {
        name: "`PyObject` as an attribute",
        invariant: "no fix is left out",
        tells: "would no longer parse: unexpected token, expected `]`",
        files: &[MANIFEST, ("src/lib.rs", "use pyo3::prelude::*;\n\n#[PyObject]\nfn f() {}\n")],
    },
    Exemption {
        name: "`PyObject` with brackets of its own in an `impl`",
        invariant: "no fix is left out",
        tells: "would no longer parse: expected curly braces",
        files: &[MANIFEST, ("src/lib.rs", "use pyo3::prelude::*;\n\nimpl PyObject<> {}\n")],
    },
    Exemption {
        name: "`PyObject` with brackets of its own as a parameter",
        invariant: "no fix is left out",
        tells: "would no longer parse: expected `,`",
        files: &[MANIFEST, ("src/lib.rs", "use pyo3::*;\n\nfn f(a: PyObject<>) {}\n")],
    },
];

const MANIFEST: (&str, &str) = ("Cargo.toml", "[package]\n\n[dependencies]\npyo3 = \"0.20\"\n");

impl Exemption {
    /// Whether this is the failure.
    pub(crate) fn covers(&self, broken: &Broken) -> bool {
        broken.invariant == self.invariant && broken.detail.contains(self.tells)
    }

    /// Its smallest project.
    pub(crate) fn project(&self) -> Files {
        self.files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }
}
