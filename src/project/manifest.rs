//! What a Cargo.toml says about its package and its workspace.

use std::path::{Path, PathBuf};

use super::toml::{Entry, Node, Toml};
use super::{Library, Target, TargetKind};
use crate::text::{FileId, TextRange, clean};

/// A Cargo.toml that was read.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) file: FileId,
    pub(super) path: PathBuf,
    pub(super) toml: Toml,
}

impl Manifest {
    /// The folder of the manifest.
    pub(super) fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// `[package]`, or `[project]` as it was called in cargo's first years.
    pub(super) fn package(&self) -> Option<Node<'_>> {
        self.toml.root().get_any(&["package", "project"]).map(|entry| entry.value).filter(|node| node.is_table())
    }

    pub(super) fn is_package(&self) -> bool {
        self.package().is_some()
    }

    pub(super) fn workspace(&self) -> Option<Node<'_>> {
        self.toml.get(&["workspace"]).map(|entry| entry.value).filter(|node| node.is_table())
    }

    /// `[package.metadata.hognose]`.
    pub(super) fn settings_of_package(&self) -> Option<(FileId, Node<'_>)> {
        let table = self.package()?.get_path(&["metadata", "hognose"])?;
        Some((self.file, table.value))
    }

    /// `[workspace.metadata.hognose]`.
    pub(super) fn settings_of_workspace(&self) -> Option<(FileId, Node<'_>)> {
        let table = self.workspace()?.get_path(&["metadata", "hognose"])?;
        Some((self.file, table.value))
    }

    /// `[package] name`; the folder's name if it is missing, so that a report can call the package something.
    pub(super) fn package_name(&self) -> String {
        let written = self.package().and_then(|package| package.get("name")).and_then(|name| name.value.as_str());
        let folder = || self.dir().file_name().map(|name| name.to_string_lossy().into_owned());
        written.map(str::to_owned).or_else(folder).unwrap_or_default()
    }

    /// `[package] edition`, with workspace inheritance.
    pub(super) fn edition(&self, workspace: Option<&Self>) -> String {
        let own = self.package().and_then(|package| package.get("edition"));
        let inherited = || {
            let inherits = own.and_then(|edition| edition.value.get("workspace")).and_then(|flag| flag.value.as_bool());
            let root = workspace.unwrap_or(self);
            let edition = root.toml.get(&["workspace", "package", "edition"])?;
            inherits.filter(|&inherits| inherits).and_then(|_| edition.value.as_str())
        };
        own.and_then(|edition| edition.value.as_str()).or_else(inherited).unwrap_or("2015").to_owned()
    }

    /// Whether `[package]` has what crates.io shows to users of a library.
    pub(super) fn is_for_rust(&self) -> bool {
        let Some(package) = self.package() else { return false };
        ["keywords", "categories", "documentation"].iter().any(|key| package.get(key).is_some())
    }

    /// Whether `[lints.rust]`, with workspace inheritance, silences rustc about deprecated items.
    pub(super) fn allows_deprecated(&self, workspace: Option<&Self>) -> bool {
        let Some(own) = self.toml.get(&["lints"]) else { return false };
        let inherits = own.value.get("workspace").and_then(|flag| flag.value.as_bool()).unwrap_or(false);
        let lint = if inherits {
            workspace.unwrap_or(self).toml.get(&["workspace", "lints", "rust", "deprecated"])
        } else {
            own.value.get_path(&["rust", "deprecated"])
        };
        let level = lint.and_then(|lint| lint.value.as_str().or_else(|| lint.value.get("level").and_then(|level| level.value.as_str())));
        level == Some("allow")
    }

    /// The library target, which needs no `[lib]` where its source file is in its usual place.
    pub(super) fn library(&self, source: LibrarySource) -> Option<Library> {
        let lib = self.toml.get(&["lib"]).filter(|entry| entry.value.is_table());
        if lib.is_none() && source == LibrarySource::Absent {
            return None;
        }
        let get = |keys: &[&str]| lib.and_then(|lib| lib.value.get_any(keys));
        let name = get(&["name"]).and_then(|name| name.value.as_str()).map_or_else(|| self.package_name(), str::to_owned);
        let crate_types = get(&["crate-type", "crate_type"]);
        Some(Library {
            name: name.replace('-', "_"),
            table: lib.map(|lib| lib.range()),
            crate_types: crate_types.map(|entry| entry.value.texts().into_iter().map(|text| text.value).collect()).unwrap_or_default(),
            crate_types_range: crate_types.map(|entry| entry.value_range()),
            proc_macro: get(&["proc-macro", "proc_macro"]).and_then(|flag| flag.value.as_bool()).unwrap_or(false),
        })
    }

    /// The members of the workspace that are named without a glob, with their places.
    pub(super) fn named_members(&self) -> Vec<(PathBuf, TextRange, String)> {
        let members =
            self.workspace().and_then(|workspace| workspace.get("members")).map(|members| members.value.texts()).unwrap_or_default();
        let is_plain = |text: &str| !text.contains(['*', '?', '[']);
        let plain = members.into_iter().filter(|member| is_plain(&member.value));
        plain.map(|member| (clean(&self.dir().join(&member.value)), member.range, member.value)).collect()
    }

    /// Whether this workspace says that the package in `dir` is none of its members.
    pub(super) fn excludes(&self, dir: &Path) -> bool {
        let list = |key: &str| {
            let entries = self.workspace().and_then(|workspace| workspace.get(key));
            entries.map(|entry: Entry<'_>| entry.value.texts()).unwrap_or_default()
        };
        let is_member = list("members").iter().any(|member| clean(&self.dir().join(&member.value)) == dir);
        !is_member && list("exclude").iter().any(|path| dir.starts_with(clean(&self.dir().join(&path.value))))
    }
}

/// Whether `src/lib.rs` is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LibrarySource {
    /// The file is there.
    Present,
    /// The file is not there: only an explicit `[lib]` makes a library.
    Absent,
}

impl LibrarySource {
    pub(super) fn of(targets: &[Target]) -> Self {
        if targets.iter().any(|target| target.kind == TargetKind::Library) { Self::Present } else { Self::Absent }
    }
}
