//! The modules that a crate defines for Python.

use syn::ext::IdentExt;
use syn::{Attribute, Item};

use super::crates::{library_folder, library_name, library_root};
use super::draft::Draft;
use super::{Found, Obstacle};
use crate::rust::RustFile;

/// The names of the modules that the library defines for Python, the one that is the library itself first: it has the library's name, or stands in
/// the root file.
pub(super) fn python_modules(found: &Found, cargo: Option<&Draft>) -> Result<Vec<String>, Obstacle> {
    let (root, folder, library) = (library_root(cargo), library_folder(cargo), library_name(cargo));
    let other_targets = ["bin/", "main.rs", "tests/", "benches/", "examples/", "build.rs"];
    let is_of_library = |path: &&str| path.ends_with(".rs") && !other_targets.iter().any(|target| path[folder.len()..].starts_with(target));
    let mut modules = Vec::new();
    for path in found.below(&folder).filter(is_of_library) {
        let Some(text) = found.text(path).filter(|text| text.contains("pymodule")) else { continue };
        let names = RustFile::inspect(&text, |file| names_in(&file.tree().items))
            .map_err(|failure| Obstacle::State(format!("`{path}` is no Rust that can be read: {failure}")))?;
        modules.extend(names.into_iter().map(|name| (library.as_deref() != Some(name.as_str()), path != root, name)));
    }
    modules.sort_by_key(|(is_other, is_deeper, _)| (*is_other, *is_deeper));
    Ok(modules.into_iter().map(|(_, _, name)| name).collect())
}

/// The `#[pymodule]`s among items and in their modules; what is nested in one is a part of it.
fn names_in(items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        let (attributes, ident, inner) = match item {
            Item::Fn(function) => (&function.attrs, &function.sig.ident, None),
            Item::Mod(module) => (&module.attrs, &module.ident, module.content.as_ref()),
            _ => continue,
        };
        if attributes.iter().any(|attribute| is_called(attribute, "pymodule")) {
            names.push(attributes.iter().find_map(given_name).unwrap_or_else(|| ident.unraw().to_string()));
        } else if !attributes.iter().any(is_for_tests) {
            names.extend(inner.iter().flat_map(|(_, items)| names_in(items)));
        }
    }
    names
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
