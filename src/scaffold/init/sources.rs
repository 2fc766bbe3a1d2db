//! The Rust and Python sources of the module: what defines it, and the smallest one where nothing does.

use syn::Item;

use super::crates::{library_folder, library_root};
use super::draft::Draft;
use super::layout::Module;
use super::pyo3::PyO3;
use super::{Insertion, Obstacle, Work};
use crate::rust::{RustFile, scan_comments};
use crate::text::newline_of;

/// Adds a module where the library defines none, and the files of its Python package.
///
/// A crate without a `#[pymodule]` has nothing that Python could import, so one has to be written, and cargo compiles only files that the
/// library names: one line, `mod python;`, goes into its root file. It changes nothing for those who use the crate from Rust.
pub(super) fn complete(work: &mut Work<'_>, cargo: Option<&Draft>, modules: &[String]) -> Result<(), Obstacle> {
    let writes_module = modules.is_empty() && add_module(work, cargo)?;
    if !modules.is_empty() {
        declare_module(work, cargo)?;
    }
    let Module::Inside { name, .. } = &work.layout.module else { return Ok(()) };
    let pattern_folder = format!("python/{}", work.answers.names.module);
    let init = work.layout.in_package("__init__.py").unwrap_or_default();
    let stub = work.layout.in_package(&format!("{name}.pyi")).unwrap_or_default();
    if writes_module {
        let stub_text = work.pattern_text(&format!("{pattern_folder}/_core.pyi"));
        let test_text = work.pattern_text("tests/test_rust.py");
        if work.found.has(&init) {
            work.leave(format!("`{init}` is yours: `from .{name} import version` in it makes the new function a public one"));
        } else {
            let init_text = work.pattern_text(&format!("{pattern_folder}/__init__.py"));
            work.create(&init, init_text);
            work.create(&work.layout.in_package("py.typed").unwrap_or_default(), String::new());
        }
        work.create(&stub, stub_text);
        work.create("tests/test_rust.py", test_text);
    } else if !work.found.has(&init) {
        work.create(&init, format!("from .{name} import *\n"));
    }
    Ok(())
}

/// Writes `python.rs` and names it in the library's root file; whether it did.
fn add_module(work: &mut Work<'_>, cargo: Option<&Draft>) -> Result<bool, Obstacle> {
    let Module::Inside { name, .. } = &work.layout.module else {
        work.leave(format!("`module-name` is `{}`, and no `#[pymodule]` of this name was found; write one", work.layout.import()));
        return Ok(false);
    };
    if let Some(why) = work.pyo3.and_then(PyO3::is_in_the_way) {
        work.leave(format!("no `#[pymodule]` was found, and none was written, because {why}: write the module `{name}` where it fits"));
        return Ok(false);
    }
    let root = library_root(cargo);
    let folder = library_folder(cargo);
    let path = format!("{folder}python.rs");
    if work.found.has(&path) || work.found.has(&format!("{folder}python/mod.rs")) {
        work.leave(format!(
            "no `#[pymodule]` was found, and `{path}` is taken by something else; write the module `{name}` where you like"
        ));
        return Ok(false);
    }
    let module = work.pattern_text("src/python.rs");
    match work.found.text(&root) {
        None => {
            let text = work.pattern_text("src/lib.rs");
            work.create(&root, text);
        }
        Some(before) => declare(work, root, before)?,
    }
    work.create(&path, module);
    Ok(true)
}

/// Names a `python.rs` in the library's root file that nothing names: cargo does not compile it. A run that was killed leaves it so.
fn declare_module(work: &mut Work<'_>, cargo: Option<&Draft>) -> Result<(), Obstacle> {
    let (root, folder) = (library_root(cargo), library_folder(cargo));
    let is_module = work.found.text(&format!("{folder}python.rs")).is_some_and(|text| text.contains("pymodule"));
    let Some(before) = work.found.text(&root).filter(|_| is_module) else { return Ok(()) };
    let mut sources = work.found.below(&folder).filter(|path| path.ends_with(".rs"));
    if sources.any(|path| work.found.text(path).is_some_and(|text| text.contains("python.rs"))) {
        return Ok(());
    }
    declare(work, root, before)
}

/// Inserts `mod python;` into the library's root file, unless that has it, in a macro maybe.
fn declare(work: &mut Work<'_>, root: String, before: String) -> Result<(), Obstacle> {
    if before.contains("mod python") {
        return Ok(());
    }
    let place = RustFile::inspect(&before, |file| place_of_module(file, &before))
        .map_err(|failure| Obstacle::State(format!("`{root}` is not Rust that can be parsed: {failure}")))?;
    let newline = newline_of(&before);
    let (head, tail) = before.split_at(place);
    let gap = if head.is_empty() || head.ends_with("\n\n") || head.ends_with("\r\n\r\n") {
        String::new()
    } else if head.ends_with('\n') {
        newline.to_owned()
    } else {
        newline.repeat(2)
    };
    let below = if tail.is_empty() || tail.starts_with(['\n', '\r']) { "" } else { newline };
    let after = format!("{head}{gap}mod python;{newline}{below}{tail}");
    work.plan.insert.push(Insertion { path: root, before, after, what: vec!["`mod python;`".to_owned()] });
    Ok(())
}

/// The offset where a module declaration goes: behind the imports and modules that open the file, else before the first item.
fn place_of_module(file: &RustFile, text: &str) -> usize {
    let items = &file.tree().items;
    let range = |item: &Item| file.spans().range(item);
    let opens = |item: &&Item| match item {
        Item::Use(_) | Item::ExternCrate(_) => true,
        Item::Mod(module) => module.content.is_none(),
        _ => false,
    };
    if let Some(last) = items.iter().take_while(opens).last() {
        return behind(text, range(last).end);
    }
    match items.first() {
        Some(first) => before_comments(text, range(first).start),
        None => text.len(),
    }
}

/// The start of the next line, unless more than a comment follows on this one.
fn behind(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found + 1);
    let rest = text[at..end].trim();
    if rest.is_empty() || rest.starts_with("//") { end } else { at }
}

/// The start of the comments that stand on the lines directly above an item, or of the item's own line, or of the item if it shares its line.
fn before_comments(text: &str, item: usize) -> usize {
    let is_gap = |gap: &str| gap.trim().is_empty() && gap.matches('\n').count() == 1;
    let mut start = item;
    for comment in scan_comments(text).iter().rev().skip_while(|comment| comment.range.start >= item) {
        if comment.inner || !comment.own_line || !is_gap(&text[comment.range.end..start]) {
            break;
        }
        start = comment.range.start;
    }
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    if text[line..start].trim().is_empty() { line } else { start }
}
