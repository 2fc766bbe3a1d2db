//! Crates whose types PyO3 and numpy convert, in another version than the package has.

use std::collections::BTreeSet;

use semver::VersionReq;

use super::{Check, Group, PackageContext, Rule};
use crate::catalog::{Companion, Newest, companions};
use crate::diagnostic::{Findings, Level, RuleId};
use crate::project::{Dependency, Package};
use crate::release::Release;

pub(super) static MISMATCHED_COMPANION: Rule = Rule {
    id: RuleId { code: "HG202", name: "mismatched-companion" },
    group: Group::Setup,
    summary: "a crate in another version than the one whose types PyO3 or numpy converts",
    page: include_str!("../../docs/rules/mismatched-companion.md"),
    check: Check::Package(mismatched_companion),
};

/// A version, or a range, on each side.
struct Mismatch {
    theirs: String,
    own: String,
    help: String,
}

fn mismatched_companion(context: &PackageContext<'_>, findings: &mut Findings) {
    let package = context.package;
    let Some(release) = package.pyo3.release.filter(|_| !package.is_pyo3()) else { return };
    let is_asked = |companion: &&Companion| package.converts(&companion.name, &companion.of, companion.optional);
    for companion in companions().iter().filter(is_asked) {
        let own: Vec<&Dependency> = package.dependencies_on(&companion.name).collect();
        // Of two dependencies on the same crate, one may be there for the conversions.
        let [dependency] = own[..] else { continue };
        let Some(Mismatch { theirs, own, help }) = mismatch(package, companion, dependency, release) else { continue };
        let of = if companion.of == "pyo3" { "PyO3" } else { "numpy" };
        let message = format!("{of} converts the types of `{}` {theirs}, and `{}` has those of {own}", companion.name, package.name);
        findings.report(dependency.file, dependency.range, Level::Warning, message).help(help);
    }
}

/// What the lock file says, or, where there is none that fits the manifests, what they make cargo do.
fn mismatch(package: &Package, companion: &Companion, dependency: &Dependency, release: Release) -> Option<Mismatch> {
    let requirement = dependency.requirement.as_deref().and_then(|written| VersionReq::parse(written.trim()).ok());
    let name = &companion.name;
    let ask = companion.newest(release).map_or_else(|| "bring both to one version".to_owned(), |newest| advice(package, name, newest));
    let locked = package
        .lock
        .as_ref()
        .filter(|lock| lock.is_current_for(package))
        .and_then(|lock| Some((lock.used(&package.name, name)?, lock.used(&companion.of, name)?)));
    match (locked, requirement) {
        (Some((own, theirs)), requirement) => {
            let can_pin = companion.takes(release).is_some_and(|takes| takes.matches(own));
            let can_join = requirement.is_some_and(|requirement| requirement.matches(theirs));
            let help = match (can_pin, can_join) {
                (true, _) => format!("{ask}, or `cargo update -p {name}@{theirs} --precise {own}`"),
                (_, true) => format!("`cargo update -p {name}@{own} --precise {theirs}`"),
                _ => ask,
            };
            (own != theirs).then(|| Mismatch { theirs: theirs.to_string(), own: own.to_string(), help })
        }
        (None, Some(requirement)) if !dependency.is_local => {
            let takes = companion.takes(release).filter(|_| !companion.can_meet(release, &requirement))?;
            let own = dependency.requirement.as_deref().unwrap_or_default();
            Some(Mismatch { theirs: format!("`{takes}`"), own: format!("`{own}`"), help: ask })
        }
        _ => None,
    }
}

/// What to ask for, and which features cannot be asked for any more then.
fn advice(package: &Package, name: &str, newest: &Newest) -> String {
    let features = package.pyo3.other_features.iter().filter(|feature| feature.of == name);
    let gone: BTreeSet<&str> = features.map(|feature| feature.name.as_str()).filter(|feature| !newest.has_feature(feature)).collect();
    let without: Vec<String> = gone.into_iter().map(|feature| format!("`{feature}`")).collect();
    let without = if without.is_empty() { String::new() } else { format!(", which has no feature {}", without.join(", ")) };
    format!("ask for `{name} = \"{}\"`{without}", newest.series())
}
