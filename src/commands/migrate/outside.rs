//! Crates outside of what is migrated that are built together with it, and are on an older PyO3.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::compile::workspace_of;
use crate::compiler::Workspace;
use crate::project::{Project, dependency_tables, release_asked_for, toml};
use crate::release::Release;
use crate::text::clean;
use crate::toolchain::locate::Surroundings;

/// Why a project cannot be migrated by itself, and where to run instead: PyO3 can be in a build only once.
pub(super) fn refuse(project: &Project, packages: &[usize], to: Release, around: &Surroundings) -> Option<String> {
    let packages = packages.iter().filter_map(|&index| project.packages.get(index));
    let mut next: Vec<PathBuf> = Vec::new();
    let mut members: BTreeSet<PathBuf> = BTreeSet::new();
    for package in packages {
        next.push(project.sources.get(package.manifest).path.clone());
        let workspace = workspace_of(project, package);
        if !workspace.starts_with(&project.root)
            && let Some(cargo) = around.on_path("cargo".as_ref())
            && let Ok(workspace) = Workspace::of(&cargo, &project.sources.get(package.manifest).path)
        {
            members.extend(workspace.members.into_iter().map(|member| member.manifest));
        }
    }
    let known: BTreeSet<PathBuf> = project.packages.iter().map(|package| project.sources.get(package.manifest).path.clone()).collect();
    next.extend(members.iter().cloned());
    let outsiders = behind(next, &known, to);
    if outsiders.is_empty() {
        return None;
    }
    let list: Vec<String> =
        outsiders.iter().map(|(folder, release)| format!("`{}` (PyO3 {release})", shown(folder, &project.root))).collect();
    let folders = outsiders.iter().map(|(folder, _)| folder.as_path()).chain([project.root.as_path()]);
    let help = match common(folders).filter(|folder| folder.join(".git").exists() || folder.join("Cargo.toml").is_file()) {
        Some(folder) => format!("run `hognose migrate {}`, which holds them all", shown(&folder, &around.dir)),
        None => format!("migrate them first, or bring them to PyO3 {to} in another way"),
    };
    Some(format!(
        "crates outside of `{}` are built with it, and are on an older PyO3: {}\n  = help: {help}",
        project.root.display(),
        list.join(", ")
    ))
}

/// The folders of the crates on a release below `to` among these manifests and what they depend on by path, but for those that are `known`.
fn behind(mut next: Vec<PathBuf>, known: &BTreeSet<PathBuf>, to: Release) -> Vec<(PathBuf, Release)> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    while let Some(manifest) = next.pop() {
        let Some(folder) = manifest.parent().filter(|_| seen.insert(manifest.clone())) else { continue };
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        next.extend(folders_in(&text, folder).into_iter().map(|folder| folder.join("Cargo.toml")));
        let release = release_asked_for(&text).or_else(|| inherited(&text, folder)).filter(|release| *release < to);
        if let Some(release) = release.filter(|_| !known.contains(&manifest)) {
            found.push((folder.to_owned(), release));
        }
    }
    found.sort();
    found
}

/// The folders that the dependencies of a manifest name.
fn folders_in(text: &str, folder: &Path) -> Vec<PathBuf> {
    let Ok(toml) = toml::parse(text) else { return Vec::new() };
    let entries = dependency_tables(toml.root()).into_iter().flat_map(|(_, table)| table.entries());
    let paths = entries.filter_map(|entry| entry.value.get("path")?.value.as_str().map(str::to_owned));
    paths.map(|path| clean(&folder.join(path))).collect()
}

/// The release that a workspace above asks for, where a manifest inherits it.
fn inherited(text: &str, folder: &Path) -> Option<Release> {
    let toml = toml::parse(text).ok()?;
    let inherits = dependency_tables(toml.root()).iter().any(|(_, table)| {
        let entry = table.get("pyo3").or_else(|| table.get("pyo3-ffi"));
        entry.is_some_and(|entry| entry.value.get("workspace").is_some())
    });
    let above = folder.ancestors().skip(1).filter_map(|folder| fs::read_to_string(folder.join("Cargo.toml")).ok());
    above.filter(|text| inherits && text.contains("[workspace")).find_map(|text| release_asked_for(&text))
}

/// The innermost folder that holds all of these.
fn common<'p>(mut folders: impl Iterator<Item = &'p Path>) -> Option<PathBuf> {
    let first = folders.next()?;
    let rest: Vec<&Path> = folders.collect();
    first.ancestors().find(|above| rest.iter().all(|folder| folder.starts_with(above))).map(Path::to_owned)
}

/// A folder as it is typed in `from`.
fn shown(folder: &Path, from: &Path) -> String {
    if let Ok(below) = folder.strip_prefix(from) {
        return if below.as_os_str().is_empty() { ".".to_owned() } else { below.display().to_string() };
    }
    let up = from.ancestors().position(|above| folder.starts_with(above)).filter(|steps| *steps <= 3);
    let above = up.and_then(|steps| Some((steps, from.ancestors().nth(steps)?)));
    match above {
        Some((steps, above)) => {
            let below = folder.strip_prefix(above).unwrap_or(folder);
            let ups = std::iter::repeat_n(Path::new(".."), steps);
            ups.chain(below.iter().map(Path::new)).collect::<PathBuf>().display().to_string()
        }
        None => folder.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_shown_as_they_are_typed() {
        for (folder, from, text) in
            [("/a/b", "/a/b", "."), ("/a/b/c", "/a/b", "c"), ("/a/x", "/a/b", "../x"), ("/a", "/a/b", ".."), ("/z/y", "/a/b/c/d/e", "/z/y")]
        {
            assert_eq!(shown(Path::new(folder), Path::new(from)), text, "{folder} from {from}");
        }
        assert_eq!(common([Path::new("/a/b/c"), Path::new("/a/x")].into_iter()), Some(PathBuf::from("/a")));
    }
}
