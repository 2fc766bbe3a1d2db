//! Where the target release and the project stand towards a row: whether it counts, how much, and in which words.

use crate::catalog::Change;
use crate::catalog::RowSafety;
use crate::diagnostic::{Diagnostic, Findings, Fix, Level, Safety, Status};
use crate::model::Source;
use crate::release::Release;
use crate::rules::PackageContext;
use crate::text::{FileId, TextRange};

/// Whether and how a row counts in this run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    level: Level,
    status: Option<Status>,
}

/// Where the run stands towards `change`; `None` when the target release still has the old form without reservations.
pub(super) fn standing(change: &Change, context: &PackageContext<'_>) -> Option<Standing> {
    let reached = |release: Option<crate::catalog::ReleaseText>| release.is_some_and(|release| release.0 <= context.target);
    if reached(change.gone) {
        return Some(if change.silent {
            Standing { level: Level::Warning, status: None }
        } else {
            Standing { level: Level::Error, status: Some(Status::Gone) }
        });
    }
    reached(change.deprecated).then_some(Standing { level: Level::Warning, status: Some(Status::Deprecated) })
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
        let message = format!("{message}{}", dates(change, context.package.pyo3.release));
        let finding = findings.report(place.0, place.1, self.level, message);
        finding.change = Some(&change.id);
        finding.status = self.status;
        finding.help(change.help.clone())
    }
}

fn default_message(change: &Change) -> String {
    match &change.new {
        Some(new) if change.rename.is_some() || change.strip.is_some() => format!("`{}` was renamed to `{new}`", change.old),
        Some(new) if change.path.is_some() => format!("`{}` moved to `{new}`", change.old),
        Some(new) => format!("`{}` was replaced by `{new}`", change.old),
        None => format!("`{}` was taken away", change.old),
    }
}

/// Since when, and where the project stands: ` (deprecated in 0.26, gone in 0.28; this project: 0.19)`.
fn dates(change: &Change, release: Option<Release>) -> String {
    let gone = if change.silent { "different since" } else { "gone in" };
    let deprecated = change.deprecated.map(|release| format!("deprecated in {}", release.0));
    let gone = change.gone.map(|release| format!("{gone} {}", release.0));
    let dates: Vec<String> = deprecated.into_iter().chain(gone).collect();
    let project = release.map(|release| format!("; this project: {release}")).unwrap_or_default();
    if dates.is_empty() { String::new() } else { format!(" ({}{project})", dates.join(", ")) }
}

/// An empty fix of the row's safety; `None` for rows that a person has to decide. Facts from bare macro tokens are never safe to edit.
pub(super) fn fix_of(change: &Change, title: String, source: Source) -> Option<Fix> {
    match (change.safety, source) {
        (RowSafety::Manual, _) | (_, Source::Expansion) => None,
        (_, Source::Tokens | Source::Definition) => Some(Fix::risky(title, "it stands in a macro whose expansion hognose does not see")),
        (RowSafety::Safe, _) => Some(Fix::safe(title)),
        (RowSafety::Unsafe, _) => {
            let reason = change.reason.clone().unwrap_or_else(|| "behaviour could change".to_owned());
            Some(Fix { safety: Safety::Unsafe, title, reason: Some(reason), edits: Vec::new(), imports: Vec::new(), moves: false })
        }
    }
}
