//! Walking a folder: which manifests and Rust files lie below it, without build output and other people's code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::files::read_text;
use super::toml;

/// What lies below a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) cargo_manifests: BTreeSet<PathBuf>,
    pub(super) pyprojects: BTreeSet<PathBuf>,
    /// Those of packages of which only some is asked for: they can build that package, and name no other one to look at.
    pub(super) pyprojects_around: BTreeSet<PathBuf>,
    pub(super) rust_files: BTreeSet<PathBuf>,
    /// Folders that are named like a Rust file.
    pub(super) folders_like_files: BTreeSet<PathBuf>,
    /// Folders and files that could not be looked at, with the reason.
    pub(super) errors: Vec<(PathBuf, String)>,
}

impl Found {
    pub(super) fn all_pyprojects(&self) -> BTreeSet<PathBuf> {
        self.pyprojects.union(&self.pyprojects_around).cloned().collect()
    }
}

/// Walks `folder` and adds what it finds. Links to folders are not followed; a link to a Rust file counts once.
pub(super) fn walk(folder: &Path, found: &mut Found) {
    walk_where(folder, found, is_worth_entering);
}

/// The same for the files of one package: those of packages below it are theirs.
pub(super) fn walk_package(folder: &Path, found: &mut Found) {
    walk_where(folder, found, |entry| is_worth_entering(entry) && !is_other_package(entry));
}

fn walk_where(folder: &Path, found: &mut Found, is_entered: fn(&DirEntry) -> bool) {
    let mut builder = WalkBuilder::new(folder);
    // What is found must depend on the project, not on the machine: no global ignore file, and .gitignore counts without a repository.
    builder.require_git(false).git_global(false).follow_links(false).filter_entry(is_entered);
    let mut links = Vec::new();
    for entry in builder.build() {
        match entry {
            Ok(entry) => sort_in(&entry, found, &mut links),
            Err(error) => note(folder, &error, found),
        }
    }
    add_links(folder, links, found);
}

fn sort_in(entry: &DirEntry, found: &mut Found, links: &mut Vec<PathBuf>) {
    let (path, Some(kind)) = (entry.path(), entry.file_type()) else { return };
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    if kind.is_symlink() {
        if is_rust || is_manifest_name(path) {
            links.push(path.to_owned());
        }
    } else if kind.is_dir() {
        if is_rust && entry.depth() > 0 {
            found.folders_like_files.insert(path.to_owned());
        }
    } else if kind.is_file() {
        add(path, found);
    } else if is_rust {
        found.errors.push((path.to_owned(), "is no regular file".to_owned()));
    }
}

fn add(path: &Path, found: &mut Found) {
    let set = match path.file_name().and_then(|name| name.to_str()) {
        Some("Cargo.toml") => &mut found.cargo_manifests,
        Some("pyproject.toml") => &mut found.pyprojects,
        _ if path.extension().is_some_and(|extension| extension == "rs") => &mut found.rust_files,
        _ => return,
    };
    set.insert(path.to_owned());
}

/// Whether a folder below the one that is walked has a package of its own. A manifest that cannot be read may be one.
fn is_other_package(entry: &DirEntry) -> bool {
    let manifest = entry.path().join("Cargo.toml");
    if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) || !manifest.is_file() {
        return false;
    }
    let parsed = read_text(&manifest).ok().and_then(|text| toml::parse(&text).ok());
    parsed.is_none_or(|toml| toml.root().get_any(&["package", "project"]).is_some_and(|package| package.value.is_table()))
}

fn is_manifest_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "Cargo.toml" || name == "pyproject.toml")
}

/// A linked file is added unless the walk has met the file itself, under its own name or through another link.
fn add_links(folder: &Path, links: Vec<PathBuf>, found: &mut Found) {
    let Ok(real_folder) = fs::canonicalize(folder) else { return };
    let mut seen = BTreeSet::new();
    for link in links {
        let target = match fs::canonicalize(&link) {
            Ok(target) => target,
            Err(_) => {
                found.errors.push((link, "is a link to a file that does not exist".to_owned()));
                continue;
            }
        };
        if !target.is_file() {
            if !target.is_dir() {
                found.errors.push((link, "is a link to something that is no regular file".to_owned()));
            }
            continue;
        }
        let own = target.strip_prefix(&real_folder).ok().map(|rest| folder.join(rest));
        let is_known = own.is_some_and(|own| found.rust_files.contains(&own) || found.cargo_manifests.contains(&own));
        if !is_known && seen.insert(target) {
            add(&link, found);
        }
    }
}

fn note(folder: &Path, error: &ignore::Error, found: &mut Found) {
    // A broken glob in an ignore file only loses that glob.
    if error.io_error().is_none() {
        return;
    }
    let path = path_of(error).unwrap_or(folder).to_owned();
    let reason = match error.io_error().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => "permission denied",
        Some(std::io::ErrorKind::NotFound) => return,
        _ => "could not be read",
    };
    found.errors.push((path, reason.to_owned()));
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// Whether the walk goes into this folder: build output, virtual environments, installed packages and crates that `cargo vendor` brought are not the
/// project's code.
fn is_worth_entering(entry: &DirEntry) -> bool {
    // What was named on the command line is looked at, whatever it is.
    if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    let path = entry.path();
    match path.file_name().and_then(|name| name.to_str()) {
        Some("node_modules" | "site-packages" | "__pycache__") => return false,
        Some("target") if path.with_file_name("Cargo.toml").is_file() => return false,
        _ => {}
    }
    ["CACHEDIR.TAG", "pyvenv.cfg", ".cargo-checksum.json"].iter().all(|marker| !path.join(marker).is_file())
}
