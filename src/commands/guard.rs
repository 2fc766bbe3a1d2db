//! The guard before files are written: what git could not bring back, and what lies outside of what was asked for.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::git::{Change, Unsaved, unsaved};
use crate::project::{Project, display_path};
use crate::report::one_line;

/// So many files are named; of the rest, only the number.
const MOST_SHOWN: usize = 10;

/// What the user allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// What uncommitted changes mean.
    pub dirty: Dirty,
    /// What files outside mean.
    pub outside: Outside,
}

/// What uncommitted changes in a file that is to be written mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dirty {
    /// Nothing is written.
    #[default]
    Refuse,
    /// Those in the index may be mixed with the fixes: the index keeps them.
    AllowStaged,
    /// All may be.
    Allow,
}

/// What becomes of files that lie neither in the checked folder nor in its package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outside {
    /// They are not written.
    #[default]
    Refuse,
    /// They are.
    Allow,
}

/// Where a command writes without being told twice: below the paths that were named, and in the packages that these are about.
pub(super) struct Territory {
    root: PathBuf,
    folders: Vec<PathBuf>,
    files: BTreeSet<PathBuf>,
    allowed: Outside,
    known: RefCell<HashMap<PathBuf, bool>>,
}

impl Territory {
    /// That of `paths`, which the project was loaded from.
    pub(super) fn of(paths: &[PathBuf], project: &Project, allowed: Outside) -> Self {
        let here = [PathBuf::from(".")];
        let named = if paths.is_empty() { &here } else { paths }.iter();
        // A manifest stands for its folder.
        let named = named.map(|path| {
            if path.extension().is_some_and(|extension| extension == "toml") {
                path.parent().unwrap_or(path).join(".")
            } else {
                path.clone()
            }
        });
        let (mut folders, files): (Vec<PathBuf>, Vec<PathBuf>) = named.filter_map(|path| real(&path)).partition(|path| path.is_dir());
        let mut files: BTreeSet<PathBuf> = files.into_iter().collect();
        for package in &project.packages {
            folders.extend(real(&package.dir));
            // What builds the package may lie above it; its folder holds other things, too.
            let beside = package.pyproject.and_then(|file| project.sources.get(file).path.parent());
            files.extend(beside.into_iter().flat_map(|folder| BUILD_FILES.map(|name| folder.join(name))).filter_map(|file| real(&file)));
        }
        Self { root: project.root.clone(), folders, files, allowed, known: RefCell::default() }
    }

    /// Whether a file may be written. Of a link, its target counts.
    pub(super) fn contains(&self, path: &Path) -> bool {
        self.allowed == Outside::Allow || *self.known.borrow_mut().entry(path.to_owned()).or_insert_with(|| self.holds(path))
    }

    fn holds(&self, path: &Path) -> bool {
        real(path).is_some_and(|real| self.files.contains(&real) || self.folders.iter().any(|folder| real.starts_with(folder)))
    }

    /// Lines that name files as people know them: relative to what was checked, and for links where they lead.
    fn list<'a>(&self, files: impl Iterator<Item = &'a Path>) -> String {
        let shown = |file: &Path| {
            let name = display_path(file, &self.root);
            match real(file) {
                Some(real) if file.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) => {
                    format!("{name} (a link to {})", real.display())
                }
                _ => name,
            }
        };
        listed(files.map(shown).collect())
    }

    /// Why nothing of this may be written: a part lies outside.
    pub(super) fn refuse_outside(&self, files: &[PathBuf]) -> Option<String> {
        let outside: Vec<&Path> = files.iter().map(PathBuf::as_path).filter(|file| !self.contains(file)).collect();
        (!outside.is_empty()).then(|| {
            format!(
                "these files would change, too, and lie outside of the checked folder and its package:\n{}\n  = help: start from a folder that holds all \
                 of it, or pass `--allow-outside`",
                self.list(outside.into_iter())
            )
        })
    }

    /// What to tell about `count` fixes that were left out because they would write these files, too.
    pub(super) fn left_out(&self, count: usize, files: &BTreeSet<PathBuf>) -> String {
        let what = super::fixing::counted(count, "fix was left out: it changes a file", "fixes were left out: they change files");
        format!(
            "{what} outside of the checked folder and its package, and a fix is applied as a whole or not at all\n{}\n  = help: pass `--allow-outside` to \
             fix these, too",
            self.list(files.iter().map(PathBuf::as_path))
        )
    }

    /// Why these files must not be overwritten, if so: git could not bring back what is in them. The `generated` ones are of no account until they are
    /// in git: their own program writes them whenever it runs.
    pub(super) fn refuse_dirty(&self, files: &[PathBuf], generated: &[PathBuf], dirty: Dirty) -> Option<String> {
        if dirty == Dirty::Allow {
            return None;
        }
        let reals = |files: &[PathBuf]| files.iter().filter_map(|file| real(file)).collect::<BTreeSet<PathBuf>>();
        let generated = reals(generated);
        let all: Vec<PathBuf> = reals(files).union(&generated).cloned().collect();
        match unsaved(&all, &self.folders) {
            Ok(mut unsaved) => {
                unsaved.retain(|file| dirty == Dirty::Refuse || file.change != Change::Staged);
                unsaved.retain(|file| matches!(file.change, Change::Staged | Change::Modified) || !generated.contains(&file.path));
                (!unsaved.is_empty()).then(|| self.complain(&unsaved))
            }
            Err(problem) => Some(format!(
                "git could not tell whether the files to be written have uncommitted changes: {problem}\n  = help: repair the repository, or pass \
                 `--allow-dirty`"
            )),
        }
    }

    fn complain(&self, unsaved: &[Unsaved]) -> String {
        let root = real(&self.root).unwrap_or_else(|| self.root.clone());
        let shown = unsaved.iter().map(|file| format!("{} ({})", display_path(&file.path, &root), word(file.change)));
        let help = if unsaved.iter().all(|file| file.change == Change::Staged) {
            "commit them, or pass `--allow-staged`"
        } else {
            "commit or stash them, or pass `--allow-dirty`"
        };
        format!(
            "the files to be written have uncommitted changes, which the new ones would be mixed with:\n{}\n  = help: {help}",
            listed(shown.collect())
        )
    }
}

/// The files beside a pyproject.toml that say how its package is built.
const BUILD_FILES: [&str; 5] = ["pyproject.toml", "setup.py", "setup.cfg", "rust-toolchain.toml", "rust-toolchain"];

/// The path without links; none for what is not there.
fn real(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Staged => "staged",
        Change::Modified => "modified",
        Change::Untracked => "untracked",
        Change::Ignored => "ignored by git",
    }
}

fn listed(mut files: Vec<String>) -> String {
    files.sort();
    let rest = files.len().saturating_sub(MOST_SHOWN);
    let mut lines: Vec<String> = files.iter().take(MOST_SHOWN).map(|file| format!("  {}", one_line(file))).collect();
    lines.extend((rest > 0).then(|| format!("  and {rest} more")));
    lines.join("\n")
}
