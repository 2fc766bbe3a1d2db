//! What a file said in earlier commits.

use std::ffi::OsStr;
use std::path::Path;

use super::git::run_git;

/// So many commits of a file are looked at.
const COMMITS: &str = "-40";

/// The texts that a file had, the newest first; none where git knows nothing of it.
#[must_use]
pub fn former_texts(file: &Path) -> Vec<String> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return Vec::new() };
    let answer = |arguments: &[&OsStr]| {
        let output = run_git(folder, None, arguments).ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    };
    let log = ["log", COMMITS, "--format=%H", "--"].map(OsStr::new);
    let commits = answer(&[&log[..], &[name]].concat()).unwrap_or_default();
    let text = |commit: &str| answer(&[OsStr::new("show"), OsStr::new(&format!("{commit}:./{}", name.to_string_lossy()))]);
    commits.lines().filter_map(text).collect()
}
