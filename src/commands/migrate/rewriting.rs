//! What the rules change in a migration, and what they find left.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use super::plan::{self, Plan};
use super::record::{Left, Review, Voice};
use super::tree::Tree;
use super::{Migration, left};
use crate::commands::fixing::{fix_in_memory, report_rejected};
use crate::compiler::Checked;
use crate::engine::CheckOptions;
use crate::project::{self, Project};
use crate::text::FileId;

impl Migration<'_> {
    /// Changes sources and manifests in memory. The manifests name the old release while the sources change: that decides what look-alikes mean.
    pub(super) fn rewrite(&mut self, paths: &[PathBuf], project: &mut Project, plan: &Plan) -> io::Result<Tree> {
        let check = plan.check_options();
        let (fixed, outcome) = fix_in_memory(paths, &check, project, (self.options.allow, &|_| true));
        report_rejected(&fixed, self.err)?;
        let seen = project.sources.clone();
        let changes = plan.manifest_changes(project);
        self.record.manifests = plan::told(project, &changes);
        let tree = Tree::new(fixed.changed, changes, &mut project.sources);
        let place = |file| seen.get(file).display.clone();
        self.record.review = fixed
            .risky
            .into_iter()
            .map(|risky| Review {
                path: place(risky.file),
                line: risky.line,
                rule: risky.rule,
                change: risky.change,
                title: risky.title,
                reason: risky.reason,
            })
            .collect();
        self.record.review.sort_by(|a, b| (&a.path, a.line, a.rule).cmp(&(&b.path, b.line, b.rule)));
        self.record.rewrites = fixed.applied;
        self.record.skipped = outcome.skipped;
        let is_source = |file| project.packages.iter().all(|package| package.manifest != file && package.pyproject != Some(file));
        let (sources, manifests): (Vec<_>, Vec<_>) = outcome.findings.iter().partition(|finding| is_source(finding.primary.file));
        let mut left: Vec<_> = sources.iter().map(|finding| left::of_finding(finding, &seen, &project.sources)).collect();
        if !manifests.is_empty() {
            left.extend(self.left_in_manifests(paths, project, &check, &is_source));
        }
        left.sort();
        self.record.left = left;
        Ok(tree)
    }

    /// What is left in the manifests as they are now.
    fn left_in_manifests(
        &self,
        paths: &[PathBuf],
        project: &Project,
        check: &CheckOptions,
        is_source: &dyn Fn(FileId) -> bool,
    ) -> Vec<Left> {
        let Ok(now) = project::load_with(paths, project.sources.clone()) else { return Vec::new() };
        let findings = crate::engine::check(&now, check).findings;
        let findings = findings.iter().filter(|finding| !is_source(finding.primary.file));
        findings.map(|finding| left::of_finding(finding, &now.sources, &now.sources)).collect()
    }

    /// Finds what is left in the sources once they are repaired, with the manifests that name the old release.
    pub(super) fn look_again(
        &mut self,
        paths: &[PathBuf],
        project: &Project,
        tree: &Tree,
        (check, last): (&CheckOptions, &[(String, Checked)]),
    ) {
        let Ok(mut old) = project::load_with(paths, tree.with_old_manifests(&project.sources)) else { return };
        old.keep_releases_of(project);
        let seen = seen_files(&old, last);
        let is_seen = |file: FileId| seen.contains(&file);
        let mut findings = crate::engine::check(&old, check).findings;
        // A call stays as it is once its receiver is right, and the old manifest makes a GIL Ref of every receiver that its type is not written for:
        // of the others the compiler complains.
        findings.retain(|finding| finding.rule.name != "gil-ref-method" || !is_seen(finding.primary.file));
        self.record.left.retain(|left| !left.path.ends_with(".rs"));
        for finding in findings.iter().filter(|finding| old.sources.get(finding.primary.file).display.ends_with(".rs")) {
            let mut left = left::of_finding(finding, &old.sources, &project.sources);
            // Where the compiler has seen the code, its word counts.
            if left.voice == Voice::Rule && is_seen(finding.primary.file) {
                left.voice = Voice::Unseen;
            }
            self.record.left.push(left);
        }
    }
}

/// The sources of the packages whose types the compiler has checked.
fn seen_files(project: &Project, last: &[(String, Checked)]) -> BTreeSet<FileId> {
    let is_seen = |name: &str| last.iter().any(|(package, checked)| package == name && checked.is_seen());
    project.packages.iter().filter(|package| is_seen(&package.name)).flat_map(|package| package.rust_files.iter().copied()).collect()
}
