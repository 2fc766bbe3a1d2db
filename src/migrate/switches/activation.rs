//! What the features of a package switch on.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{Dependency, Package, Project, toml};

/// `[features]` of a package, with what an optional dependency adds to it.
pub(super) struct Activation {
    /// What each feature names: features, `dep:name`, `name/feature`.
    lists: BTreeMap<String, Vec<String>>,
    /// The optional dependencies on PyO3, by their keys.
    pyo3: BTreeSet<String>,
    /// Whether a dependency on PyO3 is there without any feature.
    is_fixed: bool,
}

impl Activation {
    pub(super) fn of(project: &Project, package: &Package) -> Self {
        let toml = toml::parse(&project.sources.get(package.manifest).text).ok();
        let table = toml.as_ref().and_then(|toml| toml.get(&["features"])).map(|table| table.value.entries()).unwrap_or_default();
        let texts = |entry: &toml::Entry<'_>| entry.value.texts().into_iter().map(|text| text.value).collect();
        let lists: BTreeMap<String, Vec<String>> = table.iter().map(|entry| (entry.key.to_owned(), texts(entry))).collect();
        let is_pyo3 = |dependency: &&Dependency| matches!(dependency.package.as_str(), "pyo3" | "pyo3-ffi");
        let all = || package.pyo3.dependencies.iter();
        let is_fixed = all().filter(is_pyo3).any(|dependency| !dependency.optional);
        let pyo3 = all().filter(is_pyo3).map(|dependency| dependency.extern_name.clone()).collect();
        let optional = all().filter(|dependency| dependency.optional).map(|dependency| key_in(&lists, &dependency.extern_name));
        let mut activation = Self { lists: lists.clone(), pyo3, is_fixed };
        for key in optional {
            // Where a feature names it with `dep:`, an optional dependency is no feature of its own name.
            let named = format!("dep:{key}");
            if !lists.values().flatten().any(|entry| *entry == named) {
                activation.lists.entry(key).or_insert_with(|| vec![named]);
            }
        }
        activation
    }

    /// The names of all features.
    pub(super) fn names(&self) -> Vec<String> {
        self.lists.keys().cloned().collect()
    }

    /// Whether cargo would take this for a feature of the package: its own, or one of a dependency.
    pub(super) fn knows(&self, feature: &str) -> bool {
        feature.contains('/') || self.lists.contains_key(feature)
    }

    /// Whether PyO3 is part of the package with these features.
    pub(super) fn has_pyo3(&self, features: &[String], with_default: bool) -> bool {
        self.is_fixed || self.closure(features, with_default).iter().any(|entry| self.is_pyo3(entry))
    }

    /// The features that bring PyO3 in, those first that bring least else.
    pub(super) fn bringing_pyo3(&self) -> Vec<String> {
        let own = |name: &String| self.closure(std::slice::from_ref(name), false);
        let mut found: Vec<(usize, &String)> = self
            .lists
            .keys()
            .map(|name| (own(name), name))
            .filter(|(on, _)| on.iter().any(|entry| self.is_pyo3(entry)))
            .map(|(on, name)| (on.len(), name))
            .collect();
        found.sort();
        found.into_iter().map(|(_, name)| name.clone()).collect()
    }

    /// All that is on with these features: features, and entries that name dependencies.
    pub(super) fn closure(&self, features: &[String], with_default: bool) -> BTreeSet<String> {
        let mut on = BTreeSet::new();
        let mut next: Vec<String> = features.iter().cloned().chain(with_default.then(|| "default".to_owned())).collect();
        while let Some(name) = next.pop() {
            if on.insert(name.clone()) {
                next.extend(self.lists.get(&name).into_iter().flatten().cloned());
            }
        }
        on
    }

    /// Whether an entry switches an optional PyO3 on: `dep:pyo3`, `pyo3/abi3`; `pyo3?/abi3` does not.
    fn is_pyo3(&self, entry: &str) -> bool {
        let name = entry.strip_prefix("dep:").or_else(|| Some(entry.split_once('/')?.0));
        name.is_some_and(|name| self.pyo3.contains(&name.replace('-', "_")))
    }
}

/// The key of a dependency as `[features]` writes it: sources see `_` where a manifest may have `-`.
fn key_in(lists: &BTreeMap<String, Vec<String>>, extern_name: &str) -> String {
    let dashed = extern_name.replace('_', "-");
    let is_written = |key: &str| {
        let mut entries = lists.values().flatten();
        entries.any(|entry| entry == key || entry.strip_prefix("dep:") == Some(key) || entry.starts_with(&format!("{key}/")))
    };
    if is_written(&dashed) { dashed } else { extern_name.to_owned() }
}
