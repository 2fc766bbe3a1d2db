//! What a project that exists already lacks to be a Python extension: files to create and keys to insert, nothing to change.

mod crates;
mod draft;
mod found;
mod layout;
mod modules;
mod packaging;
mod place;
mod pyo3;
mod rest;
mod sources;
mod wishes;

use std::fmt;

use self::draft::{Draft, Pattern};
pub use self::found::Found;
use self::layout::{Layout, Module};
use self::pyo3::PyO3;
use super::answers::{Abi, Answers, Choices, License, Python};
use super::render::{self, BrokenTemplate, Rendered};
use super::template::{self, Template};

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// How Python imports the extension.
    pub import: String,
    /// Files that are not there.
    pub create: Vec<Rendered>,
    /// Files that get something inserted.
    pub insert: Vec<Insertion>,
    /// What stays undone, and what the user may do about it.
    pub left: Vec<String>,
}

/// A file that gets something inserted.
#[derive(Debug)]
pub struct Insertion {
    /// Its path below the project's folder, with `/`.
    pub path: String,
    /// Its text as it is.
    pub before: String,
    /// Its text as it is to be.
    pub after: String,
    /// What is inserted, for people.
    pub what: Vec<String>,
}

/// Why nothing is done.
#[derive(Debug)]
pub enum Obstacle {
    /// The project is built by something else than maturin; its name.
    Backend(String),
    /// The project is in a state that leaves no way; what is wrong and what to do.
    State(String),
    /// A template is broken.
    Template(BrokenTemplate),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(backend) => {
                write!(f, "the project is built with {backend}, and `init` adds what maturin builds; nothing was changed")
            }
            Self::State(problem) => f.write_str(problem),
            Self::Template(broken) => broken.fmt(f),
        }
    }
}

impl std::error::Error for Obstacle {}

/// Finds out what a project lacks.
///
/// # Errors
/// The project cannot become an extension by additions alone.
pub fn plan(found: &Found, choices: &Choices) -> Result<Plan, Obstacle> {
    let pyproject = packaging::read(found)?;
    let cargo = crates::read(found)?;
    let pyo3 = PyO3::read(found);
    wishes::check(choices, cargo.as_ref(), pyproject.as_ref(), pyo3.as_ref())?;
    let modules = modules::python_modules(found, cargo.as_ref())?;
    let layout = Layout::of(found, cargo.as_ref(), pyproject.as_ref(), &modules, choices.module.as_deref())?;
    wishes::check_module(choices.module.as_deref(), &layout)?;
    let declared = declared_license(cargo.as_ref(), pyproject.as_ref());
    let wishes = Choices {
        python: choices
            .python
            .or_else(|| packaging::oldest_python(pyproject.as_ref()))
            .or_else(|| pyo3.as_ref().and_then(PyO3::oldest_python)),
        abi: choices.abi.or_else(|| pyo3.as_ref().map(PyO3::abi)),
        // Who has chosen no licence for a project that exists has not chosen ours. One that the templates have no text of is written into the
        // new manifest in the place of another.
        license: choices
            .license
            .or_else(|| Some(declared.as_deref().map_or(License::None, |spdx| License::find(spdx).unwrap_or_default()))),
        ..choices.clone()
    };
    let mut answers = wishes.answers(layout.names.clone());
    if let Module::Inside { name, .. } = &layout.module {
        answers.compiled.clone_from(name);
    }
    let rendered = render::render(template::INIT, &answers).map_err(Obstacle::Template)?;

    let mut plan = Plan { import: layout.import(), ..Plan::default() };
    let foreign_license = declared.filter(|spdx| choices.license.is_none() && License::find(spdx).is_none());
    let in_the_way = pyo3.as_ref().and_then(PyO3::is_in_the_way);
    let is_fresh = layout.is_new_package(found) && modules.is_empty() && in_the_way.is_none();
    let mut work = Work {
        found,
        layout: &layout,
        answers: &answers,
        rendered: &rendered,
        pyo3: pyo3.as_ref(),
        foreign_license,
        is_fresh,
        plan: &mut plan,
    };
    let crate_parts = crates::complete(&mut work, cargo.as_ref(), pyproject.as_ref());
    packaging::complete(&mut work, cargo.as_ref(), pyproject.as_ref(), crate_parts);
    sources::complete(&mut work, cargo.as_ref(), &modules)?;
    work.ignore_what_is_built();
    work.create_the_rest();
    rest::complete(&mut work, cargo.as_ref(), pyproject.as_ref());
    // A run that is killed in between has to find the same plan again: the package decides what is planned, and the module what is in the package.
    let decides = |path: &str| match path {
        _ if path.ends_with("/python.rs") => 3,
        _ if path.ends_with("/__init__.py") => 2,
        _ => usize::from(path.starts_with("python/")),
    };
    plan.create.sort_by_cached_key(|file| (decides(&file.path), file.path.clone()));
    Ok(plan)
}

/// Finds out what a template adds to a folder without a project, whose README and the like stay.
///
/// # Errors
/// The template is broken.
pub fn plan_from(template: Template, found: &Found, answers: &Answers) -> Result<Plan, Obstacle> {
    let rendered = render::render(template, answers).map_err(Obstacle::Template)?;
    let module = Module::Inside { name: answers.compiled.clone(), source: "python".to_owned() };
    let layout = Layout { names: answers.names.clone(), module };
    let mut plan = Plan { import: answers.names.module.clone(), ..Plan::default() };
    let mut work =
        Work { found, layout: &layout, answers, rendered: &rendered, pyo3: None, foreign_license: None, is_fresh: true, plan: &mut plan };
    work.ignore_what_is_built();
    for file in rendered.iter().filter(|file| file.path != ".gitignore") {
        if !(file.path.starts_with("LICENSE") && found.has_license()) {
            work.create(&file.path, String::from_utf8_lossy(&file.contents).into_owned());
        }
    }
    Ok(plan)
}

/// What the steps share.
struct Work<'a> {
    found: &'a Found,
    layout: &'a Layout,
    answers: &'a Answers,
    rendered: &'a [Rendered],
    /// The dependency on PyO3 that is there.
    pyo3: Option<&'a PyO3>,
    /// The project's licence, if the templates have no text of it.
    foreign_license: Option<String>,
    /// Whether the Python package is to be made as the templates make it: then what describes and tests theirs fits.
    is_fresh: bool,
    plan: &'a mut Plan,
}

impl Work<'_> {
    /// The text of a file as the templates have it.
    fn pattern_text(&self, path: &str) -> String {
        let file = self.rendered.iter().find(|file| file.path == path);
        file.map(|file| String::from_utf8_lossy(&file.contents).into_owned()).unwrap_or_default()
    }

    /// A manifest as the templates have it.
    fn pattern(&self, path: &str) -> Pattern {
        Pattern::new(&self.pattern_text(path))
    }

    fn create(&mut self, path: &str, text: String) {
        if !self.found.has(path) {
            self.plan.create.push(Rendered { path: path.to_owned(), contents: text.into_bytes() });
        }
    }

    fn finish(&mut self, draft: Draft) {
        match draft.before {
            None => self.create(&draft.path, draft.text),
            Some(before) if before != draft.text => {
                self.plan.insert.push(Insertion { path: draft.path, before, after: draft.text, what: draft.added });
            }
            Some(_) => {}
        }
    }

    fn leave(&mut self, what: impl Into<String>) {
        self.plan.left.push(what.into());
    }

    /// Appends to an existing .gitignore what it does not ignore yet.
    fn ignore_what_is_built(&mut self) {
        let wanted = self.layout.in_source(&self.pattern_text(".gitignore"));
        let Some(before) = self.found.text(".gitignore") else { return self.create(".gitignore", wanted) };
        let meaning = |line: &str| line.trim().trim_matches('/').to_owned();
        let there: Vec<String> = before.lines().map(meaning).collect();
        // A pattern for every shared library covers those for ours.
        let covered =
            |line: &str| there.contains(&meaning(line)) || line.rsplit_once('/').is_some_and(|(_, name)| there.contains(&name.to_owned()));
        let missing: Vec<&str> = wanted.lines().filter(|line| !line.starts_with('#') && !covered(line)).collect();
        if missing.is_empty() {
            return;
        }
        let newline = crate::text::newline_of(&before);
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
        let lines: String = missing.iter().map(|line| format!("{line}{newline}")).collect();
        let what = missing.iter().map(|line| format!("`{line}`")).collect();
        self.plan.insert.push(Insertion { path: ".gitignore".to_owned(), after: format!("{before}{gap}{lines}"), before, what });
    }

    /// Every other file of the templates that has no counterpart.
    fn create_the_rest(&mut self) {
        let has_license = self.foreign_license.is_some() || self.found.has_license();
        // Those that are ours come from a run that was killed.
        let is_foreign = |path: &str| self.found.text(path).is_none_or(|text| text != self.pattern_text(path));
        let has_workflows = self.found.below(".github/workflows/").any(is_foreign);
        for file in self.rendered {
            let skip = match file.path.as_str() {
                "Cargo.toml" | "pyproject.toml" | ".gitignore" | "build.rs" => true,
                path if ["src/", "python/", "tests/"].iter().any(|folder| path.starts_with(folder)) => true,
                path if path.starts_with("LICENSE") => has_license,
                path if path.starts_with("README") => !self.is_fresh || self.found.at_top("README"),
                path if path.starts_with(".github/") => !self.is_fresh || has_workflows,
                _ => !self.is_fresh,
            };
            if !skip {
                self.create(&file.path, String::from_utf8_lossy(&file.contents).into_owned());
            }
        }
    }

    /// Whether the manifests that are written may name a README.md.
    fn has_readme(&self) -> bool {
        self.found.has("README.md") || self.is_fresh && !self.found.at_top("README")
    }
}

/// The licence that a manifest names.
fn declared_license(cargo: Option<&Draft>, pyproject: Option<&Draft>) -> Option<String> {
    let named = |draft: Option<&Draft>, table| draft.and_then(|draft| draft.text_at(&[table, "license"]));
    named(cargo, "package").or_else(|| named(pyproject, "project"))
}

/// What a feature such as `abi3-py310` says.
fn floor_of_feature(feature: &str) -> Option<Python> {
    let minor = feature.strip_prefix("abi3-py3")?;
    Python::read(&format!("3.{minor}")).ok()
}

/// Whether the features of PyO3 ask for the stable ABI.
fn abi_of_features<'a>(mut features: impl Iterator<Item = &'a str>) -> Abi {
    if features.any(|feature| feature.starts_with("abi3")) { Abi::Stable } else { Abi::PerRelease }
}
