//! Whether git could bring back what a fix is about to overwrite.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// What git says of the files below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// All is committed.
    Clean,
    /// These files, relative to the folder, have changes that are not committed, or are not tracked.
    Dirty(Vec<String>),
    /// The folder is not under git's control, or git is not installed.
    ///
    /// Fixes go ahead then: `cargo fix` asks for `--allow-no-vcs`, but code without history has no state to fall back on that a refusal would protect,
    /// and `--diff` shows the changes beforehand.
    Unversioned,
}

/// Variables that would point git to another repository than the one that holds the folder.
pub const REPOSITORY_VARIABLES: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// Asks git for uncommitted changes and untracked files below `root`; what git ignores does not count.
///
/// # Errors
/// What git said, when there is a repository that it refuses to read.
pub fn tree_state(root: &Path) -> Result<Tree, String> {
    let prefix = match run_git(root, &["rev-parse", "--show-prefix"]) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Tree::Unversioned),
        Err(error) => return Err(format!("could not run `git`: {error}")),
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim_end_matches(['\r', '\n']).to_owned(),
        Ok(output) => return no_repository(&output),
    };
    // Git keeps nothing of a folder that it ignores as a whole.
    let ignored = run_git(root, &["check-ignore", "--quiet", "."]).is_ok_and(|output| output.status.success());
    if ignored {
        return Ok(Tree::Unversioned);
    }
    let status = ["status", "--porcelain=v1", "-z", "--untracked-files=normal", "--ignore-submodules=dirty", "--", "."];
    let output = run_git(root, &status).map_err(|error| format!("could not run `git status`: {error}"))?;
    if !output.status.success() {
        return Err(complaint(&output));
    }
    let dirty = dirty_files(&String::from_utf8_lossy(&output.stdout), &prefix);
    if dirty.is_empty() { Ok(Tree::Clean) } else { Ok(Tree::Dirty(dirty)) }
}

fn no_repository(output: &Output) -> Result<Tree, String> {
    let complaint = complaint(output);
    if complaint.contains("not a git repository") || complaint.contains("must be run in a work tree") {
        return Ok(Tree::Unversioned);
    }
    Err(complaint)
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

fn dirty_files(status: &str, prefix: &str) -> Vec<String> {
    let mut dirty = Vec::new();
    let mut entries = status.split('\0').filter(|entry| !entry.is_empty());
    while let Some(entry) = entries.next() {
        let Some((state, path)) = entry.split_at_checked(3) else { continue };
        dirty.push(path.strip_prefix(prefix).unwrap_or(path).to_owned());
        // A rename or copy is followed by the old path.
        if state.starts_with(['R', 'C']) {
            entries.next();
        }
    }
    dirty.sort();
    dirty
}

#[expect(clippy::disallowed_methods, reason = "the one program that the engine runs; the environment is scrubbed here")]
fn run_git(root: &Path, arguments: &[&str]) -> io::Result<Output> {
    let mut git = Command::new("git");
    for variable in REPOSITORY_VARIABLES {
        git.env_remove(variable);
    }
    // The monitor is a program that the repository's own configuration names.
    git.args(["-c", "core.fsmonitor=false"]).args(arguments).current_dir(root);
    git.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").output()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use std::fs;

    use super::*;

    fn git(root: &Path, arguments: &[&str]) {
        let mut all = vec!["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
        all.extend(arguments);
        assert!(run_git(root, &all).unwrap().status.success(), "git {arguments:?}");
    }

    /// `None` when git is not installed.
    fn repository() -> Option<tempfile::TempDir> {
        let dir = tempfile::tempdir().unwrap();
        run_git(dir.path(), &["--version"]).ok()?;
        fs::create_dir_all(dir.path().join("package/src")).unwrap();
        fs::write(dir.path().join("package/src/lib.rs"), "one").unwrap();
        fs::write(dir.path().join(".gitignore"), "target\n").unwrap();
        git(dir.path(), &["init", "--quiet"]);
        git(dir.path(), &["add", "."]);
        git(dir.path(), &["commit", "--quiet", "-m", "first"]);
        Some(dir)
    }

    #[test]
    fn committed_files_are_clean() {
        let Some(dir) = repository() else { return };
        assert_eq!(tree_state(dir.path()), Ok(Tree::Clean));
    }

    #[test]
    fn changes_outside_the_folder_do_not_count() {
        let Some(dir) = repository() else { return };
        fs::write(dir.path().join("elsewhere.txt"), "new").unwrap();
        assert_eq!(tree_state(&dir.path().join("package")), Ok(Tree::Clean));
        assert_eq!(tree_state(dir.path()), Ok(Tree::Dirty(vec!["elsewhere.txt".to_owned()])));
    }

    #[test]
    fn changed_renamed_and_new_files_are_named_relative_to_the_folder() {
        let Some(dir) = repository() else { return };
        let package = dir.path().join("package");
        fs::write(package.join("new file.rs"), "new").unwrap();
        git(dir.path(), &["mv", "package/src/lib.rs", "package/src/ünï.rs"]);
        assert_eq!(tree_state(&package), Ok(Tree::Dirty(vec!["new file.rs".to_owned(), "src/ünï.rs".to_owned()])));
    }

    #[test]
    fn ignored_folders_and_folders_without_repository_are_untracked() {
        let Some(dir) = repository() else { return };
        fs::create_dir(dir.path().join("target")).unwrap();
        assert_eq!(tree_state(&dir.path().join("target")), Ok(Tree::Unversioned));
        let plain = tempfile::tempdir().unwrap();
        assert_eq!(tree_state(plain.path()), Ok(Tree::Unversioned));
    }
}
