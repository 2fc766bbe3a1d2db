//! The packages that mutants are made of: what pages, rows and templates hold, the reference extension, and folders of other people's projects.

use std::path::Path;

use hognose::scaffold::answers::Answers;
use hognose::scaffold::names::Names;
use hognose::scaffold::{render, template};

use super::chance::Chance;
use super::mutation::mutate;
use crate::sandbox::Files;
use crate::support::repository;
use crate::{catalogue, pages};

/// Sources that are mutated together under one name.
pub(crate) struct Package {
    pub(crate) name: String,
    /// One or more states of it: a page has a project for every block.
    pub(crate) projects: Vec<Files>,
}

/// A project with one or two files of it changed.
#[derive(Clone)]
pub(crate) struct Mutant {
    /// What decides it: the package and a number.
    pub(crate) name: String,
    pub(crate) files: Files,
}

/// Every block of the rules' pages and every snippet of the catalogue's rows; the latter have one name, as they are small and many.
pub(crate) fn snippets() -> Vec<Package> {
    let pages = pages::projects().into_iter().map(|(page, projects)| Package { name: format!("page {page}"), projects });
    let rows = catalogue::projects().into_iter().map(|(row, projects)| Package { name: format!("row {row}"), projects });
    pages.chain(rows).collect()
}

/// Whole projects: what `new` writes, and the reference extension.
pub(crate) fn projects() -> Vec<Package> {
    let templates = template::ALL.iter().map(|&template| {
        let answers = Answers::with_defaults(Names::new("some-name", None).expect("a good name"));
        let rendered = render::render(template, &answers).expect("a good template");
        let files = rendered.into_iter().filter(|file| is_read(&file.path)).map(|file| (file.path, file.contents)).collect();
        Package { name: format!("template {}", template.name), projects: vec![files] }
    });
    templates.chain([folder("example-ext", &repository().join("example-ext"))]).collect()
}

/// The project in a folder.
pub(crate) fn folder(name: &str, path: &Path) -> Package {
    let walk = ignore::WalkBuilder::new(path)
        .require_git(false)
        .git_global(false)
        .parents(false)
        .filter_entry(|entry| entry.file_name() != "target")
        .build();
    let mut files = Files::new();
    for entry in walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())) {
        let path = relative(path, entry.path());
        if is_read(&path)
            && let Ok(contents) = std::fs::read(entry.path())
        {
            files.insert(path, contents);
        }
    }
    Package { name: name.to_owned(), projects: vec![files] }
}

/// The projects in the folders of a folder.
pub(crate) fn folders(path: &Path) -> Vec<Package> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let dirs = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let packages = dirs.map(|path| folder(&path.file_name().unwrap_or_default().to_string_lossy(), &path));
    let mut packages: Vec<Package> =
        packages.filter(|package| package.projects[0].keys().any(|path| path.ends_with("Cargo.toml"))).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages
}

/// Every Rust file of a crate, as a package on an old PyO3: whether it uses PyO3 at all makes no difference to what is read.
pub(crate) fn foreign(path: &Path) -> Files {
    let manifest = "[package]\nname = \"foreign\"\nedition = \"2021\"\n\n[dependencies]\npyo3 = \"0.20\"\n";
    let mut files = Files::from([("Cargo.toml".to_owned(), manifest.as_bytes().to_vec())]);
    let walk = ignore::WalkBuilder::new(path).standard_filters(false).build();
    for entry in walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())) {
        let path = relative(path, entry.path());
        if let (true, Ok(contents)) = (path.ends_with(".rs"), std::fs::read(entry.path())) {
            files.insert(path, contents);
        }
    }
    files
}

fn relative(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).expect("below").components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

/// Whether hognose reads files of this name.
fn is_read(path: &str) -> bool {
    path.ends_with(".rs")
        || ["Cargo.toml", "Cargo.lock", "pyproject.toml"].iter().any(|name| path == *name || path.ends_with(&format!("/{name}")))
}

impl Package {
    /// What its mutant of this number is called.
    pub(crate) fn name_of(&self, number: usize) -> String {
        format!("{}#{number}", self.name)
    }

    /// The mutant of this number; `pool` is where pieces of other files come from.
    pub(crate) fn mutant(&self, number: usize, pool: &[&[u8]]) -> Mutant {
        let name = self.name_of(number);
        let mut chance = Chance::of(&name);
        let mut files = self.projects[chance.below(self.projects.len())].clone();
        // A broken manifest hides all the rest, so it is rarely the one.
        let (sources, manifests): (Vec<String>, Vec<String>) = files.keys().cloned().partition(|path| path.ends_with(".rs"));
        for _ in 0..=usize::from(chance.below(5) == 0) {
            let of_manifest = sources.is_empty() || chance.below(8) == 0;
            let paths = if of_manifest { &manifests } else { &sources };
            let path = paths[chance.below(paths.len())].clone();
            let mutant = mutate(&files[&path], pool, &mut chance);
            files.insert(path, mutant);
        }
        Mutant { name, files }
    }
}
