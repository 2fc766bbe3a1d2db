//! Writing changed files: all of them or none, each by renaming a finished temporary file over the old one.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::temporary::{self, TemporaryFile, remove_stale};

/// A file that is to be rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrite<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// The text that was read from it; nothing is written unless the file still says that.
    pub before: &'a str,
    /// The text that is to be there.
    pub after: &'a str,
}

/// Files could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The file where it went wrong.
    pub path: PathBuf,
    /// What went wrong.
    pub problem: String,
    /// What to do next.
    pub help: &'static str,
    /// Files that have their new text although others have not; empty but for a rename that failed and could not be taken back.
    pub written: Vec<PathBuf>,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not write `{}`: {}; ", self.path.display(), self.problem)?;
        if self.written.is_empty() {
            f.write_str("no file was changed; ")?;
        }
        for path in &self.written {
            write!(f, "`{}` has its new text; ", path.display())?;
        }
        f.write_str(self.help)
    }
}

impl std::error::Error for WriteError {}

/// Writes every file, or, when one of them cannot be written, none.
///
/// A symbolic link stays and its target is written; permissions stay; a hard link to the file keeps the old text.
///
/// # Errors
/// A file changed since it was read, is read-only, or the system refuses: no file has changed then, unless [`WriteError::written`] says so.
pub fn write_files(rewrites: &[Rewrite]) -> Result<(), WriteError> {
    let mut prepared: Vec<Prepared<'_>> = Vec::with_capacity(rewrites.len());
    for rewrite in rewrites.iter().filter(|rewrite| rewrite.before != rewrite.after) {
        prepared.push(prepare(rewrite)?);
    }
    let folders: BTreeSet<&Path> = prepared.iter().filter_map(|prepared| prepared.target.parent()).collect();
    folders.into_iter().for_each(remove_stale);
    // All of it, whatever the user presses meanwhile.
    let _hold = temporary::hold();
    // Checked again once all temporaries are there: preparing many files takes a while.
    for Prepared { rewrite, target, .. } in &prepared {
        refuse_if_changed(rewrite, target)?;
    }
    let mut done: Vec<(&Rewrite, PathBuf)> = Vec::with_capacity(prepared.len());
    for Prepared { rewrite, target, temporary } in prepared {
        if let Err(error) = temporary.persist(&target) {
            return Err(WriteError { written: take_back(&done), ..refusal(rewrite.path, &error) });
        }
        done.push((rewrite, target));
    }
    Ok(())
}

struct Prepared<'a> {
    rewrite: &'a Rewrite<'a>,
    target: PathBuf,
    temporary: TemporaryFile,
}

fn prepare<'a>(rewrite: &'a Rewrite<'a>) -> Result<Prepared<'a>, WriteError> {
    let refuse = |error: io::Error| refusal(rewrite.path, &error);
    let target = fs::canonicalize(rewrite.path).map_err(refuse)?;
    refuse_if_changed(rewrite, &target)?;
    let permissions = fs::metadata(&target).map_err(refuse)?.permissions();
    if permissions.readonly() {
        return Err(WriteError {
            path: rewrite.path.to_owned(),
            problem: "the file is read-only".to_owned(),
            help: "make it writable or exclude it, then run again",
            written: Vec::new(),
        });
    }
    let temporary = temporary_with(&target, rewrite.after).map_err(refuse)?;
    Ok(Prepared { rewrite, target, temporary })
}

/// A temporary file beside `target`, with its permissions, that holds `text` down to the disk.
fn temporary_with(target: &Path, text: &str) -> io::Result<TemporaryFile> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let temporary = TemporaryFile::new_in(folder)?;
    temporary.as_file().write_all(text.as_bytes())?;
    temporary.as_file().set_permissions(fs::metadata(target)?.permissions())?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

fn refuse_if_changed(rewrite: &Rewrite, target: &Path) -> Result<(), WriteError> {
    let on_disk = fs::read(target).map_err(|error| refusal(rewrite.path, &error))?;
    if on_disk == rewrite.before.as_bytes() {
        return Ok(());
    }
    Err(WriteError {
        path: rewrite.path.to_owned(),
        problem: "it changed on disk since it was read".to_owned(),
        help: "run again",
        written: Vec::new(),
    })
}

/// Puts the old text back where renames have happened; answers the files where that failed.
fn take_back(done: &[(&Rewrite, PathBuf)]) -> Vec<PathBuf> {
    let restore = |rewrite: &Rewrite, target: &Path| temporary_with(target, rewrite.before)?.persist(target);
    done.iter().filter(|(rewrite, target)| restore(rewrite, target).is_err()).map(|(rewrite, _)| rewrite.path.to_owned()).collect()
}

fn refusal(path: &Path, error: &io::Error) -> WriteError {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some disk space, then run again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "make the file and its folder writable, then run again",
        io::ErrorKind::NotFound => "the file is gone since it was read; run again",
        _ => "see to it that the file and its folder can be written, then run again",
    };
    WriteError { path: path.to_owned(), problem: error.to_string(), help, written: Vec::new() }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_changed_on_disk_stops_all_writing() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.rs"), dir.path().join("b.rs"));
        fs::write(&a, "old").unwrap();
        fs::write(&b, "typed meanwhile").unwrap();
        let rewrites = [Rewrite { path: &a, before: "old", after: "new" }, Rewrite { path: &b, before: "old", after: "new" }];
        let error = write_files(&rewrites).unwrap_err();
        assert_eq!(error.path, b);
        assert!(error.to_string().contains("changed on disk since it was read"), "{error}");
        assert_eq!(fs::read_to_string(&a).unwrap(), "old");
        assert_eq!(names(dir.path()), ["a.rs", "b.rs"]);
    }

    #[test]
    fn bytes_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.rs");
        let (before, after) = ("\u{feff}#!/x\r\nold", "\u{feff}#!/x\r\nnew");
        fs::write(&path, before).unwrap();
        write_files(&[Rewrite { path: &path, before, after }]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), after.as_bytes());
        assert_eq!(names(dir.path()), ["a.rs"]);
    }

    #[test]
    fn a_read_only_file_is_refused_before_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.rs"), dir.path().join("b.rs"));
        fs::write(&a, "old").unwrap();
        fs::write(&b, "old").unwrap();
        let mut permissions = fs::metadata(&b).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&b, permissions).unwrap();
        let rewrites = [Rewrite { path: &a, before: "old", after: "new" }, Rewrite { path: &b, before: "old", after: "new" }];
        assert!(write_files(&rewrites).unwrap_err().problem.contains("read-only"));
        assert_eq!(fs::read_to_string(&a).unwrap(), "old");
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_link_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.rs"), dir.path().join("link.rs"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o751)).unwrap();
        std::os::unix::fs::symlink("real.rs", &link).unwrap();
        write_files(&[Rewrite { path: &link, before: "old", after: "new" }]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o751);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_takes_no_files_is_an_error_and_changes_nothing() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (open, closed) = (dir.path().join("a.rs"), dir.path().join("closed"));
        fs::create_dir(&closed).unwrap();
        let locked = closed.join("b.rs");
        fs::write(&open, "old").unwrap();
        fs::write(&locked, "old").unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
        let root_writes_anyway = fs::write(closed.join("probe"), "").is_ok();
        let result =
            write_files(&[Rewrite { path: &open, before: "old", after: "new" }, Rewrite { path: &locked, before: "old", after: "new" }]);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if root_writes_anyway {
            return;
        }
        assert_eq!(result.unwrap_err().path, locked);
        assert_eq!(fs::read_to_string(&open).unwrap(), "old");
    }
}
