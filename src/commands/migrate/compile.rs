//! The compiler's part in a migration: what is checked, with which Python and features, and how it is told.

mod extras;
mod interpreter;
mod raised;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::plan::Plan;
use crate::commands::fixing::counted;
use crate::compiler::{self, Answer, CheckPlan, Checked, DefaultFeatures, Depth, Lints, Member, RustFlags, Workspace};
use crate::migrate::{Switches, switches};
use crate::project::{Package, Project};
use crate::toolchain::locate::Surroundings;
use interpreter::Chosen;
use raised::Raised;
pub(super) use watch::Watch;

/// When a project is checked, which decides what PyO3 it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// As it is.
    Before,
    /// Migrated.
    After,
}

/// How to check the packages of a plan, and what they can break.
pub(super) struct Compiler {
    groups: Vec<Group>,
}

/// Features that are left off, each with its package.
pub(super) type LeftOff = BTreeSet<(String, String)>;

/// Packages that one call of cargo checks.
struct Group {
    /// The packages that are migrated, by name, with the features of each.
    packages: Vec<(String, Switches)>,
    python: Chosen,
    /// How to check them, or what cargo says of their manifests.
    plan: Result<CheckPlan, String>,
    left_off: LeftOff,
}

/// A package on its way into a group.
struct Candidate<'a> {
    package: &'a Package,
    switches: Switches,
    python: Chosen,
}

impl Compiler {
    /// Finds cargo, and a Python for every package and the release of PyO3 that it is checked with.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn find(
        project: &Project,
        plan: &Plan,
        stage: Stage,
        (around, flags): (&Surroundings, &[&'static str]),
    ) -> Result<Self, String> {
        // It need not answer for the toolchain that the project pins: `compiler::check` has stable for that.
        let cargo = around.on_path("cargo".as_ref()).ok_or("there is no cargo on PATH")?;
        let mut candidates: BTreeMap<(PathBuf, PathBuf, bool), Vec<Candidate<'_>>> = BTreeMap::new();
        for package in plan.packages.iter().map(|&index| &project.packages[index]) {
            let release = match stage {
                Stage::Before => package.pyo3.builds,
                Stage::After => Some(plan.to),
            };
            let python = interpreter::choose(project, package, release, around)?;
            let switches = switches(project, package);
            let key = (workspace_of(project, package), python.interpreter.path.clone(), switches.without_default);
            candidates.entry(key).or_default().push(Candidate { package, switches, python });
        }
        let group = |candidates: Vec<Candidate<'_>>| Group::new(project, candidates, &cargo, (around, flags));
        Ok(Self { groups: candidates.into_values().filter_map(group).collect() })
    }

    /// The Pythons that PyO3 is built for, in words.
    pub(super) fn pythons(&self) -> String {
        let mut labels: Vec<String> = self.groups.iter().map(|group| group.python.interpreter.label()).collect();
        labels.dedup();
        labels.join(", ")
    }

    /// Checks every package for the first time: settles which features stay on, and raises dependencies that rustc refuses. Notes say so.
    pub(super) fn check_first(
        &mut self,
        stage: Stage,
        watch: &mut Watch<'_>,
        notes: &mut Vec<String>,
    ) -> io::Result<Vec<(String, Checked)>> {
        let mut checked = Vec::new();
        for group in &mut self.groups {
            checked.push(group.check_first(stage, watch, notes)?);
        }
        Ok(self.joined(checked))
    }

    /// The features that are left off, as code behind them could not be compiled.
    pub(super) fn left_off(&self) -> LeftOff {
        self.groups.iter().flat_map(|group| group.left_off.iter().cloned()).collect()
    }

    /// Leaves features off that could not be compiled before.
    pub(super) fn leave_off(&mut self, left_off: &LeftOff) {
        for group in &mut self.groups {
            group.leave_off(left_off);
        }
    }

    /// Lets cargo choose versions for what the manifests ask for. Where it finds none, the check that follows says so.
    pub(super) fn resolve(&self) -> io::Result<()> {
        self.groups.iter().filter_map(|group| group.plan.as_ref().ok()).try_for_each(compiler::resolve)
    }

    /// Checks every package.
    pub(super) fn check_all(&mut self, watch: &mut Watch<'_>) -> io::Result<Vec<(String, Checked)>> {
        let mut checked = Vec::new();
        for group in &mut self.groups {
            checked.push(group.check(watch)?.packages);
        }
        Ok(self.joined(checked))
    }

    /// What all groups say. A package that others have by path is told of once, by the group that it is a member of.
    fn joined(&self, checked: Vec<Vec<(String, Checked)>>) -> Vec<(String, Checked)> {
        let mut all: Vec<(String, Checked)> = Vec::new();
        for (group, checked) in self.groups.iter().zip(checked) {
            let is_elsewhere = |name: &str| !group.has(name) && self.groups.iter().any(|other| other.has(name));
            let new: Vec<_> = checked.into_iter().filter(|entry| !is_elsewhere(&entry.0) && !all.contains(entry)).collect();
            all.extend(new);
        }
        for (name, checked) in &mut all {
            let Checked::Compiled { unreached, .. } = checked else { continue };
            let left_off = self.groups.iter().flat_map(|group| &group.left_off).filter(|(package, _)| package == name);
            unreached.extend(left_off.map(|(_, feature)| format!("what is behind the feature `{feature}`")));
        }
        all
    }
}

impl Group {
    fn new(
        project: &Project,
        candidates: Vec<Candidate<'_>>,
        cargo: &Path,
        (around, flags): (&Surroundings, &[&'static str]),
    ) -> Option<Self> {
        let first = candidates.first()?;
        let python = first.python.clone();
        let manifest = |package: &Package| project.sources.get(package.manifest).path.clone();
        let packages: Vec<&Package> = candidates.iter().map(|candidate| candidate.package).collect();
        let plan = Workspace::of(cargo, &manifest(first.package)).map(|workspace| {
            let changed: Vec<&Member> = packages.iter().filter_map(|package| workspace.member(&manifest(package))).collect();
            let members = workspace.with_dependents(&changed).into_iter().cloned().collect();
            CheckPlan {
                cargo: cargo.to_owned(),
                members,
                workspace,
                extras: extras::of(project, &packages),
                features: Vec::new(),
                default_features: if first.switches.without_default { DefaultFeatures::Off } else { DefaultFeatures::On },
                python: python.build.clone(),
                flags: flags.to_vec(),
                rustflags: RustFlags::of(around, &first.package.dir),
                lints: Lints::default(),
            }
        });
        let packages = candidates.into_iter().map(|candidate| (candidate.package.name.clone(), candidate.switches)).collect();
        Some(Self { packages, python, plan, left_off: LeftOff::new() })
    }

    fn has(&self, name: &str) -> bool {
        self.plan.as_ref().is_ok_and(|plan| plan.members.iter().any(|member| member.name == name))
    }

    fn check_first(&mut self, stage: Stage, watch: &mut Watch<'_>, notes: &mut Vec<String>) -> io::Result<Vec<(String, Checked)>> {
        let mut answer = self.check(watch)?;
        if let (Ok(plan), false) = (&self.plan, answer.refused.is_empty()) {
            let raised = Raised::by_cargo(plan, &answer.refused)?;
            if raised.is_any() {
                answer = self.check(watch)?;
                raised.keep_or_take_back(&answer.refused, notes)?;
            }
        }
        let checked = answer.packages;
        let optional: LeftOff = self.features().difference(&self.needed()).cloned().collect();
        if optional.is_empty() || is_enough(&checked, stage) {
            return Ok(checked);
        }
        let before = std::mem::replace(&mut self.left_off, optional.clone());
        let without = self.check(watch)?.packages;
        if !is_enough(&without, stage) {
            self.left_off = before;
            return Ok(checked);
        }
        let names = optional.iter().map(|(package, feature)| format!("`{feature}` of `{package}`")).collect::<Vec<_>>().join(", ");
        notes.push(format!("compiled without {names}: with that, it does not compile as it is"));
        Ok(without)
    }

    fn check(&mut self, watch: &mut Watch<'_>) -> io::Result<Answer> {
        let features = self.features().into_iter().collect();
        let plan = match &mut self.plan {
            Ok(plan) => plan,
            Err(complaint) => {
                let stopped = |(name, _): &(String, Switches)| (name.clone(), Checked::Stopped(complaint.clone()));
                return Ok(Answer { packages: self.packages.iter().map(stopped).collect(), ..Answer::default() });
            }
        };
        plan.features = features;
        let mut answer = compiler::check(plan, &mut |line| watch.show(line))?;
        if answer.hidden_by_lints && plan.lints != Lints::Capped {
            plan.lints = Lints::Capped;
            answer = compiler::check(plan, &mut |line| watch.show(line))?;
        }
        for (name, checked) in &mut answer.packages {
            self.judge(name, checked);
        }
        Ok(answer)
    }

    /// What the compiler says of a package is no more than it saw of it.
    fn judge(&self, name: &str, checked: &mut Checked) {
        let lacks_pyo3 = self.packages.iter().any(|(package, switches)| package == name && !switches.has_pyo3);
        if lacks_pyo3 && checked.errors().is_empty() && checked.is_seen() {
            *checked = Checked::WithoutPyo3;
        }
    }

    fn leave_off(&mut self, left_off: &LeftOff) {
        self.left_off = self.features().intersection(left_off).cloned().collect();
    }

    /// All features that are on.
    fn features(&self) -> LeftOff {
        let more = |(name, switches): &(String, Switches)| of(name, &switches.more);
        let more: LeftOff = self.packages.iter().flat_map(more).collect();
        self.needed().union(&more).filter(|feature| !self.left_off.contains(feature)).cloned().collect()
    }

    /// Those without which PyO3 is no part of the build, or another one than the project's.
    fn needed(&self) -> LeftOff {
        self.packages.iter().flat_map(|(name, switches)| of(name, &switches.needed)).collect()
    }
}

fn of(package: &str, features: &[String]) -> Vec<(String, String)> {
    features.iter().map(|feature| (package.to_owned(), feature.clone())).collect()
}

/// Whether what was checked is as good as can be asked for: before a migration there is nothing to repair, afterwards errors are expected.
fn is_enough(checked: &[(String, Checked)], stage: Stage) -> bool {
    checked.iter().all(|(_, checked)| match stage {
        Stage::Before => checked.is_green(),
        Stage::After => matches!(checked, Checked::Compiled { .. } | Checked::WithoutPyo3),
    })
}

/// The folder of the workspace that a package belongs to, or its own.
pub(super) fn workspace_of(project: &Project, package: &Package) -> PathBuf {
    let manifest = package.workspace_manifest.unwrap_or(package.manifest);
    let path = &project.sources.get(manifest).path;
    path.parent().unwrap_or(path).to_owned()
}

/// What came out, in a few words.
pub(super) fn outcome(checked: &[(String, Checked)]) -> String {
    if checked.iter().any(|(_, checked)| matches!(checked, Checked::Stopped(_))) {
        return "cargo did not get to the code".to_owned();
    }
    let errors: usize = checked.iter().map(|(_, checked)| checked.errors().len()).sum();
    let unreached = checked.iter().filter(|(_, checked)| matches!(checked, Checked::NotReached(_))).count();
    let not_checked = if unreached > 0 { format!("; {} not checked", counted(unreached, "package", "packages")) } else { String::new() };
    match errors {
        _ if checked.iter().any(|(_, checked)| *checked == Checked::WithoutPyo3) => "PyO3 was no part of it".to_owned(),
        0 if unreached > 0 => format!("no errors{not_checked}"),
        0 => "it compiles".to_owned(),
        _ if is_lower_bound(checked) => format!("at least {}{not_checked}", counted(errors, "error", "errors")),
        _ => counted(errors, "error", "errors"),
    }
}

/// Whether there can be more errors than those that were seen.
pub(super) fn is_lower_bound(checked: &[(String, Checked)]) -> bool {
    checked.iter().any(|(_, checked)| match checked {
        Checked::Compiled { depth, unreached, .. } => *depth == Depth::Names || !unreached.is_empty(),
        _ => true,
    })
}

/// What cargo says where it has no versions for what the manifests ask for.
const UNRESOLVED: [&str; 3] = ["failed to select a version", "you're using offline mode", LOCKED];

/// What cargo says where it may not write the lock file.
pub(super) const LOCKED: &str = "because --locked was passed";

/// What cargo says where the requirements of the manifests contradict each other, or where it may not look for what they need.
pub(super) fn unresolved(checked: &[(String, Checked)]) -> Option<&str> {
    checked.iter().find_map(|(_, checked)| match checked {
        Checked::Stopped(complaint) if UNRESOLVED.iter().any(|words| complaint.contains(words)) => Some(complaint.as_str()),
        _ => None,
    })
}
