//! Excerpts of the sources with their underlines, in the form that annotate-snippets renders.

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::{Report, one_line};
use crate::diagnostic::Diagnostic;
use crate::text::{FileId, SourceFile, TextRange};

/// A place that runs over more lines than this is shown by its first line.
const MOST_LINES: usize = 4;
/// So many places beside the primary one are shown; that there are more is said at the last of them. The JSON document has all.
const MOST_PLACES: usize = 4;

/// One excerpt a file: that of the primary place first, the others in the order in which they explain.
pub(super) fn excerpts<'a>(report: &'a Report, finding: &'a Diagnostic) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files: Vec<FileId> = vec![finding.primary.file];
    for span in finding.secondary.iter().take(MOST_PLACES) {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    files.into_iter().map(|file| excerpt(report.sources.get(file), file, finding)).collect()
}

fn excerpt<'a>(source: &'a SourceFile, file: FileId, finding: &'a Diagnostic) -> Snippet<'a, Annotation<'a>> {
    let primary = std::iter::once((AnnotationKind::Primary, &finding.primary, finding.primary.label.clone()));
    let places = finding.secondary.iter().take(MOST_PLACES).enumerate();
    let secondary = places.map(|(index, span)| (AnnotationKind::Context, span, place_label(finding, index)));
    let here: Vec<(AnnotationKind, String, TextRange)> = primary
        .chain(secondary)
        .filter(|(_, span, _)| span.file == file)
        .map(|(kind, span, label)| (kind, label, shown_part(source, span.range)))
        .collect();
    let covered = here.iter().map(|(_, _, range)| *range).reduce(TextRange::cover).unwrap_or(TextRange::empty(0));
    let first_line = source.lines.line(covered.start);
    let start = source.lines.line_start(first_line);
    // A byte order mark is nothing to show.
    let start = if start == 0 && source.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start };
    let end = line_end(source, covered.end);
    let text = source.text.get(start..end).unwrap_or_default();
    let annotation = |(kind, label, range): (AnnotationKind, String, TextRange)| {
        let from = range.start.saturating_sub(start).min(text.len());
        let to = range.end.saturating_sub(start).clamp(from, text.len());
        kind.span(from..to).label((!label.is_empty()).then(|| one_line(&label)))
    };
    Snippet::source(text).path(one_line(&source.display)).line_start(first_line).annotations(here.into_iter().map(annotation))
}

/// The words at one of the further places.
fn place_label(finding: &Diagnostic, index: usize) -> String {
    let label = &finding.secondary[index].label;
    match finding.secondary.len().saturating_sub(MOST_PLACES) {
        more if more > 0 && index + 1 == MOST_PLACES => format!("{label}, and at {more} more places"),
        _ => label.clone(),
    }
}

/// The part of `range` that is underlined: inside the text, on character boundaries, and not too many lines.
fn shown_part(source: &SourceFile, range: TextRange) -> TextRange {
    let text = &source.text;
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(range.start.min(text.len()));
    let end = boundary(range.end.clamp(start, text.len()));
    if source.lines.line(end.saturating_sub(1).max(start)) - source.lines.line(start) < MOST_LINES {
        return TextRange::new(start, end);
    }
    let first_line = &text[start..line_end(source, start)];
    TextRange::new(start, start + first_line.trim_end().len())
}

/// Offset of the end of the line of `at`, without its line end.
fn line_end(source: &SourceFile, at: usize) -> usize {
    let next = source.lines.line_start(source.lines.line(at) + 1);
    if next <= at {
        return source.text.len();
    }
    let line = &source.text.as_bytes()[..next];
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line).len().max(at)
}
