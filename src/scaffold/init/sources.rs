//! The Rust and Python sources of the module: what defines it, and the smallest one where nothing does.

use std::collections::BTreeSet;

use syn::{Attribute, Item};

use super::crates::library_root;
use super::draft::Draft;
use super::layout::Module;
use super::{Found, Insertion, Obstacle, Work};
use crate::rust::RustFile;
use crate::text::{TextRange, newline_of};

/// The names of the modules that the library defines for Python.
pub(super) fn python_modules(found: &Found) -> Result<Vec<String>, Obstacle> {
    let mut modules = Vec::new();
    for path in found.below("src/").filter(|path| path.ends_with(".rs") && !path.starts_with("src/bin/") && *path != "src/main.rs") {
        let Some(text) = found.text(path).filter(|text| text.contains("pymodule")) else { continue };
        let names = RustFile::inspect(&text, |file| names_in(&file.tree().items))
            .map_err(|failure| Obstacle::State(format!("`{path}` is no Rust that can be read: {failure}")))?;
        modules.extend(names);
    }
    Ok(modules)
}

/// Adds a module where the library defines none, and the files of its Python package.
///
/// A crate without a `#[pymodule]` has nothing that Python could import, so one has to be written, and cargo compiles only files that the
/// library names: one line, `mod python;`, goes into its root file. It changes nothing for those who use the crate from Rust.
pub(super) fn complete(work: &mut Work<'_>, cargo: Option<&Draft>, modules: &[String]) -> Result<(), Obstacle> {
    let writes_module = modules.is_empty() && add_module(work, cargo)?;
    let Module::Inside { name, .. } = &work.layout.module else { return Ok(()) };
    let pattern_folder = format!("python/{}", work.answers.names.module);
    let init = work.layout.in_package("__init__.py").unwrap_or_default();
    let stub = work.layout.in_package(&format!("{name}.pyi")).unwrap_or_default();
    if writes_module {
        let of_pattern = |work: &Work<'_>, path: &str| renamed(&work.pattern_text(path), name);
        let stub_text = of_pattern(work, &format!("{pattern_folder}/_core.pyi"));
        let test_text = of_pattern(work, "tests/test_rust.py");
        if work.found.has(&init) {
            work.leave(format!("`{init}` is yours: `from .{name} import version` in it makes the new function a public one"));
        } else {
            let init_text = of_pattern(work, &format!("{pattern_folder}/__init__.py"));
            work.create(&init, init_text);
            work.create(&work.layout.in_package("py.typed").unwrap_or_default(), String::new());
        }
        work.create(&stub, stub_text);
        work.create("tests/test_rust.py", test_text);
    } else if !modules.is_empty() && !work.found.has(&init) {
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
    let root = library_root(cargo);
    let folder = root.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let path = format!("{folder}python.rs");
    if work.found.has(&path) || work.found.has(&format!("{folder}python/mod.rs")) {
        work.leave(format!(
            "no `#[pymodule]` was found, and `{path}` is taken by something else; write the module `{name}` where you like"
        ));
        return Ok(false);
    }
    let module = renamed(&work.pattern_text("src/python.rs"), name);
    match work.found.text(&root) {
        None => {
            let text = work.pattern_text("src/lib.rs");
            work.create(&root, text);
        }
        Some(before) => {
            let place = RustFile::inspect(&before, |file| place_of_module(file, &before))
                .map_err(|failure| Obstacle::State(format!("`{root}` is no Rust that can be read: {failure}")))?;
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
        }
    }
    work.create(&path, module);
    Ok(true)
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
        return next_line(text, range(last).end);
    }
    match items.first() {
        Some(first) => before_comments(text, range(first)),
        None => text.len(),
    }
}

/// The start of the comment lines that stand directly above an item, or of the item.
fn before_comments(text: &str, item: TextRange) -> usize {
    let mut start = text[..item.start].rfind('\n').map_or(0, |at| at + 1);
    while let Some(line) =
        text[..start].lines().next_back().filter(|line| line.trim_start().starts_with("//") && !line.trim_start().starts_with("//!"))
    {
        let above = text[..start].trim_end_matches(['\n', '\r']).len() - line.len();
        start = above;
    }
    start
}

fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}

/// The `#[pymodule]`s among items and in their modules; what is nested in one is a part of it.
fn names_in(items: &[Item]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for item in items {
        let (attributes, ident, inner) = match item {
            Item::Fn(function) => (&function.attrs, &function.sig.ident, None),
            Item::Mod(module) => (&module.attrs, &module.ident, module.content.as_ref()),
            _ => continue,
        };
        if attributes.iter().any(|attribute| is_called(attribute, "pymodule")) {
            names.insert(attributes.iter().find_map(given_name).unwrap_or_else(|| ident.to_string()));
        } else if !attributes.iter().any(is_for_tests) {
            names.extend(inner.iter().flat_map(|(_, items)| names_in(items)));
        }
    }
    names.into_iter().collect()
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}

fn is_called(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// The name in `#[pymodule(name = "…")]` or `#[pyo3(name = "…")]`.
fn given_name(attribute: &Attribute) -> Option<String> {
    if !is_called(attribute, "pymodule") && !is_called(attribute, "pyo3") {
        return None;
    }
    let mut name = None;
    // What else stands in the attribute is not of interest, nor is it if it cannot be read.
    let _ = attribute.parse_nested_meta(|meta| {
        if let Ok(value) = meta.value() {
            let literal: syn::Lit = value.parse()?;
            if let (true, syn::Lit::Str(text)) = (meta.path.is_ident("name"), literal) {
                name = Some(text.value());
            }
        }
        Ok(())
    });
    name
}

/// A text of the templates for a compiled module of another name; there, `_core` stands for nothing else.
fn renamed(text: &str, module: &str) -> String {
    text.replace("_core", module)
}
