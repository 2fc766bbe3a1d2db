//! Files and folders that a run makes beside what they will become: they go when it ends, by a signal as well, and what a killed run left is recognised.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile, TempDir};

/// What a name begins with; the process and a random word follow.
const PREFIX: &str = ".hognose-";

/// Letters and digits of the random word.
const RANDOM: usize = 6;

/// After this time nobody works on a temporary file any more, whoever its process number belongs to by now.
const ABANDONED: Duration = Duration::from_secs(600);

/// The one folder that is inside of a temporary folder.
const TREE: &str = "tree";

static STATE: Mutex<State> = Mutex::new(State { paths: BTreeSet::new(), held: 0, is_ending: false });
static RELEASED: Condvar = Condvar::new();

struct State {
    /// What is on the disk.
    paths: BTreeSet<PathBuf>,
    /// How many [`Hold`]s there are.
    held: usize,
    is_ending: bool,
}

/// A file that is removed unless it takes the place of another.
#[derive(Debug)]
pub struct TemporaryFile {
    file: NamedTempFile,
    entry: Entry,
}

/// A folder that is removed with all that is in it.
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: TempDir,
    _entry: Entry,
}

/// While this lives, a signal does not end the process: what is being done is done as a whole.
#[derive(Debug)]
pub struct Hold(());

impl TemporaryFile {
    /// An empty file in this folder, open for writing.
    ///
    /// # Errors
    /// What the system answers.
    pub fn new_in(folder: &Path) -> io::Result<Self> {
        let (file, entry) = make(|builder| builder.tempfile_in(folder), NamedTempFile::path)?;
        Ok(Self { file, entry })
    }

    /// The open file.
    #[must_use]
    pub fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file another name, over what has that name.
    ///
    /// # Errors
    /// What the system answers; the file is removed then.
    pub fn persist(self, target: &Path) -> io::Result<()> {
        let Self { file, entry } = self;
        let persisted = file.persist(target).map(drop).map_err(|error| error.error);
        drop(entry);
        persisted
    }
}

impl TemporaryFolder {
    /// An empty folder in this one, private to its owner.
    ///
    /// # Errors
    /// What the system answers.
    pub fn new_in(folder: &Path) -> io::Result<Self> {
        let (folder, entry) = make(|builder| builder.tempdir_in(folder), TempDir::path)?;
        Ok(Self { folder, _entry: entry })
    }

    /// The place inside of it for what is to be moved elsewhere, with the usual mode.
    #[must_use]
    pub fn tree(&self) -> PathBuf {
        self.folder.path().join(TREE)
    }
}

/// Keeps signals from ending the process until the answer is dropped.
#[must_use]
pub fn hold() -> Hold {
    may_begin().held += 1;
    Hold(())
}

impl Drop for Hold {
    fn drop(&mut self) {
        state().held -= 1;
        RELEASED.notify_all();
    }
}

/// Waits until nothing is half done, and removes every temporary. The process has to end now: no other thread gets any further.
pub fn end() {
    let mut state = state();
    state.is_ending = true;
    while state.held > 0 {
        state = RELEASED.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state.paths.iter().for_each(|path| remove(path));
    std::mem::forget(state);
}

/// Removes from a folder what runs left there that were killed.
pub fn remove_stale(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| owner(&entry.file_name()).is_some()) {
        let path = entry.path();
        if is_stale(&path) {
            remove(&path);
        }
    }
}

/// Whether this is what a killed run left: its name has exactly our form, it is what we make, and nobody works on it.
#[must_use]
pub fn is_stale(path: &Path) -> bool {
    let Some(owner) = path.file_name().and_then(owner) else { return false };
    let Ok(metadata) = path.symlink_metadata() else { return false };
    let is_ours = metadata.is_file() || metadata.is_dir() && holds_only_a_tree(path);
    let is_old = || metadata.modified().ok().and_then(|modified| modified.elapsed().ok()).is_some_and(|age| age > ABANDONED);
    is_ours && !state().paths.contains(path) && (is_gone(owner) || is_old())
}

fn holds_only_a_tree(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().all(|entry| entry.file_name() == TREE))
}

/// The process in the name of a temporary.
fn owner(name: &OsStr) -> Option<u32> {
    let (owner, random) = name.to_str()?.strip_prefix(PREFIX)?.split_once('-')?;
    let is_number = !owner.is_empty() && owner.bytes().all(|byte| byte.is_ascii_digit());
    let is_random = random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_number && is_random).then(|| owner.parse().ok()).flatten()
}

/// Whether a process is known to have ended. In a container every run may have the same number: what is not registered is not this one's.
fn is_gone(owner: u32) -> bool {
    let processes = Path::new("/proc");
    owner == process::id() || processes.join("self").exists() && !processes.join(owner.to_string()).exists()
}

/// A temporary in [`STATE`].
#[derive(Debug)]
struct Entry(PathBuf);

impl Drop for Entry {
    fn drop(&mut self) {
        state().paths.remove(&self.0);
    }
}

fn make<T>(create: impl FnOnce(&Builder<'_, '_>) -> io::Result<T>, path: impl FnOnce(&T) -> &Path) -> io::Result<(T, Entry)> {
    let prefix = format!("{PREFIX}{}-", process::id());
    let mut builder = Builder::new();
    builder.prefix(&prefix).rand_bytes(RANDOM);
    // Nothing may come into being that the end does not know.
    let mut state = may_begin();
    let made = create(&builder)?;
    let path = path(&made).to_owned();
    state.paths.insert(path.clone());
    Ok((made, Entry(path)))
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The state, for something new: at the end this waits for it, unless it belongs to what the end waits for.
fn may_begin() -> MutexGuard<'static, State> {
    let mut state = state();
    while state.is_ending && state.held == 0 {
        state = RELEASED.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state
}

fn remove(path: &Path) {
    // Nobody is there to be told, and the next run tries again.
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use super::*;

    /// A number that no process has.
    const NOBODY: u32 = u32::MAX;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn temporaries_go_or_become_what_they_are_for() {
        let dir = tempfile::tempdir().unwrap();
        let (file, folder) = (TemporaryFile::new_in(dir.path()).unwrap(), TemporaryFolder::new_in(dir.path()).unwrap());
        fs::create_dir(folder.tree()).unwrap();
        assert!(names(dir.path()).iter().all(|name| owner(name.as_ref()) == Some(process::id())), "{:?}", names(dir.path()));
        remove_stale(dir.path());
        assert_eq!(names(dir.path()).len(), 2, "they are in use");
        file.persist(&dir.path().join("a.rs")).unwrap();
        drop(folder);
        assert_eq!(names(dir.path()), ["a.rs"]);
        assert!(!state().paths.iter().any(|path| path.starts_with(dir.path())));
    }

    #[test]
    fn what_killed_runs_left_is_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let ours = process::id();
        let stale = [format!(".hognose-{NOBODY}-aB3dE6"), format!(".hognose-{ours}-zzzzzz")];
        stale.iter().for_each(|name| fs::write(at(name), "left").unwrap());
        let left = format!(".hognose-{NOBODY}-folder");
        fs::create_dir_all(at(&left).join("tree/src")).unwrap();
        let kept =
            [".hognose-notes", ".hognose-abc-aB3dE6", ".hognose-1-aB3dE", ".hognose--aB3dE6", "hognose-1-aB3dE6", ".hognose-1-aB3dE6.rs"];
        kept.iter().for_each(|name| fs::write(at(name), "mine").unwrap());
        let full = format!(".hognose-{NOBODY}-filled");
        fs::create_dir_all(at(&full).join("tree")).unwrap();
        fs::write(at(&full).join("mine"), "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(".hognose-notes", at(&format!(".hognose-{NOBODY}-linked"))).unwrap();
        remove_stale(dir.path());
        let there = names(dir.path());
        assert!(kept.iter().all(|name| there.contains(&(*name).to_owned())), "{there:?}");
        assert!(there.contains(&full) && at(&full).join("mine").is_file(), "{there:?}");
        assert!(!cfg!(unix) || there.contains(&format!(".hognose-{NOBODY}-linked")), "{there:?}");
        if Path::new("/proc/self").exists() {
            assert!(!stale.iter().any(|name| there.contains(name)) && !there.contains(&left), "{there:?}");
        }
    }

    #[test]
    fn the_temporary_of_a_process_that_works_is_left_until_it_is_old() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".hognose-1-aB3dE6");
        let file = File::create(&path).unwrap();
        remove_stale(dir.path());
        assert!(path.exists() || !Path::new("/proc/1").exists());
        file.set_modified(std::time::SystemTime::now() - 2 * ABANDONED).unwrap();
        remove_stale(dir.path());
        assert!(!path.exists());
    }
}
