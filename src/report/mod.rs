//! Turns findings into bytes: text for people, one line a finding, or a JSON document.

mod appearance;
mod concise;
mod document;
mod human;
mod json;
mod snippet;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Fix, Skipped, Span};
use crate::text::{Edit, FileId, LineColumn, SourceFile, Sources};

pub use appearance::{Appearance, ColorChoice, Shown};
pub use concise::write_concise;
pub use document::{TOOL, Tool, write_document};
pub use human::write_human;
pub use json::write_json;
pub(crate) use summary::after_upgrade;

/// Answers all edits of a fix.
pub type CompleteEdits<'a> = &'a dyn Fn(&Fix) -> Option<Vec<(FileId, Edit)>>;

/// Everything that a run has to say.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The texts that the findings are about.
    pub sources: &'a Sources,
    /// The PyO3 release that was checked against, as `0.30`.
    pub target: &'a str,
    /// The packages that were checked.
    pub packages: &'a [CheckedPackage],
    /// How many files were checked.
    pub files: usize,
    /// What was found, in any order.
    pub findings: &'a [Diagnostic],
    /// What was not checked.
    pub skipped: &'a [Skipped],
    /// How people are told of that.
    pub gaps: Gaps,
    /// How many findings were fixed before this report.
    pub fixed: usize,
    /// The PyO3 release that the sources need since they were fixed, as `0.26`, where that is newer than the one in use.
    pub needs: Option<&'a str>,
    /// All edits of a fix, those of its imports included; `None` when it cannot be carried out.
    pub complete_edits: CompleteEdits<'a>,
}

/// A package that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedPackage {
    /// Its name.
    pub name: String,
    /// Its folder relative to the one that was checked; `.` for that one.
    pub path: String,
    /// The PyO3 release that it is on, as `0.26`.
    pub pyo3: Option<String>,
    /// Whether that one came out after this program.
    pub newer_than_known: bool,
}

/// How people are told what was not checked; the JSON document lists it always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Gaps {
    /// In one line, with a number for each kind.
    #[default]
    Counted,
    /// One by one.
    Listed,
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// Source excerpts, a table and what was left out.
    #[default]
    Human,
    /// One line a finding.
    Concise,
    /// The JSON document, version 1.
    Json,
}

impl Report<'_> {
    /// Writes the report in `format`.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn write(&self, format: Format, appearance: Appearance, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Human => write_human(self, appearance, out),
            Format::Concise => write_concise(self, out),
            Format::Json => write_json(self, out),
        }
    }

    /// The findings by path, position and code: the order of every format.
    fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.findings.iter().collect();
        sorted.sort_by_key(|finding| (self.file(&finding.primary).display.as_str(), finding.primary.range, finding.rule, &finding.message));
        sorted
    }

    fn file(&self, span: &Span) -> &SourceFile {
        self.sources.get(span.file)
    }
}

/// Line and column of `offset` as editors count them, for which a byte order mark is no character.
fn place(file: &SourceFile, offset: usize) -> LineColumn {
    let mut place = file.lines.line_column(&file.text, offset);
    if place.line == 1 && place.column > 1 && file.text.starts_with('\u{feff}') {
        place.column -= 1;
    }
    place
}

/// `text` on one line, with control characters made visible: names and messages can hold what a stranger's project wants a terminal to do.
pub(crate) fn one_line(text: &str) -> String {
    visible(&text.replace(['\r', '\n'], " "))
}

/// `text` with control characters made visible, those from U+0080 on as well: some terminals take U+009B for the beginning of a command.
fn visible(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(text).replace(|c: char| c.is_control(), "\u{fffd}")
}
