//! Where tests build real projects: outside of the repository, into one folder below its `target/` that all of them share.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use tempfile::TempDir;

use crate::support::repository;

/// Held while something is built: builds into the same folder would only wait for each other, and two must not both install the tools.
pub(crate) static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A folder outside of the repository, whose projects are built in the shared folder.
///
/// Without debug information and incremental compilation, which are good for people and cost tests time and space.
pub(crate) fn outside() -> TempDir {
    let dir = tempfile::tempdir().expect("folder");
    let target = repository().join("target/e2e");
    let config = format!("[build]\ntarget-dir = {target:?}\nincremental = false\n\n[profile.dev]\ndebug = false\n");
    write(&dir.path().join(".cargo/config.toml"), &config);
    dir
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("file");
}

/// Copies a project without what was built in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    let mut walk = ignore::WalkBuilder::new(from);
    walk.hidden(false).require_git(false).git_global(false).git_exclude(false);
    for entry in walk.build() {
        let entry = entry.expect("entry");
        let place = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.path().is_dir() {
            fs::create_dir_all(place).expect("folder");
        } else {
            fs::copy(entry.path(), place).expect("copy");
        }
    }
}
