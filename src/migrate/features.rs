//! What becomes of the cargo features that a project asks of PyO3.

use super::manifests::{ManifestChange, Wanted};
use crate::catalog::{Matcher, changes};
use crate::project::{Backend, Feature, Package, Project, without_feature};
use crate::release::Release;
use crate::text::Edit;

/// The first release that builds extension modules without its feature `extension-module`, and says so.
pub(super) const WITHOUT_EXTENSION_MODULE: Release = Release::new(28);

/// What becomes of a feature of PyO3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It has another name.
    Renamed(String),
    /// It is gone, or does nothing.
    Removed,
}

/// What becomes of `feature` at `target`, by the catalogue.
pub(super) fn fate(feature: &str, target: Release) -> Option<Fate> {
    let is_about =
        |matcher: &Matcher| matches!(matcher, Matcher::Feature { names, of } if of == "pyo3" && names.iter().any(|name| name == feature));
    let row = changes()
        .iter()
        .find(|change| is_about(&change.matcher) && change.gone.or(change.deprecated).is_some_and(|release| release.0 <= target))?;
    if row.delete { Some(Fate::Removed) } else { row.renamed(feature).map(Fate::Renamed) }
}

/// Takes the feature `extension-module` out of Cargo.toml where the build tool does without. Other features are findings of `check`.
pub(super) fn without_extension_module(project: &Project, package: &Package, wanted: &Wanted) -> Vec<ManifestChange> {
    if !does_without_extension_module(package, wanted) {
        return Vec::new();
    }
    let asked = package.pyo3.features.iter();
    let asked = asked.filter(|feature| feature.name == "extension-module" && matches!(feature.of.as_str(), "pyo3" | "pyo3-ffi"));
    let change = |feature: &Feature, edit: Edit| ManifestChange {
        file: feature.file,
        edit,
        what: "no feature extension-module: the build tool says what is built".to_owned(),
    };
    let edits = |feature: &Feature| without_feature(package, &project.sources.get(feature.file).text, feature);
    asked.flat_map(|feature| edits(feature).into_iter().map(move |edit| change(feature, edit))).collect()
}

/// Whether the build tool, raised to its floor, tells PyO3 that an extension module is built.
pub(super) fn does_without_extension_module(package: &Package, wanted: &Wanted) -> bool {
    wanted.target >= WITHOUT_EXTENSION_MODULE
        && package.pyproject.is_some()
        && matches!(package.backend, Backend::Maturin { .. } | Backend::SetuptoolsRust)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_says_what_becomes_of_features() {
        let newest = Release::new(30);
        let rows = [
            ("abi3-py36", newest, Some(Fate::Renamed("abi3-py39".to_owned()))),
            ("abi3-py38", Release::new(28), None),
            ("generate-import-lib", newest, Some(Fate::Removed)),
            ("gil-refs", newest, Some(Fate::Removed)),
            ("abi3-py39", newest, None),
            ("multiple-pymethods", newest, None),
        ];
        for (feature, target, wanted) in rows {
            assert_eq!(fate(feature, target), wanted, "{feature}");
        }
    }
}
