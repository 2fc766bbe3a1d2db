//! What changes in the manifests: versions that belong together, and floors that they bring.

use super::companions::companion_changes;
use super::features::{Fate, fate, without_extension_module};
use super::packaging::pyproject_changes;
use super::reach::is_tied;
use super::renamed::rename;
use super::requirement::{admits, raised};
use super::setuptools::setuptools_changes;
use crate::catalog::{Adjacent, Series, adjacent, toolchain};
use crate::project::toml::{self, Toml};
use crate::project::{Dependency, Package, Project};
use crate::release::Release;
use crate::text::{Edit, FileId, TextRange};

/// The crates that are PyO3 itself: all of one version.
const OF_PYO3: [&str; 5] = ["pyo3", "pyo3-ffi", "pyo3-build-config", "pyo3-macros", "pyo3-macros-backend"];

/// The first Rust with C string literals, which need this edition.
const C_STRINGS: (Series, &str) = (Series(1, 77), "2021");

/// The first PyO3 whose macros write `::core` all over, which is a path to the standard library from this edition on.
const CORE_PATHS: (Release, &str) = (Release::new(30), "2018");

/// One change of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestChange {
    /// The manifest.
    pub file: FileId,
    /// The change.
    pub edit: Edit,
    /// What it does, in a few words: `pyo3 0.19 -> 0.30`.
    pub what: String,
}

/// What a release asks of those who use it.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The release.
    pub(super) target: Release,
    /// The oldest Python.
    pub(super) python: Series,
    /// The oldest Rust.
    pub(super) rust: String,
}

impl Wanted {
    /// What is known of `target`.
    pub(super) fn new(target: Release) -> Option<Self> {
        let toolchain = toolchain(target)?;
        Some(Self { target, python: toolchain.python.min, rust: toolchain.rust.to_string() })
    }

    /// The name that a feature of PyO3 has now, if it is another.
    pub(super) fn renamed_feature(&self, feature: &str) -> Option<String> {
        match fate(feature, self.target)? {
            Fate::Renamed(new) => Some(new),
            Fate::Removed => None,
        }
    }
}

/// Everything in the manifests of `package` that has to be another for `target`, whatever its sources say now being what they will say then.
/// Features in Cargo.toml that are gone are findings of `check`, with fixes of their own.
#[must_use]
pub fn manifest_changes(project: &Project, package: &Package, target: Release) -> Vec<ManifestChange> {
    let Some(wanted) = Wanted::new(target) else { return Vec::new() };
    let mut changes = Vec::new();
    // What lies in a folder or a repository has the version and the name that it has there.
    for dependency in package.pyo3.dependencies.iter().filter(|dependency| !dependency.is_local) {
        changes.extend(of_dependency(project, package, dependency, target));
    }
    changes.extend(companion_changes(project, package, target));
    changes.extend(without_extension_module(project, package, &wanted));
    changes.extend(of_language(project, package, &wanted));
    changes.extend(pyproject_changes(project, package, &wanted));
    changes.extend(setuptools_changes(project, package, &wanted));
    changes.sort_by(|a, b| (a.file, &a.edit).cmp(&(b.file, &b.edit)));
    changes.dedup();
    changes
}

fn of_dependency(project: &Project, package: &Package, dependency: &Dependency, target: Release) -> Vec<ManifestChange> {
    let known = adjacent(&dependency.package).filter(|known| is_tied(package, &known.name));
    let Some((name, version)) = wanted(&dependency.package, known, target) else { return Vec::new() };
    let mut changes = Vec::new();
    let old = dependency.requirement.as_deref();
    let is_pyo3 = OF_PYO3.contains(&dependency.package.as_str());
    if let Some((file, range)) = dependency.requirement_at
        && (is_pyo3 || name != dependency.package || old.is_some_and(|old| !admits(old, &version)))
    {
        let new = raised(old, &version, target);
        if old != Some(new.as_str()) {
            let what = format!("{name} {} -> {new}", old.unwrap_or_default());
            changes.push(ManifestChange { file, edit: quoted(project, file, range, &new), what });
        }
    }
    if name != dependency.package {
        changes.extend(rename(project, package, dependency, &name));
    }
    changes
}

/// The crate and its version that go with `target` in the place of `name`.
fn wanted(name: &str, known: Option<&'static Adjacent>, target: Release) -> Option<(String, String)> {
    // pyo3-build-config has the versions of all of them, and every release since 0.14.
    if OF_PYO3.contains(&name) {
        return Some((name.to_owned(), adjacent("pyo3-build-config")?.version_for(target)?.to_owned()));
    }
    let known = known?;
    if let Some(version) = known.version_for(target) {
        return Some((name.to_owned(), version.to_owned()));
    }
    let successor = adjacent(known.successor.as_deref()?)?;
    Some((successor.name.clone(), successor.version_for(target)?.to_owned()))
}

/// `rust-version` and `edition`, in the workspace's manifest where they are inherited.
fn of_language(project: &Project, package: &Package, wanted: &Wanted) -> Vec<ManifestChange> {
    let mut changes = Vec::new();
    let has_c_strings = package.rust_files.iter().any(|file| has_c_string(&project.sources.get(*file).text));
    let floor = if has_c_strings { C_STRINGS.0.max(series(&wanted.rust)) } else { series(&wanted.rust) };
    if let Some((file, range, written)) = inherited(project, package, "rust-version")
        && series(&written) < floor
    {
        let new = floor.to_string();
        let what = format!("rust-version {written} -> {new}");
        changes.push(ManifestChange { file, edit: quoted(project, file, range, &new), what });
    }
    changes.extend(pinned_toolchains(project, package, floor));
    let edition = if has_c_strings { Some((C_STRINGS.1, "C string literals")) } else { None };
    let edition = edition.or((wanted.target >= CORE_PATHS.0).then_some((CORE_PATHS.1, "the code that macros of PyO3 write")));
    if let Some((new, reason)) = edition.filter(|(new, _)| package.edition.as_str() < *new) {
        let what = format!("edition {} -> {new}, for {reason}", package.edition);
        let edit = match inherited(project, package, "edition") {
            Some((file, range, _)) => Some((file, quoted(project, file, range, new))),
            None => {
                let toml = toml::parse(&project.sources.get(package.manifest).text).ok();
                let edit = toml.and_then(|toml| toml.insert_key(&["package"], "edition", &format!("\"{new}\"")));
                edit.map(|edit| (package.manifest, edit))
            }
        };
        changes.extend(edit.map(|(file, edit)| ManifestChange { file, edit, what }));
    }
    changes
}

/// A Rust that rust-toolchain.toml, or its older form without a table, pins by number below `floor`.
fn pinned_toolchains(project: &Project, package: &Package, floor: Series) -> Vec<ManifestChange> {
    let folders = package.dir.ancestors().take_while(|folder| folder.starts_with(&project.root));
    let files = folders.flat_map(|folder| ["rust-toolchain.toml", "rust-toolchain"].map(|name| folder.join(name)));
    let change = |file: FileId| {
        let text = &project.sources.get(file).text;
        let toml = toml::parse(text).ok();
        let channel = toml.as_ref().and_then(|toml| toml.get(&["toolchain", "channel"])?.value.as_text());
        let written = channel.as_ref().map_or(text.trim(), |channel| channel.value.as_str());
        let is_number = written.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
        if !is_number || series(written) >= floor {
            return None;
        }
        let new = if written.split('.').count() > 2 { format!("{floor}.0") } else { floor.to_string() };
        let what = format!("Rust {written} -> {new}");
        let edit = match &channel {
            Some(channel) => quoted(project, file, channel.range, &new),
            None => Edit::replace(TextRange::new(0, text.trim_end().len()), new),
        };
        Some(ManifestChange { file, edit, what })
    };
    files.filter_map(|path| project.sources.find(&path)).filter_map(change).collect()
}

/// The text of `[package] key`, or of `[workspace.package] key` where it is inherited, with its place.
fn inherited(project: &Project, package: &Package, key: &str) -> Option<(FileId, TextRange, String)> {
    let read = |file: FileId, path: &[&str]| {
        let toml: Toml = toml::parse(&project.sources.get(file).text).ok()?;
        let text = toml.get(path)?.value.as_text()?;
        Some((file, text.range, text.value))
    };
    let from_workspace = || {
        let toml = toml::parse(&project.sources.get(package.manifest).text).ok()?;
        toml.get(&["package", key, "workspace"])?.value.as_bool().filter(|&inherits| inherits)?;
        read(package.workspace_manifest.unwrap_or(package.manifest), &["workspace", "package", key])
    };
    read(package.manifest, &["package", key]).or_else(from_workspace)
}

/// Whether a text has a literal such as `c"name"`: before edition 2021 there is none, unless a rewrite has put it there.
fn has_c_string(text: &str) -> bool {
    let starts_token = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '\\');
    text.match_indices("c\"").any(|(at, _)| starts_token(at))
}

/// Major and minor number of a version of Rust.
fn series(version: &str) -> Series {
    let mut numbers = version.split('.').map(|number| number.trim().parse::<u16>().unwrap_or_default());
    Series(numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

/// Puts `value` in the place of a string literal, in the quotes that it has.
pub(super) fn quoted(project: &Project, file: FileId, literal: TextRange, value: &str) -> Edit {
    let quote = if project.sources.get(file).slice(literal).starts_with('\'') { '\'' } else { '"' };
    Edit::replace(literal, format!("{quote}{value}{quote}"))
}
