//! Crates that go on under another name: their keys in dependency tables, and the features that name them.

use super::manifests::ManifestChange;
use crate::catalog::adjacent;
use crate::project::toml::{self, Entry, Toml};
use crate::project::{Dependency, Package, Project, dependency_tables};
use crate::text::{Edit, FileId};

/// What changes where `dependency` is called `name` now.
pub(super) fn rename(project: &Project, package: &Package, dependency: &Dependency, name: &str) -> Vec<ManifestChange> {
    let old = dependency.package.as_str();
    let what = format!("{old} is called {name} now");
    let mut changes = Vec::new();
    let own_key = project.sources.get(dependency.file).slice(dependency.range).trim_matches(['"', '\'']).to_owned();
    let mut add = |file: FileId, edit: Edit| changes.push(ManifestChange { file, edit, what: what.clone() });
    for file in [Some(dependency.file), package.workspace_manifest].into_iter().flatten() {
        let Ok(toml) = toml::parse(&project.sources.get(file).text) else { continue };
        for entry in declarations(&toml).into_iter().filter(|entry| entry.key == own_key) {
            match entry.value.get("package").and_then(|package| package.value.as_text()).filter(|written| written.value == old) {
                Some(written) => add(file, Edit::replace(written.range, format!("\"{name}\""))),
                None if entry.key == old => add(file, Edit::replace(entry.key_range, name)),
                None => {}
            }
        }
        for feature in
            package.pyo3.features.iter().filter(|feature| feature.of == old && feature.file == file && feature.table != "features")
        {
            if let Some(name) = successor(&feature.name) {
                add(file, Edit::replace(feature.range, format!("\"{name}\"")));
            }
        }
        if own_key == old && file == dependency.file {
            for edit in features_that_name(&toml, old, name) {
                add(file, edit);
            }
        }
    }
    changes
}

/// Every entry of every dependency table, those of the workspace and of targets included.
fn declarations(toml: &Toml) -> Vec<Entry<'_>> {
    let workspace = toml.get(&["workspace"]).map(|workspace| workspace.value);
    [Some(toml.root()), workspace].into_iter().flatten().flat_map(dependency_tables).flat_map(|(_, table)| table.entries()).collect()
}

/// The edits of `[features]` elements such as `old`, `dep:old`, `old/feature` and `old?/feature`.
fn features_that_name(toml: &Toml, old: &str, new: &str) -> Vec<Edit> {
    let lists = toml.get(&["features"]).map(|features| features.value.entries()).unwrap_or_default();
    let texts = lists.into_iter().flat_map(|list| list.value.texts());
    let renamed = |text: toml::Text| {
        let (prefix, rest) = text.value.strip_prefix("dep:").map_or(("", text.value.as_str()), |rest| ("dep:", rest));
        let rest = rest.strip_prefix(old)?;
        let is_whole = rest.is_empty() || rest.starts_with(['/', '?']);
        let rest = match rest.split_once('/').and_then(|(joint, feature)| Some(format!("{joint}/{}", successor(feature)?))) {
            Some(renamed) => renamed,
            None => rest.to_owned(),
        };
        is_whole.then(|| Edit::replace(text.range, format!("\"{prefix}{new}{rest}\"")))
    };
    texts.filter_map(renamed).collect()
}

/// The feature in the place of an optional dependency that is called otherwise now.
fn successor(feature: &str) -> Option<&'static str> {
    adjacent(feature)?.successor.as_deref()
}
