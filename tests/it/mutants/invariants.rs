//! What holds for every project, however broken its files are.

use std::any::Any;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use hognose::rust::RustFile;
use hognose::text::LineIndex;
use serde_json::Value;

use super::folder;
use crate::sandbox::Files;
use crate::support::Run;

/// A promise that a run did not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) invariant: &'static str,
    pub(crate) detail: String,
}

/// What `--diff` printed, and what `--fix` made of the files.
pub(crate) struct Change {
    pub(crate) before: Files,
    pub(crate) diff: String,
    /// What paths of the diff begin with, as it is written for the current folder.
    pub(crate) root: String,
    pub(crate) after: Files,
}

/// What a project's runs came to.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) broken: Vec<Broken>,
    /// What git has not looked at yet, as calling it is slow.
    pub(crate) change: Option<Change>,
    /// How many findings each rule has at each level.
    pub(crate) found: BTreeMap<(String, String), usize>,
    /// Whether every file is what its name promises.
    pub(crate) parses: bool,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.detail)
    }
}

impl Verdict {
    fn complain(&mut self, invariant: &'static str, detail: impl Into<String>) {
        self.broken.push(Broken { invariant, detail: detail.into() });
    }

    fn expect(&mut self, holds: bool, invariant: &'static str, detail: impl FnOnce() -> String) {
        if !holds {
            self.complain(invariant, detail());
        }
    }
}

/// Writes the files below a folder.
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
pub(crate) fn write(dir: &Path, files: &Files) {
    for (path, contents) in files {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(path, contents).expect("file");
    }
}

/// Runs hognose in this process; `Err` is the message of a panic.
pub(crate) fn hognose(arguments: &[&str]) -> Result<Run, String> {
    let all = ["hognose", "--color", "never"].iter().chain(arguments).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = catch_unwind(AssertUnwindSafe(|| hognose::cli::run(all, &mut out, &mut err))).map_err(|panic| message(&*panic))?;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|error| format!("the output is no UTF-8: {error}"));
    Ok(Run { code, out: text(out)?, err: text(err)? })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

/// Runs `check`, `--diff` and `--fix` (twice) on the project, every fix included.
pub(crate) fn examine(files: &Files) -> Verdict {
    // What ends the whole process, such as a stack that overflows, leaves its project here.
    let dir = folder();
    write(dir.path(), files);
    let mut verdict = Verdict { parses: files.iter().all(|(path, text)| parses(path, text).is_ok()), ..Verdict::default() };
    let changes = |verdict: &mut Verdict, arguments: &[&str]| {
        let here = dir.path().to_str().expect("a path that is text");
        let run = run(verdict, &[&["check", "--target", "newest", here], arguments].concat())?;
        Some((run, read(dir.path())))
    };

    let Some((report, after)) = changes(&mut verdict, &["--output-format", "json"]) else { return verdict };
    verdict.expect(after == *files, "`check` writes nothing", || differences(files, &after));
    verdict.found = document(&mut verdict, &report, files);

    let Some((diff, after)) = changes(&mut verdict, &["--diff", "--unsafe-fixes"]) else { return verdict };
    verdict.expect(after == *files, "`--diff` writes nothing", || differences(files, &after));

    let fix = ["--fix", "--unsafe-fixes", "--allow-dirty", "--output-format", "json"];
    let Some((report, fixed)) = changes(&mut verdict, &fix) else { return verdict };
    document(&mut verdict, &report, &fixed);
    verdict.expect(!report.err.contains("was left out"), "no fix is left out", || report.err.clone());
    verdict.expect(!report.err.contains("run again"), "fixing comes to an end", || report.err.clone());
    for (path, before) in files {
        let Some(after) = fixed.get(path).filter(|after| *after != before) else { continue };
        if let (Ok(()), Err(complaint)) = (parses(path, before), parses(path, after)) {
            verdict.complain("what parsed still parses", format!("{path}: {complaint}\n{}", String::from_utf8_lossy(after)));
        }
    }

    verdict.expect((fixed == *files) == diff.out.is_empty(), "`--diff` shows what `--fix` writes", || diff.out.clone());
    if fixed == *files {
        return verdict;
    }
    let Some((_, twice)) = changes(&mut verdict, &fix) else { return verdict };
    verdict.expect(twice == fixed, "a second `--fix` changes nothing", || differences(&fixed, &twice));
    let root = std::env::current_dir().ok().and_then(|here| Some(format!("{}/", dir.path().strip_prefix(here).ok()?.display())));
    let root = root.unwrap_or_default();
    verdict.change = Some(Change { before: files.clone(), diff: diff.out, root, after: fixed });
    verdict
}

fn run(verdict: &mut Verdict, arguments: &[&str]) -> Option<Run> {
    match hognose(arguments) {
        Ok(run) => {
            verdict.expect(run.code <= 2, "the exit code is 0, 1 or 2", || run.code.to_string());
            let all = format!("{}{}", run.out, run.err);
            verdict.expect(!all.contains("internal error"), "nothing panics", || all.clone());
            Some(run)
        }
        Err(panic) => {
            verdict.complain("nothing panics", panic);
            None
        }
    }
}

/// All files below a folder.
fn read(dir: &Path) -> Files {
    let entries = ignore::WalkBuilder::new(dir).standard_filters(false).build().map(|entry| entry.expect("an entry"));
    let files = entries.filter(|entry| !entry.file_type().is_some_and(|kind| kind.is_dir()));
    let contents = files.map(|entry| {
        let parts = entry.path().strip_prefix(dir).expect("below").components();
        let path = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
        (path, fs::read(entry.path()).expect("a file"))
    });
    contents.collect()
}

fn differences(before: &Files, after: &Files) -> String {
    let mut text = String::new();
    for path in before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))) {
        let side = |files: &Files| files.get(path).map(|contents| String::from_utf8_lossy(contents).into_owned()).unwrap_or_default();
        let (before, after) = (side(before), side(after));
        if before != after {
            text += &format!("{path}\n{}", similar::TextDiff::from_lines(&before, &after).unified_diff());
        }
    }
    text
}

/// Whether the text is what its name promises.
fn parses(path: &str, text: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    if path.ends_with(".rs") {
        return RustFile::check(text).map_err(|failure| failure.to_string());
    }
    hognose::project::toml::parse(text).map(|_| ()).map_err(|error| error.message)
}

/// Looks at every place of a JSON document; answers how many findings each rule has at each level.
fn document(verdict: &mut Verdict, run: &Run, files: &Files) -> BTreeMap<(String, String), usize> {
    let document: Value = match serde_json::from_str(&run.out) {
        Ok(document) => document,
        Err(error) => {
            verdict.complain("the report is JSON", format!("{error}\n{}{}", run.out, run.err));
            return BTreeMap::new();
        }
    };
    let none = Vec::new();
    let list = |value: &'_ Value| value.as_array().unwrap_or(&none).clone();
    let findings = list(&document["findings"]);
    let mut found = BTreeMap::new();
    let mut places = Places { verdict, files };
    for finding in &findings {
        let text = |field: &str| finding[field].as_str().unwrap_or_default().to_owned();
        *found.entry((text("level"), text("rule"))).or_default() += 1;
        places.range(finding);
        list(&finding["related"]).iter().for_each(|related| drop(places.range(related)));
        let mut edits: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for edit in list(&finding["fix"]["edits"]) {
            if let Some((path, start, end)) = places.range(&edit) {
                edits.entry(path).or_default().push((start, end));
            }
        }
        for (path, mut ranges) in edits {
            ranges.sort_unstable();
            let apart = ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0 && pair[0] != pair[1]);
            places.verdict.expect(apart, "edits of one fix are disjoint", || format!("{path}: {ranges:?}\n{finding:#}"));
        }
    }
    found
}

struct Places<'a> {
    verdict: &'a mut Verdict,
    files: &'a Files,
}

impl Places<'_> {
    /// The path and the bytes from `start` to `end`, if the path is one of the project's.
    fn range(&mut self, place: &Value) -> Option<(String, usize, usize)> {
        let path = place["path"].as_str().unwrap_or_default().to_owned();
        let bytes = self.files.get(&path)?;
        // In a file that is not UTF-8 only the beginning that is can have places, and the byte after it.
        let text = std::str::from_utf8(bytes).or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()])).unwrap_or_default();
        let mut fault = |what: &str| self.verdict.complain("places are inside of their file", format!("{what}\n{place:#}"));
        let lines = LineIndex::new(text);
        let mut offset = |side: &str| -> Option<usize> {
            let number = |field: &str| place[side][field].as_u64().and_then(|number| usize::try_from(number).ok());
            let offset = number("offset")?;
            if !text.is_char_boundary(offset) {
                fault(&format!("`{side}` is not between two characters of a file of {} bytes", text.len()));
                return None;
            }
            let at = lines.line_column(text, offset);
            if (number("line"), number("column")) != (Some(at.line), Some(at.column)) {
                fault(&format!("`{side}` is in line {} and column {}", at.line, at.column));
            }
            Some(offset)
        };
        let (start, end) = (offset("start")?, offset("end")?);
        if start > end {
            fault("`start` comes after `end`");
        }
        Some((path, start, end))
    }
}
