//! What setuptools-rust and other backends build: the crate, and the module that it becomes.

use std::path::{Path, PathBuf};

use crate::project::{self, Package, Project, pyproject};

/// A crate that becomes a compiled module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension {
    /// Its Cargo.toml.
    pub(super) manifest: PathBuf,
    /// The dotted name of the module, if it is written down.
    pub(super) module: Option<String>,
}

impl Extension {
    /// Finds it below a folder: the crate that the build files name, else the first one that uses PyO3 and makes a shared library.
    pub(super) fn find(root: &Path) -> Option<Self> {
        let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap_or_default();
        let settings = pyproject::read(&read("pyproject.toml")).unwrap_or_default().setuptools_rust.into_iter();
        let setup = read("setup.py");
        let mut named =
            settings.map(|module| (module.path.map_or("Cargo.toml".to_owned(), |path| path.value), module.target.map(|name| name.value)));
        if let Some((path, module)) = named.next() {
            return Some(Self { manifest: root.join(path), module });
        }
        let project = project::load(&[root.to_owned()]).ok()?;
        let package = chosen(&project, &setup)?;
        let manifest = project.sources.get(package.manifest).path.clone();
        Some(Self { manifest, module: module_of_setup(&setup) })
    }
}

/// The package whose manifest setup.py names, else the first one that makes a shared library, else the first.
fn chosen<'a>(project: &'a Project, setup: &str) -> Option<&'a Package> {
    let packages = || project.packages.iter().filter(|package| !package.is_pyo3());
    let is_named = |package: &&Package| {
        let path = &project.sources.get(package.manifest).display;
        ['"', '\''].iter().any(|quote| setup.contains(&format!("{quote}{path}{quote}")))
    };
    let is_shared =
        |package: &&Package| package.library.as_ref().is_some_and(|library| library.crate_types.iter().any(|kind| kind == "cdylib"));
    packages().find(is_named).or_else(|| packages().find(is_shared)).or_else(|| packages().next())
}

/// The name that the first `RustExtension` of a setup.py gives its module, if it is a plain string.
fn module_of_setup(setup: &str) -> Option<String> {
    let (_, arguments) = setup.split_once("RustExtension(")?;
    let first = arguments.trim_start();
    let first = first.strip_prefix("target").map_or(first, |rest| rest.trim_start().trim_start_matches('=').trim_start());
    let quote = first.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = first[1..].split(quote).next()?;
    let is_dotted = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    is_dotted.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_named_by_the_first_extension() {
        let module = |setup: &str| module_of_setup(setup);
        assert_eq!(
            module("from setuptools_rust import RustExtension\nsetup(x=[RustExtension(\n  \"a._b\", path='c')])").as_deref(),
            Some("a._b")
        );
        assert_eq!(module("RustExtension(target = 'a.b')").as_deref(), Some("a.b"));
        for unknown in
            ["RustExtension(NAME)", "RustExtension(f\"{name}.x\")", "RustExtension({'a': 'b'})", "Extension('x')", "RustExtension('')"]
        {
            assert_eq!(module(unknown), None, "{unknown}");
        }
    }
}
