//! What changes in pyproject.toml, and what Cargo.toml used to say in its place.

use super::features::{Fate, does_without_extension_module, fate};
use super::manifests::{ManifestChange, Wanted, quoted};
use super::metadata::{moved_from_cargo, with_surroundings};
use super::requirement::{requirement_with_floor, with_floor};
use super::setuptools::is_classifier_below;
use crate::project::pyproject::{self, Pyproject};
use crate::project::toml::{self, Toml};
use crate::project::{Backend, Package, Project, without_passed_feature};
use crate::release::Release;
use crate::text::{Edit, FileId};

/// The oldest build tools that tell PyO3 that an extension module is built; maturin's is also the first to read manifests of edition 2024.
const FLOORS: [(&str, &str, &str); 2] = [("maturin", "1.9.4", "2"), ("setuptools-rust", "1.12", "2")];

/// The first release that those tools are needed for.
const NEEDS_FLOORS: Release = Release::new(28);

/// The changes of the package's pyproject.toml, and of what moves there.
pub(super) fn pyproject_changes(project: &Project, package: &Package, wanted: &Wanted) -> Vec<ManifestChange> {
    let Some(file) = package.pyproject else { return Vec::new() };
    let text = &project.sources.get(file).text;
    let Some(pyproject) = pyproject::read(text) else { return Vec::new() };
    let mut changes = Vec::new();
    let mut change = |edit: Edit, what: String| changes.push(ManifestChange { file, edit, what });
    if let Some(written) = &pyproject.requires_python
        && let Some(new) = with_floor(&written.value, &wanted.python.to_string())
    {
        let what = format!("requires-python {} -> {new}", written.value);
        change(quoted(project, file, written.range, &new), what);
    }
    if wanted.target >= NEEDS_FLOORS {
        for (tool, floor, below) in FLOORS {
            if let Some(requirement) = pyproject.build_requirement(tool)
                && let Some(new) = requirement_with_floor(&requirement.text, floor, below)
            {
                let what = format!("{} -> {new}", requirement.text);
                change(quoted(project, file, requirement.range, &new), what);
            }
        }
    }
    changes.extend(classifiers(text, file, wanted));
    changes.extend(maturin_features(project, package, &pyproject, file, wanted));
    if wanted.target >= NEEDS_FLOORS && matches!(package.backend, Backend::Maturin { .. }) {
        changes.extend(moved_from_cargo(project, package, file, wanted));
    }
    changes
}

/// Takes out the classifiers of Pythons that are not supported any more.
fn classifiers(text: &str, file: FileId, wanted: &Wanted) -> Vec<ManifestChange> {
    let Ok(toml) = toml::parse(text) else { return Vec::new() };
    let Some(list) = toml.get(&["project", "classifiers"]).filter(|list| list.value.is_array()) else { return Vec::new() };
    let old = list.value.texts().into_iter().filter(|classifier| is_classifier_below(&classifier.value, wanted.python));
    old.map(|classifier| ManifestChange {
        file,
        edit: toml::remove_array_element(text, list.value_range(), classifier.range),
        what: format!("no classifier {}", classifier.value),
    })
    .collect()
}

/// `pyo3/…` among the features that maturin passes to cargo.
fn maturin_features(project: &Project, package: &Package, pyproject: &Pyproject, file: FileId, wanted: &Wanted) -> Vec<ManifestChange> {
    let Some(maturin) = &pyproject.maturin else { return Vec::new() };
    let Some(array) = maturin.features_array else { return Vec::new() };
    let text = &project.sources.get(file).text;
    let manifest = &project.sources.get(package.manifest).text;
    let of_feature = |written: &toml::Text| {
        let name = written.value.strip_prefix("pyo3/").or_else(|| written.value.strip_prefix("pyo3-ffi/"))?;
        let fate = match name {
            "extension-module" if does_without_extension_module(package, wanted) => Fate::Removed,
            "extension-module" => return None,
            _ => fate(name, wanted.target)?,
        };
        Some(match fate {
            Fate::Renamed(new) => {
                let new = written.value.replace(name, &new);
                let what = format!("feature {} -> {new}", written.value);
                ManifestChange { file, edit: quoted(project, file, written.range, &new), what }
            }
            Fate::Removed => {
                let edit = without_passed_feature(package, manifest, text, array, (&written.value, written.range));
                ManifestChange { file, edit, what: format!("no feature {}", written.value) }
            }
        })
    };
    let changes: Vec<ManifestChange> = maturin.features.iter().filter_map(of_feature).collect();
    let removed = changes.iter().filter(|change| change.edit.text.is_empty()).count();
    if removed == maturin.features.len()
        && let Some(first) = changes.first()
        && let Some(edit) = toml::parse(text).ok().and_then(|toml| without_features(&toml, manifest))
    {
        return vec![ManifestChange {
            edit,
            what: changes.iter().map(|change| change.what.as_str()).collect::<Vec<_>>().join(", "),
            ..first.clone()
        }];
    }
    changes
}

/// Takes the key out, and a table that is left with nothing, unless what Cargo.toml says of maturin moves there.
fn without_features(python: &Toml, cargo: &str) -> Option<Edit> {
    let table = python.get(&["tool", "maturin"])?.value;
    let is_alone = table.has_header() && table.entries().len() == 1 && !cargo.contains("metadata.maturin");
    if !is_alone {
        return python.remove_key(&["tool", "maturin", "features"]);
    }
    python.remove_key(&["tool", "maturin"]).map(|edit| with_surroundings(python.text(), edit))
}
