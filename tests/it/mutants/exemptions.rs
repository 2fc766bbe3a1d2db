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
pub(crate) const EXEMPTIONS: &[Exemption] = &[];

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
