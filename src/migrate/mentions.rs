//! What files around a project still say of Pythons, features and options that are gone: workflows, tox.ini, READMEs.

use std::collections::BTreeSet;

use super::features::{Fate, fate};
use super::manifests::Wanted;
use crate::catalog::Series;
use crate::release::Release;

/// Options that maturin had before 1.0, and what does the same today.
const OPTIONS_OF_MATURIN: [(&str, &str); 4] = [
    ("--no-sdist", "without it, maturin builds the wheel alone"),
    ("--universal2", "`--target universal2-apple-darwin`"),
    ("--cargo-extra-args", "the options themselves, such as `--features`"),
    ("--rustc-extra-args", "the options themselves, behind `--` of `maturin rustc`, or RUSTFLAGS"),
];

/// Words between `Python` and a version of it in a sentence.
const BETWEEN: [&str; 14] =
    ["and", "or", "to", "up", "later", "version", "versions", "above", "newer", "from", "through", "higher", "than", "at"];

/// The oldest Python that any PyO3 knew: older numbers are about something else, such as a language that is parsed.
const OLDEST_PYTHON: Series = Series(3, 5);

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prose {
    /// YAML, INI, Makefiles, scripts: keys say what a number is.
    Configuration,
    /// Text for people.
    Sentences,
}

/// One thing that a file says of what is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// What is wrong with it, in words that follow what it is about.
    pub why: String,
    /// What it is about: `Python 3.7`, `--no-sdist`.
    pub what: String,
    /// The line, from 1.
    pub line: usize,
}

/// What a text says of what `target` has no longer.
#[must_use]
pub fn mentions(text: &str, prose: Prose, target: Release) -> Vec<Mention> {
    let Some(wanted) = Wanted::new(target) else { return Vec::new() };
    let uses_maturin = text.contains("maturin");
    let mut found = BTreeSet::new();
    let mut keys: Vec<(usize, &str)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut add = |what: String, why: String| found.insert(Mention { why, what, line: index + 1 });
        for (old, new) in features(line, target) {
            add(format!("`{old}`"), new.map_or_else(|| "gone".to_owned(), |new| format!("`{new}` today")));
        }
        if uses_maturin {
            for (option, instead) in OPTIONS_OF_MATURIN.into_iter().filter(|(option, _)| has_option(line, option)) {
                add(format!("`{option}`"), format!("gone in maturin 1; instead: {instead}"));
            }
        }
        for python in
            pythons(line, prose, key_above(&mut keys, line)).into_iter().filter(|python| (OLDEST_PYTHON..wanted.python).contains(python))
        {
            add(format!("Python {python}"), format!("older than {}, the oldest that PyO3 {target} supports", wanted.python));
        }
    }
    found.into_iter().collect()
}

/// The features of PyO3 in a line that have another name or none.
fn features(line: &str, target: Release) -> Vec<(String, Option<String>)> {
    let words = line.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '/'));
    let features = words.filter_map(|word| word.strip_prefix("pyo3/").or_else(|| word.starts_with("abi3-py").then_some(word)));
    let renamed = |feature: &str| {
        let new = match fate(feature, target)? {
            Fate::Renamed(new) => Some(new),
            Fate::Removed => None,
        };
        Some((feature.to_owned(), new))
    };
    features.filter_map(renamed).collect()
}

fn has_option(line: &str, option: &str) -> bool {
    let mut parts = line.split(option);
    parts.next();
    !line.trim_start().starts_with('#') && parts.any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
}

/// The key that a line of a list belongs to; `keys` are those around the line, with their indentation.
fn key_above<'t>(keys: &mut Vec<(usize, &'t str)>, line: &'t str) -> &'t str {
    let indent = line.len() - line.trim_start().len();
    let content = line.trim_start().trim_start_matches("- ");
    if content.is_empty() || content.starts_with('#') {
        return "";
    }
    let key = content.split([':', '=']).next().filter(|key| key.len() < content.len()).map(|key| key.trim().trim_matches(['"', '\'']));
    let key = key.filter(|key| key.starts_with(|c: char| c.is_alphabetic() || c == '_') && !key.contains(' '));
    keys.retain(|(above, _)| *above < indent || (key.is_none() && *above == indent));
    let above = keys.last().map(|(_, key)| *key).unwrap_or_default();
    if let Some(key) = key {
        keys.push((indent, key));
    }
    if key.is_some() { "" } else { above }
}

/// The Pythons that a line names.
fn pythons(line: &str, prose: Prose, key: &str) -> Vec<Series> {
    let lower = line.to_lowercase();
    let is_about = |text: &str| text.contains("python") || text.contains("interpreter");
    let is_set_aside =
        prose == Prose::Configuration && (lower.trim_start().starts_with('#') || lower.contains("skip") || lower.contains("uses:"));
    if is_set_aside {
        return Vec::new();
    }
    let in_keys = prose == Prose::Configuration && (is_about(&lower) || is_about(&key.to_lowercase()) || lower.contains(" -i "));
    let mut found = Vec::new();
    for (at, word) in words(&lower) {
        let before = &lower[..at];
        if before.ends_with("abi3-") || (prose == Prose::Sentences && before.ends_with(['/', '@'])) {
            continue;
        }
        // A patch release in a sentence is what something was measured with.
        let is_named =
            in_keys || (prose == Prose::Sentences && follows_python(before) && word.trim_end_matches('.').matches('.').count() == 1);
        found.extend(tagged(word).or_else(|| if is_named { numbered(word) } else { None }));
        if prose == Prose::Configuration && before.contains("py{") {
            found.extend(short(word));
        }
    }
    found
}

/// Runs of letters, digits and dots, with their places.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '.';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + line.get(from..)?.find(is_part)?;
        from = line[start..].find(|c| !is_part(c)).map_or(line.len(), |length| start + length);
        Some((start, &line[start..from]))
    })
}

/// `python3.7`, `py37`, `cp37`, `pypy3.7`.
fn tagged(word: &str) -> Option<Series> {
    let rest = ["python", "cpython", "pypy", "py", "cp", "pp"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix).filter(|rest| rest.starts_with('3')))?;
    numbered(rest).or_else(|| short(rest.trim_end_matches(['m', 't'])))
}

/// `3.7`, also with a patch release.
fn numbered(word: &str) -> Option<Series> {
    let minor = word.trim_end_matches('.').strip_prefix("3.")?;
    let minor = minor.split('.').next()?;
    (minor.len() <= 2).then(|| minor.parse().ok()).flatten().map(|minor| Series(3, minor))
}

/// `37`.
fn short(word: &str) -> Option<Series> {
    let minor = word.strip_prefix('3').filter(|minor| (1..=2).contains(&minor.len()) && minor.bytes().all(|byte| byte.is_ascii_digit()))?;
    minor.parse().ok().map(|minor| Series(3, minor))
}

/// Whether a text ends with `Python` and nothing but versions behind it.
fn follows_python(text: &str) -> bool {
    let Some((_, behind)) = text.rsplit_once("python") else { return false };
    let is_between = |word: &str| BETWEEN.contains(&word) || numbered(word).is_some() || word == "3";
    behind.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|word| !word.is_empty() && *word != ".").all(is_between)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a text, each with its line.
    fn said(text: &str, prose: Prose) -> Vec<String> {
        let mut found = mentions(text, prose, Release::new(30));
        found.sort_by_key(|mention| (mention.line, mention.what.clone()));
        found.iter().map(|mention| format!("{}: {}", mention.line, mention.what)).collect()
    }

    #[test]
    fn workflows_name_pythons_that_are_too_old() {
        let text = "on: [push]\njobs:\n  test:\n    strategy:\n      matrix:\n        python-version: ['3.7', \"3.8\", 3.9, '3.10']\n        \
                    rust: [1.63, 3.6]\n        python:\n          - 3.6\n          - pypy3.8\n          - 3.11\n    steps:\n      \
                    - uses: actions/setup-python@v3.5\n      - run: maturin build -i 3.8 3.12 --no-sdist\n      # - run: python3.7\n      \
                    - run: cmake 3.5\n    env:\n      CIBW_BUILD: cp38-* cp312-*\n      CIBW_SKIP: cp36-*\n      FLAGS: --features=abi3-py37\n";
        let wanted = [
            "6: Python 3.7",
            "6: Python 3.8",
            "9: Python 3.6",
            "10: Python 3.8",
            "14: Python 3.8",
            "14: `--no-sdist`",
            "18: Python 3.8",
            "20: `abi3-py37`",
        ];
        assert_eq!(said(text, Prose::Configuration), wanted);
    }

    #[test]
    fn tox_names_pythons_that_are_too_old() {
        let text = "[tox]\nenvlist = py{37,38,310}, py36, py313, lint\n\n[gh-actions]\npython =\n    3.8: py38\n    3.12: py312\n\n[testenv]\ndeps = x>=3.5\n";
        let wanted = ["2: Python 3.6", "2: Python 3.7", "2: Python 3.8", "6: Python 3.8"];
        assert_eq!(said(text, Prose::Configuration), wanted);
    }

    #[test]
    fn sentences_name_pythons_that_are_too_old() {
        let text = "Needs Python 3.7+ or PyPy.\nWorks with CPython 3.6, 3.8 and 3.12.\nIt took 3.5 s in Python.\nPython is 3.5 times slower.\n\
                    See https://docs.python.org/3.7/library and release 3.6, measured with Python 3.7.2.\nBuild with `pyo3/generate-import-lib`, not `pyo3/abi3`.\n";
        let wanted = ["1: Python 3.7", "2: Python 3.6", "2: Python 3.8", "6: `generate-import-lib`"];
        assert_eq!(said(text, Prose::Sentences), wanted);
    }

    #[test]
    fn options_are_those_of_maturin() {
        assert_eq!(said("run: maturin build --universal2 --no-sdistribution\n", Prose::Configuration), ["1: `--universal2`"]);
        assert_eq!(said("run: other --universal2\n", Prose::Configuration), Vec::<String>::new());
    }
}
