//! From cargo's stream of JSON messages to errors, crate by crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::diagnostic::{Applicability, Diagnostic, DiagnosticLevel, DiagnosticSpan};
use cargo_metadata::{CompilerMessage, Message, PackageId, Target};

use super::check::CheckPlan;
use super::outcome::{Answer, Checked, Refused};
use super::reached::checked;
use super::workspace::MemberTargetKind;
use super::{Certainty, CompilerError, Diagnosis, Label, Proposal, Span, Suggestion};
use crate::text::TextRange;

/// The errors and the warnings in what `cargo check --message-format=json` printed, in its order; those about other people's crates are
/// left out. File names are relative to `workspace`.
#[must_use]
pub fn read_messages(output: &str, workspace: &Path) -> (Vec<CompilerError>, Vec<CompilerError>) {
    let said = Said::read(output, workspace);
    let (errors, warnings): (Vec<_>, Vec<_>) = said.crates.into_values().map(|said| (said.errors, said.warnings)).unzip();
    (errors.concat(), warnings.concat())
}

/// What cargo printed, package by package; `complaint` is what it said besides, if it failed.
pub(super) fn read_answer(output: &str, plan: &CheckPlan, complaint: &str) -> Answer {
    let mut said = Said::read(output, &plan.workspace.root);
    said.refused.extend(failed_build_scripts(complaint));
    let refused = said.refused.clone();
    let has_raised_lints = said.has_raised_lints;
    let packages = checked(said, plan, complaint);
    let is_hidden = |checked: &Checked| match checked {
        Checked::Compiled { unreached, .. } => !unreached.is_empty(),
        _ => true,
    };
    let hidden_by_lints = has_raised_lints && packages.iter().any(|(_, checked)| is_hidden(checked));
    Answer { packages, refused, hidden_by_lints }
}

/// What the compiler says of one crate of the project's own: of a package in a folder, in the workspace or beside it.
#[derive(Debug, Default)]
pub(super) struct CrateSaid {
    pub(super) errors: Vec<CompilerError>,
    pub(super) warnings: Vec<CompilerError>,
    /// The targets that were compiled, with or without errors.
    pub(super) reached: BTreeSet<(MemberTargetKind, String)>,
}

/// A whole stream of messages.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// By the ids of packages.
    pub(super) crates: BTreeMap<String, CrateSaid>,
    pub(super) refused: Vec<Refused>,
    /// Whether a lint that the project raises to an error ended the compilation of a crate.
    pub(super) has_raised_lints: bool,
    /// Whether PyO3 was compiled.
    pub(super) has_pyo3: bool,
}

impl Said {
    fn read(output: &str, workspace: &Path) -> Self {
        let messages: Vec<Message> = Message::parse_stream(output.as_bytes()).filter_map(Result::ok).collect();
        let own = Own::of(&messages, workspace);
        let mut said = Self::default();
        for message in messages {
            match message {
                Message::CompilerArtifact(artifact) => {
                    said.has_pyo3 |= is_pyo3(&artifact.target);
                    said.reach(&artifact.package_id, &artifact.target);
                }
                Message::CompilerMessage(message) => {
                    said.has_pyo3 |= is_pyo3(&message.target);
                    said.hear(&message, &own);
                }
                _ => {}
            }
        }
        said
    }

    fn reach(&mut self, package: &PackageId, target: &Target) {
        if let Some(kind) = is_own(package).then(|| MemberTargetKind::of(&target.kind)).flatten() {
            self.crates.entry(package.repr.clone()).or_default().reached.insert((kind, target.name.clone()));
        }
    }

    fn hear(&mut self, message: &CompilerMessage, own: &Own<'_>) {
        let level = level(&message.message);
        if !is_own(&message.package_id) {
            if level == Some(DiagnosticLevel::Error) {
                self.refuse(&message.package_id, &message.message.message);
            }
            return;
        }
        let Some(level) = level else { return };
        let said = self.crates.entry(message.package_id.repr.clone()).or_default();
        let list = if level == DiagnosticLevel::Error { &mut said.errors } else { &mut said.warnings };
        // A library is compiled once for others and once for its tests.
        if let Some(error) = read_error(&message.message, own).filter(|error| !list.contains(error)) {
            list.push(error);
        }
        self.has_raised_lints |= level != message.message.level;
        if message.message.level == DiagnosticLevel::Error {
            self.reach(&message.package_id, &message.target);
        }
    }

    fn refuse(&mut self, package: &PackageId, message: &str) {
        let (name, version) = name_and_version(package);
        if !self.refused.iter().any(|other| other.name == name && other.version == version) {
            self.refused.push(Refused { name, version, message: message.to_owned() });
        }
    }
}

/// The dependencies whose build scripts fail: ``failed to run custom build command for `name v0.1.0` ``; of packages in folders, the folder follows.
/// That of PyO3 fails where the Python does not suit it, which another version seldom changes.
fn failed_build_scripts(complaint: &str) -> impl Iterator<Item = Refused> {
    let lines = complaint.lines().filter_map(|line| line.split_once("failed to run custom build command for `"));
    lines.filter_map(|(_, rest)| {
        let (name, version) = rest.split_once('`')?.0.split_once(" v")?;
        let is_other = !version.contains(' ') && !name.starts_with("pyo3");
        is_other.then(|| Refused { name: name.to_owned(), version: version.to_owned(), message: "its build script fails".to_owned() })
    })
}

/// Where the project's own sources are.
struct Own<'a> {
    /// rustc runs here for members: what it names without a folder is here.
    workspace: &'a Path,
    /// Folders of packages, and whether they are the project's own: what is vendored lies below the workspace and is not.
    folders: Vec<(PathBuf, bool)>,
}

impl<'a> Own<'a> {
    fn of(messages: &[Message], workspace: &'a Path) -> Self {
        let mut folders = vec![(workspace.to_owned(), true)];
        for message in messages {
            match message {
                Message::CompilerArtifact(artifact) if !is_own(&artifact.package_id) => {
                    folders.extend(artifact.manifest_path.parent().map(|folder| (folder.as_std_path().to_owned(), false)));
                }
                Message::CompilerArtifact(artifact) => folders.extend(folder(&artifact.package_id).map(|folder| (folder, true))),
                Message::CompilerMessage(message) => folders.extend(folder(&message.package_id).map(|folder| (folder, true))),
                _ => {}
            }
        }
        folders.sort();
        folders.dedup();
        Self { workspace, folders }
    }

    /// The file, if it is one of the project's own: the innermost package around it decides.
    fn path(&self, span: &DiagnosticSpan) -> Option<PathBuf> {
        let path = self.workspace.join(&span.file_name);
        let around = self.folders.iter().filter(|(folder, _)| path.starts_with(folder));
        let (_, is_own) = around.max_by_key(|(folder, _)| folder.as_os_str().len())?;
        (*is_own && path.is_file()).then_some(path)
    }
}

/// Whether a package is in a folder: of the project, in the workspace or beside it.
fn is_own(package: &PackageId) -> bool {
    source(package).starts_with("path+")
}

/// Where a package is from: `path+file:///folder#name@0.1.0`, before cargo 1.77 `name 0.1.0 (path+file:///folder)`.
fn source(package: &PackageId) -> &str {
    package.repr.split_once(" (").map_or(package.repr.as_str(), |(_, source)| source.trim_end_matches(')'))
}

/// The folder that the source of a package names.
fn folder(package: &PackageId) -> Option<PathBuf> {
    let url = source(package).strip_prefix("path+")?.split('#').next()?;
    let path = url.strip_prefix("file://")?;
    // Of Windows, `file:///C:/folder`.
    let path = path.strip_prefix('/').filter(|path| path.as_bytes().get(1) == Some(&b':')).unwrap_or(path);
    Some(PathBuf::from(path.replace("%20", " ")))
}

/// Of `…#name@0.1.0`, of `…/name#0.1.0`, and of `name 0.1.0 (…)`.
pub(super) fn name_and_version(package: &PackageId) -> (String, String) {
    if let Some((name, version)) = package.repr.split_once(" (").and_then(|(package, _)| package.split_once(' ')) {
        return (name.to_owned(), version.to_owned());
    }
    let (source, rest) = package.repr.rsplit_once('#').unwrap_or(("", &package.repr));
    let (name, version) = rest.rsplit_once('@').unwrap_or_else(|| (source.rsplit('/').next().unwrap_or_default(), rest));
    (name.to_owned(), version.to_owned())
}

fn is_pyo3(target: &Target) -> bool {
    matches!(target.name.as_str(), "pyo3" | "pyo3_ffi" | "pyo3-ffi")
        && MemberTargetKind::of(&target.kind) == Some(MemberTargetKind::Library)
}

/// Errors and warnings; a lint that the project raises to an error says nothing of whether the code is right.
fn level(diagnostic: &Diagnostic) -> Option<DiagnosticLevel> {
    let is_lint = |code: &str| !code.strip_prefix('E').is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()));
    match diagnostic.level {
        DiagnosticLevel::Error if diagnostic.code.as_ref().is_some_and(|code| is_lint(&code.code)) => Some(DiagnosticLevel::Warning),
        DiagnosticLevel::Error => Some(DiagnosticLevel::Error),
        DiagnosticLevel::Warning => Some(DiagnosticLevel::Warning),
        _ => None,
    }
}

fn read_error(diagnostic: &Diagnostic, own: &Own<'_>) -> Option<CompilerError> {
    let mut spans: Vec<Span> = diagnostic.spans.iter().filter_map(|span| read_span(span, own)).collect();
    spans.sort_by_key(|span| !span.is_primary);
    // The closing "aborting due to 3 previous errors" points nowhere.
    if diagnostic.spans.is_empty() {
        return None;
    }
    let pointing = diagnostic.children.iter().flat_map(|child| child.spans.iter().map(move |span| (child, span)));
    let explained = pointing.filter(|(_, span)| span.suggested_replacement.is_none());
    let suggestions = diagnostic.children.iter().filter_map(|child| read_suggestion(child, own));
    let error = CompilerError {
        code: diagnostic.code.as_ref().map(|code| code.code.clone()),
        message: diagnostic.message.clone(),
        spans,
        notes: notes(diagnostic),
        explained: explained.filter_map(|(child, span)| Some((child.message.clone(), read_span(span, own)?))).collect(),
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
fn read_span(span: &DiagnosticSpan, own: &Own<'_>) -> Option<Span> {
    let (mut at, mut in_macro) = (span, false);
    while let Some(expansion) = &at.expansion {
        in_macro = true;
        if own.path(at).is_some() {
            break;
        }
        at = &expansion.span;
    }
    Some(Span {
        path: own.path(at)?,
        range: range(at),
        line: at.line_start,
        label: span.label.clone().unwrap_or_default(),
        said: Label::default(),
        is_primary: span.is_primary,
        in_macro,
    })
}

fn read_suggestion(child: &Diagnostic, own: &Own<'_>) -> Option<Suggestion> {
    let mut edits = Vec::new();
    let mut certainty = Certainty::MachineApplicable;
    for span in &child.spans {
        let Some(text) = &span.suggested_replacement else { continue };
        if span.expansion.is_some() {
            return None;
        }
        edits.push((own.path(span)?, range(span), text.clone()));
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

fn range(span: &DiagnosticSpan) -> TextRange {
    TextRange::new(span.byte_start as usize, span.byte_end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_all_cargos_tell_name_and_folder() {
        let read = |repr: &str| {
            let id = PackageId { repr: repr.to_owned() };
            let (name, version) = name_and_version(&id);
            (is_own(&id), folder(&id).map(|folder| folder.display().to_string()), format!("{name} {version}"))
        };
        let own = |name: &str| (true, Some("/p/ext".to_owned()), name.to_owned());
        assert_eq!(read("path+file:///p/ext#other@0.1.0"), own("other 0.1.0"));
        assert_eq!(read("path+file:///p/ext#0.1.0"), own("ext 0.1.0"));
        assert_eq!(read("other 0.1.0 (path+file:///p/ext)"), own("other 0.1.0"));
        let index = "registry+https://example.org/index";
        assert_eq!(read(&format!("{index}#time@0.3.20")), (false, None, "time 0.3.20".to_owned()));
        assert_eq!(read(&format!("time 0.3.20 ({index})")), (false, None, "time 0.3.20".to_owned()));
    }
}
