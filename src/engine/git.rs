//! Whether git could bring back the files that are about to be overwritten.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A file whose text git could not bring back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsaved {
    /// Where it is, links resolved.
    pub path: PathBuf,
    /// What is with it.
    pub change: Change,
}

/// What git says of a file whose text is in no commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// All of it is in the index.
    Staged,
    /// It has changes that are not even staged.
    Modified,
    /// Git knows nothing of it.
    Untracked,
    /// Git was told to know nothing of it.
    Ignored,
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

/// So many bytes of paths go to one git: systems limit the arguments of a program, Windows to 32 KiB.
const MOST_ARGUMENTS: usize = 16 * 1024;

/// Asks git for the files whose text it could not bring back. `files` have no links in their paths; each is looked for in the repository that holds it.
///
/// Files without a repository do not count, nor does anything without git: `cargo fix` asks for `--allow-no-vcs`, but code without history has no state to
/// fall back on that a refusal would protect, and `--diff` shows the changes beforehand. The same goes for a folder of `checked` that git ignores as a
/// whole. A single ignored file in a project that has history counts: whoever takes the rest back with git would not get that file back.
///
/// # Errors
/// What git said, when there is a repository that it refuses to read.
pub fn unsaved(files: &[PathBuf], checked: &[PathBuf]) -> Result<Vec<Unsaved>, String> {
    let mut by_holder: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for file in files {
        if let Some(holder) = file.ancestors().skip(1).find(|folder| folder.join(".git").symlink_metadata().is_ok()) {
            by_holder.entry(holder).or_default().push(file);
        }
    }
    let mut unsaved = Vec::new();
    for (holder, files) in by_holder {
        if let Some(repository) = Repository::around(holder)? {
            unsaved.extend(repository.unsaved(&files, checked)?);
        }
    }
    unsaved.sort();
    Ok(unsaved)
}

/// A repository with files in its work tree.
struct Repository {
    top: PathBuf,
    /// The index of the commit that is being made, when this is a hook of that commit.
    index: Option<PathBuf>,
}

impl Repository {
    /// The repository that holds a folder; none where git is missing or sees none.
    fn around(folder: &Path) -> Result<Option<Self>, String> {
        let output = match run_git(folder, None, &["rev-parse", "--show-toplevel"].map(OsStr::new)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("could not run `git`: {error}")),
            Ok(output) => output,
        };
        if !output.status.success() {
            let complaint = complaint(&output);
            let is_none = complaint.contains("not a git repository") || complaint.contains("must be run in a work tree");
            return if is_none { Ok(None) } else { Err(complaint) };
        }
        let top = path_of(&output.stdout);
        let top = fs::canonicalize(&top).unwrap_or(top);
        let index = index_of_hook(&top);
        Ok(Some(Self { top, index }))
    }

    fn unsaved(&self, files: &[&Path], checked: &[PathBuf]) -> Result<Vec<Unsaved>, String> {
        let mut unsaved = Vec::new();
        for files in in_portions(files.iter().map(|file| relative(file, &self.top))) {
            // A name such as `[a].rs` is a name, not a pattern. The pathspecs are files, so that neither of these two options makes git walk through folders.
            let options = [
                "--literal-pathspecs",
                "status",
                "--porcelain=v1",
                "-z",
                "--untracked-files=all",
                "--ignored=traditional",
                "--ignore-submodules=dirty",
                "--",
            ];
            let arguments: Vec<&OsStr> = options.iter().map(OsStr::new).chain(files.iter().map(OsString::as_os_str)).collect();
            let output =
                run_git(&self.top, self.index.as_deref(), &arguments).map_err(|error| format!("could not run `git status`: {error}"))?;
            if !output.status.success() {
                return Err(complaint(&output));
            }
            unsaved.extend(read_status(&output.stdout).map(|(change, path)| Unsaved { path: self.top.join(path), change }));
        }
        if unsaved.iter().any(|file| file.change == Change::Ignored) {
            let ignored: Vec<&PathBuf> = checked.iter().filter(|folder| self.ignores(folder)).collect();
            unsaved.retain(|file| file.change != Change::Ignored || !ignored.iter().any(|folder| file.path.starts_with(folder)));
        }
        Ok(unsaved)
    }

    fn ignores(&self, folder: &Path) -> bool {
        let asked = || run_git(folder, self.index.as_deref(), &["check-ignore", "--quiet", "."].map(OsStr::new));
        folder.starts_with(&self.top) && asked().is_ok_and(|output| output.status.success())
    }
}

/// What a hook of `git commit --all` or `git commit FILE` is to look at instead of the repository's index, which has none of that commit yet.
///
/// Elsewhere the variable may name the index of any repository; it counts only if it lies in the one at hand.
fn index_of_hook(top: &Path) -> Option<PathBuf> {
    let index = std::path::absolute(env::var_os("GIT_INDEX_FILE")?).ok()?;
    let output = run_git(top, None, &["rev-parse", "--absolute-git-dir"].map(OsStr::new)).ok()?;
    let own = fs::canonicalize(path_of(&output.stdout)).ok()?;
    (fs::canonicalize(index.parent()?).ok()? == own).then_some(index)
}

/// A path as git takes it: from the top of the work tree.
fn relative(file: &Path, top: &Path) -> OsString {
    file.strip_prefix(top).unwrap_or(file).as_os_str().to_owned()
}

/// The paths in lists that are short enough for a command line.
fn in_portions(paths: impl Iterator<Item = OsString>) -> Vec<Vec<OsString>> {
    let mut portions: Vec<Vec<OsString>> = Vec::new();
    let mut room = 0;
    for path in paths {
        // Windows counts UTF-16 units and a pair of quotes, Unix a pointer.
        let length = path.len() + 16;
        match portions.last_mut() {
            Some(portion) if length <= room => portion.push(path),
            _ => {
                portions.push(vec![path]);
                room = MOST_ARGUMENTS;
            }
        }
        room = room.saturating_sub(length);
    }
    portions
}

/// The entries of `git status --porcelain -z`.
fn read_status(status: &[u8]) -> impl Iterator<Item = (Change, PathBuf)> {
    let mut entries = status.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    std::iter::from_fn(move || {
        let (state, path) = entries.next()?.split_at_checked(3)?;
        // A rename or copy is followed by the old path.
        if state.starts_with(b"R") || state.starts_with(b"C") {
            entries.next();
        }
        let change = match (state[0], state[1]) {
            (b'?', _) => Change::Untracked,
            (b'!', _) => Change::Ignored,
            (_, b' ') => Change::Staged,
            _ => Change::Modified,
        };
        Some((change, path_of(path)))
    })
}

/// A path that git printed, perhaps with a line end.
fn path_of(bytes: &[u8]) -> PathBuf {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    #[cfg(unix)]
    return PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).trim_end_matches('\r'))
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "the one program that the engine runs; the environment is scrubbed here")]
pub(super) fn run_git(folder: &Path, index: Option<&Path>, arguments: &[&OsStr]) -> io::Result<Output> {
    let mut git = Command::new("git");
    for variable in REPOSITORY_VARIABLES {
        git.env_remove(variable);
    }
    // The monitor is a program that the repository's own configuration names.
    git.args(["-c", "core.fsmonitor=false"]).args(arguments).current_dir(folder);
    git.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").envs(index.map(|index| ("GIT_INDEX_FILE", index))).output()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    fn git(root: &Path, arguments: &[&str]) {
        let mut all =
            vec!["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"];
        all.extend(arguments);
        let all: Vec<&OsStr> = all.into_iter().map(OsStr::new).collect();
        let output = run_git(root, None, &all).unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", complaint(&output));
    }

    /// A repository with one commit of `src/lib.rs` and a `.gitignore`; `None` when git is not installed.
    fn repository() -> Option<tempfile::TempDir> {
        let dir = tempfile::tempdir().unwrap();
        run_git(dir.path(), None, &[OsStr::new("--version")]).ok()?;
        write(dir.path(), "src/lib.rs");
        fs::write(dir.path().join(".gitignore"), "target\ngenerated.rs\n").unwrap();
        git(dir.path(), &["init", "--quiet"]);
        commit(dir.path());
        Some(dir)
    }

    fn commit(root: &Path) {
        git(root, &["add", "."]);
        git(root, &["commit", "--quiet", "-m", "all"]);
    }

    fn write(root: &Path, path: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text\n").unwrap();
    }

    /// What is with these files, as `path change`.
    fn said(root: &Path, files: &[&str]) -> Vec<String> {
        let root = root.canonicalize().unwrap();
        let files: Vec<PathBuf> = files.iter().map(|file| root.join(file)).collect();
        let unsaved = unsaved(&files, std::slice::from_ref(&root)).unwrap();
        let shown = |file: &Unsaved| format!("{} {:?}", file.path.strip_prefix(&root).unwrap().display(), file.change);
        unsaved.iter().map(shown).collect()
    }

    #[test]
    fn only_the_files_that_are_asked_for_count() {
        let Some(dir) = repository() else { return };
        write(dir.path(), "NOTES.txt");
        write(dir.path(), "src/other.rs");
        assert_eq!(said(dir.path(), &["src/lib.rs"]), [""; 0]);
        assert_eq!(said(dir.path(), &["src/lib.rs", "src/other.rs"]), ["src/other.rs Untracked"]);
        assert_eq!(said(dir.path(), &[]), [""; 0]);
    }

    #[test]
    fn the_index_and_the_work_tree_are_told_apart() {
        let Some(dir) = repository() else { return };
        for name in ["staged.rs", "both.rs", "changed.rs", "intent.rs", "same.rs"] {
            write(dir.path(), name);
        }
        git(dir.path(), &["add", "changed.rs", "same.rs"]);
        git(dir.path(), &["commit", "--quiet", "-m", "more"]);
        git(dir.path(), &["add", "staged.rs", "both.rs"]);
        git(dir.path(), &["add", "--intent-to-add", "intent.rs"]);
        for name in ["both.rs", "changed.rs"] {
            fs::write(dir.path().join(name), "typed\n").unwrap();
        }
        git(dir.path(), &["mv", "src/lib.rs", "src/ünï.rs"]);
        let files = ["both.rs", "changed.rs", "intent.rs", "same.rs", "src/ünï.rs", "staged.rs"];
        let expected = ["both.rs Modified", "changed.rs Modified", "intent.rs Modified", "src/ünï.rs Staged", "staged.rs Staged"];
        assert_eq!(said(dir.path(), &files), expected);
    }

    #[test]
    fn an_ignored_file_counts_unless_all_that_is_checked_is_ignored() {
        let Some(dir) = repository() else { return };
        write(dir.path(), "src/generated.rs");
        write(dir.path(), "target/demo/src/lib.rs");
        assert_eq!(said(dir.path(), &["src/generated.rs"]), ["src/generated.rs Ignored"]);
        assert_eq!(said(dir.path(), &["target/demo/src/lib.rs"]), ["target/demo/src/lib.rs Ignored"]);
        assert_eq!(said(&dir.path().join("target/demo"), &["src/lib.rs"]), [""; 0]);
        let plain = tempfile::tempdir().unwrap();
        write(plain.path(), "lib.rs");
        assert_eq!(said(plain.path(), &["lib.rs"]), [""; 0]);
    }

    #[test]
    fn names_are_no_patterns() {
        let Some(dir) = repository() else { return };
        let names = ["[a].rs", ":(top)x.rs", "-f.rs", "a b.rs", "line\nend.rs", "q\"\\.rs"];
        if names.iter().any(|name| fs::write(dir.path().join(name), "").is_err()) {
            return;
        }
        write(dir.path(), "a.rs");
        assert_eq!(said(dir.path(), &["[a].rs"]), ["[a].rs Untracked"]);
        assert_eq!(said(dir.path(), &names).len(), names.len());
        commit(dir.path());
        assert_eq!(said(dir.path(), &names), [""; 0]);
        fs::write(dir.path().join("a.rs"), "typed").unwrap();
        assert_eq!(said(dir.path(), &names), [""; 0]);
    }

    #[test]
    fn thousands_of_files_are_asked_for_in_portions() {
        let Some(dir) = repository() else { return };
        let names: Vec<String> = (0..1500).map(|index| format!("a_rather_long_name_of_a_folder/and_of_its_file_{index}.rs")).collect();
        names.iter().for_each(|name| write(dir.path(), name));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let files = || names.iter().map(OsString::from);
        assert!(in_portions(files()).len() > 4);
        assert_eq!(in_portions(files()).concat(), files().collect::<Vec<_>>());
        assert_eq!(said(dir.path(), &names).len(), names.len());
    }

    #[test]
    fn each_file_belongs_to_the_repository_that_holds_it() {
        let (Some(outer), Some(library)) = (repository(), repository()) else { return };
        git(outer.path(), &["submodule", "--quiet", "add", library.path().to_str().unwrap(), "sub"]);
        git(outer.path(), &["commit", "--quiet", "-m", "sub"]);
        let nested = outer.path().join("nested");
        write(&nested, "lib.rs");
        git(&nested, &["init", "--quiet"]);
        let files = ["src/lib.rs", "sub/src/lib.rs", "nested/lib.rs"];
        assert_eq!(said(outer.path(), &files), ["nested/lib.rs Untracked"]);
        commit(&nested);
        fs::write(outer.path().join("sub/src/lib.rs"), "typed").unwrap();
        assert_eq!(said(outer.path(), &files), ["sub/src/lib.rs Modified"]);
    }
}
