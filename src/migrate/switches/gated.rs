//! Features that stand before code which uses PyO3: `#[cfg(feature = "python")] mod python;`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::project::{Package, Project};

/// The features that some `#[cfg]` of the package asks for before an item that uses PyO3.
pub(super) fn features(project: &Project, package: &Package) -> BTreeSet<String> {
    let names: Vec<&str> = package.pyo3.extern_names.iter().chain(&package.pyo3.ffi_extern_names).map(String::as_str).collect();
    let uses_pyo3 = |text: &str| names.iter().any(|name| text.contains(name)) || text.contains("#[py");
    let mut found = BTreeSet::new();
    for &file in &package.rust_files {
        let source = project.sources.get(file);
        for (features, item) in conditions(&source.text) {
            let is_used = match module_without_body(item) {
                Some(name) => {
                    let texts = package.rust_files.iter().map(|&file| project.sources.get(file));
                    texts.filter(|other| is_module(&other.path, name)).any(|other| uses_pyo3(&other.text))
                }
                None => uses_pyo3(item) && uses_pyo3(&source.text),
            };
            if is_used {
                found.extend(features);
            }
        }
    }
    found
}

/// Each `#[cfg(…)]` that asks for features, with the item that it stands before.
fn conditions(text: &str) -> impl Iterator<Item = (Vec<String>, &str)> {
    text.match_indices("#[cfg(").filter_map(|(at, opening)| {
        let rest = text.get(at + opening.len()..)?;
        let (condition, item) = rest.split_at(rest.find(")]")?);
        let features = asked_for(condition);
        (!features.is_empty()).then(|| (features, first_item(item.get(2..).unwrap_or_default())))
    })
}

/// The features that have to be on; none where a condition has a `not`, which may be about them.
fn asked_for(condition: &str) -> Vec<String> {
    if condition.contains("not(") {
        return Vec::new();
    }
    let value = |(at, _): (usize, &str)| {
        let rest = condition.get(at + "feature".len()..)?.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?;
        Some(rest.split('"').next()?.to_owned())
    };
    condition.match_indices("feature").filter_map(value).collect()
}

/// The text up to the end of the item that it begins with: the first `;` outside of brackets, or the end of the first block.
fn first_item(text: &str) -> &str {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        let is_end = (c == ';' && depth == 0) || (c == '}' && depth <= 0) || depth < 0;
        if is_end {
            return text.get(..=at).unwrap_or(text);
        }
    }
    text
}

/// `python` of `pub mod python;`.
fn module_without_body(item: &str) -> Option<&str> {
    let (_, rest) = item.strip_suffix(';')?.rsplit_once("mod ")?;
    let name = rest.trim().trim_start_matches("r#");
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
}

fn is_module(path: &Path, name: &str) -> bool {
    let is_named = |part: Option<&std::ffi::OsStr>| part.is_some_and(|part| part == name);
    let parent = path.parent().and_then(Path::file_name);
    is_named(path.file_stem()) || is_named(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_stand_before_items() {
        let text = "#[cfg(feature = \"a\")]\npub mod python;\n#[cfg(all(test, feature=\"b\", not(feature = \"c\")))] fn f() {}\n\
                    #[cfg(any(feature = \"d\", unix))]\nimpl X { fn f(&self) { g() } }\nfn h() {}\n#[cfg(unix)] mod u;\n";
        let found: Vec<_> = conditions(text).map(|(features, item)| (features.join(","), item.trim())).collect();
        assert_eq!(found, [("a".to_owned(), "pub mod python;"), ("d".to_owned(), "impl X { fn f(&self) { g() } }")]);
        assert_eq!(module_without_body("\npub mod python;"), Some("python"));
        assert_eq!(module_without_body("use pyo3::prelude::*;"), None);
        assert!(is_module(Path::new("src/python/mod.rs"), "python") && is_module(Path::new("src/python.rs"), "python"));
    }
}
