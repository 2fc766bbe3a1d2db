//! Whether git takes the diffs, and makes of the files what fixing made of them; many at once, as a call takes longer than a check.

use std::fmt::Write as _;
use std::fs;

use super::folder;
use super::invariants::{Broken, Change, write};
use crate::sandbox::Files;
use crate::support::try_git;

/// What is wrong with these changes, each with its index.
pub(crate) fn refused(changes: &[&Change]) -> Vec<(usize, Broken)> {
    if changes.is_empty() {
        return Vec::new();
    }
    match apply(changes) {
        Ok(()) => Vec::new(),
        Err(detail) if changes.len() == 1 => vec![(0, Broken { invariant: "`git apply` takes the diff", detail })],
        Err(_) => {
            let middle = changes.len() / 2;
            let (left, right) = changes.split_at(middle);
            let right = refused(right).into_iter().map(|(index, broken)| (index + middle, broken));
            refused(left).into_iter().chain(right).collect()
        }
    }
}

/// Applies all changes with one call, each in a folder of its own.
fn apply(changes: &[&Change]) -> Result<(), String> {
    let dir = folder();
    let mut patch = String::new();
    for (index, change) in changes.iter().enumerate() {
        let changed: Files = change
            .before
            .iter()
            .filter(|(path, text)| change.after.get(*path) != Some(text))
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect();
        write(&dir.path().join(index.to_string()), &changed);
        patch += &below(&index.to_string(), change);
    }
    write(dir.path(), &[("the.patch".to_owned(), patch.into_bytes())].into());
    try_git(dir.path(), &["apply", "the.patch"])?;
    for (index, change) in changes.iter().enumerate() {
        for (path, after) in change.after.iter().filter(|(path, text)| change.before.get(*path) != Some(text)) {
            let applied = fs::read(dir.path().join(index.to_string()).join(path)).map_err(|error| format!("{path}: {error}"))?;
            if applied != *after {
                return Err(format!("{path}: applying it makes something else of the file than fixing"));
            }
        }
    }
    Ok(())
}

/// The diff, for files in this folder. Lines of hunks may look like headers, so they are counted.
fn below(folder: &str, change: &Change) -> String {
    let mut out = String::with_capacity(change.diff.len());
    let (mut old, mut new) = (0, 0);
    for line in change.diff.split_inclusive('\n') {
        if old > 0 || new > 0 {
            old -= usize::from(line.starts_with([' ', '-']));
            new -= usize::from(line.starts_with([' ', '+']));
            out += line;
        } else if let Some((prefix, path)) =
            ["--- a/", "+++ b/", "--- \"a/", "+++ \"b/"].iter().find_map(|&prefix| Some((prefix, line.strip_prefix(prefix)?)))
        {
            let path = path.strip_prefix(&change.root).expect("a file of the project");
            let _ = write!(out, "{prefix}{folder}/{path}");
        } else {
            if let Some(ranges) = line.strip_prefix("@@ -") {
                let mut counts =
                    ranges.split(' ').map(|range| range.split_once(',').map_or(1, |(_, count)| count.parse().expect("a count")));
                (old, new) = (counts.next().unwrap_or(0), counts.next().unwrap_or(0));
            }
            out += line;
        }
    }
    out
}
