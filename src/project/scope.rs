//! What the paths on the command line ask for.

use std::path::{Path, PathBuf};

use super::LoadError;
use super::files::absolute;

/// What one path on the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Folder(PathBuf),
    File(PathBuf),
}

impl Scope {
    pub(super) fn new(path: &Path) -> Result<Self, LoadError> {
        let refuse = |reason: &str| LoadError { path: path.to_owned(), reason: reason.to_owned() };
        let full = absolute(path).map_err(|error| refuse(&format!("is no path: {error}")))?;
        let metadata = std::fs::metadata(&full).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => refuse("does not exist"),
            std::io::ErrorKind::PermissionDenied => refuse("cannot be read: permission denied"),
            _ => refuse("cannot be read"),
        })?;
        if metadata.is_dir() {
            std::fs::read_dir(&full).map_err(|_| refuse("cannot be read: permission denied"))?;
            return Ok(Self::Folder(full));
        }
        if full.file_name().is_some_and(|name| name == "Cargo.toml" || name == "pyproject.toml") {
            full.parent().map(|folder| Self::Folder(folder.to_owned())).ok_or_else(|| refuse("is in no folder"))
        } else if full.extension().is_some_and(|extension| extension == "rs") {
            Ok(Self::File(full))
        } else {
            Err(refuse("is neither a folder nor a Rust file, a Cargo.toml or a pyproject.toml"))
        }
    }

    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) => folder,
            Self::File(file) => file.parent().unwrap_or(file),
        }
    }

    pub(super) fn contains(&self, path: &Path) -> bool {
        match self {
            Self::Folder(folder) => path.starts_with(folder),
            Self::File(file) => path == file,
        }
    }
}

/// The folder that holds all of them.
pub(super) fn common_folder(scopes: &[Scope]) -> PathBuf {
    let mut folders = scopes.iter().map(Scope::folder);
    let first = folders.next().unwrap_or(Path::new("")).to_owned();
    folders.fold(first, |common, folder| {
        let shared = common.ancestors().find(|ancestor| folder.starts_with(ancestor));
        shared.map(Path::to_owned).unwrap_or(common)
    })
}
