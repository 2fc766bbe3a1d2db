//! Files that no rule could look at, as findings: a report without findings would look like a clean package.

use crate::diagnostic::{Diagnostic, Findings, Level};
use crate::project::{Broken, Defect};
use crate::rules;
use crate::rust::ParseFailure;
use crate::text::{FileId, Sources, TextRange};

/// Rust that does not parse.
pub(super) fn report_failures(sources: &Sources, failures: &[(FileId, ParseFailure)]) -> Vec<Diagnostic> {
    failures
        .iter()
        .filter_map(|(file, failure)| {
            report(sources, *file, failure.offset, &failure.reason, "fix the file, or leave it out with `exclude`")
        })
        .collect()
}

/// What could not be read, and manifests that are no TOML.
pub(super) fn report_broken(sources: &Sources, broken: &[Broken]) -> Vec<Diagnostic> {
    let help = |defect: Defect| match defect {
        Defect::Encoding => "save the file as UTF-8, or leave it out with `exclude`",
        Defect::Access => "make the file readable, or leave it out with `exclude`",
        Defect::Syntax => "fix the file; cargo and Python's build tools cannot read it either",
    };
    broken.iter().filter_map(|broken| report(sources, broken.file, broken.at, &broken.reason, help(broken.defect))).collect()
}

fn report(sources: &Sources, file: FileId, at: usize, reason: &str, help: &str) -> Option<Diagnostic> {
    let mut findings = Findings::new(rules::find("unparsable-file")?.id);
    let text = &sources.get(file).text;
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    // The character that stands for a byte which is none is longer than the byte in the file.
    let length = next.filter(|&c| !matches!(c, '\n' | '\r' | char::REPLACEMENT_CHARACTER)).map_or(0, char::len_utf8);
    findings.report(file, TextRange::new(at, at + length), Level::Warning, format!("this file was not checked: {reason}")).help(help);
    findings.found.pop()
}
