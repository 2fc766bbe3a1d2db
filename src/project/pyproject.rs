//! What a pyproject.toml says about building the extension, each fact with its place.

use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::toml::{self, Node, Text, Toml};
use crate::text::TextRange;

/// The parts of a pyproject.toml that matter to a Rust extension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pyproject {
    /// The header `[project]`.
    pub project_table: Option<TextRange>,
    /// `[project] name`.
    pub name: Option<Text>,
    /// `[project] requires-python`.
    pub requires_python: Option<Text>,
    /// `[project] dynamic`.
    pub dynamic: Vec<Text>,
    /// `[project] classifiers`.
    pub classifiers: Vec<Text>,
    /// The header `[build-system]`.
    pub build_system_table: Option<TextRange>,
    /// `[build-system] build-backend`.
    pub build_backend: Option<Text>,
    /// `[build-system] requires`, element by element.
    pub build_requires: Vec<Requirement>,
    /// The array `[build-system] requires`, brackets included.
    pub build_requires_array: Option<TextRange>,
    /// `[tool.maturin]`.
    pub maturin: Option<Maturin>,
    /// `[[tool.setuptools-rust.ext-modules]]` and `bins`.
    pub setuptools_rust: Vec<ExtModule>,
}

/// `[tool.maturin]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maturin {
    /// The header `[tool.maturin]`.
    pub table: Option<TextRange>,
    /// `module-name`.
    pub module_name: Option<Text>,
    /// `python-source`.
    pub python_source: Option<Text>,
    /// `manifest-path`.
    pub manifest_path: Option<Text>,
    /// `bindings`.
    pub bindings: Option<Text>,
    /// `profile`.
    pub profile: Option<Text>,
    /// `features`.
    pub features: Vec<Text>,
    /// The array `features`, brackets included.
    pub features_array: Option<TextRange>,
    /// `no-default-features`.
    pub no_default_features: bool,
}

/// One extension module that setuptools-rust builds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtModule {
    /// `target`: the dotted name of the module.
    pub target: Option<Text>,
    /// `path` of its Cargo.toml; `Cargo.toml` if absent.
    pub path: Option<Text>,
    /// `binding`.
    pub binding: Option<Text>,
    /// `features`.
    pub features: Vec<Text>,
}

/// One requirement of `[build-system] requires`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The normalized name: lower case, `-` for `_` and `.`.
    pub name: String,
    /// The whole requirement as written.
    pub text: String,
    /// The string literal, quotes included.
    pub range: TextRange,
    /// The versions that satisfy it; `None` when it names no range that can be read (a URL).
    pub specifiers: Option<VersionSpecifiers>,
}

impl Requirement {
    fn new(text: Text) -> Self {
        let (name, specifiers) = split_requirement(&text.value);
        Self { name, text: text.value, range: text.range, specifiers }
    }

    /// Whether every version that satisfies the requirement is `version` or newer.
    #[must_use]
    pub fn is_at_least(&self, version: &str) -> bool {
        let (Some(specifiers), Ok(floor)) = (&self.specifiers, Version::from_str(version)) else { return false };
        specifiers.iter().any(|specifier| {
            let bounded_below = matches!(
                specifier.operator(),
                Operator::GreaterThanEqual
                    | Operator::GreaterThan
                    | Operator::Equal
                    | Operator::EqualStar
                    | Operator::ExactEqual
                    | Operator::TildeEqual
            );
            bounded_below && *specifier.version() >= floor
        })
    }
}

impl Pyproject {
    /// Whether maturin builds the project.
    #[must_use]
    pub fn is_for_maturin(&self) -> bool {
        let by_backend = self.build_backend.as_ref().is_some_and(|backend| backend.value.starts_with("maturin"));
        // Without a build system, `maturin build` still reads its own table.
        let by_table = self.maturin.is_some() && self.build_backend.is_none();
        // A wrapper around maturin in the project's own tree still requires it.
        by_backend || by_table || self.build_requirement("maturin").is_some()
    }

    /// The first build requirement on this package, by its normalized name.
    #[must_use]
    pub fn build_requirement(&self, name: &str) -> Option<&Requirement> {
        self.build_requires.iter().find(|requirement| requirement.name == name)
    }
}

/// Reads the text of a pyproject.toml; `None` when it is no TOML.
#[must_use]
pub fn read(text: &str) -> Option<Pyproject> {
    toml::parse(text).ok().map(|toml| from_toml(&toml))
}

/// Reads a parsed pyproject.toml.
#[must_use]
pub fn from_toml(toml: &Toml) -> Pyproject {
    let text = |path: &[&str]| toml.get(path).and_then(|entry| entry.value.as_text());
    let texts = |path: &[&str]| toml.get(path).map(|entry| entry.value.texts()).unwrap_or_default();
    let array = |path: &[&str]| toml.get(path).filter(|entry| entry.value.is_array()).map(|entry| entry.value_range());
    let maturin = toml.get(&["tool", "maturin"]).filter(|entry| entry.value.is_table()).map(|entry| Maturin {
        table: entry.value.has_header().then(|| entry.value.range()),
        module_name: text(&["tool", "maturin", "module-name"]),
        python_source: text(&["tool", "maturin", "python-source"]),
        manifest_path: text(&["tool", "maturin", "manifest-path"]),
        bindings: text(&["tool", "maturin", "bindings"]),
        profile: text(&["tool", "maturin", "profile"]),
        features: texts(&["tool", "maturin", "features"]),
        features_array: array(&["tool", "maturin", "features"]),
        no_default_features: toml.get(&["tool", "maturin", "no-default-features"]).and_then(|flag| flag.value.as_bool()).unwrap_or(false),
    });
    Pyproject {
        project_table: toml.header(&["project"]),
        name: text(&["project", "name"]),
        requires_python: text(&["project", "requires-python"]),
        dynamic: texts(&["project", "dynamic"]),
        classifiers: texts(&["project", "classifiers"]),
        build_system_table: toml.header(&["build-system"]),
        build_backend: text(&["build-system", "build-backend"]),
        build_requires: texts(&["build-system", "requires"]).into_iter().map(Requirement::new).collect(),
        build_requires_array: array(&["build-system", "requires"]),
        maturin,
        setuptools_rust: ["ext-modules", "bins"].into_iter().flat_map(|key| ext_modules(toml, key)).collect(),
    }
}

fn ext_modules(toml: &Toml, key: &str) -> Vec<ExtModule> {
    let Some(modules) = toml.get(&["tool", "setuptools-rust", key]) else { return Vec::new() };
    let text = |module: Node<'_>, key: &str| module.get(key).and_then(|entry| entry.value.as_text());
    let read = |module: Node<'_>| ExtModule {
        target: text(module, "target"),
        path: text(module, "path"),
        binding: text(module, "binding"),
        features: module.get("features").map(|entry| entry.value.texts()).unwrap_or_default(),
    };
    modules.value.elements().into_iter().filter(|module| module.is_table()).map(read).collect()
}

/// Name and version range of a requirement such as `maturin[patchelf]>=1.0,<2.0 ; python_version > "3"`.
fn split_requirement(text: &str) -> (String, Option<VersionSpecifiers>) {
    let text = text.split(';').next().unwrap_or_default().trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    let mut rest = rest.trim();
    if rest.starts_with('[') {
        rest = rest.split_once(']').map_or("", |(_, after)| after).trim();
    }
    if rest.starts_with('@') {
        return (name, None);
    }
    let rest = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(rest);
    (name, VersionSpecifiers::from_str(rest).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(text: &str) -> Requirement {
        Requirement::new(Text { value: text.to_owned(), range: TextRange::empty(0) })
    }

    #[test]
    fn a_requirement_is_at_least_what_its_lower_bound_says() {
        for text in
            ["maturin>=1.0,<2.0", "maturin==1.4", "maturin ~= 1.4", "Maturin[patchelf]>=1.1; sys_platform=='linux'", "maturin (>=1,<2)"]
        {
            assert!(requirement(text).is_at_least("1.0"), "{text}");
        }
        for text in ["maturin", "maturin>=0.14,<0.15", "maturin<2", "maturin!=1.0", "maturin @ git+https://example.org/m"] {
            assert!(!requirement(text).is_at_least("1.0"), "{text}");
        }
        assert_eq!(requirement("Setuptools_Rust>=1").name, "setuptools-rust");
    }

    #[test]
    fn facts_come_with_their_places() {
        let text = "[build-system]\nrequires = [\"maturin>=1.9\", 'cffi']\n\n[tool.maturin]\nfeatures = [\"pyo3/extension-module\"]\n";
        let read = read(text).unwrap();
        let slice = |range: TextRange| &text[range.start..range.end];
        assert_eq!(slice(read.build_requires[1].range), "'cffi'");
        let maturin = read.maturin.unwrap();
        assert_eq!(slice(maturin.table.unwrap()), "[tool.maturin]");
        assert_eq!(slice(maturin.features_array.unwrap()), "[\"pyo3/extension-module\"]");
    }
}
