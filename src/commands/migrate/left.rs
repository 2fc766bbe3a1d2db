//! What is left after a migration: findings without a fix and errors of the compiler, each with the row of the catalogue that explains it.

use super::record::{Left, Voice};
use crate::catalog::{Change, Matcher, changes};
use crate::compiler::{CompilerError, quoted};
use crate::diagnostic::{Diagnostic, Level, Status};
use crate::engine::diff::line_after;
use crate::release::Release;
use crate::text::Sources;

/// The rows between two releases.
pub(super) struct Crossed {
    rows: Vec<&'static Change>,
}

impl Crossed {
    /// The rows that count for a project that goes from `from` to `to`.
    pub(super) fn new(from: Release, to: Release) -> Self {
        let counts = |change: &&Change| {
            let last = change.gone.or(change.deprecated);
            last.is_some_and(|release| release.0 > from) && change.deprecated.or(change.gone).is_some_and(|release| release.0 <= to)
        };
        // What the compiler complains of is no change that it is content with.
        Self { rows: changes().iter().filter(|change| !change.silent).filter(counts).collect() }
    }

    /// The row that an error of the compiler is about: the first that knows a name that the message has in backticks.
    pub(super) fn row_for(&self, error: &CompilerError) -> Option<&'static Change> {
        let names: Vec<&str> = quoted(&error.message).flat_map(last_names).collect();
        let is_about_method = error.message.contains("method");
        let knows = |change: &&&'static Change, name: &str| knows(change, name, is_about_method);
        names.iter().find_map(|name| self.rows.iter().find(|change| knows(change, name)).copied())
    }
}

/// What a finding leaves to do; `current` has the texts as they are now, `seen` those that the finding is about.
pub(super) fn of_finding(finding: &Diagnostic, seen: &Sources, current: &Sources) -> Left {
    let source = seen.get(finding.primary.file);
    let line = source.lines.line(finding.primary.range.start);
    let row = finding.change.and_then(|id| changes().iter().find(|change| change.id == id));
    let voice = match finding.status {
        Some(Status::Gone) if row.is_some_and(|row| row.silent) => Voice::Behaviour,
        _ if finding.rule.name == "behaviour-change" => Voice::Behaviour,
        Some(Status::Deprecated) => Voice::Later,
        Some(Status::Gone) => Voice::Rule,
        None if finding.level == Level::Error => Voice::Rule,
        None => Voice::Later,
    };
    Left {
        voice,
        path: source.display.clone(),
        line: line_after(&source.text, &current.get(finding.primary.file).text, line),
        code: Some(finding.rule.code.to_owned()),
        message: finding.message.clone(),
        rendered: None,
        help: finding.help.clone(),
        explained_by: Some(finding.change.unwrap_or(finding.rule.name).to_owned()),
    }
}

/// What an error of the compiler leaves to do.
pub(super) fn of_error(error: &CompilerError, crossed: &Crossed, current: &Sources) -> Left {
    let place = error.spans.first();
    let file = place.and_then(|place| current.find(&place.path));
    let display = file.map(|file| current.get(file).display.clone());
    let row = crossed.row_for(error);
    let said = error.notes.iter().find(|note| !note.is_empty()).cloned();
    Left {
        voice: Voice::Compiler,
        path: display.or_else(|| place.map(|place| place.path.display().to_string())).unwrap_or_default(),
        line: place.map_or(0, |place| place.line),
        code: error.code.clone(),
        message: error.message.clone(),
        rendered: Some(error.rendered.clone()),
        help: row.map(|row| row.help.clone()).or(said),
        explained_by: row.map(|row| row.id.clone()),
    }
}

/// Takes a finding out where the compiler complains of the same line, and gives the error what the finding knows.
pub(super) fn merge(findings: Vec<Left>, mut errors: Vec<Left>) -> Vec<Left> {
    let mut kept = Vec::new();
    for finding in findings {
        let same = |error: &&mut Left| error.path == finding.path && error.line == finding.line;
        let mut matching: Vec<&mut Left> = errors.iter_mut().filter(same).collect();
        if matching.is_empty() || finding.voice == Voice::Behaviour {
            kept.push(finding);
            continue;
        }
        for error in &mut matching {
            error.help = finding.help.clone().or_else(|| error.help.clone());
            error.explained_by.clone_from(&finding.explained_by);
        }
    }
    kept.extend(errors);
    kept.sort();
    kept.dedup();
    kept
}

/// The last segments of the paths in a piece of code: `to_object`; `PyList` of `pyo3::types::PyList<'_>`.
fn last_names(code: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.split(move |c: char| !is_name(c) && c != ':').filter_map(move |path| path.rsplit(':').next()).filter(|name| name.len() > 2)
}

fn knows(change: &Change, name: &str, is_about_method: bool) -> bool {
    let is_last = |path: &String| path.rsplit(':').next() == Some(name);
    match &change.matcher {
        Matcher::Path { paths, .. } => !is_about_method && paths.iter().any(is_last),
        Matcher::Method { names, .. } | Matcher::Associated { names } => names.iter().any(|known| known == name),
        Matcher::Attribute { names, .. } => names.iter().any(|known| known == name),
        Matcher::Option { name: known, .. } => known == name,
        Matcher::TraitItem { of, names } => is_last(of) || names.iter().any(|known| known == name),
        Matcher::Shape => last_names(&change.old).any(|known| known == name),
        Matcher::Feature { .. } | Matcher::Dependency { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(message: &str) -> CompilerError {
        CompilerError { code: Some("E0599".to_owned()), message: message.to_owned(), ..CompilerError::default() }
    }

    #[test]
    fn errors_find_their_rows() {
        let crossed = Crossed::new(Release::new(20), Release::new(30));
        let rows = [
            ("no method named `allow_threads` found for struct `pyo3::Python<'_>` in the current scope", Some("allow-threads")),
            ("cannot find type `PyObject` in this scope", Some("pyobject-alias")),
            ("mismatched types", None),
            ("cannot find function `frobnicate` in this scope", None),
        ];
        for (message, row) in rows {
            assert_eq!(crossed.row_for(&error(message)).map(|row| row.id.as_str()), row, "{message}");
        }
        let late = Crossed::new(Release::new(29), Release::new(30));
        assert!(late.row_for(&error("no method named `downcast_exact_nothing`")).is_none());
    }

    #[test]
    fn a_finding_on_the_line_of_an_error_explains_it() {
        let left = |voice, line: usize, message: &str| Left {
            voice,
            path: "src/lib.rs".to_owned(),
            line,
            code: None,
            message: message.to_owned(),
            rendered: None,
            help: (voice == Voice::Rule).then(|| "do this".to_owned()),
            explained_by: (voice == Voice::Rule).then(|| "row".to_owned()),
        };
        let merged =
            merge(vec![left(Voice::Rule, 3, "gone"), left(Voice::Rule, 9, "gone too")], vec![left(Voice::Compiler, 3, "no method")]);
        let shown: Vec<_> = merged.iter().map(|left| (left.line, left.message.as_str(), left.explained_by.as_deref())).collect();
        assert_eq!(shown, [(3, "no method", Some("row")), (9, "gone too", Some("row"))]);
    }
}
