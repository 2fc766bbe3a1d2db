//! From cargo's stream of JSON messages to errors.

use std::path::{Path, PathBuf};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Applicability, Diagnostic, DiagnosticLevel, DiagnosticSpan};

use super::{Certainty, CompilerError, Diagnosis, Label, Proposal, Span, Suggestion};
use crate::text::TextRange;

/// The errors and the warnings in what `cargo check --message-format=json` printed, in its order; those about other people's crates are
/// left out. File names are relative to `workspace`.
#[must_use]
pub fn read_messages(output: &str, workspace: &Path) -> (Vec<CompilerError>, Vec<CompilerError>) {
    let messages = Message::parse_stream(output.as_bytes()).filter_map(Result::ok);
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for message in messages {
        let Message::CompilerMessage(message) = message else { continue };
        if !message.target.src_path.as_std_path().starts_with(workspace) {
            continue;
        }
        let list = match message.message.level {
            DiagnosticLevel::Error => &mut errors,
            DiagnosticLevel::Warning => &mut warnings,
            _ => continue,
        };
        // The closing "aborting due to 3 previous errors" points nowhere.
        if let Some(error) = read_error(&message.message, workspace)
            && !list.contains(&error)
        {
            list.push(error);
        }
    }
    (errors, warnings)
}

fn read_error(diagnostic: &Diagnostic, workspace: &Path) -> Option<CompilerError> {
    let mut spans: Vec<Span> = diagnostic.spans.iter().filter_map(|span| read_span(span, workspace)).collect();
    spans.sort_by_key(|span| !span.is_primary);
    if diagnostic.spans.is_empty() {
        return None;
    }
    let pointing = diagnostic.children.iter().flat_map(|child| child.spans.iter().map(move |span| (child, span)));
    let explained = pointing.filter(|(_, span)| span.suggested_replacement.is_none());
    let suggestions = diagnostic.children.iter().filter_map(|child| read_suggestion(child, workspace));
    let error = CompilerError {
        code: diagnostic.code.as_ref().map(|code| code.code.clone()),
        message: diagnostic.message.clone(),
        spans,
        notes: notes(diagnostic),
        explained: explained.filter_map(|(child, span)| Some((child.message.clone(), read_span(span, workspace)?))).collect(),
        suggestions: suggestions.collect(),
        rendered: diagnostic.rendered.clone().unwrap_or_default(),
        diagnosis: Diagnosis::default(),
    };
    Some(error.diagnosed())
}

/// What is said below an error, then what is said at the places, in whatever crate, that explain it.
fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let messages = diagnostic.children.iter().map(|child| &child.message);
    let labels = diagnostic.children.iter().flat_map(|child| &child.spans).filter_map(|span| span.label.as_ref());
    messages.chain(labels).cloned().collect()
}

/// The place in the package's own text: for code that a macro made, the outermost call, unless the tokens themselves are its own.
fn read_span(span: &DiagnosticSpan, workspace: &Path) -> Option<Span> {
    let (mut at, mut in_macro) = (span, false);
    while let Some(expansion) = &at.expansion {
        in_macro = true;
        if own_path(at, workspace).is_some() {
            break;
        }
        at = &expansion.span;
    }
    Some(Span {
        path: own_path(at, workspace)?,
        range: range(at),
        line: at.line_start,
        label: span.label.clone().unwrap_or_default(),
        said: Label::default(),
        is_primary: span.is_primary,
        in_macro,
    })
}

fn read_suggestion(child: &Diagnostic, workspace: &Path) -> Option<Suggestion> {
    let mut edits = Vec::new();
    let mut certainty = Certainty::MachineApplicable;
    for span in &child.spans {
        let Some(text) = &span.suggested_replacement else { continue };
        if span.expansion.is_some() {
            return None;
        }
        edits.push((own_path(span, workspace)?, range(span), text.clone()));
        certainty = match (certainty, &span.suggestion_applicability) {
            (Certainty::MachineApplicable, Some(Applicability::MachineApplicable)) => Certainty::MachineApplicable,
            (Certainty::Incomplete, _) | (_, None | Some(Applicability::HasPlaceholders | Applicability::Unspecified)) => {
                Certainty::Incomplete
            }
            _ => Certainty::MaybeIncorrect,
        };
    }
    (!edits.is_empty()).then(|| Suggestion { message: child.message.clone(), kind: Proposal::default(), edits, certainty })
}

/// The file, if it is one of the project's own: those of other crates are absolute paths outside of the workspace.
fn own_path(span: &DiagnosticSpan, workspace: &Path) -> Option<PathBuf> {
    let path = workspace.join(&span.file_name);
    path.is_file().then_some(path).filter(|path| path.starts_with(workspace))
}

fn range(span: &DiagnosticSpan) -> TextRange {
    TextRange::new(span.byte_start as usize, span.byte_end as usize)
}
