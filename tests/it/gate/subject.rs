//! What goes through the gate: a template with answers, or the reference extension, and the key that tells whether it has changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use hognose::scaffold::answers::{Abi, Answers, Author, Ci, License, Python};
use hognose::scaffold::names::Names;
use hognose::scaffold::template::{self, Template};
use hognose::scaffold::{render, write};

use super::tools::{self, Tools};
use crate::support::repository;
use crate::workshop;

/// A project that goes through the gate.
pub(super) struct Subject {
    /// What the report calls it.
    pub(super) name: String,
    source: Source,
}

enum Source {
    Template(Template, Box<Answers>),
    /// A folder of this repository.
    Folder(&'static str),
}

impl Subject {
    /// A project from this template.
    pub(super) fn new(name: String, template: Template, answers: Answers) -> Self {
        Self { name, source: Source::Template(template, Box::new(answers)) }
    }

    /// The template, or the name of what is made of none.
    pub(super) fn kind(&self) -> &str {
        match &self.source {
            Source::Template(template, _) => template.name,
            Source::Folder(folder) => folder,
        }
    }

    /// Puts the project into this folder, which does not exist.
    pub(super) fn write(&self, place: &Path) {
        match &self.source {
            Source::Template(template, answers) => {
                let files = render::render(*template, answers).unwrap_or_else(|error| panic!("{}: {error}", self.name));
                write::write(&files, place).expect("written");
            }
            Source::Folder(folder) => workshop::copy(&repository().join(folder), place),
        }
    }
}

/// Every template with the defaults, and the reference extension.
pub(super) fn defaults() -> Vec<Subject> {
    let templates = template::ALL.iter().map(|template| Subject::new(template.name.to_owned(), *template, answers(template, "")));
    let reference = Subject { name: "example-ext".to_owned(), source: Source::Folder("example-ext") };
    templates.chain([reference]).collect()
}

/// Every template with each option changed that changes what is compiled or shipped.
pub(super) fn variants() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for template in template::ALL {
        let mut add = |label: &str, answers: Answers| subjects.push(Subject::new(format!("{} {label}", template.name), *template, answers));
        add("--no-abi3", Answers { abi: Abi::PerRelease, ..answers(template, "-own") });
        add("--python 3.11", Answers { python: Python::read("3.11").expect("a release"), ..answers(template, "-floor") });
        let names = Names::new(&format!("gate-{}-named", template.name), Some("elsewhere")).expect("a good name");
        let author = Author { name: "Zoë \"Z\" O'Neill".to_owned(), email: Some("zoe@example.com".to_owned()) };
        let bare = Answers { ci: Ci::None, license: License::None, ..Answers::with_defaults(names) };
        add("--module elsewhere --ci none --license none", bare);
        add("--license MPL-2.0 and an author", Answers { license: License::Mpl, author: Some(author), ..answers(template, "-author") });
    }
    subjects
}

fn answers(template: &Template, suffix: &str) -> Answers {
    Answers::with_defaults(Names::new(&format!("gate-{}{suffix}", template.name), None).expect("a good name"))
}

/// A number that changes with everything that a verdict depends on: the project with its lock file, the gate, and what it runs.
pub(super) fn key(project: &Path, tools: &Tools) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_files(project, &mut hasher);
    for part in ["tests/it/gate", "tests/it/workshop.rs", "src/toolchain"] {
        hash_files(&repository().join(part), &mut hasher);
    }
    (&tools.python, &tools.others, &tools.rustc).hash(&mut hasher);
    let prefixes = ["CARGO_", "RUST", "PYO3_", "MATURIN_", "PIP_", "PYTEST_", "CC", "CFLAGS", "LDFLAGS"];
    // Cargo tells the tests about hognose's own package.
    let own = ["CARGO_PKG_", "CARGO_MANIFEST", "CARGO_BIN_EXE_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "CARGO_TARGET_TMPDIR"];
    let starts = |name: &str, with: &[&str]| with.iter().any(|prefix| name.starts_with(prefix));
    let mut variables: Vec<_> = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
    variables.retain(|(name, _)| starts(name, &prefixes) && !starts(name, &own));
    variables.sort();
    variables.hash(&mut hasher);
    hasher.finish()
}

/// The paths and bytes of all files below a folder, or of one file.
fn hash_files(root: &Path, hasher: &mut DefaultHasher) {
    let mut walk = ignore::WalkBuilder::new(root);
    walk.standard_filters(false).sort_by_file_path(Path::cmp);
    for entry in walk.build() {
        let entry = entry.expect("entry");
        if entry.path().is_file() {
            entry.path().strip_prefix(root).expect("below").hash(hasher);
            fs::read(entry.path()).expect("file").hash(hasher);
        }
    }
}

/// Gives the project a lock file unless it has one: what was resolved before for the same manifests, so that a new release of a dependency
/// changes nothing between two runs; `fresh` asks the registry.
pub(super) fn lock(project: &Path, tools: &Tools, freshness: Freshness) -> Result<(), String> {
    let lock = project.join("Cargo.lock");
    if lock.exists() {
        return Ok(());
    }
    let kept = kept_lock(project);
    if freshness == Freshness::Kept && kept.exists() {
        fs::copy(&kept, &lock).map_err(|error| error.to_string())?;
        return Ok(());
    }
    let cargo = tools.cargo(project).arg("generate-lockfile");
    let done = cargo.run(&mut |_| {}).map_err(|error| error.to_string())?;
    if !done.success {
        return Err(format!("$ {}\n{}", cargo.shown(), done.output));
    }
    fs::create_dir_all(kept.parent().expect("a folder")).and_then(|()| fs::copy(&lock, &kept)).map_err(|error| error.to_string())?;
    Ok(())
}

/// Where lock files come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// From an earlier run, if there was one.
    Kept,
    /// From the registry.
    Fresh,
}

fn kept_lock(project: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    let mut walk = ignore::WalkBuilder::new(project);
    walk.standard_filters(false).sort_by_file_path(Path::cmp);
    for entry in walk.build().filter_map(Result::ok).filter(|entry| entry.file_name() == "Cargo.toml") {
        fs::read(entry.path()).expect("file").hash(&mut hasher);
    }
    tools::gate_dir().join(format!("locks/{:016x}.lock", hasher.finish()))
}
