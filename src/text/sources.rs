//! The table of files that a run has read.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use super::{LineIndex, TextRange};

/// Names one file of a [`Sources`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// One file: where it is and what it said when it was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where the file is: absolute, without `.` and `..`.
    pub path: PathBuf,
    /// The path as shown to people and written to reports: relative to the checked folder, `/` on every system.
    pub display: String,
    /// The whole text, byte for byte.
    pub text: String,
    /// Where its lines begin.
    pub lines: LineIndex,
}

impl SourceFile {
    /// The text of `range`; empty when the range is not part of the text.
    #[must_use]
    pub fn slice(&self, range: TextRange) -> &str {
        self.text.get(range.start..range.end).unwrap_or_default()
    }
}

/// Every file that a run has read, each once.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    by_path: HashMap<PathBuf, FileId>,
    unread: HashMap<PathBuf, FileId>,
}

impl Sources {
    /// Adds a file, or returns the one already there under this path.
    pub fn insert(&mut self, path: PathBuf, display: String, text: String) -> FileId {
        if let Some(&id) = self.by_path.get(&path) {
            return id;
        }
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.by_path.insert(path.clone(), id);
        self.files.push(SourceFile { lines: LineIndex::new(&text), path, display, text });
        id
    }

    /// Adds a file whose text could not be read, to report it: [`Sources::find`] does not know it. `text` is what can be shown of it.
    pub fn insert_unread(&mut self, path: PathBuf, display: String, text: String) -> FileId {
        let next = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let id = *self.unread.entry(path.clone()).or_insert(next);
        if id == next {
            self.files.push(SourceFile { lines: LineIndex::new(&text), path, display, text });
        }
        id
    }

    /// Replaces the text of a file, as after a fix.
    pub fn set_text(&mut self, id: FileId, text: String) {
        let file = &mut self.files[id.0 as usize];
        file.lines = LineIndex::new(&text);
        file.text = text;
    }

    /// Puts `prefix` before the path of every file as it is shown to people.
    pub fn show_below(&mut self, prefix: &str) {
        for file in &mut self.files {
            file.display.insert_str(0, prefix);
        }
    }

    /// The file of this path, if it was read.
    #[must_use]
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The file of this id.
    ///
    /// # Panics
    /// When the id comes from another table.
    #[must_use]
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }
}

/// Takes `.` and `..` out of a path, as text: symbolic links are kept.
#[must_use]
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
