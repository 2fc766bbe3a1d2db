//! What pyproject.toml lacks: the build system, the project's name, maturin's settings, what uv watches.

use pep440_rs::VersionSpecifiers;

use super::crates::{EditableProfile, library_root};
use super::draft::{Draft, Pattern, quoted};
use super::layout::Module;
use super::rest::is_test;
use super::{Found, Obstacle, Work, place};
use crate::project::pyproject::{self, Pyproject};
use crate::scaffold::answers::Python;
use crate::scaffold::versions::PYTHON_FLOOR;

/// Tables of tools that build a project when it has no `[build-system]`, or when they are told to.
const BACKENDS: [&str; 7] = ["poetry", "flit", "hatch", "setuptools", "pdm", "scikit-build", "meson-python"];

/// The pyproject.toml, if there is one, checked to leave the build to maturin.
pub(super) fn read(found: &Found) -> Result<Option<Draft>, Obstacle> {
    let draft = match found.text("pyproject.toml") {
        Some(text) => Some(Draft::existing("pyproject.toml", text).map_err(Obstacle::State)?),
        None if found.has("pyproject.toml") => return Err(Obstacle::State("`pyproject.toml` cannot be read as text".to_owned())),
        None => None,
    };
    let facts = draft.as_ref().and_then(|draft| pyproject::read(&draft.text)).unwrap_or_default();
    let named = facts.maturin.as_ref().and_then(|maturin| maturin.manifest_path.as_ref()).map(|path| path.value.trim_start_matches("./"));
    if let Some(path) = named.filter(|path| *path != "Cargo.toml") {
        return Err(place::apart("`pyproject.toml` builds", path));
    }
    if let Some(backend) = other_backend(found, draft.as_ref(), &facts) {
        return Err(Obstacle::Backend(backend));
    }
    place::check(found)?;
    Ok(draft)
}

/// What builds the project, if that is not maturin.
fn other_backend(found: &Found, draft: Option<&Draft>, facts: &Pyproject) -> Option<String> {
    if facts.build_requirement("maturin").is_some() {
        return None;
    }
    if let Some(backend) = &facts.build_backend {
        return (!backend.value.starts_with("maturin")).then(|| format!("`{}`", backend.value));
    }
    if facts.build_requires_array.is_some() {
        return Some("setuptools (`[build-system] requires` without a `build-backend`)".to_owned());
    }
    if found.has("setup.py") {
        return Some("setuptools (`setup.py`)".to_owned());
    }
    // Many tools keep their settings in setup.cfg; these sections are those of setuptools.
    let is_of_setuptools = |line: &str| ["[metadata]", "[options]"].contains(&line.trim_end());
    if found.text("setup.cfg").is_some_and(|text| text.lines().any(is_of_setuptools)) {
        return Some("setuptools (`setup.cfg`)".to_owned());
    }
    let has_table = |name: &&str| draft.is_some_and(|draft| draft.has(&["tool", name]));
    BACKENDS.into_iter().filter(|_| facts.maturin.is_none()).find(has_table).map(|name| format!("{name} (`[tool.{name}]`)"))
}

/// The oldest Python that PyO3 supports and `requires-python` admits.
pub(super) fn oldest_python(pyproject: Option<&Draft>) -> Option<Python> {
    let specifiers = pyproject?.text_at(&["project", "requires-python"])?.parse().ok()?;
    Python::all().find(|python| admits(&specifiers, &python.to_string()))
}

/// Whether a patch release of this series is admitted.
fn admits(specifiers: &VersionSpecifiers, series: &str) -> bool {
    // No series of Python has come to as many.
    const PATCHES: u8 = 50;
    (0..PATCHES).filter_map(|patch| format!("{series}.{patch}").parse().ok()).any(|version| specifiers.contains(&version))
}

/// Completes pyproject.toml, or writes it.
pub(super) fn complete(work: &mut Work<'_>, cargo: Option<&Draft>, pyproject: Option<&Draft>, profile: EditableProfile) {
    let pattern = work.pattern("pyproject.toml");
    let existing = pyproject.and_then(Draft::again);
    let Some(mut draft) = existing.or_else(|| new_draft(work, cargo)) else { return };
    if pyproject.is_some() {
        warn_of_old_pythons(work, &draft);
    }
    for key in ["requires", "build-backend"] {
        draft.insert_from(&pattern, &["build-system"], key);
    }
    draft.insert(&["project"], "name", &quoted(&work.answers.names.name));
    let is_dynamic = draft.node(&["project", "dynamic"]).is_some_and(|dynamic| dynamic.texts().iter().any(|text| text.value == "version"));
    if !draft.has(&["project", "version"]) && !is_dynamic {
        if draft.has(&["project", "dynamic"]) {
            work.leave(
                "`[project]` has neither a `version` nor `\"version\"` in `dynamic`: add the latter, and it is the one of Cargo.toml",
            );
        } else {
            draft.insert_from(&pattern, &["project"], "dynamic");
        }
    }
    draft.insert_from(&pattern, &["project"], "requires-python");
    add_maturin(work, &mut draft, &pattern, profile);
    add_tests(work, &mut draft, &pattern);
    if library_root(cargo).starts_with("src/") {
        draft.insert_from(&pattern, &["tool", "uv"], "cache-keys");
    }
    work.finish(draft);
}

/// pyproject.toml of the templates, with what the crate says of itself; for a module without a package around it, an empty one.
fn new_draft(work: &Work<'_>, cargo: Option<&Draft>) -> Option<Draft> {
    if work.layout.module == Module::Alone {
        return Draft::fresh("pyproject.toml", String::new());
    }
    let mut draft = Draft::fresh("pyproject.toml", work.pattern_text("pyproject.toml"))?;
    draft.set(&["tool", "maturin"], "module-name", &quoted(&work.layout.import()));
    let at = |key: &str| cargo.and_then(|draft| draft.text_at(&["package", key]));
    match at("description") {
        Some(description) => draft.set(&["project"], "description", &quoted(&description)),
        None if cargo.is_some() => draft.remove(&["project", "description"]),
        None => {}
    }
    if !work.has_readme() {
        draft.remove(&["project", "readme"]);
    }
    if let Some(license) = &work.foreign_license {
        draft.set(&["project"], "license", &quoted(license));
        if !work.found.at_top("LICENSE") {
            draft.remove(&["project", "license-files"]);
        }
    }
    Some(draft)
}

fn warn_of_old_pythons(work: &mut Work<'_>, draft: &Draft) {
    let Some(requirement) = draft.text_at(&["project", "requires-python"]) else { return };
    let Ok(specifiers) = requirement.parse::<VersionSpecifiers>() else {
        return work.leave(format!(
            "`requires-python = \"{requirement}\"` is left, and installers cannot read it: say `\">={}\"` there",
            work.answers.python
        ));
    };
    let admits_older = admits(&specifiers, "2.7") || (0..PYTHON_FLOOR.1).any(|minor| admits(&specifiers, &format!("3.{minor}")));
    if admits_older {
        work.leave(format!(
            "`requires-python = \"{requirement}\"` is left, and PyO3 supports Python {} and later: say `\">={}\"` there, or wheels are offered \
             to Pythons that cannot load them",
            Python::default(),
            work.answers.python
        ));
    }
}

fn add_maturin(work: &Work<'_>, draft: &mut Draft, pattern: &Pattern, profile: EditableProfile) {
    let table = ["tool", "maturin"];
    draft.insert_from(pattern, &table, "bindings");
    if let Module::Inside { source, .. } = &work.layout.module {
        if !source.is_empty() {
            draft.insert(&table, "python-source", &quoted(source));
        }
        draft.insert(&table, "module-name", &quoted(&work.layout.import()));
    }
    match profile {
        EditableProfile::There => draft.insert_from(pattern, &table, "editable-profile"),
        EditableProfile::Missing if draft.before.is_none() => draft.remove(&["tool", "maturin", "editable-profile"]),
        EditableProfile::Missing => {}
    }
    draft.insert_from(pattern, &table, "use-base-python");
}

/// A group for pytest and its settings, where the project has nothing of the kind.
fn add_tests(work: &Work<'_>, draft: &mut Draft, pattern: &Pattern) {
    if !draft.has(&["dependency-groups"]) && !draft.has(&["project", "optional-dependencies"]) {
        draft.insert_from(pattern, &["dependency-groups"], "test");
        draft.insert_from(pattern, &["tool", "uv"], "default-groups");
    }
    let settled = ["pytest.ini", "tox.ini", "conftest.py"].iter().any(|path| work.found.has(path));
    if work.is_fresh && !draft.has(&["tool", "pytest"]) && !settled && !work.found.below("").any(is_test) {
        for key in ["testpaths", "addopts"] {
            draft.insert_from(pattern, &["tool", "pytest", "ini_options"], key);
        }
    }
}
