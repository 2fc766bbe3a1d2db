//! What is on disk: every package that uses PyO3, its manifests with byte ranges, and its sources as text.

mod broken;
mod context;
mod dependencies;
mod dependents;
mod era;
mod features;
mod files;
mod linked;
mod load;
mod lock;
mod macros;
mod manifest;
mod packaging;
pub mod pyproject;
mod reader;
mod scope;
mod settings;
mod targets;
pub mod toml;
mod walk;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use dependencies::dependency_tables;
pub use features::{without_feature, without_passed_feature};
pub use files::{Unread, display as display_path, read_text};
pub use load::{LoadError, load, load_with};
pub use lock::{Lock, floor_of, release_asked_for};

use crate::diagnostic::Skipped;
use crate::release::Release;
use crate::text::{FileId, Sources, TextRange};

/// Everything that a run looks at.
#[derive(Debug, Default)]
pub struct Project {
    /// The folder that was named on the command line (a file's folder when a file was named); absolute. Display paths are relative to it.
    pub root: PathBuf,
    /// Every file that was read.
    pub sources: Sources,
    /// Every package below `root` that uses PyO3, ordered by folder.
    pub packages: Vec<Package>,
    /// What was not read, and why.
    pub skipped: Vec<Skipped>,
    /// Manifests of no package that mention PyO3 and that cargo could not read either.
    pub broken: Vec<Broken>,
    /// The files to report on, when a path on the command line names a file or a folder inside a package; everything else was read as context.
    pub only: Option<BTreeSet<FileId>>,
    /// Files that the settings exclude and that were read as context all the same: roots of targets.
    pub excluded: BTreeSet<FileId>,
}

impl Project {
    /// Whether findings in this file are asked for.
    #[must_use]
    pub fn is_checked(&self, file: FileId) -> bool {
        !self.excluded.contains(&file) && self.only.as_ref().is_none_or(|only| only.contains(&file))
    }
}

/// A file that its compiler could not read either: no UTF-8, no TOML, or closed to this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The file. Its text is what can be shown of it.
    pub file: FileId,
    /// The byte where it goes wrong.
    pub at: usize,
    /// Why.
    pub defect: Defect,
    /// What is wrong: lower case, no full stop.
    pub reason: String,
}

/// Why a compiler could not read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It is not UTF-8.
    Encoding,
    /// The system does not let this user read it, or fails.
    Access,
    /// It is no TOML.
    Syntax,
}

/// One Cargo package that depends on PyO3 in some way.
#[derive(Debug)]
pub struct Package {
    /// `[package] name`.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Its Cargo.toml.
    pub manifest: FileId,
    /// The Cargo.toml of the workspace, when that is another file.
    pub workspace_manifest: Option<FileId>,
    /// The pyproject.toml that builds this package: in its folder, or above it with `[tool.maturin] manifest-path` (or as the nearest one up to `root`).
    pub pyproject: Option<FileId>,
    /// How the package is turned into a Python module.
    pub backend: Backend,
    /// How it depends on PyO3.
    pub pyo3: Pyo3,
    /// `[package] edition`, with workspace inheritance; "2015" if absent.
    pub edition: String,
    /// Whether the package presents itself to users of Rust (keywords, categories, documentation): other crates may build the Python module around it.
    pub for_rust: bool,
    /// The library target, if the package has one.
    pub library: Option<Library>,
    /// Whether another package has the library by path; looked up only for libraries with a module of Python that are no `cdylib`.
    pub is_dependency: bool,
    /// Whether `[lints]` of the package or its workspace silences rustc about deprecated items.
    pub allows_deprecated: bool,
    /// Root files of all targets: library, binaries, tests, benches, examples, build script.
    pub targets: Vec<Target>,
    /// Every Rust file below the package's folder that belongs to no other package, plus what `#[path]` and `include!` name.
    pub rust_files: Vec<FileId>,
    /// Its manifests and sources that cargo or rustc could not read either, but for Rust that does not parse.
    pub broken: Vec<Broken>,
    /// The lock file that holds its dependencies, if there is one.
    pub lock: Option<Arc<Lock>>,
    /// `[tool.hognose]` of pyproject.toml, or `[package.metadata.hognose]`/`[workspace.metadata.hognose]` of Cargo.toml.
    pub settings: Settings,
}

impl Package {
    /// Its dependencies on the crate that is published under this name.
    pub fn dependencies_on(&self, name: &str) -> impl Iterator<Item = &Dependency> {
        self.pyo3.dependencies.iter().filter(move |dependency| dependency.package == name)
    }

    /// Whether it asks the crate `of`, which is about Python, to convert the types of the crate `name`: with the feature of that name if it is
    /// `optional`, whatever switches that on.
    #[must_use]
    pub fn converts(&self, name: &str, of: &str, optional: bool) -> bool {
        let has_feature = || self.pyo3.features.iter().any(|asked| asked.of == of && asked.name == name);
        self.dependencies_on(of).next().is_some() && (!optional || has_feature())
    }

    /// Whether this is PyO3 itself, or a fork of it: what it asks of its own parts is no outdated dependency.
    #[must_use]
    pub fn is_pyo3(&self) -> bool {
        let exports_macros = self.pyo3.dependencies.iter().any(|dependency| dependency.package == "pyo3-macros");
        exports_macros || self.library.as_ref().is_some_and(|library| library.name == "pyo3")
    }
}

/// How a package depends on PyO3.
#[derive(Clone, Debug, Default)]
pub struct Pyo3 {
    /// The names under which the sources see the crate `pyo3`: usually `pyo3`; `py` for `py = { package = "pyo3" }`; empty with `pyo3-ffi` only.
    pub extern_names: Vec<String>,
    /// The names under which the sources see `pyo3-ffi`.
    pub ffi_extern_names: Vec<String>,
    /// The version requirement, as written.
    pub requirement: Option<String>,
    /// The string literal of the requirement, in `[workspace.dependencies]` when it is inherited.
    pub requirement_at: Option<(FileId, TextRange)>,
    /// The release in use: from Cargo.lock, else the newest one that satisfies the requirement; `None` when neither tells (a path or git dependency without version).
    /// Where the requirement was raised above a lock file that is still there, the sources are of that older release.
    pub release: Option<Release>,
    /// The release that cargo builds: another one than `release` where the lock file is older than the requirement.
    pub builds: Option<Release>,
    /// Where the dependency (its key) is declared.
    pub declared: Option<(FileId, TextRange)>,
    /// All features that are asked of PyO3, those of `[workspace.dependencies]` and of `[features]` entries such as `pyo3/abi3` included.
    pub features: Vec<Feature>,
    /// All features that are asked of other dependencies, in the same way.
    pub other_features: Vec<Feature>,
    /// All dependencies of the package by package name (as published, renames undone), with the place of the key.
    pub dependencies: Vec<Dependency>,
}

/// One cargo feature that a manifest asks for.
#[derive(Clone, Debug)]
pub struct Feature {
    /// The crate that has the feature: `pyo3`, `pyo3-ffi`, `numpy` …
    pub of: String,
    /// Its name.
    pub name: String,
    /// The manifest.
    pub file: FileId,
    /// The string literal, quotes included.
    pub range: TextRange,
    /// The array that holds it, brackets included.
    pub array: TextRange,
    /// Whether it is asked for whatever features the package's user chooses: a dependency's own list, or a default feature.
    pub unconditional: bool,
    /// Where the package asks for it: `dependencies`, `dev-dependencies`, `build-dependencies` or `features`.
    pub table: String,
}

/// One dependency of a package.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Name of the package as published.
    pub package: String,
    /// Name that the sources see, with `_` for `-`.
    pub extern_name: String,
    /// The version requirement, workspace inheritance resolved.
    pub requirement: Option<String>,
    /// The string literal of the requirement, in `[workspace.dependencies]` when it is inherited.
    pub requirement_at: Option<(FileId, TextRange)>,
    /// `optional = true`.
    pub optional: bool,
    /// Whether it comes from a folder or a repository.
    pub is_local: bool,
    /// `dependencies`, `dev-dependencies` or `build-dependencies`.
    pub table: String,
    /// The manifest that declares it.
    pub file: FileId,
    /// Its key there.
    pub range: TextRange,
}

/// What builds the Python module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// maturin, of at least 1.0 when the build requirement says so.
    Maturin {
        /// Whether every maturin that satisfies `build-system.requires` is 1.0 or newer.
        at_least_one: bool,
    },
    /// setuptools-rust, named in pyproject.toml, setup.py or setup.cfg.
    SetuptoolsRust,
    /// Another build backend in pyproject.toml, or a setup.py that does not name setuptools-rust.
    Other,
    /// No Python packaging: plain cargo.
    None,
}

/// The library target.
#[derive(Clone, Debug)]
pub struct Library {
    /// Name that Rust sources and `PyInit_` use: `-` replaced by `_`.
    pub name: String,
    /// Where `[lib]` is, header included, if it is written.
    pub table: Option<TextRange>,
    /// Crate types as written, and the array's place; empty when absent.
    pub crate_types: Vec<String>,
    /// The value of `crate-type`.
    pub crate_types_range: Option<TextRange>,
    /// `proc-macro = true`.
    pub proc_macro: bool,
}

/// One target of a package.
#[derive(Clone, Debug)]
pub struct Target {
    /// What kind of target.
    pub kind: TargetKind,
    /// Its root file.
    pub root: FileId,
}

/// The kinds of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// `src/lib.rs` or `[lib] path`.
    Library,
    /// `src/main.rs`, `src/bin/*`, `[[bin]]`.
    Binary,
    /// `tests/*`, `[[test]]`.
    Test,
    /// `benches/*`, `[[bench]]`.
    Bench,
    /// `examples/*`, `[[example]]`.
    Example,
    /// `build.rs`.
    BuildScript,
    /// The library of procedural macros that the package has by path, if they write PyO3 code and their crate does not depend on PyO3.
    Macros,
}

/// The project's own settings for hognose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `select`: rules to run, each with its place.
    pub select: Vec<Setting>,
    /// `ignore`: rules to leave out.
    pub ignore: Vec<Setting>,
    /// `target`: `0.26`, `newest` or `declared`.
    pub target: Option<Setting>,
    /// `fail-on`: `note`, `warning` or `error`.
    pub fail_on: Option<Setting>,
    /// `exclude`: glob patterns of paths, relative to the manifest's folder, that are not checked.
    pub exclude: Vec<Setting>,
    /// Keys that are none of these.
    pub unknown: Vec<Setting>,
    /// All keys that are written.
    pub keys: Vec<String>,
    /// Values of the wrong type and patterns that are no globs; `value` says what is wrong.
    pub malformed: Vec<Setting>,
}

/// A value of the settings with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value; for an unknown key, the key.
    pub value: String,
    /// The manifest.
    pub file: FileId,
    /// The value's (for an unknown key, the key's) place.
    pub range: TextRange,
}
