//! Name resolution: what a path means in a module, as far as PyO3 and the crate's own items are concerned.

use std::cell::Cell;

use super::join::{CrateModel, ModuleId};
use super::outline::Import;
use super::ty::Ty;
use crate::catalog::symbols;
use crate::rust::TypeRef;

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// An item of PyO3 by its canonical path, `pyo3::types::PyDict::new`.
    Pyo3(String),
    /// An item of the package: module and name, with what follows (`new` of `Foo::new`).
    Own {
        /// Where it is defined.
        module: ModuleId,
        /// Its name.
        name: String,
        /// Segments after it.
        rest: Vec<String>,
    },
    /// A module of the package.
    Module(ModuleId),
    /// A path into another crate, `std::collections::HashMap`.
    External(Vec<String>),
    /// Nothing that hognose knows: a local variable, a generic parameter, a name from a macro.
    Unknown,
}

/// Names that `pyo3::ffi` and PyO3's prelude have in common: a glob of the former decides.
const FFI_NAMES: &[&str] = &["PyObject"];
/// How many imports and aliases are followed after each other before a path counts as unknown.
const MAX_STEPS: usize = 24;
/// How many are followed in all: several imports of one name, and aliases with several arguments, are so many ways to go on.
const MAX_LOOKUPS: usize = 10_000;

/// How far the search for one meaning has gone.
#[derive(Clone, Copy)]
pub(super) struct Trail<'a> {
    steps: usize,
    effort: &'a Effort,
}

/// What the search for one meaning took, on all its ways.
#[derive(Default)]
pub(super) struct Effort {
    pub(super) lookups: Cell<usize>,
    /// Whether a way was given up.
    cut: Cell<bool>,
}

impl<'a> Trail<'a> {
    pub(super) fn new(effort: &'a Effort) -> Self {
        Self { steps: 0, effort }
    }

    pub(super) fn further(self) -> Self {
        Self { steps: self.steps + 1, ..self }
    }

    /// Counts a lookup; whether it is one too many.
    pub(super) fn is_lost(self) -> bool {
        let Effort { lookups, cut } = self.effort;
        lookups.set(lookups.get() + 1);
        let lost = self.steps > MAX_STEPS || lookups.get() > MAX_LOOKUPS;
        cut.set(cut.get() || lost);
        lost
    }

    /// Whether any way of this search was given up so far.
    pub(super) fn was_cut(self) -> bool {
        self.effort.cut.get()
    }
}

impl CrateModel {
    /// What the path `segments` means in `module`. `local` are the `use` leaves of the enclosing function bodies, innermost last.
    #[must_use]
    pub fn resolve(&self, module: ModuleId, segments: &[String], absolute: bool, local: &[Import]) -> Resolved {
        let effort = Effort::default();
        let trail = Trail::new(&effort);
        if !absolute && let Some(first) = segments.first() {
            for import in local.iter().rev() {
                if import.name.as_ref() == Some(first) && import.path != segments[..1] {
                    let found = self.path(module, &import.path, import.absolute, trail);
                    return self.extend(found, &segments[1..], trail);
                }
            }
            for glob in local.iter().rev().filter(|import| import.glob) {
                let found = self.in_glob(module, glob, first, trail);
                if found != Resolved::Unknown {
                    return self.extend(found, &segments[1..], trail);
                }
            }
        }
        self.path(module, segments, absolute, trail)
    }

    fn path(&self, module: ModuleId, segments: &[String], absolute: bool, trail: Trail<'_>) -> Resolved {
        let Some(first) = segments.first() else { return Resolved::Unknown };
        if trail.is_lost() {
            return Resolved::Unknown;
        }
        let start = match first.as_str() {
            _ if absolute => self.extern_crate(first),
            "crate" | "$crate" => Resolved::Module(self.root_of(module)),
            "self" => Resolved::Module(module),
            "super" => match self.module(module).parent {
                Some(parent) => Resolved::Module(parent),
                None => return Resolved::Unknown,
            },
            _ => match self.name(module, first, trail) {
                Resolved::Unknown => self.extern_crate(first),
                // A function is no place that a longer path could lead through: the crate of its name is.
                Resolved::Own { module, name, rest } if segments.len() > 1 && rest.is_empty() && self.is_function(module, &name) => {
                    // That may be one of the library's own name, which the library does not know itself by.
                    let is_own_name = self.library_name.as_ref() == Some(first) && self.library_root() == Some(self.root_of(module));
                    if is_own_name { Resolved::External(vec![first.clone()]) } else { self.extern_crate(first) }
                }
                found => found,
            },
        };
        self.extend(start, &segments[1..], trail)
    }

    /// Whether the item that `meaning` is has been brought into `module`, by its own `name` or another one, or by none at all.
    pub(super) fn brings_in(&self, module: ModuleId, name: &str, meaning: &Resolved) -> bool {
        let scope = self.module(module);
        let imports = scope.imports.values().flatten().chain(&scope.hidden_imports);
        let effort = Effort::default();
        let trail = Trail::new(&effort);
        let mut imported = imports.map(|import| match import.glob {
            true => self.in_glob(module, import, name, trail),
            false => self.path(module, &import.path, import.absolute, trail),
        });
        self.name(module, name, trail) == *meaning || imported.any(|found| found == *meaning)
    }

    fn is_function(&self, module: ModuleId, name: &str) -> bool {
        self.has_function(module, name) && self.type_named(module, name).is_none()
    }

    /// Follows the remaining segments from what the first ones mean.
    fn extend(&self, start: Resolved, rest: &[String], trail: Trail<'_>) -> Resolved {
        let Some(next) = rest.first() else { return start };
        if trail.is_lost() {
            return Resolved::Unknown;
        }
        match start {
            Resolved::Module(module) => {
                let found = match next.as_str() {
                    "self" => Resolved::Module(module),
                    "super" => self.module(module).parent.map_or(Resolved::Unknown, Resolved::Module),
                    _ => self.name(module, next, trail.further()),
                };
                self.extend(found, &rest[1..], trail.further())
            }
            Resolved::Pyo3(path) => Resolved::Pyo3(symbols().canonical_start(&format!("{path}::{}", rest.join("::")))),
            Resolved::External(mut path) => {
                path.extend(rest.iter().cloned());
                Resolved::External(path)
            }
            Resolved::Own { module, name, rest: mut more } => {
                // `Alias::new()` means the type behind the alias.
                if more.is_empty()
                    && let Some(TypeRef::Path { segments, .. }) = self.module(module).aliases.get(&name)
                    && segments.last() != Some(&name)
                {
                    let found = self.path(module, segments, false, trail.further());
                    return self.extend(found, rest, trail.further());
                }
                more.extend(rest.iter().cloned());
                Resolved::Own { module, name, rest: more }
            }
            Resolved::Unknown => Resolved::Unknown,
        }
    }

    /// What a single name means inside `module`: its items, then its imports, then what globs bring in.
    fn name(&self, module: ModuleId, name: &str, trail: Trail<'_>) -> Resolved {
        self.own_name(module, name, trail).unwrap_or_else(|| self.globbed(module, name, trail))
    }

    /// What a name means that `module` itself defines or imports; `None` when it does neither.
    pub(super) fn own_name(&self, module: ModuleId, name: &str, trail: Trail<'_>) -> Option<Resolved> {
        if trail.is_lost() {
            return Some(Resolved::Unknown);
        }
        let scope = self.module(module);
        if let Some(&child) = scope.children.get(name) {
            return Some(Resolved::Module(child));
        }
        if scope.items.contains(name) {
            return Some(Resolved::Own { module, name: name.to_owned(), rest: Vec::new() });
        }
        scope.imports.get(name).map(|imports| self.imported(module, name, imports, trail))
    }

    fn imported(&self, module: ModuleId, name: &str, imports: &[Import], trail: Trail<'_>) -> Resolved {
        // The same name under several `cfg`s: one that leads to PyO3 counts.
        let mut best = Resolved::Unknown;
        for import in imports {
            let found = if import.path.first().map(String::as_str) == Some(name) {
                // `use pyo3;` or `use name::name`: the first segment is the crate, not this import.
                self.extend(self.extern_crate(name), &import.path[1..], trail.further())
            } else {
                self.path(module, &import.path, import.absolute, trail.further())
            };
            if matches!(found, Resolved::Pyo3(_)) {
                return found;
            }
            if best == Resolved::Unknown {
                best = found;
            }
        }
        let is_inside = matches!(imports[0].path.first().map(String::as_str), Some("crate" | "$crate" | "self" | "super"));
        match best {
            // A module that imports from the one whose globs lead to it knows no more than that one.
            Resolved::Unknown if is_inside => Resolved::Unknown,
            Resolved::Unknown => Resolved::External(imports[0].path.clone()),
            found => found,
        }
    }

    /// What the globs of a module lead to. Globs can lead through each other's names, so this is asked until nothing new comes.
    pub(super) fn glob_targets_of(&self, module: ModuleId) -> Vec<Resolved> {
        self.module(module).globs.iter().map(|glob| self.path(module, &glob.path, glob.absolute, Trail::new(&Effort::default()))).collect()
    }

    fn in_glob(&self, module: ModuleId, glob: &Import, name: &str, trail: Trail<'_>) -> Resolved {
        match self.path(module, &glob.path, glob.absolute, trail) {
            Resolved::Module(inner) if inner == module => Resolved::Unknown,
            Resolved::Module(inner) => self.name(inner, name, trail.further()),
            foreign => self.in_foreign(module, &foreign, name),
        }
    }

    /// What `name` means to a glob of `module` over `target`, which is not in the package.
    pub(super) fn in_foreign(&self, module: ModuleId, target: &Resolved, name: &str) -> Resolved {
        let Resolved::Pyo3(path) = target else { return Resolved::Unknown };
        if path == "pyo3::ffi" {
            return if FFI_NAMES.contains(&name) { Resolved::Pyo3(format!("pyo3::ffi::{name}")) } else { Resolved::Unknown };
        }
        let full = format!("{path}::{name}");
        let known = if path == "pyo3::prelude" { symbols().in_prelude(name) } else { symbols().contains(&full) };
        let shadowed = FFI_NAMES.contains(&name) && self.has_ffi_glob(module);
        if known && !shadowed { Resolved::Pyo3(symbols().canonical_start(&full)) } else { Resolved::Unknown }
    }

    /// Whether `module` has a `use` of everything at some path of another crate.
    #[must_use]
    pub fn has_glob_of(&self, module: ModuleId, of: &str) -> bool {
        self.module(module)
            .glob_targets
            .iter()
            .any(|target| matches!(target, Resolved::External(path) if path.first().is_some_and(|first| first == of)))
    }

    fn has_ffi_glob(&self, module: ModuleId) -> bool {
        self.module(module).glob_targets.iter().any(|target| matches!(target, Resolved::Pyo3(path) if path == "pyo3::ffi"))
    }

    fn extern_crate(&self, name: &str) -> Resolved {
        if self.pyo3_names.iter().any(|known| known == name) {
            return Resolved::Pyo3("pyo3".to_owned());
        }
        if self.ffi_names.iter().any(|known| known == name) {
            return Resolved::Pyo3("pyo3::ffi".to_owned());
        }
        if self.library_name.as_deref() == Some(name)
            && let Some(root) = self.library_root()
        {
            return Resolved::Module(root);
        }
        // Types are capitalised, crates are not: a lone `T` or `Foo` from a macro is no crate.
        if name.starts_with(|first: char| first.is_ascii_lowercase()) {
            Resolved::External(vec![name.to_owned()])
        } else {
            Resolved::Unknown
        }
    }

    /// The type that `written` means in `module`; generic parameters named in `generics` are unknown.
    #[must_use]
    pub fn ty(&self, module: ModuleId, written: &TypeRef, generics: &[String], local: &[Import]) -> Ty {
        self.ty_at(module, written, generics, local, Trail::new(&Effort::default()))
    }

    fn ty_at(&self, module: ModuleId, written: &TypeRef, generics: &[String], local: &[Import], trail: Trail<'_>) -> Ty {
        if trail.is_lost() {
            return Ty::Unknown;
        }
        let inner = |written: &TypeRef| self.ty_at(module, written, generics, local, trail.further());
        match written {
            TypeRef::Reference(target) => match inner(target) {
                Ty::Native(class) => Ty::GilRef(class),
                other => other,
            },
            TypeRef::Tuple(members) => Ty::Tuple(members.iter().map(inner).collect()),
            TypeRef::Slice(element) => Ty::List(Box::new(inner(element))),
            TypeRef::Traits(traits) => match traits.first() {
                // `impl Iterator<Item = T>` and `impl IntoIterator<Item = T>`.
                Some(bound @ TypeRef::Path { arguments, .. }) if bound.name().is_some_and(|name| name.ends_with("Iterator")) => {
                    Ty::List(Box::new(arguments.first().map_or(Ty::Unknown, inner)))
                }
                _ => Ty::Unknown,
            },
            TypeRef::Path { segments, arguments } => {
                if let [only] = segments.as_slice()
                    && generics.contains(only)
                {
                    return Ty::Unknown;
                }
                match self.resolve(module, segments, false, local) {
                    Resolved::Pyo3(path) => Ty::of_pyo3(&path, arguments.iter().map(inner).collect()),
                    Resolved::Own { module: home, name, rest } if rest.is_empty() => match self.module(home).aliases.get(&name) {
                        Some(target) => match self.ty_at(home, target, generics, &[], trail.further()) {
                            Ty::Unknown => Ty::Unknown,
                            found => found,
                        },
                        None => Ty::Own(home, name),
                    },
                    Resolved::External(path) => Ty::of_external(&path, arguments.iter().map(inner).collect()),
                    Resolved::Unknown => Ty::of_std(segments, arguments.iter().map(inner).collect()),
                    _ => Ty::Unknown,
                }
            }
            TypeRef::Other => Ty::Unknown,
        }
    }
}
