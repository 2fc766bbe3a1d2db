//! Where the target release and the project stand towards a row: whether it counts, how much, and in which words.

use crate::catalog::Change;
use crate::catalog::RowSafety;
use crate::diagnostic::{Diagnostic, Findings, Fix, Level, Status};
use crate::model::Source;
use crate::release::Release;
use crate::rules::PackageContext;
use crate::text::{FileId, TextRange};

/// Whether and how a row counts in this run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    level: Level,
    status: Option<Status>,
    /// Whether the release in use has the old form without reservations.
    ahead: bool,
}

/// Where the run stands towards `change`; `None` when the target release still has the old form without reservations, or when it only
/// deprecates what the release in use cannot do without.
pub(super) fn standing(change: &Change, context: &PackageContext<'_>) -> Option<Standing> {
    let (level, status) = effect(change, context.target)?;
    let in_use = context.package.pyo3.release;
    let only_goes = change.delete || change.new.is_none();
    let is_needed = || only_goes && in_use.zip(change.available).is_some_and(|(release, spare)| release < spare.0);
    if status == Some(Status::Deprecated) && is_needed() {
        return None;
    }
    let ahead = in_use.is_some_and(|release| effect(change, release).is_none());
    Some(Standing { level, status, ahead })
}

/// What `change` means on a release; `None` when that has the old form without reservations.
fn effect(change: &Change, on: Release) -> Option<(Level, Option<Status>)> {
    let reached = |release: Option<crate::catalog::ReleaseText>| release.is_some_and(|release| release.0 <= on);
    if reached(change.gone) {
        return Some(if change.silent { (Level::Warning, None) } else { (Level::Error, Some(Status::Gone)) });
    }
    reached(change.deprecated).then_some((Level::Warning, Some(Status::Deprecated)))
}

/// Whether the project is known to be on a release before the row takes effect.
///
/// Old and new form of some rows look alike; then the release in use tells which one stands there.
pub(super) fn is_before(change: &Change, context: &PackageContext<'_>) -> bool {
    let effect = change.gone.or(change.deprecated).map(|release| release.0);
    match (context.package.pyo3.release, effect) {
        (Some(release), Some(effect)) => release < effect,
        _ => false,
    }
}

impl Standing {
    /// Reports the row at a place.
    pub(super) fn report<'f>(
        self,
        findings: &'f mut Findings,
        change: &'static Change,
        context: &PackageContext<'_>,
        place: (FileId, TextRange),
    ) -> &'f mut Diagnostic {
        let message = change.message.clone().unwrap_or_else(|| default_message(change));
        let message = format!("{message}{}", dates(change, context.package.pyo3.release, self.ahead));
        let finding = findings.report(place.0, place.1, self.level, message);
        finding.change = Some(&change.id);
        finding.status = self.status;
        finding.ahead = self.ahead;
        finding.help(change.help.clone())
    }
}

fn default_message(change: &Change) -> String {
    match &change.new {
        Some(new) if change.rename.is_some() || change.strip.is_some() => format!("`{}` was renamed to `{new}`", change.old),
        Some(new) if change.path.is_some() => format!("`{}` moved to `{new}`", change.old),
        Some(new) => format!("`{}` was replaced by `{new}`", change.old),
        None => format!("`{}` was removed", change.old),
    }
}

/// Since when, and where the project stands: ` (deprecated in 0.26, gone in 0.28; this project: 0.27)`, and while that is before both,
/// ` (when you upgrade from 0.19: deprecated in 0.26, gone in 0.28)`.
fn dates(change: &Change, release: Option<Release>, ahead: bool) -> String {
    let gone = if change.silent { "different since" } else { "gone in" };
    let deprecated = change.deprecated.map(|release| format!("deprecated in {}", release.0));
    let gone = change.gone.map(|release| format!("{gone} {}", release.0));
    let dates: Vec<String> = deprecated.into_iter().chain(gone).collect();
    let dates = dates.join(", ");
    match release {
        _ if dates.is_empty() => String::new(),
        Some(release) if ahead => format!(" (when you upgrade from {release}: {dates})"),
        Some(release) => format!(" ({dates}; this project: {release})"),
        None => format!(" ({dates})"),
    }
}

/// The first release on which the new form of a row compiles. The catalogue's tests see to it that every row with a fix says so.
pub(super) fn needs(change: &Change) -> Release {
    change.available.map_or(Release::NEWEST, |release| release.0)
}

/// An empty fix of the row's safety; `None` for rows that a person has to decide. Facts from bare macro tokens are never safe to edit.
pub(super) fn fix_of(change: &Change, title: String, source: Source) -> Option<Fix> {
    let needs = needs(change);
    match (change.safety, source) {
        (RowSafety::Manual, _) | (_, Source::Expansion) => None,
        (_, Source::Tokens | Source::Definition) => Some(Fix::risky(title, "it is in a macro whose expansion hognose does not see", needs)),
        (RowSafety::Safe, _) => Some(Fix::safe(title, needs)),
        (RowSafety::Unsafe, _) => {
            let reason = change.reason.clone().unwrap_or_else(|| "behaviour could change".to_owned());
            Some(Fix::risky(title, reason, needs))
        }
    }
}
