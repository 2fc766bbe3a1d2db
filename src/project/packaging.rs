//! Which Python build configuration turns a package into a module.

use std::path::Path;

use super::Backend;
use super::pyproject::Pyproject;
use crate::text::clean;

/// The Python build files of one folder.
#[derive(Debug, Default)]
pub(super) struct BuildFiles {
    pub(super) pyproject: Option<Pyproject>,
    /// The text of setup.py.
    pub(super) setup_py: Option<String>,
    /// The text of setup.cfg.
    pub(super) setup_cfg: Option<String>,
}

/// What the build files of a folder say about one Cargo.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// They name it.
    Named,
    /// They build something in Rust without saying where it is.
    Open,
    /// They name another one, or build nothing.
    No,
}

impl BuildFiles {
    pub(super) fn is_empty(&self) -> bool {
        self.pyproject.is_none() && self.setup_py.is_none() && self.setup_cfg.is_none()
    }

    /// Whether these files in `folder` build the package of `manifest`.
    pub(super) fn claim(&self, folder: &Path, manifest: &Path) -> Claim {
        let written = self.written_manifests();
        if written.iter().any(|path| clean(&folder.join(path)) == manifest) || self.setup_names(folder, manifest) {
            return Claim::Named;
        }
        let setup_names_others = self.setup_py.as_deref().is_some_and(|text| text.contains("Cargo.toml"));
        if !written.is_empty() || setup_names_others || self.backend() == Backend::None {
            return Claim::No;
        }
        Claim::Open
    }

    /// Whether the build goes through maturin or setuptools, which look for Rust code; other build backends do not.
    pub(super) fn may_build_rust(&self) -> bool {
        let by_setuptools =
            |pyproject: &Pyproject| pyproject.build_backend.as_ref().is_none_or(|text| text.value.starts_with("setuptools"));
        match self.backend() {
            Backend::Maturin { .. } | Backend::SetuptoolsRust => true,
            Backend::Other => self.pyproject.as_ref().is_some_and(by_setuptools),
            Backend::None => false,
        }
    }

    pub(super) fn backend(&self) -> Backend {
        if let Some(maturin) = self.maturin() {
            return maturin;
        }
        let by_pyproject =
            |pyproject: &Pyproject| pyproject.build_requirement("setuptools-rust").is_some() || !pyproject.setuptools_rust.is_empty();
        let mentions = |text: &str| ["setuptools_rust", "setuptools-rust", "RustExtension"].iter().any(|word| text.contains(word));
        let by_setup = [&self.setup_py, &self.setup_cfg].into_iter().flatten().any(|text| mentions(text));
        if by_setup || self.pyproject.as_ref().is_some_and(by_pyproject) {
            return Backend::SetuptoolsRust;
        }
        let is_python_project = |pyproject: &Pyproject| {
            let has_requires = pyproject.build_requires_array.is_some();
            has_requires || pyproject.build_backend.is_some() || pyproject.name.is_some() || pyproject.project_table.is_some()
        };
        if self.setup_py.is_some() || self.pyproject.as_ref().is_some_and(is_python_project) { Backend::Other } else { Backend::None }
    }

    fn maturin(&self) -> Option<Backend> {
        let pyproject = self.pyproject.as_ref()?;
        let at_least_one = pyproject.build_requirement("maturin").is_some_and(|requirement| requirement.is_at_least("1.0"));
        pyproject.is_for_maturin().then_some(Backend::Maturin { at_least_one })
    }

    /// The paths of Cargo.toml files that pyproject.toml names.
    fn written_manifests(&self) -> Vec<&str> {
        let Some(pyproject) = &self.pyproject else { return Vec::new() };
        let maturin = pyproject.maturin.iter().filter_map(|maturin| maturin.manifest_path.as_ref()).map(|text| text.value.as_str());
        let modules = pyproject.setuptools_rust.iter().map(|module| module.path.as_ref().map_or("Cargo.toml", |text| text.value.as_str()));
        maturin.chain(modules).collect()
    }

    /// Whether setup.py has the path of `manifest` as a string, or leaves it out where it is `Cargo.toml` beside it.
    fn setup_names(&self, folder: &Path, manifest: &Path) -> bool {
        let (Some(text), Ok(relative)) = (&self.setup_py, manifest.strip_prefix(folder)) else { return false };
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let relative = parts.join("/");
        let is_quoted = |text: &str| {
            ["", "./"].iter().any(|dot| ['"', '\''].iter().any(|quote| text.contains(&format!("{quote}{dot}{relative}{quote}"))))
        };
        let by_string = is_quoted(text) || is_quoted(&join_strings(text));
        let by_default = relative == "Cargo.toml" && text.contains("RustExtension") && !text.contains("Cargo.toml");
        by_string || by_default
    }
}

/// The text of a Python file with strings that only a comma separates joined by `/`, as `os.path.join` would.
fn join_strings(text: &str) -> String {
    let dense: String = text.split_whitespace().collect();
    dense.replace("\",\"", "/").replace("','", "/")
}
