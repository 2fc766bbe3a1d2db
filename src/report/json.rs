//! The JSON document, version 1: fields are added without a new version, but never renamed, removed or given another meaning.

use std::io::{self, Write};

use serde::Serialize;

use super::document::{TOOL, Tool, write_document};
use super::summary::Counts;
use super::{Report, place};
use crate::diagnostic::{Diagnostic, Fix, Readiness, Safety, Span, Status};
use crate::text::{Edit, FileId, TextRange};

/// Writes the document, all of it or up to the error.
///
/// # Errors
/// What `out` answers.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Document::of(report), out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    /// The PyO3 release that was checked against.
    target: &'a str,
    summary: Summary<'a>,
    packages: Vec<Package<'a>>,
    findings: Vec<Finding<'a>>,
    skipped: Vec<Skip<'a>>,
}

#[derive(Serialize)]
struct Summary<'a> {
    packages: usize,
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    failing: usize,
    files_with_findings: usize,
    fixable_safe: usize,
    fixable_unsafe: usize,
    fixable_after_upgrade: usize,
    ahead: usize,
    fixed: usize,
    /// The PyO3 release that the sources need since they were fixed, if that is newer than the one in use.
    needs: Option<&'a str>,
    skipped: usize,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    path: &'a str,
    pyo3: Option<&'a str>,
    /// Whether that release came out after this program, so that what it changed was not checked.
    newer_than_known: bool,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'static str,
    code: &'static str,
    change: Option<&'static str>,
    level: &'static str,
    /// Whether it makes the exit code 1.
    fails: bool,
    status: Option<&'static str>,
    ahead: bool,
    message: &'a str,
    help: Option<&'a str>,
    path: &'a str,
    start: Position,
    end: Position,
    label: Option<&'a str>,
    related: Vec<Related<'a>>,
    fix: Option<FixOf<'a>>,
}

/// Line and column start at 1, the column counts characters; the offset counts bytes from 0.
#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    label: &'a str,
}

#[derive(Serialize)]
struct FixOf<'a> {
    safety: &'static str,
    title: &'a str,
    reason: Option<&'a str>,
    /// The first PyO3 release on which the new text compiles.
    needs: String,
    readiness: &'static str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    text: String,
}

#[derive(Serialize)]
struct Skip<'a> {
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    kind: &'static str,
    reason: &'a str,
}

impl<'a> Document<'a> {
    fn of(report: &'a Report) -> Self {
        let counts = Counts::of(report.findings);
        let summary = Summary {
            packages: report.packages.len(),
            files: report.files,
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            failing: report.findings.iter().filter(|finding| finding.fails).count(),
            files_with_findings: counts.files,
            fixable_safe: counts.safe,
            fixable_unsafe: counts.unsafe_,
            fixable_after_upgrade: counts.after_upgrade,
            ahead: counts.ahead,
            fixed: report.fixed,
            needs: report.needs,
            skipped: report.skipped.len(),
        };
        let package = |package: &'a super::CheckedPackage| Package {
            name: &package.name,
            path: &package.path,
            pyo3: package.pyo3.as_deref(),
            newer_than_known: package.newer_than_known,
        };
        let mut skipped: Vec<&crate::diagnostic::Skipped> = report.skipped.iter().collect();
        skipped.sort();
        let skip = |skip: &'a crate::diagnostic::Skipped| Skip {
            path: &skip.path,
            line: skip.place.map(|(line, _)| line),
            column: skip.place.map(|(_, column)| column),
            kind: skip.kind.name(),
            reason: &skip.reason,
        };
        Self {
            version: 1,
            tool: TOOL,
            target: report.target,
            summary,
            packages: report.packages.iter().map(package).collect(),
            findings: report.sorted().into_iter().map(|finding| finding_of(report, finding)).collect(),
            skipped: skipped.into_iter().map(skip).collect(),
        }
    }
}

fn finding_of<'a>(report: &'a Report, finding: &'a Diagnostic) -> Finding<'a> {
    let (path, start, end) = located(report, finding.primary.file, finding.primary.range);
    let related = |span: &'a Span| {
        let (path, start, end) = located(report, span.file, span.range);
        Related { path, start, end, label: &span.label }
    };
    Finding {
        rule: finding.rule.name,
        code: finding.rule.code,
        change: finding.change,
        level: finding.level.name(),
        fails: finding.fails,
        status: finding.status.map(|status| match status {
            Status::Gone => "gone",
            Status::Deprecated => "deprecated",
        }),
        ahead: finding.ahead,
        message: &finding.message,
        help: finding.help.as_deref(),
        path,
        start,
        end,
        label: Some(finding.primary.label.as_str()).filter(|label| !label.is_empty()),
        related: finding.secondary.iter().map(related).collect(),
        fix: finding.fix.as_ref().and_then(|fix| fix_of(report, fix)),
    }
}

fn fix_of<'a>(report: &'a Report, fix: &'a Fix) -> Option<FixOf<'a>> {
    let replacement = |(file, edit): (FileId, Edit)| {
        let (path, start, end) = located(report, file, edit.range);
        Replacement { path, start, end, text: edit.text }
    };
    Some(FixOf {
        safety: match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        },
        title: &fix.title,
        reason: fix.reason.as_deref(),
        needs: fix.needs.to_string(),
        readiness: match fix.readiness {
            Readiness::Ready => "ready",
            Readiness::Requested => "requested",
            Readiness::AfterUpgrade => "after-upgrade",
        },
        edits: (report.complete_edits)(fix)?.into_iter().map(replacement).collect(),
    })
}

fn located<'a>(report: &'a Report, file: FileId, range: TextRange) -> (&'a str, Position, Position) {
    let file = report.sources.get(file);
    let position = |offset: usize| {
        let at = place(file, offset);
        Position { line: at.line, column: at.column, offset }
    };
    (&file.display, position(range.start), position(range.end))
}
