//! The project's settings for hognose, read from the manifests, and the paths that they exclude.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::toml::{Entry, Node};
use super::{Setting, Settings};
use crate::text::{FileId, TextRange};

/// Joins the tables of settings, nearest first: each key counts where it is first written.
pub(super) fn read(tables: &[(FileId, Node<'_>)]) -> Settings {
    let mut settings = Settings::default();
    let mut seen: Vec<&str> = Vec::new();
    for &(file, table) in tables {
        let mut here = Vec::new();
        for entry in table.entries() {
            if !seen.contains(&entry.key) {
                read_entry(file, entry, &mut settings);
            }
            here.push(entry.key);
        }
        seen.extend(here);
    }
    settings.keys = seen.into_iter().map(str::to_owned).collect();
    settings
}

fn read_entry(file: FileId, entry: Entry<'_>, settings: &mut Settings) {
    match entry.key {
        "select" => settings.select = strings(file, entry, &mut settings.malformed),
        "ignore" => settings.ignore = strings(file, entry, &mut settings.malformed),
        "exclude" => {
            let patterns = strings(file, entry, &mut settings.malformed);
            for pattern in patterns {
                match check_glob(&pattern.value) {
                    Ok(()) => settings.exclude.push(pattern),
                    Err(reason) => settings.malformed.push(Setting { value: reason, ..pattern }),
                }
            }
        }
        "target" => settings.target = string(file, entry, &mut settings.malformed),
        "fail-on" => settings.fail_on = string(file, entry, &mut settings.malformed),
        key => settings.unknown.push(Setting { value: key.to_owned(), file, range: entry.key_range }),
    }
}

fn string(file: FileId, entry: Entry<'_>, malformed: &mut Vec<Setting>) -> Option<Setting> {
    let Some(text) = entry.value.as_text() else {
        malformed.push(wrong_type(file, entry.value.range(), &format!("`{}` must be a string", entry.key), entry.value));
        return None;
    };
    Some(Setting { value: text.value, file, range: text.range })
}

fn strings(file: FileId, entry: Entry<'_>, malformed: &mut Vec<Setting>) -> Vec<Setting> {
    if !entry.value.is_array() {
        let message = format!("`{}` must be an array of strings", entry.key);
        malformed.push(wrong_type(file, entry.value.range(), &message, entry.value));
        return Vec::new();
    }
    let mut found = Vec::new();
    for element in entry.value.elements() {
        match element.as_text() {
            Some(text) => found.push(Setting { value: text.value, file, range: text.range }),
            None => malformed.push(wrong_type(file, element.range(), &format!("`{}` must hold strings", entry.key), element)),
        }
    }
    found
}

fn wrong_type(file: FileId, range: TextRange, message: &str, value: Node<'_>) -> Setting {
    let kind = value.type_name();
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    Setting { value: format!("{message}, not {article} {kind}"), file, range }
}

fn check_glob(pattern: &str) -> Result<(), String> {
    let mut builder = GitignoreBuilder::new("/");
    let reason = |error: &ignore::Error| match error {
        ignore::Error::Glob { err, .. } => format!("`{pattern}` is not a glob pattern: {err}"),
        _ => format!("`{pattern}` is not a glob pattern"),
    };
    builder.add_line(None, pattern).map(|_| ()).map_err(|error| reason(&error))
}

/// Which paths the settings exclude.
#[derive(Debug, Default)]
pub(super) struct Exclusions {
    globs: Vec<(PathBuf, Gitignore)>,
}

impl Exclusions {
    /// Adds patterns that are relative to `base`.
    pub(super) fn add<'a>(&mut self, base: &Path, patterns: impl Iterator<Item = &'a str>) {
        let mut builder = GitignoreBuilder::new(base);
        for pattern in patterns {
            // A pattern that is no glob is reported as malformed; the others count.
            let _ = builder.add_line(None, pattern);
        }
        if let Ok(globs) = builder.build()
            && !globs.is_empty()
        {
            self.globs.push((base.to_owned(), globs));
        }
    }

    /// Whether a pattern names the file or a folder above it.
    pub(super) fn contains(&self, path: &Path) -> bool {
        self.globs.iter().any(|(base, globs)| {
            // The matcher wants paths below its base, and panics on others.
            path.strip_prefix(base).is_ok_and(|rest| globs.matched_path_or_any_parents(rest, false).is_ignore())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_relative_to_their_base() {
        let mut exclusions = Exclusions::default();
        exclusions.add(Path::new("/a"), ["/gen", "*.pb.rs", "!keep.pb.rs"].into_iter());
        let is_excluded = |path: &str| exclusions.contains(Path::new(path));
        assert!(is_excluded("/a/gen/x.rs"));
        assert!(is_excluded("/a/src/y.pb.rs"));
        assert!(!is_excluded("/a/src/keep.pb.rs"));
        assert!(!is_excluded("/a/src/gen/x.rs"));
        assert!(!is_excluded("/b/y.pb.rs"));
    }
}
