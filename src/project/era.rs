//! From which release on sources can be: names that older ones do not have.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Package, Project};
use crate::release::Release;
use crate::text::Sources;

/// Names of PyO3 that nothing else is called by, with the release that brought them.
const NEW_NAMES: [(&str, Release); 12] = [
    ("Bound<", Release::new(21)),
    ("PyBackedStr", Release::new(21)),
    ("PyBackedBytes", Release::new(21)),
    ("IntoPyObject", Release::new(23)),
    ("into_pyobject", Release::new(23)),
    ("into_py_any", Release::new(23)),
    ("Python::attach(", Release::new(26)),
    ("py.detach(", Release::new(26)),
    ("PyOnceLock", Release::new(26)),
    (".cast_into::<", Release::new(26)),
    ("CastError", Release::new(27)),
    ("CastIntoError", Release::new(27)),
];

impl Package {
    /// Whether its sources use a name that this release does not have: they were written, or migrated, for a newer one.
    #[must_use]
    pub fn is_newer_than(&self, release: Release, sources: &Sources) -> bool {
        let names: Vec<&str> = NEW_NAMES.iter().filter(|(_, since)| *since > release).map(|(name, _)| *name).collect();
        self.rust_files.iter().any(|&file| names.iter().any(|name| sources.get(file).text.contains(name)))
    }
}

impl Project {
    /// Takes the sources of every package that is on a newer release for those of `from`.
    pub fn assume(&mut self, from: Release) {
        for package in &mut self.packages {
            if package.pyo3.release.is_none_or(|release| release > from) {
                package.pyo3.release = Some(from);
            }
        }
    }

    /// Takes the sources for those of the releases that they were of in `earlier`, where the manifests ask for the same as then: sources that are
    /// being changed do not tell it any more.
    pub fn keep_releases_of(&mut self, earlier: &Self) {
        let earlier = earlier.packages.iter().map(|package| (package.manifest, &package.pyo3));
        let earlier: BTreeMap<_, _> = earlier.collect();
        for package in &mut self.packages {
            let before = earlier.get(&package.manifest).filter(|before| before.builds == package.pyo3.builds);
            if let Some(before) = before {
                package.pyo3.release = before.release;
            }
        }
    }
}

/// A lock file that is older than the manifest tells which release the sources are of, unless they use what that one does not have.
pub(super) fn settle(packages: &mut BTreeMap<PathBuf, Package>, sources: &Sources) {
    for package in packages.values_mut() {
        let is_older = package.pyo3.release.zip(package.pyo3.builds).filter(|(release, builds)| release < builds);
        if is_older.is_some_and(|(release, _)| package.is_newer_than(release, sources)) {
            package.pyo3.release = package.pyo3.builds;
        }
    }
}
