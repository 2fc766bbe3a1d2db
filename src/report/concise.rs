//! One line a finding, for editors and for `grep`.

use std::io::{self, Write};

use super::summary::{gap_counts, write_total};
use super::{Gaps, Report, one_line, place};
use crate::diagnostic::{Fix, Safety};

/// Writes `path:line:column: level code name message` for every finding, what was not checked, then the total.
///
/// # Errors
/// What `out` answers.
pub fn write_concise(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.sorted() {
        let file = report.file(&finding.primary);
        let at = place(file, finding.primary.range.start);
        let (path, level, message) = (one_line(&file.display), finding.level.name(), one_line(&finding.message));
        let fixable = match &finding.fix {
            Some(fix) if !fix.is_ready() => " [fixable with migrate]",
            Some(Fix { safety: Safety::Safe, .. }) => " [fixable]",
            Some(Fix { safety: Safety::Unsafe, .. }) => " [fixable with --unsafe-fixes]",
            None => "",
        };
        writeln!(out, "{path}:{}:{}: {level} {} {} {message}{fixable}", at.line, at.column, finding.rule.code, finding.rule.name)?;
    }
    let listed = if report.gaps == Gaps::Listed { report.skipped } else { &[] };
    for gap in listed {
        let place = gap.place.map_or_else(String::new, |(line, column)| format!("{line}:{column}:"));
        writeln!(out, "{}:{place} not checked: {}", one_line(&gap.path), one_line(&gap.reason))?;
    }
    if let (Gaps::Counted, Some(counts)) = (report.gaps, gap_counts(report)) {
        writeln!(out, "{counts}")?;
    }
    write_total(report, out)
}
