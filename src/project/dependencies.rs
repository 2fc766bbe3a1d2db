//! How a package depends on PyO3: dependency tables in all their notations, renames, workspace inheritance, features.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::manifest::Manifest;
use super::toml::{Entry, Node};
use super::{Dependency, Feature, Pyo3};
use crate::text::{FileId, clean};

/// The dependency tables by their plain names, each with its spellings.
pub(super) const TABLES: [(&str, &[&str]); 3] = [
    ("dependencies", &["dependencies"]),
    ("dev-dependencies", &["dev-dependencies", "dev_dependencies"]),
    ("build-dependencies", &["build-dependencies", "build_dependencies"]),
];

/// Reads the dependencies of a package; the release is still to be found.
pub(super) fn read(manifest: &Manifest, workspace: Option<&Manifest>) -> Pyo3 {
    let mut pyo3 = Pyo3::default();
    // Keys of the dependency tables by which `[features]` entries name a crate.
    let mut crates: BTreeMap<String, String> = BTreeMap::new();
    let mut features = Vec::new();
    for (table, node) in dependency_tables(manifest.toml.root()) {
        for entry in node.entries() {
            let declaration = Declaration::read(entry, manifest, workspace);
            crates.entry(entry.key.to_owned()).or_insert_with(|| declaration.package.clone());
            features.extend(declaration.features(table));
            pyo3.dependencies.push(declaration.into_dependency(table, manifest.file));
        }
    }
    features.extend(feature_entries(manifest, &crates));
    features.sort_by_key(|feature| (feature.file, feature.range, feature.table.clone()));
    (pyo3.features, pyo3.other_features) = features.into_iter().partition(|feature| is_family(&feature.of));
    pyo3.extern_names = extern_names(&pyo3.dependencies, "pyo3");
    pyo3.ffi_extern_names = extern_names(&pyo3.dependencies, "pyo3-ffi");
    if let Some(main) = main_dependency(&pyo3.dependencies) {
        pyo3.requirement = main.requirement.clone();
        pyo3.requirement_at = main.requirement_at;
        pyo3.declared = Some((main.file, main.range));
    }
    pyo3
}

/// Whether they are those of a package that uses PyO3.
pub(super) fn uses_pyo3(pyo3: &Pyo3) -> bool {
    !pyo3.extern_names.is_empty() || !pyo3.ffi_extern_names.is_empty()
}

/// The folders of the dependencies that are named by path, each with the plain name of its table.
pub(super) fn folders(manifest: &Manifest, workspace: Option<&Manifest>) -> Vec<(&'static str, PathBuf)> {
    let folder = |(file, entry): (FileId, Entry<'_>)| {
        let holder = workspace.filter(|workspace| workspace.file == file).unwrap_or(manifest);
        Some(clean(&holder.dir().join(entry.value.get("path")?.value.as_str()?)))
    };
    let mut found = Vec::new();
    for (table, node) in dependency_tables(manifest.toml.root()) {
        let declarations = node.entries().into_iter().map(|entry| Declaration::read(entry, manifest, workspace));
        found.extend(declarations.filter_map(|declaration| Some((table, declaration.sources().find_map(folder)?))));
    }
    found
}

/// The dependency that stands for PyO3: on `pyo3` before `pyo3-ffi`, for the library before tests and build scripts.
pub(super) fn main_dependency(dependencies: &[Dependency]) -> Option<&Dependency> {
    let rank = |dependency: &Dependency| {
        let table = TABLES.iter().position(|(name, _)| *name == dependency.table);
        (dependency.package != "pyo3", table, dependency.requirement.is_none())
    };
    dependencies.iter().filter(|dependency| is_pyo3(&dependency.package)).min_by_key(|dependency| rank(dependency))
}

fn is_pyo3(package: &str) -> bool {
    matches!(package, "pyo3" | "pyo3-ffi")
}

/// Crates whose features are about Python.
fn is_family(package: &str) -> bool {
    package.starts_with("pyo3") || matches!(package, "numpy" | "pythonize" | "arrow")
}

/// Every dependency table of a package or a workspace, those of `[target.…]` included, by its plain name.
pub fn dependency_tables(root: Node<'_>) -> Vec<(&'static str, Node<'_>)> {
    let targets = root.get("target").map(|target| target.value.entries()).unwrap_or_default();
    let holders = std::iter::once(root).chain(targets.into_iter().map(|target| target.value));
    let mut found = Vec::new();
    for holder in holders {
        for (name, spellings) in TABLES {
            found.extend(spellings.iter().filter_map(|spelling| holder.get(spelling)).map(|table| (name, table.value)));
        }
    }
    found
}

fn extern_names(dependencies: &[Dependency], package: &str) -> Vec<String> {
    let names: BTreeSet<&str> =
        dependencies.iter().filter(|dependency| dependency.package == package).map(|dependency| dependency.extern_name.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// One entry of a dependency table, joined with what it inherits.
struct Declaration<'a> {
    entry: Entry<'a>,
    package: String,
    own: FileId,
    inherited: Option<(FileId, Entry<'a>)>,
}

impl<'a> Declaration<'a> {
    fn read(entry: Entry<'a>, manifest: &'a Manifest, workspace: Option<&'a Manifest>) -> Self {
        let inherits = entry.value.get("workspace").and_then(|flag| flag.value.as_bool()).unwrap_or(false);
        let root = workspace.unwrap_or(manifest);
        let inherited = inherits.then(|| root.toml.get(&["workspace", "dependencies", entry.key])).flatten();
        let inherited = inherited.map(|entry| (root.file, entry));
        let rename = |entry: Entry<'a>| entry.value.get("package").and_then(|package| package.value.as_str());
        let package = rename(entry).or_else(|| inherited.and_then(|(_, entry)| rename(entry))).unwrap_or(entry.key);
        Self { entry, package: package.to_owned(), own: manifest.file, inherited }
    }

    /// The entry itself and what it inherits, each with its file.
    fn sources(&self) -> impl Iterator<Item = (FileId, Entry<'a>)> + use<'a> {
        std::iter::once((self.own, self.entry)).chain(self.inherited)
    }

    fn features(&self, table: &str) -> Vec<Feature> {
        let mut features = Vec::new();
        for (file, entry) in self.sources() {
            let Some(list) = entry.value.get("features").filter(|list| list.value.is_array()) else { continue };
            features.extend(list.value.texts().into_iter().map(|text| Feature {
                of: self.package.clone(),
                name: text.value,
                file,
                range: text.range,
                array: list.value_range(),
                unconditional: true,
                table: table.to_owned(),
            }));
        }
        features
    }

    fn into_dependency(self, table: &str, file: FileId) -> Dependency {
        let version =
            |entry: Entry<'a>| entry.value.as_text().or_else(|| entry.value.get("version").and_then(|version| version.value.as_text()));
        let requirement = self.sources().find_map(|(file, entry)| version(entry).map(|text| (file, text)));
        let is_local = self.sources().any(|(_, entry)| ["path", "git"].iter().any(|key| entry.value.get(key).is_some()));
        let flag = |key: &str| self.entry.value.get(key).and_then(|flag| flag.value.as_bool());
        Dependency {
            package: self.package,
            extern_name: self.entry.key.replace('-', "_"),
            requirement: requirement.as_ref().map(|(_, text)| text.value.clone()),
            requirement_at: requirement.map(|(file, text)| (file, text.range)),
            optional: flag("optional").unwrap_or(false),
            is_local,
            table: table.to_owned(),
            file,
            range: self.entry.key_range,
        }
    }
}

/// Entries of `[features]` such as `pyo3/abi3` and `pyo3?/abi3`.
fn feature_entries(manifest: &Manifest, crates: &BTreeMap<String, String>) -> Vec<Feature> {
    let Some(table) = manifest.toml.get(&["features"]) else { return Vec::new() };
    let entries = table.value.entries();
    let by_default = reachable_from_default(&entries);
    let mut features = Vec::new();
    for entry in entries.iter().filter(|entry| entry.value.is_array()) {
        for text in entry.value.texts() {
            let Some((key, name)) = text.value.split_once('/') else { continue };
            let Some(package) = crates.get(key.trim_end_matches('?')) else { continue };
            features.push(Feature {
                of: package.clone(),
                name: name.to_owned(),
                file: manifest.file,
                range: text.range,
                array: entry.value_range(),
                unconditional: by_default.contains(entry.key),
                table: "features".to_owned(),
            });
        }
    }
    features
}

fn reachable_from_default<'a>(entries: &[Entry<'a>]) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec!["default".to_owned()];
    while let Some(name) = next.pop() {
        let Some(entry) = entries.iter().find(|entry| entry.key == name) else { continue };
        if reached.insert(entry.key) {
            next.extend(entry.value.texts().into_iter().map(|text| text.value));
        }
    }
    reached
}
