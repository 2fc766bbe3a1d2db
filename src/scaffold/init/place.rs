//! Which Cargo.toml maturin builds, seen from the folder that `init` is to complete.

use std::path::Path;

use super::{Found, Obstacle};
use crate::project::pyproject::{self, Pyproject};
use crate::project::read_text;

/// Where maturin looks for a crate that pyproject.toml does not name, in its order.
const PLACES: [&str; 3] = ["Cargo.toml", "rust/Cargo.toml", "native/Cargo.toml"];

/// Checks that Cargo.toml and pyproject.toml lie, or are to lie, in one folder: beside another one's counterpart, new ones would be a second project.
pub(super) fn check(found: &Found) -> Result<(), Obstacle> {
    let place = PLACES.into_iter().find(|place| found.has(place));
    if let Some(place) = place.filter(|place| *place != PLACES[0]) {
        return Err(apart("the crate that maturin builds here is", place));
    }
    builder_above(found).map_or(Ok(()), |builder| Err(apart("the crate is built by", &builder)))
}

/// The obstacle of a project whose manifests lie in two folders.
pub(super) fn apart(what: &str, path: &str) -> Obstacle {
    Obstacle::State(format!(
        "{what} `{path}`, and `init` completes projects whose Cargo.toml lies beside pyproject.toml; `hognose check`, `doctor` and `verify` know \
         those like this one, too"
    ))
}

/// The pyproject.toml in a folder above, up to the root of the repository, that builds the crate.
fn builder_above(found: &Found) -> Option<String> {
    if found.has("pyproject.toml") {
        return None;
    }
    let manifest = found.root().join("Cargo.toml").canonicalize().ok()?;
    let below_repository = found.root().ancestors().take_while(|folder| !folder.join(".git").exists()).count();
    found.root().ancestors().enumerate().skip(1).take(below_repository).find_map(|(height, folder)| {
        let facts = pyproject::read(&read_text(&folder.join("pyproject.toml")).ok()?)?;
        let builds = built(&facts, folder).iter().any(|path| folder.join(path).canonicalize().is_ok_and(|built| built == manifest));
        builds.then(|| format!("{}pyproject.toml", "../".repeat(height)))
    })
}

/// The paths of the Cargo.toml files that a pyproject.toml builds.
fn built(facts: &Pyproject, folder: &Path) -> Vec<String> {
    let modules = facts.setuptools_rust.iter().map(|module| module.path.as_ref().map_or("Cargo.toml", |path| path.value.as_str()));
    let mut paths: Vec<String> = modules.map(str::to_owned).collect();
    let by_backend = facts.build_backend.as_ref().is_some_and(|backend| backend.value.starts_with("maturin"));
    if by_backend || facts.maturin.is_some() || facts.build_requirement("maturin").is_some() {
        let named = facts.maturin.as_ref().and_then(|maturin| maturin.manifest_path.as_ref()).map(|path| path.value.clone());
        let usual = || PLACES.into_iter().find(|place| folder.join(place).is_file()).map(str::to_owned);
        paths.extend(named.or_else(usual));
    }
    paths
}
