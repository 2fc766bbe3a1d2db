//! Reading files into the table of sources, and naming them as people see them.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Broken, Defect};
use crate::diagnostic::{Skipped, SkippedKind};
use crate::text::{FileId, Sources, clean};

/// Files above this size are not source code that anybody wrote; reading them would only cost time.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// The files that were read so far, and those that could not be.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) root: PathBuf,
    pub(super) sources: Sources,
    skipped: Vec<Skipped>,
    /// What a compiler could not read either, and the folder of the package whose manifest or source names it.
    broken: Vec<(Broken, Option<PathBuf>)>,
}

/// Why a file was not read.
#[derive(Debug)]
pub struct Unread {
    /// Lower case, no full stop.
    pub reason: String,
    /// Set if a compiler could not read the file either: why, what can be shown of it, and the byte where it goes wrong.
    broken: Option<(Defect, String, usize)>,
}

impl Files {
    /// Starts from texts that were read before; they count instead of what is on disk.
    pub(super) fn new(root: PathBuf, sources: Sources) -> Self {
        Self { root, sources, skipped: Vec::new(), broken: Vec::new() }
    }

    /// Reads a file once; what stands in the way is noted as skipped, once.
    pub(super) fn read(&mut self, path: &Path) -> Option<FileId> {
        if let Some(id) = self.sources.find(path) {
            return Some(id);
        }
        match read_text(path) {
            Ok(text) => Some(self.sources.insert(path.to_owned(), display(path, &self.root), text)),
            Err(unread) => {
                if let Some((defect, text, at)) = unread.broken {
                    let file = self.sources.insert_unread(path.to_owned(), display(path, &self.root), text);
                    self.note_broken(Broken { file, at, defect, reason: unread.reason.clone() });
                }
                self.skip(path, SkippedKind::Unreadable, unread.reason);
                None
            }
        }
    }

    /// Reads a file that nobody asked for; what stands in the way is nobody's gap.
    pub(super) fn read_around(&mut self, path: &Path) -> Option<FileId> {
        let known = self.sources.find(path);
        known.or_else(|| read_text(path).ok().map(|text| self.sources.insert(path.to_owned(), display(path, &self.root), text)))
    }

    /// As [`Files::read`], for a file that the package in `folder` names.
    pub(super) fn read_named(&mut self, path: &Path, folder: &Path) -> Option<FileId> {
        let id = self.read(path);
        let broken = self.broken.iter_mut().find(|(broken, _)| id.is_none() && self.sources.get(broken.file).path == path);
        if let Some((_, named_by)) = broken {
            named_by.get_or_insert(folder.to_owned());
        }
        id
    }

    pub(super) fn text(&self, id: FileId) -> &str {
        &self.sources.get(id).text
    }

    pub(super) fn path(&self, id: FileId) -> &Path {
        &self.sources.get(id).path
    }

    /// Notes that the file as a whole is left out.
    pub(super) fn skip(&mut self, path: &Path, kind: SkippedKind, reason: impl Into<String>) {
        self.note(Skipped { path: display(path, &self.root), place: None, kind, reason: reason.into() });
    }

    /// Notes a gap that lies at the byte `at` of a file that was read.
    pub(super) fn skip_at(&mut self, id: FileId, at: usize, kind: SkippedKind, reason: impl Into<String>) {
        let file = self.sources.get(id);
        let place = file.lines.line_column(&file.text, at);
        self.note(Skipped { path: file.display.clone(), place: Some((place.line, place.column)), kind, reason: reason.into() });
    }

    /// Notes that a manifest which was read is no TOML from the byte `at` on.
    pub(super) fn skip_manifest(&mut self, file: FileId, at: usize, reason: String) {
        self.note_broken(Broken { file, at, defect: Defect::Syntax, reason: reason.clone() });
        self.skip_at(file, at, SkippedKind::Unparsable, reason);
    }

    fn note_broken(&mut self, broken: Broken) {
        if self.broken.iter().all(|(known, _)| *known != broken) {
            self.broken.push((broken, None));
        }
    }

    fn note(&mut self, skipped: Skipped) {
        if !self.skipped.contains(&skipped) {
            self.skipped.push(skipped);
        }
    }

    /// What a compiler could not read either, and the folder of the package that names it.
    pub(super) fn take_broken(&mut self) -> Vec<(Broken, Option<PathBuf>)> {
        std::mem::take(&mut self.broken)
    }

    pub(super) fn into_parts(self) -> (Sources, Vec<Skipped>) {
        let mut skipped = self.skipped;
        skipped.sort();
        (self.sources, skipped)
    }
}

/// Reads a text file of sane size.
///
/// # Errors
/// Why it is none, or cannot be read.
pub fn read_text(path: &Path) -> Result<String, Unread> {
    let left_out = |reason: String| Unread { reason, broken: None };
    let closed = |error: std::io::Error| Unread { reason: reason(&error), broken: Some((Defect::Access, String::new(), 0)) };
    let metadata = fs::metadata(path).map_err(|error| left_out(reason(&error)))?;
    if metadata.is_dir() {
        return Err(left_out("is a folder, not a file".to_owned()));
    }
    if !metadata.is_file() {
        return Err(left_out("is no regular file".to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        let megabytes = metadata.len() / (1024 * 1024);
        return Err(left_out(format!("is larger than 8 MB ({megabytes} MB)")));
    }
    if shows_the_system(path, &metadata) {
        return Err(left_out("is no file on a disk, but a view of the running system".to_owned()));
    }
    // What a file says of its size need not be true.
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(closed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(left_out("is larger than 8 MB".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes(), error.utf8_error().valid_up_to()))
}

fn not_utf8(bytes: &[u8], at: usize) -> Unread {
    let byte = bytes.get(at).map_or_else(String::new, |byte| format!(" (byte 0x{byte:02X} at offset {at})"));
    // What stands before the byte is as long in this text as in the file.
    let shown = String::from_utf8_lossy(bytes).into_owned();
    Unread { reason: format!("not UTF-8{byte}"), broken: Some((Defect::Encoding, shown, at)) }
}

/// Whether a file that calls itself a regular one is made by the system when it is read, which may go on without end, or wait for something to happen.
#[cfg(unix)]
fn shows_the_system(path: &Path, metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Small files can do without blocks of their own, too: where they lie decides.
    metadata.blocks() == 0 && fs::canonicalize(path).is_ok_and(|real| real.starts_with("/proc") || real.starts_with("/sys"))
}

#[cfg(not(unix))]
fn shows_the_system(_: &Path, _: &fs::Metadata) -> bool {
    false
}

/// The path as it is shown: relative to `root`, with `/`; with `..` for files beside or above it.
pub fn display(path: &Path, root: &Path) -> String {
    let mut base = root.components().peekable();
    let mut rest = path.components().peekable();
    let mut common = 0;
    while base.peek().is_some() && base.peek() == rest.peek() {
        base.next();
        rest.next();
        common += 1;
    }
    if common == 0 {
        return path.to_string_lossy().replace('\\', "/");
    }
    let up = base.map(|_| "..".to_owned());
    let down = rest.map(|component| component.as_os_str().to_string_lossy().into_owned());
    let shown = up.chain(down).collect::<Vec<_>>().join("/");
    if shown.is_empty() { ".".to_owned() } else { shown }
}

/// The path made absolute, without `.` and `..`, as text: symbolic links are kept.
pub(super) fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    Ok(clean(&std::path::absolute(path)?))
}

fn reason(error: &dyn Display) -> String {
    // "Permission denied (os error 13)": the number helps nobody, and messages begin in lower case.
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_paths_are_relative_to_the_root() {
        let shown = |path: &str| display(Path::new(path), Path::new("/a/b"));
        assert_eq!(shown("/a/b/src/lib.rs"), "src/lib.rs");
        assert_eq!(shown("/a/Cargo.toml"), "../Cargo.toml");
        assert_eq!(shown("/a/b"), ".");
    }

    #[test]
    fn parents_are_resolved() {
        assert_eq!(clean(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
    }
}
