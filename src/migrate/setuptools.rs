//! What changes in setup.py and setup.cfg: features that are passed to cargo, floors of Python and Rust, the stable ABI, classifiers.

use super::manifests::{ManifestChange, Wanted};
use super::requirement::with_floor;
use crate::catalog::Series;
use crate::project::{Backend, Package, Project};
use crate::text::{Edit, FileId, TextRange};

/// The changes for a package that setuptools-rust builds; none for others.
pub(super) fn setuptools_changes(project: &Project, package: &Package, wanted: &Wanted) -> Vec<ManifestChange> {
    if package.backend != Backend::SetuptoolsRust {
        return Vec::new();
    }
    let folders = package.dir.ancestors().take_while(|folder| folder.starts_with(&project.root));
    let files = folders.flat_map(|folder| ["setup.py", "setup.cfg"].map(|name| folder.join(name)));
    files.filter_map(|path| project.sources.find(&path)).flat_map(|file| of_file(project, file, wanted)).collect()
}

fn of_file(project: &Project, file: FileId, wanted: &Wanted) -> Vec<ManifestChange> {
    let source = project.sources.get(file);
    let is_python = source.path.extension().is_some_and(|extension| extension == "py");
    let values = if is_python { literals(&source.text) } else { lines(&source.text) };
    let change = |value: &Value<'_>| {
        let (text, what) = new_value(value, wanted)?;
        let edit = match text {
            Some(text) => Edit::replace(value.range, text),
            None => Edit::delete(alone_on_line(&source.text, value.range)?),
        };
        Some(ManifestChange { file, edit, what })
    };
    values.iter().filter_map(change).collect()
}

/// A value in a file of setuptools: a string literal without its quotes, or a value of the ini format, a line of a list being one.
struct Value<'t> {
    /// The word before `=` or `:`, if there is one.
    key: &'t str,
    text: &'t str,
    range: TextRange,
}

/// The new value, `None` for one that is to go; and what that does.
fn new_value(value: &Value<'_>, wanted: &Wanted) -> Option<(Option<String>, String)> {
    let replaced = |new: String| {
        let what = format!("{} -> {new}", value.text);
        Some((Some(new), what))
    };
    if let Some(feature) = value.text.strip_prefix("pyo3/") {
        return replaced(format!("pyo3/{}", wanted.renamed_feature(feature)?));
    }
    if is_classifier_below(value.text, wanted.python) {
        return Some((None, format!("no classifier {}", value.text)));
    }
    match value.key {
        "python_requires" => replaced(with_floor(value.text, &wanted.python.to_string())?),
        "rust_version" => replaced(with_floor(value.text, &wanted.rust)?),
        "py_limited_api" => {
            let minor: u16 = value.text.strip_prefix("cp3")?.parse().ok()?;
            let Series(major, floor) = wanted.python;
            (minor < floor).then(|| replaced(format!("cp{major}{floor}"))).flatten()
        }
        _ => None,
    }
}

/// Whether this is the classifier of a Python that is older than `floor`.
pub(super) fn is_classifier_below(text: &str, floor: Series) -> bool {
    let version = text.strip_prefix("Programming Language :: Python :: 3.").and_then(|minor| minor.trim().parse::<u16>().ok());
    version.is_some_and(|minor| Series(3, minor) < floor)
}

/// The string literals of a Python file that end on their line and have no escapes; comments are passed over.
fn literals(text: &str) -> Vec<Value<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut at = 0;
        while let Some(open) = line[at..].find(['"', '\'', '#']).map(|open| at + open) {
            let quote = &line[open..=open];
            let Some(length) = (quote != "#").then(|| line[open + 1..].find(quote)).flatten() else { break };
            let range = TextRange::new(start + open + 1, start + open + 1 + length);
            let literal = &text[range.start..range.end];
            if !literal.contains('\\') {
                found.push(Value { key: key_before(&line[..open]), text: literal, range });
            }
            at = open + length + 2;
        }
        start += line.len();
    }
    found
}

/// `python_requires` of `python_requires=`, `"python_requires": `.
fn key_before(text: &str) -> &str {
    let text = text.trim_end();
    let Some(text) = text.strip_suffix(['=', ':']) else { return "" };
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let start = text.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |before| before + 1);
    text.get(start..).unwrap_or_default()
}

/// The values of an ini file.
fn lines(text: &str) -> Vec<Value<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let is_continued = line.starts_with([' ', '\t']);
        let equals = line.find('=').filter(|_| !is_continued);
        let rest = &line[equals.map_or(0, |at| at + 1)..];
        let value = rest.trim();
        if !value.is_empty() && !value.starts_with(['#', ';', '[']) {
            let from = start + line.len() - rest.trim_start().len();
            found.push(Value {
                key: equals.map_or("", |at| line[..at].trim()),
                text: value,
                range: TextRange::new(from, from + value.len()),
            });
        }
        start += line.len();
    }
    found
}

/// The whole line of a value that nothing else is on but quotes and a comma.
fn alone_on_line(text: &str, value: TextRange) -> Option<TextRange> {
    let start = text.get(..value.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(value.end..)?.find('\n').map_or(text.len(), |at| value.end + at + 1);
    let rest = format!("{}{}", &text[start..value.start], &text[value.end..end]);
    let is_alone = rest.chars().all(|c| c.is_whitespace() || matches!(c, '"' | '\'' | ','));
    is_alone.then(|| TextRange::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Release;
    use crate::text::apply_edits;

    fn changed(name: &str, text: &str) -> String {
        let values = if name.ends_with(".py") { literals(text) } else { lines(text) };
        let wanted = Wanted::new(Release::new(30)).expect("a release");
        let edit = |value: &Value<'_>| {
            let (new, _) = new_value(value, &wanted)?;
            Some(new.map_or_else(|| Edit::delete(alone_on_line(text, value.range).expect("a line")), |new| Edit::replace(value.range, new)))
        };
        let edits: Vec<Edit> = values.iter().filter_map(edit).collect();
        apply_edits(text, &edits).expect("disjoint edits")
    }

    #[test]
    fn floors_go_up_in_setup_py() {
        let before = "setup(  # it's \"old\"\n    python_requires=\">=3.6\",\n    options={\"bdist_wheel\": {\"py_limited_api\": \"cp36\"}},\n    \
                      classifiers=[\n        'Programming Language :: Python :: 3',\n        'Programming Language :: Python :: 3.8',\n        \
                      'Programming Language :: Python :: 3.10',\n    ],\n    \
                      rust_extensions=[RustExtension(\"x\", features=[\"pyo3/abi3-py36\"], rust_version=\">=1.56.0\")],\n)\n";
        let after = "setup(  # it's \"old\"\n    python_requires=\">=3.9\",\n    options={\"bdist_wheel\": {\"py_limited_api\": \"cp39\"}},\n    \
                     classifiers=[\n        'Programming Language :: Python :: 3',\n        \
                     'Programming Language :: Python :: 3.10',\n    ],\n    \
                     rust_extensions=[RustExtension(\"x\", features=[\"pyo3/abi3-py39\"], rust_version=\">=1.85\")],\n)\n";
        assert_eq!(changed("setup.py", before), after);
        assert_eq!(changed("setup.py", after), after);
    }

    #[test]
    fn floors_go_up_in_setup_cfg() {
        let before = "[metadata]\nclassifiers =\n    Programming Language :: Python :: 3.7\n    Programming Language :: Python :: 3.11\n\n\
                      [options]\npython_requires = >=3.7\n\n[bdist_wheel]\npy_limited_api = cp37\n";
        let after = "[metadata]\nclassifiers =\n    Programming Language :: Python :: 3.11\n\n\
                     [options]\npython_requires = >=3.9\n\n[bdist_wheel]\npy_limited_api = cp39\n";
        assert_eq!(changed("setup.cfg", before), after);
    }
}
