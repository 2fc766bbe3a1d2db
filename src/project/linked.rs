//! Files that Rust text names: `#[path = "…"]`, `include!("…")` and `mod name;`. A scan of the text: the files may not parse.

use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::text::clean;

/// The existing files that `#[path]` and `include!` in the file at `path` name; `package` is what `CARGO_MANIFEST_DIR` stands for.
pub(super) fn named_files(path: &Path, text: &str, package: &Path) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(path);
    let mut found = Vec::new();
    for written in path_attributes(text) {
        let module_folder = path.with_extension("");
        found.extend([folder, &module_folder].into_iter().map(|base| clean(&base.join(written))).find(|path| path.is_file()));
    }
    for (base, written) in includes(text) {
        let base = match base {
            Base::File => folder.join(written),
            Base::Package => package.join(written.trim_start_matches('/')),
        };
        found.push(clean(&base));
    }
    found.retain(|path| path.is_file());
    found
}

/// The existing files of the modules that the file at `path` declares without a body.
pub(super) fn child_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(path);
    let own_folder = path.with_extension("");
    let mut found = Vec::new();
    for name in module_declarations(text) {
        let candidates =
            [folder, &own_folder].into_iter().flat_map(|base| [base.join(format!("{name}.rs")), base.join(name).join("mod.rs")]);
        found.extend(candidates.into_iter().find(|path| path.is_file()));
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    File,
    Package,
}

pub(super) fn path_attributes(text: &str) -> Vec<&str> {
    let values = words(text, "path").filter_map(|after| string_literal(after.trim_start().strip_prefix('=')?.trim_start()));
    values.map(|(value, _)| value).filter(|value| value.ends_with(".rs")).collect()
}

fn includes(text: &str) -> Vec<(Base, &str)> {
    words(text, "include!").filter_map(included).collect()
}

/// What stands in the brackets of `include!`: a literal, or one behind `concat!(env!("CARGO_MANIFEST_DIR"), …)`.
fn included(after: &str) -> Option<(Base, &str)> {
    let inner = open(after)?;
    let Some(inner) = inner.strip_prefix("concat!") else { return string_literal(inner).map(|(value, _)| (Base::File, value)) };
    let (variable, rest) = string_literal(open(open(inner)?.strip_prefix("env!")?)?)?;
    let rest = rest.trim_start().strip_prefix(')')?.trim_start().strip_prefix(',')?.trim_start();
    let (value, rest) = string_literal(rest)?;
    let is_whole = rest.trim_start().trim_start_matches(',').trim_start().starts_with([')', ']', '}']);
    (variable == "CARGO_MANIFEST_DIR" && is_whole).then_some((Base::Package, value))
}

fn open(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix(['(', '[', '{']).map(str::trim_start)
}

pub(super) fn module_declarations(text: &str) -> Vec<&str> {
    let name = |after: &'_ str| -> Option<(usize, usize)> {
        let trimmed = after.trim_start();
        let start = after.len() - trimmed.len();
        let raw = trimmed.strip_prefix("r#").map_or(0, |_| 2);
        let length = trimmed[raw..].find(|c: char| !is_word(c)).unwrap_or(trimmed.len() - raw);
        let ends = trimmed[raw + length..].trim_start().starts_with(';');
        (start > 0 && length > 0 && ends).then_some((start + raw, start + raw + length))
    };
    words(text, "mod").filter_map(|after| name(after).and_then(|(start, end)| after.get(start..end))).collect()
}

/// The text after each place where `word` stands on its own.
fn words<'a>(text: &'a str, word: &'static str) -> impl Iterator<Item = &'a str> {
    memmem::find_iter(text.as_bytes(), word).filter_map(move |at| {
        let stands_alone = !text[..at].ends_with(is_word);
        let after = &text[at + word.len()..];
        (stands_alone && (word.ends_with('!') || !after.starts_with(is_word))).then_some(after)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A string literal at the start of the text, and what follows; escapes do not occur in paths that matter.
fn string_literal(text: &str) -> Option<(&str, &str)> {
    let raw = text.strip_prefix('r').unwrap_or(text);
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let inner = raw[hashes..].strip_prefix('"')?;
    let (value, rest) = inner.split_once('"')?;
    Some((value, rest.get(hashes..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_text_names() {
        let text = "#[path = \"a/b.rs\"]\nmod x;\n#[cfg_attr(windows, path=r\"win.rs\")] mod y ;\nlet path = \"no\"; mymod z;\n\
                    include!(\"gen.in\"); include! { r#\"h.rs\"# }\ninclude!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/k.rs\"));\n\
                    include!(concat!(env!(\"OUT_DIR\"), \"/o.rs\")); mod inline { }\npub mod r#fn;";
        assert_eq!(path_attributes(text), ["a/b.rs", "win.rs"]);
        assert_eq!(includes(text), [(Base::File, "gen.in"), (Base::File, "h.rs"), (Base::Package, "/k.rs")]);
        assert_eq!(module_declarations(text), ["x", "y", "fn"]);
    }
}
