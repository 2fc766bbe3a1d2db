//! What the compiler has seen of each package, and what it did not get to.

use std::collections::BTreeMap;

use cargo_metadata::PackageId;

use super::CompilerError;
use super::check::CheckPlan;
use super::outcome::{Checked, Depth};
use super::read::{CrateSaid, Said, name_and_version};
use super::workspace::Member;

/// What came out for every package that was asked for, and for every one beside the workspace that the compiler complains of.
/// `complaint` is what cargo said, if it failed.
pub(super) fn checked(said: Said, plan: &CheckPlan, complaint: &str) -> Vec<(String, Checked)> {
    let Said { mut crates, refused, has_pyo3, .. } = said;
    if crates.is_empty() && !complaint.is_empty() {
        let refused = refused.iter().map(|refused| format!("`{}` {}: {}\n", refused.name, refused.version, refused.message));
        let complaint = format!("{}{complaint}", refused.collect::<String>());
        return plan.members.iter().map(|member| (member.name.clone(), Checked::Stopped(complaint.clone()))).collect();
    }
    let broken: Vec<String> = crates.iter().filter(|(_, said)| !said.errors.is_empty()).map(|(id, _)| name(id)).collect();
    let broken: Vec<String> = broken.into_iter().chain(refused.iter().map(|refused| refused.name.clone())).collect();
    let mut all = Vec::new();
    for member in &plan.members {
        let said = crates.remove(&member.id).unwrap_or_default();
        all.push((member.name.clone(), of_member(member, said, plan, || behind(&broken, complaint))));
    }
    all.extend(of_others(crates));
    if !has_pyo3 {
        for (_, checked) in all.iter_mut().filter(|(_, checked)| checked.is_seen() && checked.errors().is_empty()) {
            *checked = Checked::WithoutPyo3;
        }
    }
    all
}

fn of_member(member: &Member, said: CrateSaid, plan: &CheckPlan, why: impl Fn() -> String) -> Checked {
    let wanted = member.targets.iter().filter(|target| !target.kind.is_extra() || plan.extras.contains(&target.kind));
    let (missing, reached): (Vec<_>, Vec<_>) = wanted.partition(|target| !said.reached.contains(&(target.kind, target.name.clone())));
    let is_main_reached = reached.iter().any(|target| !target.kind.is_extra());
    if said.errors.is_empty() && !is_main_reached && missing.iter().any(|target| !target.kind.is_extra()) {
        return Checked::NotReached(why());
    }
    let unreached = missing.iter().map(|target| {
        let features = target.required_features.join("`, `");
        let why = if features.is_empty() { String::new() } else { format!(" (for the features `{features}`)") };
        format!("{} `{}`{why}", target.kind.word(), target.name)
    });
    let unreached = unreached.collect();
    Checked::Compiled { depth: depth(&said.errors), errors: said.errors, warnings: said.warnings, unreached }
}

/// Packages in folders that are no members of the workspace, as far as there is something to say of them.
fn of_others(crates: BTreeMap<String, CrateSaid>) -> impl Iterator<Item = (String, Checked)> {
    let has_something = |said: &CrateSaid| !said.errors.is_empty() || !said.warnings.is_empty();
    crates.into_iter().filter(move |(_, said)| has_something(said)).map(|(id, said)| {
        let depth = depth(&said.errors);
        (name(&id), Checked::Compiled { errors: said.errors, warnings: said.warnings, depth, unreached: Vec::new() })
    })
}

fn name(id: &str) -> String {
    name_and_version(&PackageId { repr: id.to_owned() }).0
}

/// What keeps cargo from a package.
fn behind(broken: &[String], complaint: &str) -> String {
    if broken.is_empty() {
        return complaint.lines().next().unwrap_or("cargo did not say why").to_owned();
    }
    format!("`{}` does not compile", broken.join("`, `"))
}

/// Codes of errors about names: imports, paths, modules, members of traits. Of errors about types nothing may have been said beside them.
const ABOUT_NAMES: [&str; 16] = [
    "E0252", "E0255", "E0261", "E0404", "E0405", "E0407", "E0412", "E0425", "E0426", "E0428", "E0432", "E0433", "E0437", "E0438", "E0463",
    "E0583",
];

/// How errors without a code begin that are about types and lifetimes; others are about syntax and macros.
const LATE_WITHOUT_CODE: [&str; 6] =
    ["lifetime may not", "implementation of `", "`", "future cannot", "captured variable cannot", "higher-ranked"];

fn depth(errors: &[CompilerError]) -> Depth {
    let is_early = |error: &CompilerError| match &error.code {
        Some(code) => ABOUT_NAMES.contains(&code.as_str()),
        None => !LATE_WITHOUT_CODE.iter().any(|start| error.message.starts_with(start)),
    };
    if !errors.is_empty() && errors.iter().all(is_early) { Depth::Names } else { Depth::Types }
}
