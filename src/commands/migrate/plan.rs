//! What a migration will do, before it does it.

use super::record::{Moved, Record};
use crate::diagnostic::Safety;
use crate::engine::fix::settle_fixes;
use crate::engine::{self, CheckOptions, TargetChoice};
use crate::migrate::{ManifestChange, manifest_changes, notes, obstacles};
use crate::project::{Package, Project};
use crate::release::Release;

/// The packages to migrate, and where to.
pub(super) struct Plan {
    /// The release to go to.
    pub(super) to: Release,
    /// Those that are on an older one, as places in `Project::packages`.
    pub(super) packages: Vec<usize>,
    /// Those that are on a release which came out after this program.
    pub(super) newer: Vec<(String, Release)>,
    /// Each package with its release, in one line.
    pub(super) standing: String,
}

impl Plan {
    /// Plans for every package of the project.
    ///
    /// # Errors
    /// Why it cannot be done, and what can.
    pub(super) fn new(project: &Project, to: Release) -> Result<Self, String> {
        if project.packages.is_empty() {
            return Err(format!("no package that uses PyO3 in `{}`", project.root.display()));
        }
        refuse_target(to)?;
        let is_older = |package: &Package| package.pyo3.release.is_some_and(|release| release < to);
        let numbered = project.packages.iter().enumerate();
        let packages: Vec<usize> = numbered.filter(|(_, package)| is_older(package)).map(|(index, _)| index).collect();
        let stands = |package: &Package| match package.pyo3.release {
            Some(release) => format!("`{}` is on PyO3 {release}", package.name),
            None => format!("`{}` does not say which PyO3 it is on", package.name),
        };
        let standing = project.packages.iter().map(stands).collect::<Vec<_>>().join(", ");
        let newer = |package: &Package| {
            let release = package.pyo3.release.filter(|release| release.is_newer_than_known())?;
            Some((package.name.clone(), release))
        };
        let newer = project.packages.iter().filter_map(newer).collect();
        for &index in &packages {
            refuse_the_unknown(&project.packages[index])?;
            refuse_the_unreachable(&project.packages[index], to)?;
        }
        Ok(Self { to, packages, newer, standing })
    }

    /// Plans for the packages that are on the release to go to: to go on with them.
    pub(super) fn going_on(project: &Project, to: Release) -> Self {
        let numbered = project.packages.iter().enumerate();
        let packages = numbered.filter(|(_, package)| package.pyo3.release == Some(to)).map(|(index, _)| index).collect();
        Self { to, packages, newer: Vec::new(), standing: String::new() }
    }

    /// That no package is on an older release, in one sentence.
    pub(super) fn nothing_to_do(&self) -> String {
        let limit = if self.newer.is_empty() { String::new() } else { format!(" up to PyO3 {}", Release::NEWEST) };
        format!("nothing to migrate{limit}: {}", self.standing)
    }

    /// What changes in the manifests, as they are now.
    pub(super) fn manifest_changes(&self, project: &Project) -> Vec<ManifestChange> {
        let mut changes: Vec<ManifestChange> =
            self.older(project).flat_map(|package| manifest_changes(project, package, self.to)).collect();
        // Members of a workspace share its requirements.
        changes.sort_by(|a, b| (a.file, &a.edit).cmp(&(b.file, &b.edit)));
        changes.dedup();
        changes
    }

    /// The packages whose manifests name, or named, an older release.
    fn older<'p>(&self, project: &'p Project) -> impl Iterator<Item = &'p Package> {
        let packages = self.packages.iter().map(|&index| &project.packages[index]);
        packages.filter(|package| package.pyo3.release != Some(self.to))
    }

    /// The rules that take part, measured against the release to go to.
    pub(super) fn check_options(&self) -> CheckOptions {
        CheckOptions { select: vec!["migration".to_owned()], target: Some(TargetChoice::Release(self.to)), ..CheckOptions::default() }
    }

    /// Puts down what is going to be done.
    pub(super) fn record(&self, project: &Project, record: &mut Record) {
        record.packages = self
            .packages
            .iter()
            .map(|&index| &project.packages[index])
            .map(|package| Moved {
                name: package.name.clone(),
                path: project.sources.get(package.manifest).display.clone(),
                from: package.pyo3.release,
            })
            .collect();
        let mut findings = engine::check(project, &self.check_options()).findings;
        settle_fixes(&project.sources, &mut findings);
        for finding in &findings {
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => record.planned.safe += 1,
                Some(Safety::Unsafe) => record.planned.risky += 1,
                None => record.planned.by_hand += 1,
            }
        }
        record.manifests = told(project, &self.manifest_changes(project));
        record.notes.extend(self.packages.iter().flat_map(|&index| notes(project, &project.packages[index])));
    }
}

/// What changes of manifests are called, each with its file.
pub(super) fn told(project: &Project, changes: &[ManifestChange]) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = Vec::new();
    for change in changes {
        let line = (project.sources.get(change.file).display.clone(), change.what.clone());
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told
}

/// The oldest release that a migration may end at.
const OLDEST_TARGET: Release = Release::new(23);

fn refuse_target(to: Release) -> Result<(), String> {
    if to > Release::NEWEST {
        return Err(format!(
            "hognose knows PyO3 up to {}, not {to}\n  = help: update hognose, or go to {}",
            Release::NEWEST,
            Release::NEWEST
        ));
    }
    if to < OLDEST_TARGET {
        return Err(format!(
            "a migration cannot end at PyO3 {to}: half of the new API does not exist before {OLDEST_TARGET} (in 0.21 and 0.22, not without \
             the old one)\n  = help: go to {OLDEST_TARGET} or later"
        ));
    }
    Ok(())
}

fn refuse_the_unknown(package: &Package) -> Result<(), String> {
    let oldest = Release::OLDEST;
    match package.pyo3.release.filter(|release| *release < oldest) {
        Some(release) => Err(format!(
            "`{}` is on PyO3 {release}, and hognose knows what changed since {oldest}\n  = help: bring it to {oldest} by hand first; the changelog of \
             PyO3 says what to change",
            package.name
        )),
        None => Ok(()),
    }
}

fn refuse_the_unreachable(package: &Package, to: Release) -> Result<(), String> {
    let obstacles = obstacles(package, to);
    if obstacles.is_empty() {
        return Ok(());
    }
    let names = |obstacle: &crate::migrate::Obstacle| match obstacle.newest {
        Some(newest) => format!("`{}` (newest: for PyO3 {newest})", obstacle.name),
        None => format!("`{}`", obstacle.name),
    };
    let list = obstacles.iter().map(names).collect::<Vec<_>>().join(", ");
    let reachable = obstacles.iter().map(|obstacle| obstacle.newest).min().flatten();
    let help = match reachable.filter(|&reachable| package.pyo3.release.is_some_and(|from| from < reachable)) {
        Some(reachable) => format!("go as far as they do with `--to {reachable}`, or remove them first"),
        None => "remove them, or wait for their next release".to_owned(),
    };
    Err(format!("`{}` has dependencies without a release for PyO3 {to}: {list}\n  = help: {help}", package.name))
}
