//! `[package.metadata.maturin]` of Cargo.toml, which maturin read until 0.14: what it says moves to pyproject.toml, where PEP 621 and maturin's own table
//! have places for it. With one of the fields left there, maturin builds nothing.
//!
//! Source: maturin's `src/cargo_toml.rs`, of 0.12.20 for what the fields were and of 1.9 for those that it refuses.

use std::collections::BTreeSet;

use super::manifests::{ManifestChange, Wanted};
use super::requirement::with_floor;
use super::setuptools::is_classifier_below;
use crate::project::toml::{self, Entry, Node, Toml, remove_array_element};
use crate::project::{Package, Project};
use crate::text::{Edit, FileId, TextRange, apply_edits, newline_of};

/// The table.
const TABLE: [&str; 3] = ["package", "metadata", "maturin"];

/// Its keys about the build, with their place in `[tool.maturin]`.
const OF_MATURIN: [(&str, &str); 4] =
    [("name", "module-name"), ("python-source", "python-source"), ("bindings", "bindings"), ("data", "data")];

/// Its keys about the distribution that no table of pyproject.toml has a place for: the type of the readme follows from its name, and nothing reads the
/// other one.
const WITHOUT_PLACE: [&str; 2] = ["description-content-type", "requires-external"];

/// What `[project]` can leave to Cargo.toml, with the keys of `[package]` that maturin takes it from.
const DYNAMIC: [(&str, &[&str]); 6] = [
    ("description", &["description"]),
    ("authors", &["authors"]),
    ("keywords", &["keywords"]),
    ("license", &["license"]),
    ("readme", &["readme"]),
    ("urls", &["homepage", "documentation", "repository"]),
];

/// The readme files that maturin takes without being told.
const READMES: [&str; 4] = ["README.md", "README.txt", "README.rst", "README"];

/// A table of pyproject.toml with what is to stand in it.
struct Section {
    path: &'static [&'static str],
    lines: Vec<Line>,
}

/// `key = value`, as TOML writes it.
struct Line {
    /// The comments above the key, a line each.
    comments: Vec<String>,
    key: String,
    value: String,
    /// The comment behind the value, with the gap before it.
    behind: String,
}

/// Moves everything that has a place, takes out what has none.
pub(super) fn moved_from_cargo(project: &Project, package: &Package, file: FileId, wanted: &Wanted) -> Vec<ManifestChange> {
    let Ok(cargo) = toml::parse(&project.sources.get(package.manifest).text) else { return Vec::new() };
    let Ok(python) = toml::parse(&project.sources.get(file).text) else { return Vec::new() };
    let Some(table) = cargo.get(&TABLE) else { return Vec::new() };
    let old = Old { cargo: &cargo, table: table.value };
    let mut done = Vec::new();
    let of_maturin = old.of_maturin(&mut done);
    let mut of_project = old.of_project(wanted, &mut done);
    done.extend(WITHOUT_PLACE.into_iter().filter(|key| old.table.get(key).is_some()));
    if done.is_empty() {
        return Vec::new();
    }
    let has_project = python.get(&["project"]).is_some();
    let name = old.distribution(package);
    if !has_project && (normalized(name) != normalized(&package.name) || of_project.iter().any(|section| !section.lines.is_empty())) {
        let has_urls = of_project.iter().any(|section| section.path.ends_with(&["urls"]) && !section.lines.is_empty());
        of_project[0].lines.splice(0..0, left_to_cargo(package, &cargo, name, has_urls));
    }
    let sections: Vec<Section> = of_project.into_iter().chain([of_maturin]).collect();
    let mut changes = removals(&old, package.manifest, &done);
    changes.extend(additions(&python, file, &sections));
    changes
}

/// The table in Cargo.toml.
struct Old<'t> {
    cargo: &'t Toml,
    table: Node<'t>,
}

impl<'t> Old<'t> {
    /// The name of the distribution: what the module's name starts with, where it is given.
    fn distribution(&self, package: &'t Package) -> &'t str {
        let name = self.table.get("name").and_then(|entry| entry.value.as_str());
        name.map_or(package.name.as_str(), |name| name.split('.').next().unwrap_or(name))
    }

    /// What belongs into `[tool.maturin]`; its keys join `done`.
    fn of_maturin(&self, done: &mut Vec<&'static str>) -> Section {
        let mut lines = Vec::new();
        for (key, new) in OF_MATURIN {
            let Some(entry) = self.table.get(key) else { continue };
            let Some(value) = entry.value.as_str() else { continue };
            done.push(key);
            // Without a package before it, it was the name of the distribution only.
            if key != "name" || value.contains('.') {
                lines.push(self.line(entry, new, self.written(entry.value)));
            }
        }
        Section { path: &["tool", "maturin"], lines }
    }

    /// What belongs into `[project]` and the tables below it, `[project]` first; its keys join `done`.
    fn of_project(&self, wanted: &Wanted, done: &mut Vec<&'static str>) -> Vec<Section> {
        let mut lines = Vec::new();
        if let Some(entry) = self.take("requires-python", done)
            && let Some(written) = entry.value.as_str()
        {
            let raised = with_floor(written, &wanted.python.to_string());
            lines.push(self.line(entry, "requires-python", quote(raised.as_deref().unwrap_or(written))));
        }
        lines.extend(self.maintainers(done));
        for key in ["classifiers", "classifier"] {
            let Some(entry) = self.take(key, done) else { continue };
            let range = entry.value.range();
            let old = entry.value.texts().into_iter().filter(|text| is_classifier_below(&text.value, wanted.python));
            let edits = old.map(|text| remove_array_element(self.cargo.text(), range, text.range));
            lines.push(self.line(entry, "classifiers", edited(self.cargo.text(), range, &edits.collect::<Vec<_>>())));
        }
        let mut extras = Vec::new();
        if let Some(entry) = self.table.get("requires-dist")
            && let Some(requirements) = entry.value.texts().iter().map(|text| Requirement::of(&text.value)).collect::<Option<Vec<_>>>()
        {
            done.push("requires-dist");
            let plain = requirements.iter().filter(|requirement| requirement.extra.is_none()).collect::<Vec<_>>();
            let is_plain = plain.len() == requirements.len();
            let value = if is_plain { self.written(entry.value).to_owned() } else { list(&plain) };
            lines.push(self.line(entry, "dependencies", value));
            let declared = self.take("provides-extra", done).map(|entry| entry.value.texts()).unwrap_or_default();
            let mut names: Vec<&str> = declared.iter().map(|name| name.value.as_str()).collect();
            names.extend(requirements.iter().filter_map(|requirement| requirement.extra.as_deref()));
            let mut seen = BTreeSet::new();
            for name in names.into_iter().filter(|name| seen.insert((*name).to_owned())) {
                let of_extra = requirements.iter().filter(|requirement| requirement.extra.as_deref() == Some(name)).collect::<Vec<_>>();
                extras.push(Line::new(&toml::dotted(&[name]), list(&of_extra)));
            }
        }
        let urls = self.take("project-url", done).map(|entry| self.table_lines(entry)).unwrap_or_default();
        let scripts = self.take("scripts", done).map(|entry| self.table_lines(entry)).unwrap_or_default();
        vec![
            Section { path: &["project"], lines },
            Section { path: &["project", "optional-dependencies"], lines: extras },
            Section { path: &["project", "urls"], lines: urls },
            Section { path: &["project", "scripts"], lines: scripts },
        ]
    }

    /// `maintainers`, of the names and addresses that both keys list with commas.
    fn maintainers(&self, done: &mut Vec<&'static str>) -> Option<Line> {
        let name = self.take("maintainer", done);
        let email = self.take("maintainer-email", done);
        let parts = |entry: Option<Entry<'_>>| -> Vec<String> {
            let text = entry.and_then(|entry| entry.value.as_str()).unwrap_or_default();
            text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
        };
        let (names, emails) = (parts(name), parts(email));
        let person = |at: usize| {
            let name = names.get(at).map(|name| format!("name = {}", quote(name)));
            let email = emails.get(at).map(|email| format!("email = {}", quote(email)));
            format!("{{ {} }}", name.into_iter().chain(email).collect::<Vec<_>>().join(", "))
        };
        let people: Vec<String> = (0..names.len().max(emails.len())).map(person).collect();
        let mut line = self.line(name.or(email)?, "maintainers", format!("[{}]", people.join(", ")));
        line.comments.extend(email.filter(|_| name.is_some()).map(|email| self.comments_above(email)).unwrap_or_default());
        Some(line)
    }

    fn take(&self, key: &'static str, done: &mut Vec<&'static str>) -> Option<Entry<'_>> {
        let entry = self.table.get(key)?;
        done.push(key);
        Some(entry)
    }

    fn line(&self, old: Entry<'_>, key: &str, value: impl Into<String>) -> Line {
        let behind = self.cargo.text()[old.range().end..].lines().next().unwrap_or_default().trim_end();
        let behind = if behind.trim_start().starts_with('#') { behind.to_owned() } else { String::new() };
        Line { comments: self.comments_above(old), key: key.to_owned(), value: value.into(), behind }
    }

    fn comments_above(&self, entry: Entry<'_>) -> Vec<String> {
        let above = self.cargo.text()[..entry.key_range.start].lines().rev().skip_while(|line| line.trim().is_empty());
        let mut comments: Vec<String> = above.map(str::trim).take_while(|line| line.starts_with('#')).map(str::to_owned).collect();
        comments.reverse();
        comments
    }

    fn table_lines(&self, table: Entry<'_>) -> Vec<Line> {
        let entries = table.value.entries();
        entries.into_iter().map(|entry| self.line(entry, self.slice(entry.key_range), self.written(entry.value))).collect()
    }

    fn written(&self, value: Node<'_>) -> &str {
        self.slice(value.range())
    }

    fn slice(&self, range: TextRange) -> &str {
        &self.cargo.text()[range.start..range.end]
    }
}

/// A requirement of `requires-dist`, the extra that it belongs to apart.
struct Requirement {
    text: String,
    extra: Option<String>,
}

impl Requirement {
    /// `None` where the extra is part of a condition that cannot be taken apart by `and`.
    fn of(written: &str) -> Option<Self> {
        let Some((requirement, marker)) = written.split_once(';').filter(|(_, marker)| marker.contains("extra")) else {
            return Some(Self { text: written.to_owned(), extra: None });
        };
        if marker.contains(" or ") || marker.contains('(') {
            return None;
        }
        let (extra, rest): (Vec<&str>, Vec<&str>) = marker.split(" and ").map(str::trim).partition(|clause| clause.starts_with("extra"));
        let [extra] = extra[..] else { return None };
        let name = extra.strip_prefix("extra")?.trim().strip_prefix("==")?.trim().trim_matches(['"', '\'']);
        let condition = if rest.is_empty() { String::new() } else { format!("; {}", rest.join(" and ")) };
        Some(Self { text: format!("{}{condition}", requirement.trim_end()), extra: Some(name.to_owned()) })
    }
}

fn list(requirements: &[&Requirement]) -> String {
    let texts: Vec<String> = requirements.iter().map(|requirement| quote(&requirement.text)).collect();
    format!("[{}]", texts.join(", "))
}

/// The text of `range` after the edits, all of which lie in it.
fn edited(text: &str, range: TextRange, edits: &[Edit]) -> String {
    let inner: Vec<Edit> = edits
        .iter()
        .map(|edit| Edit::replace(TextRange::new(edit.range.start - range.start, edit.range.end - range.start), edit.text.clone()))
        .collect();
    let slice = &text[range.start..range.end];
    apply_edits(slice, &inner).unwrap_or_else(|_| slice.to_owned())
}

/// A TOML string.
fn quote(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// A name as the package index compares it.
fn normalized(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// The start of a new `[project]`: its name, which it must have, and what stays in Cargo.toml, which maturin reads there for `dynamic` fields only.
fn left_to_cargo(package: &Package, cargo: &Toml, name: &str, has_urls: bool) -> [Line; 2] {
    let given = |keys: &[&str]| keys.iter().any(|key| cargo.get(&["package", key]).is_some());
    let has_readme = || READMES.iter().any(|name| package.dir.join(name).exists());
    let fields = DYNAMIC.iter().filter(|(field, keys)| match *field {
        "urls" => !has_urls && given(keys),
        "readme" => given(keys) || has_readme(),
        _ => given(keys),
    });
    let names: Vec<String> = std::iter::once("version").chain(fields.map(|(field, _)| *field)).map(quote).collect();
    [Line::new("name", quote(name)), Line::new("dynamic", format!("[{}]", names.join(", ")))]
}

/// Takes the keys out of Cargo.toml, and the table with them when nothing else is in it.
fn removals(old: &Old<'_>, manifest: FileId, done: &[&'static str]) -> Vec<ManifestChange> {
    let is_empty = old.table.entries().iter().all(|entry| done.contains(&entry.key));
    let change = |edit: Edit, what: String| ManifestChange { file: manifest, edit, what };
    let gone = |keys: &[&str]| format!("{} no longer in [package.metadata.maturin]", keys.join(", "));
    let remove = |key: &&'static str| {
        let path: Vec<&str> = TABLE.into_iter().chain([*key]).collect();
        old.cargo.remove_key(&path).map(|edit| change(with_surroundings(old.cargo.text(), edit), gone(&[key])))
    };
    let whole = is_empty.then(|| old.cargo.remove_key(&TABLE)).flatten();
    let Some(edit) = whole else { return done.iter().filter_map(remove).collect() };
    let (below, within): (Vec<&str>, Vec<&str>) =
        done.iter().copied().partition(|key| old.table.get(key).is_some_and(|entry| entry.value.has_header()));
    let mut changes = vec![change(with_surroundings(old.cargo.text(), edit), gone(&within))];
    // A header above that holds nothing else has no use any more.
    let is_alone = |above: &Entry<'_>| above.value.has_header() && above.value.entries().len() == 1 && old.table.has_header();
    if old.cargo.get(&TABLE[..2]).is_some_and(|above| is_alone(&above)) {
        changes.extend(old.cargo.remove_key(&TABLE[..2]).map(|edit| change(with_surroundings(old.cargo.text(), edit), gone(&within))));
    }
    changes.extend(done.iter().filter(|key| below.contains(key)).filter_map(remove));
    changes
}

/// Takes the blank line before a removed table along, and the comment behind a value, which went with it.
pub(super) fn with_surroundings(text: &str, edit: Edit) -> Edit {
    let is_table = text[edit.range.start..].starts_with('[');
    let before = &text[..edit.range.start];
    let blank = ["\r\n\r\n", "\n\n"].iter().find(|end| is_table && before.ends_with(*end)).map_or(0, |end| end.len() / 2);
    let rest = &text[edit.range.end..];
    let comment = if rest.starts_with('#') { rest.find('\n').map_or(rest.len(), |end| end + 1) } else { 0 };
    Edit::delete(TextRange::new(edit.range.start - blank, edit.range.end + comment))
}

/// Writes the sections: keys that are not there yet into tables that are, and all other tables behind `[build-system]`, or at the end.
fn additions(python: &Toml, file: FileId, sections: &[Section]) -> Vec<ManifestChange> {
    let newline = newline_of(python.text());
    let mut changes = Vec::new();
    let mut new_tables = String::new();
    let mut new_keys = Vec::new();
    for section in sections {
        let Some(table) = python.get(section.path) else {
            if !section.lines.is_empty() {
                let header = format!("[{}]", section.path.join("."));
                let lines: Vec<String> = std::iter::once(header).chain(section.lines.iter().map(|line| line.text(newline))).collect();
                new_tables += &format!("{newline}{}{newline}", lines.join(newline));
                new_keys.extend(section.lines.iter().map(|line| format!("{}.{}", section.path.join("."), line.key)));
            }
            continue;
        };
        // A table below `[project]` that is there already is all that maturin took.
        if section.path.len() > 1 && section.path[0] == "project" {
            continue;
        }
        let missing = section.lines.iter().filter(|line| table.value.get(&line.key).is_none());
        // The first one takes the place of the table's end, and has no line before it for comments.
        let (bare, commented): (Vec<&Line>, Vec<&Line>) = missing.partition(|line| line.comments.is_empty());
        let missing: Vec<&Line> = bare.into_iter().chain(commented).collect();
        let Some((first, rest)) = missing.split_first() else { continue };
        let value = std::iter::once(format!("{}{}", first.value, first.behind))
            .chain(rest.iter().map(|line| line.text(newline)))
            .collect::<Vec<_>>()
            .join(newline);
        let what = missing.iter().map(|line| format!("{} = {}", line.key, line.value)).collect::<Vec<_>>().join(", ");
        if let Some(edit) = python.insert_key(section.path, &first.key, &value) {
            changes.push(ManifestChange { file, edit, what: on_one_line(&what) });
        }
    }
    if !new_tables.is_empty() {
        let text = python.text();
        let build = python.get(&["build-system"]).filter(|build| build.value.has_header() && python.get(&["project"]).is_none());
        let after = build.map_or(text.len(), |build| build.range().end);
        let line_end = text[after..].find('\n').map(|end| after + end + 1);
        let edit = match line_end {
            Some(at) => Edit::insert(at, new_tables),
            None if text.is_empty() || text.ends_with('\n') => Edit::insert(text.len(), new_tables),
            None => Edit::insert(text.len(), format!("{newline}{new_tables}")),
        };
        changes.push(ManifestChange { file, edit, what: new_keys.join(", ") });
    }
    changes
}

impl Line {
    /// A line that nobody has written a comment about.
    fn new(key: &str, value: String) -> Self {
        Self { comments: Vec::new(), key: key.to_owned(), value, behind: String::new() }
    }

    fn text(&self, newline: &str) -> String {
        let comments: String = self.comments.iter().map(|comment| format!("{comment}{newline}")).collect();
        format!("{comments}{} = {}{}", self.key, self.value, self.behind)
    }
}

/// A value of many lines on one, for people.
fn on_one_line(what: &str) -> String {
    what.split_whitespace().collect::<Vec<_>>().join(" ")
}
