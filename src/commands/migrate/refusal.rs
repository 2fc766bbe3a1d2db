//! Which files a migration could overwrite, and why it must not.

use std::path::PathBuf;

use super::compile::{Compiler, workspace_of};
use super::plan::Plan;
use super::tree::Tree;
use crate::commands::fixing::changed_paths;
use crate::commands::guard::{Dirty, Territory};
use crate::project::Project;

/// Why nothing may be written of what changed in memory, and of what a compiler may make of it: a repair after an error can change any source of the
/// packages, and cargo writes the lock file.
pub(super) fn refuse(
    (project, plan): (&Project, &Plan),
    tree: &Tree,
    territory: &Territory,
    (compiler, dirty): (Option<&Compiler>, Dirty),
) -> Option<String> {
    let mut files = changed_paths(&project.sources, tree.before());
    if let Some(refusal) = territory.refuse_outside(&files) {
        return Some(refusal);
    }
    let mut locks: Vec<PathBuf> = Vec::new();
    for package in plan.packages.iter().filter_map(|&index| project.packages.get(index)).filter(|_| compiler.is_some()) {
        let sources = package.rust_files.iter().map(|&file| &project.sources.get(file).path);
        files.extend(sources.filter(|file| territory.contains(file)).cloned());
        locks.push(workspace_of(project, package).join("Cargo.lock"));
    }
    territory.refuse_dirty(&files, &locks, dirty)
}
