//! The end of a report: findings by rule, the total, and what was not checked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::{CheckedPackage, Report, one_line};
use crate::diagnostic::{Diagnostic, Fix, Level, RuleId, Safety, Skipped, SkippedKind};

/// So many packages are listed with their PyO3 release.
const LISTED_PACKAGES: usize = 5;

/// How many findings there are of which sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
    /// Files that have findings.
    pub(super) files: usize,
    /// Findings that are for when the project upgrades.
    pub(super) ahead: usize,
    /// Findings with a safe fix for the PyO3 in use.
    pub(super) safe: usize,
    /// Findings with another fix for it.
    pub(super) unsafe_: usize,
    /// Findings whose fix needs a newer PyO3.
    pub(super) after_upgrade: usize,
}

impl Counts {
    pub(super) fn of<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> Self {
        let mut counts = Self::default();
        let mut files = BTreeSet::new();
        for finding in findings {
            files.insert(finding.primary.file);
            match finding.level {
                Level::Error => counts.errors += 1,
                Level::Warning => counts.warnings += 1,
                Level::Note => counts.notes += 1,
            }
            counts.ahead += usize::from(finding.ahead);
            match &finding.fix {
                Some(fix) if !fix.is_ready() => counts.after_upgrade += 1,
                Some(Fix { safety: Safety::Safe, .. }) => counts.safe += 1,
                Some(Fix { safety: Safety::Unsafe, .. }) => counts.unsafe_ += 1,
                None => {}
            }
        }
        counts.files = files.len();
        counts
    }

    fn all(self) -> usize {
        self.errors + self.warnings + self.notes
    }
}

/// Writes one row a rule: how often it was found, and how many of these have a fix.
pub(super) fn write_table(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut by_rule: BTreeMap<RuleId, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in report.findings {
        by_rule.entry(finding.rule).or_default().push(finding);
    }
    if by_rule.is_empty() {
        return Ok(());
    }
    let names = by_rule.keys().map(|rule| rule.code.len() + 1 + rule.name.len());
    let width = names.max().unwrap_or_default().max("rule".len());
    let has_later = Counts::of(report.findings).after_upgrade > 0;
    write!(out, "{:width$}  {:>5}  {:>5}  {:>14}", "rule", "found", "--fix", "--unsafe-fixes")?;
    writeln!(out, "{}", if has_later { "  migrate" } else { "" })?;
    for (rule, findings) in by_rule {
        let name = format!("{} {}", rule.code, rule.name);
        let counts = Counts::of(findings);
        write!(out, "{name:width$}  {:>5}  {:>5}  {:>14}", counts.all(), counts.safe, counts.unsafe_)?;
        writeln!(out, "{}", if has_later { format!("  {:>7}", counts.after_upgrade) } else { String::new() })?;
    }
    writeln!(out)
}

/// Writes the line that says how it went as a whole.
pub(super) fn write_total(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.fixed > 0 {
        writeln!(out, "fixed {}", counted(report.fixed, "finding"))?;
    }
    if let Some(needs) = report.needs {
        writeln!(out, "the sources need PyO3 {needs} now: raise `pyo3` in Cargo.toml")?;
    }
    let counts = Counts::of(report.findings);
    if counts.all() == 0 {
        return write_clean(report, out);
    }
    let sorts = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")];
    let sorts: Vec<String> = sorts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(count, noun)).collect();
    writeln!(out, "found {} in {}, {}", sorts.join(", "), counted(counts.files, "file"), checked_for(report))?;
    write_ahead(counts, out)?;
    match (counts.safe, counts.unsafe_) {
        (0, 0) => {}
        (safe, 0) => writeln!(out, "{safe} fixable with --fix")?,
        (0, unsafe_) => writeln!(out, "{unsafe_} fixable with --unsafe-fixes")?,
        (safe, unsafe_) => writeln!(out, "{safe} fixable with --fix, {unsafe_} more with --unsafe-fixes")?,
    }
    match after_upgrade(report.findings) {
        Some(hint) => writeln!(out, "{hint}"),
        None => Ok(()),
    }
}

/// Says how many fixes wait for a newer PyO3, and what brings it.
pub(crate) fn after_upgrade(findings: &[Diagnostic]) -> Option<String> {
    match Counts::of(findings).after_upgrade {
        0 => None,
        1 => Some("1 fix needs a newer PyO3: `hognose migrate` upgrades and applies it".to_owned()),
        many => Some(format!("{many} fixes need a newer PyO3: `hognose migrate` upgrades and applies them")),
    }
}

/// Tells what is wrong today from what will be after an upgrade.
fn write_ahead(counts: Counts, out: &mut dyn Write) -> io::Result<()> {
    match counts.ahead {
        0 => Ok(()),
        all if all == counts.all() => writeln!(out, "all for when you upgrade: nothing is outdated on the PyO3 in use"),
        some => writeln!(out, "{some} of them for when you upgrade"),
    }
}

fn write_clean(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.packages.is_empty() {
        return writeln!(out, "nothing checked: no package that uses PyO3 was found");
    }
    let packages = counted(report.packages.len(), "package");
    writeln!(out, "no findings: {packages}, {} {}", counted(report.files, "file"), checked_for(report))
}

/// The release that was measured against, and those that the packages are on.
fn checked_for(report: &Report) -> String {
    let release_of = |package: &CheckedPackage| package.pyo3.clone().unwrap_or_else(|| "an unknown release".to_owned());
    let releases: BTreeSet<String> = report.packages.iter().map(release_of).collect();
    let on = match releases.first() {
        Some(only) if releases.len() == 1 => format!("on {only}"),
        _ => {
            let listed = report.packages.iter().take(LISTED_PACKAGES);
            let listed = listed.map(|package| format!("{} on {}", one_line(&package.name), release_of(package)));
            let more = report.packages.len().saturating_sub(LISTED_PACKAGES);
            let more = (more > 0).then(|| format!("{more} more"));
            listed.chain(more).collect::<Vec<_>>().join(", ")
        }
    };
    format!("checked for PyO3 {} ({on})", report.target)
}

/// Every gap in what was checked, by kind.
pub(super) fn write_gaps(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (kind, gaps) in gaps_by_kind(report) {
        writeln!(out, "\nnot checked: {}", kind_title(kind, gaps.len()))?;
        for gap in gaps {
            let place = gap.place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
            writeln!(out, "  {}{place}: {}", one_line(&gap.path), one_line(&gap.reason))?;
        }
    }
    Ok(())
}

/// How many gaps of which kind there are, as one sentence; `None` without gaps.
pub(super) fn gap_counts(report: &Report) -> Option<String> {
    let counts: Vec<String> = gaps_by_kind(report).into_iter().map(|(kind, gaps)| kind_title(kind, gaps.len())).collect();
    (!counts.is_empty()).then(|| format!("not checked: {}; list them with `--show-skipped`", counts.join(", ")))
}

fn gaps_by_kind<'a>(report: &Report<'a>) -> BTreeMap<SkippedKind, BTreeSet<&'a Skipped>> {
    let mut by_kind: BTreeMap<SkippedKind, BTreeSet<&Skipped>> = BTreeMap::new();
    for skipped in report.skipped {
        by_kind.entry(skipped.kind).or_default().insert(skipped);
    }
    by_kind
}

fn kind_title(kind: SkippedKind, count: usize) -> String {
    match kind {
        SkippedKind::Unparsable => format!("{} that cannot be parsed", counted(count, "file")),
        SkippedKind::Unreadable => format!("{} that cannot be read", counted(count, "file")),
        SkippedKind::OpaqueMacro => format!("the inside of {}", counted(count, "macro")),
        SkippedKind::OutsidePackage => format!("{} that no package reaches", counted(count, "file")),
        SkippedKind::InternalError => format!("part of {} because of an internal error", counted(count, "file")),
        SkippedKind::Missing => {
            format!("{} that a manifest names but that {} not there", counted(count, "file"), if count == 1 { "is" } else { "are" })
        }
    }
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
