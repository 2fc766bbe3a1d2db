//! Crates whose types PyO3 and numpy convert: the project is raised to the version that they are on, or the lock file brings both to one.

use semver::{Version, VersionReq};

use super::manifests::{ManifestChange, quoted};
use crate::catalog::{Companion, Newest, companions};
use crate::project::{Dependency, Feature, Lock, Package, Project, toml};
use crate::release::Release;
use crate::text::{Edit, TextRange};

/// Crates that others use inside and do not show: that another dependency is on the same version says nothing of its API.
const USED_INSIDE: [&str; 2] = ["hashbrown", "indexmap"];

/// Features that go on under another name.
const RENAMED_FEATURES: [(&str, &str, &str); 4] = [
    ("hashbrown", "ahash", "default-hasher"),
    ("indexmap", "serde-1", "serde"),
    ("ndarray", "serde-1", "serde"),
    ("ndarray", "approx-0_5", "approx"),
];

/// Whether types of other crates are converted in the package.
#[must_use]
pub fn has_companions(package: &Package) -> bool {
    asked(package).next().is_some()
}

/// Two versions of a crate that became one in the lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// What is to be changed in the lock file.
    pub edit: Edit,
    /// What that does.
    pub what: String,
}

/// The first change of a lock file with this text that brings `package` and the crate that converts types for it to one version, where one of them can do
/// with that of the other.
#[must_use]
pub fn pin(text: &str, package: &Package, target: Release) -> Option<Pin> {
    let lock = Lock::read(text).ok()?;
    asked(package).find_map(|(companion, _)| {
        let own = lock.used(&package.name, &companion.name)?;
        let theirs = lock.used(&companion.of, &companion.name)?;
        let (stays, by, goes) = match companion.takes(target)? {
            _ if own == theirs => return None,
            takes if takes.matches(own) => (own, &package.name, &companion.of),
            _ if admits(package, &companion.name, theirs) => (theirs, &companion.of, &package.name),
            _ => return None,
        };
        let edit = Edit::replace(place(text, goes, &companion.name)?, slice(text, place(text, by, &companion.name)?));
        Some(Pin { edit, what: format!("Cargo.lock: `{goes}` takes `{}` {stays}, as `{by}` does", companion.name) })
    })
}

/// The requirements of `package` that cargo does not satisfy with the version whose types are converted in `target`, raised to that.
pub(super) fn companion_changes(project: &Project, package: &Package, target: Release) -> Vec<ManifestChange> {
    let newest = |companion: &Companion| companion.newest(target).map(|newest| &newest.version);
    let mut changes = Vec::new();
    for (companion, dependency) in asked(package) {
        let mut all = asked(package).filter(|(other, _)| other.name == companion.name);
        if all.all(|(other, _)| newest(other) == newest(companion)) {
            changes.extend(raise(project, package, companion, dependency, target).unwrap_or_default());
        }
    }
    changes
}

/// The companions whose conversions the package asks for, with its own dependencies on them.
fn asked(package: &Package) -> impl Iterator<Item = (&'static Companion, &Dependency)> {
    let is_asked = |companion: &&Companion| package.converts(&companion.name, &companion.of, companion.optional);
    let own = |companion: &'static Companion| package.dependencies_on(&companion.name).map(move |dependency| (companion, dependency));
    companions().iter().filter(is_asked).flat_map(own)
}

fn raise(
    project: &Project,
    package: &Package,
    companion: &Companion,
    dependency: &Dependency,
    target: Release,
) -> Option<Vec<ManifestChange>> {
    let newest = companion.newest(target)?;
    let (file, range) = dependency.requirement_at.filter(|_| !dependency.is_local)?;
    let written = dependency.requirement.as_deref()?;
    let old = VersionReq::parse(written.trim()).ok()?;
    if companion.meets(target, &old) || (companion.can_meet(target, &old) && is_shared(package, companion)) {
        return None;
    }
    let new = in_style_of(written, newest);
    let of = if companion.of == "pyo3" { "PyO3" } else { &companion.of };
    let what = format!("{} {written} -> {new}, whose types {of} {target} converts", companion.name);
    let mut changes = vec![ManifestChange { file, edit: quoted(project, file, range, &new), what }];
    let features = package.pyo3.other_features.iter().filter(|feature| feature.of == companion.name);
    for feature in features.filter(|feature| !newest.has_feature(&feature.name)) {
        changes.push(renamed_feature(project, newest, feature)?);
    }
    Some(changes)
}

/// Whether another dependency of the package is on the version of the companion that the package is on, and may take its types.
fn is_shared(package: &Package, companion: &Companion) -> bool {
    let Some(lock) = &package.lock else { return false };
    let own = lock.used(&package.name, &companion.name);
    let mut others = lock.dependencies(&package.name).filter(|name| *name != companion.of && !name.starts_with("pyo3"));
    own.is_some() && !USED_INSIDE.contains(&companion.name.as_str()) && others.any(|other| lock.used(other, &companion.name) == own)
}

/// `None` for a feature that the new version does not have under any name.
fn renamed_feature(project: &Project, newest: &Newest, feature: &Feature) -> Option<ManifestChange> {
    let (.., new) = RENAMED_FEATURES.iter().find(|(of, old, new)| *of == feature.of && *old == feature.name && newest.has_feature(new))?;
    let written = project.sources.get(feature.file).slice(feature.range);
    let before = written.strip_suffix(['"', '\''])?.strip_suffix(feature.name.as_str())?;
    let edit = Edit::replace(feature.range, format!("{before}{new}{}", &written[..1]));
    Some(ManifestChange { file: feature.file, edit, what: format!("feature {} of {} -> {new}", feature.name, feature.of) })
}

/// Whether every requirement of the package on a crate admits this version.
fn admits(package: &Package, name: &str, version: &Version) -> bool {
    let requirement = |dependency: &Dependency| VersionReq::parse(dependency.requirement.as_deref()?.trim()).ok();
    package.dependencies_on(name).all(|dependency| requirement(dependency).is_some_and(|requirement| requirement.matches(version)))
}

/// The element in the dependencies of the package `by` of a lock file that names a crate.
fn place(lock: &str, by: &str, name: &str) -> Option<TextRange> {
    let toml = toml::parse(lock).ok()?;
    let packages = toml.get(&["package"])?.value.elements();
    let package = packages.into_iter().find(|package| package.get("name").and_then(|name| name.value.as_str()) == Some(by))?;
    let mut dependencies = package.get("dependencies")?.value.texts().into_iter();
    dependencies.find(|written| written.value.split(' ').next() == Some(name)).map(|written| written.range)
}

fn slice(text: &str, range: TextRange) -> &str {
    text.get(range.start..range.end).unwrap_or_default()
}

/// A requirement on the newest version, exact if the old one was.
fn in_style_of(old: &str, newest: &Newest) -> String {
    let Version { major, minor, patch, .. } = newest.version;
    if old.trim_start().starts_with('=') { format!("={major}.{minor}.{patch}") } else { newest.series() }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;
    use crate::text::apply_edits;

    /// Brings a project with these dependencies, and this lock file, to one version of everything.
    fn pinned(dependencies: &str, lock: &str) -> (String, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let manifest =
            format!("[package]\nname = \"ext\"\nversion = \"0.1.0\"\n\n[lib]\npath = \"lib.rs\"\n\n[dependencies]\n{dependencies}");
        for (name, text) in [("Cargo.toml", manifest.as_str()), ("lib.rs", "")] {
            File::create(dir.path().join(name)).and_then(|mut file| file.write_all(text.as_bytes())).unwrap();
        }
        let project = crate::project::load(&[dir.path().to_owned()]).unwrap();
        let (mut text, mut done) = (lock.to_owned(), Vec::new());
        while let Some(pin) = pin(&text, &project.packages[0], Release::new(30)) {
            text = apply_edits(&text, &[pin.edit]).unwrap();
            done.push(pin.what);
        }
        (text, done)
    }

    fn lock(own: &str, theirs: &str) -> String {
        let package = |name: &str, version: &str, on: &str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [\n {on},\n]\n\n")
        };
        let bare = |version: &str| format!("[[package]]\nname = \"hashbrown\"\nversion = \"{version}\"\n\n");
        let on = |version: &str| format!("\"hashbrown {version}\"");
        package("ext", "0.1.0", &format!("{},\n \"pyo3\"", on(own))) + &bare(own) + &bare(theirs) + &package("pyo3", "0.30.1", &on(theirs))
    }

    const PYO3: &str = "pyo3 = { version = \"0.30\", features = [\"hashbrown\"] }\n";

    #[test]
    fn pyo3_takes_the_version_of_the_package_where_it_can() {
        let (text, done) = pinned(&format!("{PYO3}hashbrown = \"0.15\"\n"), &lock("0.15.5", "0.17.2"));
        assert_eq!(text.matches("\"hashbrown 0.15.5\"").count(), 2, "{text}");
        assert_eq!(done, ["Cargo.lock: `pyo3` takes `hashbrown` 0.15.5, as `ext` does"]);
    }

    #[test]
    fn the_package_takes_the_version_of_pyo3_where_it_can() {
        let (text, done) = pinned(&format!("{PYO3}hashbrown = \">=0.12\"\n"), &lock("0.14.5", "0.17.2"));
        assert_eq!(text.matches("\"hashbrown 0.17.2\"").count(), 2, "{text}");
        assert_eq!(done, ["Cargo.lock: `ext` takes `hashbrown` 0.17.2, as `pyo3` does"]);
    }

    #[test]
    fn what_cannot_meet_stays() {
        let before = lock("0.14.5", "0.17.2");
        assert_eq!(pinned(&format!("{PYO3}hashbrown = \"0.14\"\n"), &before), (before.clone(), Vec::new()));
        let before = lock("0.15.5", "0.17.2");
        assert_eq!(pinned("pyo3 = \"0.30\"\nhashbrown = \"0.15\"\n", &before), (before.clone(), Vec::new()), "nobody asks for conversions");
        let before = "[[package]]\nname = \"ext\"\nversion = \"0.1.0\"\n";
        assert_eq!(pinned(&format!("{PYO3}hashbrown = \"0.15\"\n"), before).1, Vec::<String>::new());
    }
}
