//! Rendered files onto the disk: all of them or none, and never over anything.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::render::Rendered;
use crate::temporary::{TemporaryFolder, hold, is_stale, remove_stale};

/// Why nothing was written.
#[derive(Debug)]
pub enum Refused {
    /// The destination holds something.
    NotEmpty(PathBuf),
    /// The destination is a file.
    NotAFolder(PathBuf),
    /// A file's path would lead out of the destination.
    Outside(String),
    /// The disk did not let us; what was attempted, where, and the reason.
    Disk(&'static str, PathBuf, io::Error),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty(path) => {
                write!(
                    f,
                    "`{}` exists and is not empty; choose another name, or another folder with `--dir`, or let `hognose init` add to what is there",
                    path.display()
                )
            }
            Self::NotAFolder(path) => {
                write!(f, "`{}` exists and is not a folder; choose another name, or another folder with `--dir`", path.display())
            }
            Self::Outside(path) => write!(f, "`{path}` leads out of the project, and only files inside of it are written"),
            Self::Disk(attempt, path, error) => write!(f, "cannot {attempt} `{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for Refused {}

/// Whether a path below a folder stays there, whatever it is made of.
#[must_use]
pub fn stays_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn check_paths(files: &[Rendered]) -> Result<(), Refused> {
    files.iter().find(|file| !stays_inside(&file.path)).map_or(Ok(()), |file| Err(Refused::Outside(file.path.clone())))
}

/// Writes a project's files into `destination`, which must not exist or be empty.
///
/// # Errors
/// The destination is taken, or the disk refuses; nothing is left behind then.
pub fn write(files: &[Rendered], destination: &Path) -> Result<(), Refused> {
    check_paths(files)?;
    let exists = check(destination)?;
    let parent = match destination.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // An existing folder keeps its identity (a shell may stand in it), so the files are gathered inside it and moved up.
    let gathered_in = if exists { destination } else { parent };
    let mut made = Added::default();
    let written = make_folders(&gathered_in.join("file"), &mut made)
        .map_err(|error| Refused::Disk("create the folder", gathered_in.to_owned(), error))
        .and_then(|()| write_gathered(files, gathered_in, destination));
    if written.is_err() {
        made.take_back();
    }
    written
}

/// Writes the files into a temporary folder of `gathered_in`, and moves them to the destination.
fn write_gathered(files: &[Rendered], gathered_in: &Path, destination: &Path) -> Result<(), Refused> {
    remove_stale(gathered_in);
    let temporary = TemporaryFolder::new_in(gathered_in).map_err(|error| Refused::Disk("write in", gathered_in.to_owned(), error))?;
    let tree = temporary.tree();
    write_tree(files, &tree)?;
    let _hold = hold();
    if gathered_in == destination {
        return move_entries(&tree, destination);
    }
    fs::rename(&tree, destination).map_err(|error| Refused::Disk("create", destination.to_owned(), error))
}

/// Files that were added to a folder, and the folders that they needed.
#[derive(Debug, Default)]
struct Added {
    paths: Vec<PathBuf>,
}

impl Added {
    /// Removes what was added, the last first; what holds something else by now stays.
    fn take_back(self) {
        for path in self.paths.into_iter().rev() {
            // Nothing better can be done with a second failure: the first is the one to report.
            let _ = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
        }
    }
}

/// Adds files to a folder that may hold others, none of which is touched.
///
/// # Errors
/// A file is there already, or the disk refuses; nothing is left behind then.
pub fn add(files: &[Rendered], folder: &Path) -> Result<(), Refused> {
    check_paths(files)?;
    let refuse = |error| Refused::Disk("write in", folder.to_owned(), error);
    remove_stale(folder);
    let temporary = TemporaryFolder::new_in(folder).map_err(refuse)?;
    let tree = temporary.tree();
    write_tree(files, &tree)?;
    let _hold = hold();
    let mut added = Added::default();
    for file in files {
        let place = folder.join(&file.path);
        let moved = make_folders(&place, &mut added).and_then(|()| rename_unless_there(&tree.join(&file.path), &place));
        if let Err(error) = moved {
            added.take_back();
            return Err(Refused::Disk("write", place, error));
        }
        added.paths.push(place);
    }
    Ok(())
}

/// Makes the folders above a file that are not there.
fn make_folders(file: &Path, added: &mut Added) -> io::Result<()> {
    let folders = file.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let missing: Vec<&Path> = folders.take_while(|folder| folder.symlink_metadata().is_err()).collect();
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Ok(()) => added.paths.push(folder.to_owned()),
            // Somebody else has just made it, and it is theirs.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether the destination exists; refuses one that [`write()`] would refuse.
///
/// # Errors
/// The destination is taken, or cannot be looked at.
pub fn check(destination: &Path) -> Result<bool, Refused> {
    match fs::read_dir(destination) {
        // What a killed run left there goes when this one writes.
        Ok(mut entries) => match entries.find(|entry| !entry.as_ref().is_ok_and(|entry| is_stale(&entry.path()))) {
            None => Ok(true),
            Some(_) => Err(Refused::NotEmpty(destination.to_owned())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && destination.symlink_metadata().is_err() => Ok(false),
        Err(_) if destination.exists() && !destination.is_dir() => Err(Refused::NotAFolder(destination.to_owned())),
        Err(error) => Err(Refused::Disk("read", destination.to_owned(), error)),
    }
}

#[expect(clippy::disallowed_methods, reason = "the files are new, in a folder that is renamed into place as a whole")]
fn write_tree(files: &[Rendered], tree: &Path) -> Result<(), Refused> {
    for file in files {
        let path = tree.join(&file.path);
        let folder = path.parent().unwrap_or(tree);
        fs::create_dir_all(folder).map_err(|error| Refused::Disk("create the folder", folder.to_owned(), error))?;
        fs::write(&path, &file.contents).map_err(|error| Refused::Disk("write", path.clone(), error))?;
    }
    Ok(())
}

/// Moves what is in `tree` into `destination`; after a failure, what was moved goes back.
fn move_entries(tree: &Path, destination: &Path) -> Result<(), Refused> {
    let refuse = |error| Refused::Disk("write in", destination.to_owned(), error);
    let mut moved = Vec::new();
    for entry in fs::read_dir(tree).map_err(refuse)? {
        let entry = entry.map_err(refuse)?;
        let place = destination.join(entry.file_name());
        if let Err(error) = rename_unless_there(&entry.path(), &place) {
            for (from, to) in moved {
                // Nothing better can be done with a second failure: the first is the one to report.
                let _ = fs::rename(to, from);
            }
            return Err(refuse(error));
        }
        moved.push((entry.path(), place));
    }
    Ok(())
}

fn rename_unless_there(from: &Path, to: &Path) -> io::Result<()> {
    if to.symlink_metadata().is_ok() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("`{}` has appeared", to.display())));
    }
    fs::rename(from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(path: &str) -> Rendered {
        Rendered { path: path.to_owned(), contents: path.as_bytes().to_vec() }
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn new_and_empty_folders_are_filled() {
        let dir = tempfile::tempdir().expect("folder");
        let files = [rendered("a.txt"), rendered("src/lib.rs"), rendered(".hidden")];
        let fresh = dir.path().join("deep/fresh");
        write(&files, &fresh).expect("written");
        assert_eq!(names(&fresh), [".hidden", "a.txt", "src"]);
        assert_eq!(names(&dir.path().join("deep")), ["fresh"]);
        assert_eq!(fs::read(fresh.join("src/lib.rs")).expect("file"), b"src/lib.rs");

        let empty = dir.path().join("empty");
        fs::create_dir(&empty).expect("folder");
        write(&files, &empty).expect("written");
        assert_eq!(names(&empty), [".hidden", "a.txt", "src"]);
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().expect("folder");
        fs::create_dir(dir.path().join("taken")).expect("folder");
        fs::File::create(dir.path().join("taken/mine")).expect("file");
        fs::File::create(dir.path().join("file")).expect("file");
        let refusal = write(&[rendered("a")], &dir.path().join("taken")).expect_err("taken");
        assert!(matches!(refusal, Refused::NotEmpty(_)), "{refusal}");
        assert_eq!(names(&dir.path().join("taken")), ["mine"]);
        let refusal = write(&[rendered("a")], &dir.path().join("file")).expect_err("a file");
        assert!(matches!(refusal, Refused::NotAFolder(_)), "{refusal}");
        assert_eq!(names(dir.path()), ["file", "taken"]);
    }

    #[test]
    fn files_are_added_beside_others_or_not_at_all() {
        let dir = tempfile::tempdir().expect("folder");
        fs::File::create(dir.path().join("mine")).expect("file");
        add(&[rendered("a"), rendered("deep/er/b")], dir.path()).expect("added");
        assert_eq!(names(dir.path()), ["a", "deep", "mine"]);
        assert_eq!(fs::read(dir.path().join("deep/er/b")).expect("file"), b"deep/er/b");
        for last in ["mine", "mine/b"] {
            assert!(add(&[rendered("new/a"), rendered(last)], dir.path()).is_err());
            assert_eq!(names(dir.path()), ["a", "deep", "mine"]);
            assert_eq!(fs::read(dir.path().join("mine")).expect("file"), b"");
        }
    }

    #[test]
    fn nothing_is_written_outside() {
        let dir = tempfile::tempdir().expect("folder");
        let inside = dir.path().join("inside");
        fs::create_dir(&inside).expect("folder");
        let absolute = dir.path().join("evil").to_string_lossy().into_owned();
        for path in ["../evil", "a/../../evil", "", "/", absolute.as_str()] {
            let files = [rendered("fine"), rendered(path)];
            assert!(matches!(add(&files, &inside), Err(Refused::Outside(_))), "{path}");
            assert!(matches!(write(&files, &inside), Err(Refused::Outside(_))), "{path}");
            assert!(names(&inside).is_empty() && names(dir.path()) == ["inside"], "{path}");
        }
    }

    #[test]
    fn a_failure_in_the_middle_leaves_nothing() {
        let dir = tempfile::tempdir().expect("folder");
        // The second file needs a folder where the first one is.
        let files = [rendered("a"), rendered("a/b")];
        for fresh in ["fresh", "deep/er/fresh"] {
            assert!(write(&files, &dir.path().join(fresh)).is_err());
            assert!(names(dir.path()).is_empty());
        }
        let empty = dir.path().join("empty");
        fs::create_dir(&empty).expect("folder");
        assert!(write(&files, &empty).is_err());
        assert!(names(&empty).is_empty());
    }
}
