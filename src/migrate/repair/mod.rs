//! From an error of the compiler to the edit that fixes it, for the errors that a migration leaves behind.

mod adjacent;
mod apis;
mod before;
mod capsules;
mod casts;
mod classes;
mod clones;
mod closures;
mod conversions;
mod copies;
mod defaults;
mod derived;
mod expanded;
mod extraction;
mod fallible;
mod feature;
mod formatted;
mod identity;
mod implemented;
mod imports;
mod iterators;
mod kept;
mod lifetime;
mod mismatch;
mod mutable;
mod names;
mod nested;
mod ownership;
mod panics;
mod path;
mod predicates;
mod references;
mod required;
mod returns;
mod site;
mod suggested;
mod surplus;
mod table;
mod temporary;
#[cfg(test)]
mod tests;
mod texts;
mod timezones;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use before::OldFunctions;
pub use expanded::in_templates;
pub use feature::py_clone;
pub use table::{Concern, Group};

use crate::compiler::CompilerError;
use crate::release::Release;
use crate::rust::{Nodes, with_variables};
use crate::text::Edit;
use site::Site;

/// What is migrated, and to where.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// The functions that the project had before.
    pub functions: &'a OldFunctions,
    /// The release to go to.
    pub target: Release,
}

/// What repairs one error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The name of what knows it.
    pub id: &'static str,
    /// What it repairs.
    pub group: Group,
    /// The file.
    pub path: PathBuf,
    /// Its edits, all or none.
    pub edits: Vec<Edit>,
    /// What they do: `borrow`, `clone`.
    pub title: String,
    /// What somebody has to look at, as it can change behaviour or the public API.
    pub concern: Option<Concern>,
}

impl Repair {
    /// A repair in one file; the table knows the rest.
    fn new(path: &Path, edits: Vec<Edit>, title: impl Into<String>) -> Self {
        Self { id: "", group: Group::Api, path: path.to_owned(), edits, title: title.into(), concern: None }
    }

    /// Says that somebody has to look at it, if `id` is public.
    fn concerning(self, concern: Concern, is_public: impl FnOnce() -> bool) -> Self {
        Self { concern: is_public().then_some(concern), ..self }
    }
}

/// A file as it is now.
#[derive(Clone, Copy, Debug)]
pub struct View<'t> {
    /// Its text.
    pub text: &'t str,
    /// What stands where in it.
    pub nodes: &'t Nodes,
}

/// The files that errors are about.
pub type Files<'a> = HashMap<&'a Path, View<'a>>;

/// The names of all repairs.
pub fn repairs() -> impl Iterator<Item = &'static str> {
    table::TABLE.iter().map(|row| row.id)
}

/// What would repair `error` in a migration.
pub fn repair(error: &CompilerError, course: Course<'_>, files: &Files<'_>) -> Option<Repair> {
    let site = Site::of(error, course, files)?;
    let mut repair = table::answering(site.fault().kind()).find_map(|row| row.apply(&site))?;
    for edit in &mut repair.edits {
        if let Cow::Owned(written) = with_variables(&edit.text) {
            edit.text = written;
        }
    }
    Some(repair)
}
