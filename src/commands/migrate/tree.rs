//! The project's files as a migration changes them: what they said before, so that they can be shown, written and put back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::commands::fixing::{diff, parses, rewrites};
use crate::engine::diff::line_after;
use crate::engine::write::{Rewrite, write_files};
use crate::migrate::ManifestChange;
use crate::text::{Edit, FileId, Sources, apply_edits};

/// Files that a migration changes.
pub(super) struct Tree {
    /// The text that each of them had.
    before: BTreeMap<FileId, String>,
}

/// The lock files that cargo may write, with what was in them; `None` for one that was not there.
pub(super) struct Locks(Vec<(PathBuf, Option<String>)>);

impl Tree {
    /// Files that rules have changed in `sources`, `before` being what they said, and manifests that are changed here.
    pub(super) fn new(before: BTreeMap<FileId, String>, changes: Vec<ManifestChange>, sources: &mut Sources) -> Self {
        let mut tree = Self { before };
        let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for change in changes {
            by_file.entry(change.file).or_default().push(change.edit);
        }
        for (file, edits) in by_file {
            let source = sources.get(file);
            let Ok(text) = apply_edits(&source.text, &edits) else { continue };
            if !source.display.ends_with(".toml") || parses(&source.display, &text).is_ok() {
                tree.set(file, text, sources);
            }
        }
        tree
    }

    /// What the files said that were changed.
    pub(super) const fn before(&self) -> &BTreeMap<FileId, String> {
        &self.before
    }

    /// Gives a file another text.
    pub(super) fn set(&mut self, file: FileId, text: String, sources: &mut Sources) {
        if sources.get(file).text != text {
            self.before.entry(file).or_insert_with(|| sources.get(file).text.clone());
            sources.set_text(file, text);
        }
    }

    /// The Rust files that have another text now, with what they said before.
    pub(super) fn rewritten(&self, sources: &Sources) -> Vec<(FileId, String)> {
        let changed = self.before.iter().filter(|(file, before)| sources.get(**file).text != **before);
        let rust = changed.filter(|(file, _)| sources.get(**file).display.ends_with(".rs"));
        rust.map(|(file, before)| (*file, before.clone())).collect()
    }

    /// The texts of all Rust files as they were before.
    pub(super) fn rust_before<'a>(&'a self, sources: &'a Sources) -> impl Iterator<Item = &'a str> {
        let rust = sources.iter().filter(|(_, source)| source.display.ends_with(".rs"));
        rust.map(|(file, source)| self.before.get(&file).map_or(source.text.as_str(), String::as_str))
    }

    /// Takes up what has changed in `now` since `then`.
    pub(super) fn include(&mut self, then: &Sources, now: &Sources) {
        for (file, _) in now.iter().filter(|(file, source)| source.text != then.get(*file).text) {
            self.before.entry(file).or_insert_with(|| then.get(file).text.clone());
        }
    }

    /// The texts as they are, but for manifests, which say what they said before.
    pub(super) fn with_old_manifests(&self, sources: &Sources) -> Sources {
        let mut old = sources.clone();
        let manifests = self.before.iter().filter(|(file, _)| !sources.get(**file).display.ends_with(".rs"));
        manifests.for_each(|(file, before)| old.set_text(*file, before.clone()));
        old
    }

    /// The paths of all files that have another text now.
    pub(super) fn changed(&self, sources: &Sources) -> Vec<String> {
        let changed = self.before.iter().map(|(file, before)| (sources.get(*file), before));
        let mut paths: Vec<String> = changed.filter(|(file, before)| file.text != **before).map(|(file, _)| file.display.clone()).collect();
        paths.sort();
        paths
    }

    /// The changes as a diff that can be applied where the command runs.
    pub(super) fn diff(&self, sources: &Sources) -> String {
        diff(sources, &self.before)
    }

    /// Writes every file, or none.
    ///
    /// # Errors
    /// What stood in the way.
    pub(super) fn write(&self, sources: &Sources) -> Result<(), String> {
        write_files(&rewrites(sources, &self.before)).map_err(|error| error.to_string())
    }

    /// Puts everything back.
    ///
    /// # Errors
    /// What could not be put back.
    pub(super) fn restore(&self, sources: &mut Sources) -> Result<(), String> {
        let back: Vec<Rewrite<'_>> = self
            .before
            .iter()
            .map(|(file, before)| {
                let source = sources.get(*file);
                Rewrite { path: &source.path, before: &source.text, after: before }
            })
            .collect();
        write_files(&back).map_err(|error| error.to_string())?;
        for (file, before) in &self.before {
            sources.set_text(*file, before.clone());
        }
        Ok(())
    }
}

impl Locks {
    /// Those of these folders.
    pub(super) fn of(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let paths = folders.into_iter().map(|folder| folder.join("Cargo.lock"));
        Self(paths.map(|path| (path.clone(), std::fs::read_to_string(path).ok())).collect())
    }

    /// Whether this one was there.
    pub(super) fn had(&self, path: &Path) -> bool {
        self.0.iter().any(|(known, before)| known == path && before.is_some())
    }

    /// Puts back what was in them.
    ///
    /// # Errors
    /// What could not be put back.
    pub(super) fn restore(&self) -> Result<(), String> {
        for (path, before) in &self.0 {
            if let (Some(before), Ok(now)) = (before, std::fs::read_to_string(path)) {
                write_files(&[Rewrite { path, before: &now, after: before }]).map_err(|error| error.to_string())?;
            }
        }
        self.remove_new()
    }

    /// Removes those that were not there: a project that does without them gets none from being checked.
    ///
    /// # Errors
    /// What could not be removed.
    pub(super) fn remove_new(&self) -> Result<(), String> {
        for (path, _) in self.0.iter().filter(|(path, before)| before.is_none() && path.is_file()) {
            std::fs::remove_file(path).map_err(|error| format!("could not remove `{}`: {error}", path.display()))?;
        }
        Ok(())
    }
}

/// Where a line of one state of the files is in another; `path` as it is shown.
pub(super) fn line_now(then: &Sources, now: &Sources, path: &str, line: usize) -> usize {
    let Some((file, old)) = then.iter().find(|(_, file)| file.display == path) else { return line };
    line_after(&old.text, &now.get(file).text, line)
}
