//! Versions that belong together, once cargo has resolved the new manifests: what the lock file can settle, and what is left.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use super::compile::{Compiler, workspace_of};
use super::left;
use super::plan::Plan;
use super::record::{Left, Voice};
use super::tree::Locks;
use super::{Migration, Problem};
use crate::compiler::quoted;
use crate::engine::write::{Rewrite, write_files};
use crate::engine::{self, CheckOptions, TargetChoice};
use crate::migrate::{has_companions, pin};
use crate::project::{self, Package, Project};
use crate::release::Release;
use crate::text::apply_edits;

/// The rule that finds what does not fit together.
const RULE: &str = "mismatched-companion";

impl Migration<'_> {
    /// Brings crates whose types are converted to one version, where the project has a lock file and an edit of it is enough.
    pub(super) fn settle_versions(
        &mut self,
        paths: &[PathBuf],
        project: &Project,
        plan: &Plan,
        (compiler, locks): (&Compiler, &Locks),
    ) -> io::Result<Result<(), Problem>> {
        let manifests: Vec<_> = plan
            .packages
            .iter()
            .map(|&index| &project.packages[index])
            .filter(|package| has_companions(package))
            .map(|package| package.manifest)
            .collect();
        if manifests.is_empty() {
            return Ok(Ok(()));
        }
        let Ok(now) = project::load_with(paths, project.sources.clone()) else { return Ok(Ok(())) };
        let packages = now.packages.iter().filter(|package| manifests.contains(&package.manifest));
        let packages: Vec<(&Package, PathBuf)> =
            packages.map(|package| (package, workspace_of(&now, package).join("Cargo.lock"))).filter(|(_, lock)| locks.had(lock)).collect();
        if packages.is_empty() {
            return Ok(Ok(()));
        }
        compiler.resolve()?;
        for (package, path) in packages {
            let Ok(before) = fs::read_to_string(&path) else { continue };
            let (after, done) = settled(&before, package, self.options.to);
            if let Err(error) = write_files(&[Rewrite { path: &path, before: &before, after: &after }]) {
                return Ok(Err(error.to_string()));
            }
            self.record.notes.extend(done);
        }
        Ok(Ok(()))
    }

    /// Names the crates that are there in two versions, in the place of the compiler's errors that come of them.
    pub(super) fn name_conflicts(&mut self, paths: &[PathBuf], project: &Project) {
        // Without them there is nothing to find, and a check costs as much as the one before.
        if !project.packages.iter().any(has_companions) {
            return;
        }
        let Ok(now) = project::load_with(paths, project.sources.clone()) else { return };
        let target = Some(TargetChoice::Release(self.options.to));
        let options = CheckOptions { select: vec![RULE.to_owned()], target, ..CheckOptions::default() };
        let findings = engine::check(&now, &options).findings;
        for finding in findings.iter().filter(|finding| finding.rule.name == RULE) {
            let name = quoted(&finding.message).next().unwrap_or_default();
            let comes_of_it =
                |left: &Left| left.voice == Voice::Compiler && left.rendered.as_deref().is_some_and(|said| blames(said, name));
            let (consequences, rest): (Vec<Left>, Vec<Left>) = std::mem::take(&mut self.record.left).into_iter().partition(comes_of_it);
            self.record.left = rest;
            let mut conflict = Left { voice: Voice::Versions, ..left::of_finding(finding, &now.sources, &now.sources) };
            if !consequences.is_empty() {
                conflict.message += &format!("; errors of the compiler that come of it: {}", told(&consequences));
            }
            self.record.left.push(conflict);
        }
        self.record.left.sort();
    }
}

/// The text of a lock file in which everything that can be is in one version, and what was done for that.
fn settled(before: &str, package: &Package, target: Release) -> (String, Vec<String>) {
    let (mut text, mut done) = (before.to_owned(), Vec::new());
    while let Some(pin) = pin(&text, package, target) {
        let Ok(after) = apply_edits(&text, &[pin.edit]) else { break };
        text = after;
        // Two packages that want different versions do not get what they want by turns.
        if done.contains(&pin.what) {
            break;
        }
        done.push(pin.what);
    }
    (text, done)
}

/// Whether rustc names a crate that is there in several versions as a reason for an error.
fn blames(said: &str, name: &str) -> bool {
    said.contains(&format!("multiple different versions of crate `{}`", name.replace('-', "_")))
}

/// Errors by file: `12 in src/lib.rs, 3 in src/map.rs`.
fn told(errors: &[Left]) -> String {
    let mut by_file: BTreeMap<&str, usize> = BTreeMap::new();
    for error in errors {
        *by_file.entry(&error.path).or_default() += 1;
    }
    by_file.iter().map(|(path, count)| format!("{count} in {path}")).collect::<Vec<_>>().join(", ")
}
