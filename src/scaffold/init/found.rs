//! What lies in the folder that `init` is to complete.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::project::read_text;
use crate::scaffold::answers::License;

/// A folder and the files below it.
#[derive(Debug)]
pub struct Found {
    root: PathBuf,
    files: BTreeSet<String>,
    in_workspace: bool,
}

impl Found {
    /// Looks at a folder: at what git would look at, hidden files included.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        fs::read_dir(&root)?;
        let mut walk = ignore::WalkBuilder::new(&root);
        walk.hidden(false).require_git(false).parents(false).git_global(false).filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            // What cargo builds lies at the top, or is marked; elsewhere, `target` is a word like others.
            let is_built = name == "target" && (entry.depth() == 1 || entry.path().join("CACHEDIR.TAG").exists());
            !is_built && !matches!(&*name, ".git" | ".venv" | "node_modules")
        });
        let files = walk.build().filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()));
        let relative = |path: &Path| {
            let parts = path.strip_prefix(&root).ok()?.components().map(|part| part.as_os_str().to_str());
            parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
        };
        let files = files.filter_map(|entry| relative(entry.path())).collect();
        let is_workspace = |folder: &Path| {
            let text = read_text(&folder.join("Cargo.toml")).unwrap_or_default();
            crate::project::toml::parse(&text).is_ok_and(|toml| toml.get(&["workspace"]).is_some())
        };
        let in_workspace = root.ancestors().skip(1).any(is_workspace);
        Ok(Self { root, files, in_workspace })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.root.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether there is neither a manifest nor a line of Rust or Python: what a template starts from.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let is_project = |path: &String| {
            matches!(path.as_str(), "Cargo.toml" | "pyproject.toml" | "setup.cfg") || path.ends_with(".rs") || path.ends_with(".py")
        };
        !self.files.iter().any(is_project)
    }

    /// Whether this file is there, ignored or not.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).symlink_metadata().is_ok()
    }

    /// The first link on the way to `path` that leads out of the folder, and where it leads.
    #[must_use]
    pub fn link_out(&self, path: &str) -> Option<(String, PathBuf)> {
        let parts: Vec<&str> = path.split('/').collect();
        (1..=parts.len()).map(|length| parts[..length].join("/")).find_map(|part| {
            let place = self.root.join(&part);
            let is_link = place.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            // A link to what is not there may lead anywhere.
            let target = if is_link { place.canonicalize().or_else(|_| fs::read_link(&place)).ok()? } else { return None };
            (!target.starts_with(&self.root)).then_some((part, target))
        })
    }

    /// Whether a folder above is a Cargo workspace.
    pub(super) const fn in_workspace(&self) -> bool {
        self.in_workspace
    }

    /// The text of a file; nothing if it is not there or no text.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        read_text(&self.root.join(path)).ok()
    }

    /// The files whose path begins with `prefix`.
    pub(super) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.files.iter().map(String::as_str).filter(move |path| path.starts_with(prefix))
    }

    /// Whether a file of the folder itself begins with this name.
    pub(super) fn at_top(&self, prefix: &str) -> bool {
        self.below(prefix).any(|path| !path.contains('/'))
    }

    /// The licence whose text the project has; [`License::None`] for a text that is not known.
    #[must_use]
    pub fn license(&self) -> Option<License> {
        if self.has("LICENSE-MIT") && self.has("LICENSE-APACHE") {
            return Some(License::MitOrApache);
        }
        let path = self.license_file()?;
        let text = self.text(path).unwrap_or_default();
        let titles = [
            ("MIT License", License::Mit),
            ("Apache License", License::Apache),
            ("BSD 3-Clause", License::Bsd),
            ("Mozilla Public License", License::Mpl),
        ];
        let start: String = text.chars().take(200).collect();
        Some(titles.into_iter().find(|(title, _)| start.contains(title)).map_or(License::None, |(_, license)| license))
    }

    pub(super) fn has_license(&self) -> bool {
        self.license_file().is_some()
    }

    /// A file of the folder itself that has one of the usual names of licences.
    fn license_file(&self) -> Option<&str> {
        let is_usual = |path: &&str| {
            let name = path.to_ascii_uppercase();
            !path.contains('/') && ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"].iter().any(|usual| name.starts_with(usual))
        };
        self.below("").find(is_usual)
    }
}
