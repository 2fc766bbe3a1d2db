//! What the Cargo side lacks: library types, PyO3, the build script of the tests, profiles.

use super::draft::{Draft, Pattern, quoted};
use super::pyo3::PyO3;
use super::{Found, Obstacle, Work};
use crate::project::toml::Node;
use crate::release::Release;
use crate::scaffold::write::stays_inside;
use crate::text::Edit;

/// The first release whose pyo3-build-config sets the path of the Python library.
const RPATH_SINCE: Release = Release::new(28);

/// Whether Cargo.toml has the profile for editable builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EditableProfile {
    There,
    Missing,
}

/// The Cargo.toml, if there is one, checked to be of a package that can hold a Python module.
pub(super) fn read(found: &Found) -> Result<Option<Draft>, Obstacle> {
    let Some(text) = found.text("Cargo.toml") else {
        let unreadable = found.has("Cargo.toml").then(|| Obstacle::State("`Cargo.toml` cannot be read as text".to_owned()));
        return unreadable.map_or(Ok(None), Err);
    };
    let draft = Draft::existing("Cargo.toml", text).map_err(Obstacle::State)?;
    if !draft.has(&["package"]) {
        let problem = "`Cargo.toml` describes a workspace without a package; name the folder of the package that Python is to import: `hognose init FOLDER`";
        return Err(Obstacle::State(problem.to_owned()));
    }
    if draft.node(&["lib", "proc-macro"]).and_then(Node::as_bool) == Some(true) {
        return Err(Obstacle::State("the crate is a procedural macro, which Python cannot import; start another one for it".to_owned()));
    }
    if draft.text_at(&["package", "edition"]).is_none_or(|edition| edition == "2015") && !draft.has(&["package", "edition", "workspace"]) {
        let problem = "the crate is on edition 2015, which PyO3 does not support; run `cargo fix --edition`, set `edition = \"2018\"`, then run again";
        return Err(Obstacle::State(problem.to_owned()));
    }
    let root = library_root(Some(&draft));
    if !stays_inside(&root) {
        return Err(Obstacle::State(format!("`[lib] path = \"{root}\"` leads out of the project, and `init` writes inside of it only")));
    }
    Ok(Some(draft))
}

/// The root file of the library.
pub(super) fn library_root(cargo: Option<&Draft>) -> String {
    cargo
        .and_then(|draft| draft.text_at(&["lib", "path"]))
        .map_or_else(|| "src/lib.rs".to_owned(), |path| path.trim_start_matches("./").to_owned())
}

/// The folder of the library's root file, empty or with a slash at its end.
pub(super) fn library_folder(cargo: Option<&Draft>) -> String {
    let root = library_root(cargo);
    root.rfind('/').map_or_else(String::new, |slash| root[..=slash].to_owned())
}

/// The name of the library.
pub(super) fn library_name(cargo: Option<&Draft>) -> Option<String> {
    let draft = cargo?;
    draft.text_at(&["lib", "name"]).or_else(|| draft.text_at(&["package", "name"])).map(|name| name.replace('-', "_"))
}

/// Completes Cargo.toml, or writes it, and build.rs.
pub(super) fn complete(work: &mut Work<'_>, cargo: Option<&Draft>, pyproject: Option<&Draft>) -> EditableProfile {
    let Some(mut draft) = cargo.and_then(Draft::again) else {
        write_new(work, pyproject);
        return EditableProfile::There;
    };
    let pattern = work.pattern("Cargo.toml");
    add_cdylib(&mut draft);
    if work.pyo3.is_none() {
        draft.insert_from(&pattern, &["dependencies"], "pyo3");
    }
    add_build_script(work, &mut draft, &pattern);
    let profile = add_profiles(work, &mut draft);
    work.finish(draft);
    profile
}

/// Cargo.toml of the templates, with what the Python project says of itself.
fn write_new(work: &mut Work<'_>, pyproject: Option<&Draft>) {
    let Some(mut draft) = Draft::fresh("Cargo.toml", work.pattern_text("Cargo.toml")) else { return };
    let name = &work.answers.names.name;
    draft.set(&["package"], "name", &quoted(&name.replace('.', "-")));
    let at = |key: &str| pyproject.and_then(|draft| draft.text_at(&["project", key]));
    if let Some(version) = at("version").filter(|version| semver::Version::parse(version).is_ok()) {
        draft.set(&["package"], "version", &quoted(&version));
    }
    if let Some(description) = at("description") {
        draft.set(&["package"], "description", &quoted(&description));
    }
    match at("readme") {
        Some(readme) => draft.set(&["package"], "readme", &quoted(&readme)),
        None if !work.has_readme() => draft.remove(&["package", "readme"]),
        None => {}
    }
    if let Some(license) = &work.foreign_license {
        draft.set(&["package"], "license", &quoted(license));
    }
    let build_script = work.pattern_text("build.rs");
    work.create("build.rs", build_script);
    work.finish(draft);
}

/// `cdylib` is what Python loads; where no types are written, the library stays one for Rust, too.
fn add_cdylib(draft: &mut Draft) {
    let types = draft.node(&["lib"]).and_then(|library| library.get_any(&["crate-type", "crate_type"]));
    let Some(types) = types else { return draft.insert(&["lib"], "crate-type", "[\"cdylib\", \"rlib\"]") };
    let elements = types.value.texts();
    if types.value.is_array() && !elements.iter().any(|element| element.value == "cdylib") {
        let comma = if elements.is_empty() { "" } else { ", " };
        let edit = Edit::insert(types.value.range().start + 1, format!("\"cdylib\"{comma}"));
        draft.apply(Some(edit), "`cdylib` in `[lib] crate-type`".to_owned());
    }
}

/// Lets `cargo test` find the Python library, unless the project has a build script of its own.
fn add_build_script(work: &mut Work<'_>, draft: &mut Draft, pattern: &Pattern) {
    if draft.node(&["package", "build"]).and_then(Node::as_bool) == Some(false) {
        return work.leave(
            "no `build.rs` was written, because of `[package] build = false`: without one, `cargo test` may not find the Python library; take the \
             key out and run again",
        );
    }
    let named = draft.text_at(&["package", "build"]);
    let path = named.unwrap_or_else(|| "build.rs".to_owned());
    if work.found.has(&path) {
        if !work.found.text(&path).is_some_and(|text| text.contains("add_libpython_rpath_link_args")) {
            work.leave(format!(
                "`{path}` is yours: if `cargo test` does not find the Python library, add `pyo3-build-config` to `[build-dependencies]` and call \
                 `pyo3_build_config::add_libpython_rpath_link_args()` there"
            ));
        }
        return;
    }
    match build_requirement(work.pyo3, pattern) {
        Ok(requirement) => {
            draft.insert(&["build-dependencies"], "pyo3-build-config", &requirement);
            let text = work.pattern_text("build.rs");
            work.create("build.rs", text);
        }
        Err(why) => work.leave(format!("no `build.rs` was written, which finds the Python library for `cargo test`: {why}")),
    }
}

/// The requirement of `pyo3-build-config`, which has to be of PyO3's release, or why there cannot be one.
fn build_requirement(pyo3: Option<&PyO3>, pattern: &Pattern) -> Result<String, String> {
    let Some(pyo3) = pyo3 else {
        return pattern.value(&["build-dependencies"], "pyo3-build-config").ok_or_else(|| "the templates have none".to_owned());
    };
    if pyo3.optional {
        return Err("PyO3 is optional, and builds without it need no Python".to_owned());
    }
    match (pyo3.release, &pyo3.requirement) {
        (Some(release), Some(requirement)) if release >= RPATH_SINCE => Ok(quoted(requirement)),
        (Some(release), Some(_)) => Err(format!(
            "`pyo3-build-config` can do that from PyO3 {RPATH_SINCE} on, and this is {release}; `hognose check` says what is in the way of a newer one"
        )),
        _ => Err("the dependency on PyO3 does not say which release it is; add `pyo3-build-config` from where PyO3 comes from".to_owned()),
    }
}

fn add_profiles(work: &mut Work<'_>, draft: &mut Draft) -> EditableProfile {
    if work.found.in_workspace() && !draft.has(&["workspace"]) {
        work.leave(
            "profiles count in the workspace's root only: `[profile.maturin-dev] inherits = \"dev\"` there and \
             `editable-profile = \"maturin-dev\"` in `[tool.maturin]` keep `maturin develop` and `cargo test` from rebuilding each other's PyO3",
        );
        return EditableProfile::Missing;
    }
    let pattern = work.pattern("Cargo.toml");
    if !draft.has(&["profile", "release"]) {
        for key in ["lto", "codegen-units", "strip"] {
            draft.insert_from(&pattern, &["profile", "release"], key);
        }
    }
    if !draft.has(&["profile", "maturin-dev"]) {
        draft.insert_from(&pattern, &["profile", "maturin-dev"], "inherits");
    }
    EditableProfile::There
}
