//! Which PyO3 release a package uses: what Cargo.lock says, else the newest release that satisfies the requirement.

use semver::{Op, Version, VersionReq};

use super::Package;
use super::toml::{Node, SyntaxError, Toml};
use crate::release::Release;

/// The packages of a Cargo.lock, each with what it depends on.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    packages: Vec<Locked>,
}

#[derive(Clone, Debug)]
struct Locked {
    name: String,
    version: Version,
    dependencies: Vec<String>,
}

impl Lock {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// It is no TOML.
    pub fn read(text: &str) -> Result<Self, SyntaxError> {
        super::toml::parse(text).map(|toml| Self::from_toml(&toml))
    }

    /// The version of `name` that the package `by` depends on; `None` where it has none, or several of them.
    #[must_use]
    pub fn used(&self, by: &str, name: &str) -> Option<&Version> {
        let dependencies = self.package(by)?.dependencies.iter();
        let named = only(dependencies.filter_map(|written| of_crate(written, name)))?;
        let fits = |locked: &&Locked| locked.name == name && named.is_none_or(|version| locked.version.to_string() == version);
        only(self.packages.iter().filter(fits)).map(|locked| &locked.version)
    }

    /// The release of PyO3 that the package `by` uses.
    #[must_use]
    pub fn release(&self, by: &str) -> Option<Release> {
        ["pyo3", "pyo3-ffi"].iter().find_map(|name| self.version(by, name, None)).and_then(release_of)
    }

    /// The names of the crates that the package `by` depends on.
    pub fn dependencies(&self, by: &str) -> impl Iterator<Item = &str> {
        self.package(by).into_iter().flat_map(|package| &package.dependencies).filter_map(|written| written.split(' ').next())
    }

    /// Whether it satisfies the requirements of a package: else cargo changes it before it does anything else.
    #[must_use]
    pub fn is_current_for(&self, package: &Package) -> bool {
        package.pyo3.dependencies.iter().filter(|dependency| dependency.requirement.is_some()).all(|dependency| {
            let requirement = dependency.requirement.as_deref().and_then(parse_requirement);
            let used = self.used(&package.name, &dependency.package);
            used.is_none_or(|version| requirement.is_some_and(|requirement| allows(&requirement, version)))
        })
    }

    /// The package of this name, if there is one and no other.
    fn package(&self, name: &str) -> Option<&Locked> {
        only(self.packages.iter().filter(|locked| locked.name == name))
    }

    pub(super) fn from_toml(toml: &Toml) -> Self {
        let packages = toml.get(&["package"]).map(|entry| entry.value.elements()).unwrap_or_default();
        Self { packages: packages.into_iter().filter_map(read_package).collect() }
    }

    /// The version of `name` that `package` uses, given that it must satisfy `requirement`.
    fn version(&self, package: &str, name: &str, requirement: Option<&VersionReq>) -> Option<&Version> {
        let fits = |locked: &&Locked| locked.name == name && requirement.is_none_or(|requirement| allows(requirement, &locked.version));
        let fitting: Vec<&Locked> = self.packages.iter().filter(fits).collect();
        // With several versions of one crate, the lock file says `pyo3 0.19.2` where it otherwise says `pyo3`.
        let named = |locked: &&&Locked| {
            let by_version = format!("{name} {}", locked.version);
            let of_package = |other: &&Locked| other.name == package;
            self.packages.iter().filter(of_package).any(|other| {
                other.dependencies.iter().any(|dependency| *dependency == by_version || dependency.starts_with(&format!("{by_version} ")))
            })
        };
        let chosen = fitting.iter().find(named).copied().or_else(|| fitting.into_iter().max_by(|a, b| a.version.cmp(&b.version)));
        chosen.map(|locked| &locked.version)
    }
}

/// The version in a dependency on `name`, if it is one, and says which: `hashbrown`, `hashbrown 0.15.5`, `hashbrown 0.15.5 (registry+…)`.
fn of_crate<'l>(written: &'l str, name: &str) -> Option<Option<&'l str>> {
    let mut words = written.split(' ');
    (words.next() == Some(name)).then(|| words.next())
}

/// The element of a sequence of one.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

fn read_package(node: Node<'_>) -> Option<Locked> {
    let text = |key: &str| node.get(key).and_then(|entry| entry.value.as_str());
    let dependencies = node.get("dependencies").map(|entry| entry.value.texts()).unwrap_or_default();
    Some(Locked {
        name: text("name")?.to_owned(),
        version: Version::parse(text("version")?).ok()?,
        dependencies: dependencies.into_iter().map(|text| text.value).collect(),
    })
}

/// The release of `name` (`pyo3`, `pyo3-ffi`) that `package` uses. A lock file that contradicts the requirement is out of date.
pub(super) fn release_in_use(lock: Option<&Lock>, package: &str, name: &str, requirement: Option<&str>) -> Option<Release> {
    let parsed = requirement.and_then(parse_requirement);
    let locked = lock.and_then(|lock| lock.version(package, name, parsed.as_ref()));
    locked.and_then(release_of).or_else(|| parsed.as_ref().and_then(newest_release))
}

/// The release of `name` in a lock file that has only older ones than the requirement asks for: it was written before the requirement was raised.
pub(super) fn release_left_behind(lock: Option<&Lock>, package: &str, name: &str, requirement: Option<&str>) -> Option<Release> {
    let (lock, requirement) = (lock?, requirement.and_then(parse_requirement)?);
    if lock.version(package, name, Some(&requirement)).is_some() {
        return None;
    }
    let locked = lock.version(package, name, None).and_then(release_of)?;
    (locked < newest_release(&requirement)?).then_some(locked)
}

/// The newest release of PyO3 that the text of a Cargo.toml asks for.
#[must_use]
pub fn release_asked_for(manifest: &str) -> Option<Release> {
    let toml = super::toml::parse(manifest).ok()?;
    let shared = toml.get(&["workspace", "dependencies"]).map(|table| table.value);
    let tables: Vec<Node<'_>> = super::dependency_tables(toml.root()).into_iter().map(|(_, table)| table).chain(shared).collect();
    ["pyo3", "pyo3-ffi"].iter().find_map(|name| {
        tables.iter().flat_map(|table| table.entries()).find_map(|entry| {
            let text = |key: &str| entry.value.get(key).and_then(|value| value.value.as_str());
            let is_it = text("package").unwrap_or(entry.key) == *name;
            let requirement = entry.value.as_str().or_else(|| text("version")).filter(|_| is_it)?;
            newest_release(&parse_requirement(requirement)?)
        })
    })
}

/// The oldest release that an open requirement such as `>=0.27` names.
#[must_use]
pub fn floor_of(requirement: &str) -> Option<Release> {
    let requirement = parse_requirement(requirement)?;
    let lower = requirement.comparators.iter().filter(|comparator| matches!(comparator.op, Op::Greater | Op::GreaterEq));
    lower.filter(|comparator| comparator.major == 0).filter_map(|comparator| u16::try_from(comparator.minor?).ok()).min().map(Release::new)
}

/// Reads a version requirement as cargo does.
fn parse_requirement(text: &str) -> Option<VersionReq> {
    VersionReq::parse(text.trim()).ok()
}

fn release_of(version: &Version) -> Option<Release> {
    let minor = u16::try_from(version.minor).ok()?;
    (version.major == 0).then(|| Release::new(minor))
}

/// The newest known release that satisfies the requirement; else one beyond what is known, so that it is not taken for "no version".
fn newest_release(requirement: &VersionReq) -> Option<Release> {
    let known = (Release::OLDEST.minor()..=Release::NEWEST.minor()).rev();
    let older = (0..Release::OLDEST.minor()).rev();
    let newer = Release::NEWEST.minor() + 1..Release::NEWEST.minor() + 100;
    known.chain(older).chain(newer).find(|&minor| has_version_in(requirement, minor)).map(Release::new)
}

fn has_version_in(requirement: &VersionReq, minor: u16) -> bool {
    let minor = u64::from(minor);
    // Patch numbers of published releases are small; those that the requirement names, and their successors, are tried as well.
    let named = requirement.comparators.iter().filter(|comparator| comparator.minor == Some(minor));
    let exact = named.clone().map(|comparator| Version {
        major: comparator.major,
        minor,
        patch: comparator.patch.unwrap_or(0),
        pre: comparator.pre.clone(),
        build: semver::BuildMetadata::EMPTY,
    });
    let patches = named.filter_map(|comparator| comparator.patch).flat_map(|patch| [patch, patch.saturating_add(1)]).chain(0..20);
    let plain = patches.map(|patch| Version::new(0, minor, patch));
    exact.chain(plain).any(|version| version.major == 0 && requirement.matches(&version))
}

/// As `matches`, but a locked pre-release satisfies a requirement that its release would: `0.21` and `0.21.0-beta.0` from git.
fn allows(requirement: &VersionReq, version: &Version) -> bool {
    if requirement.matches(version) {
        return true;
    }
    let is_exact = requirement.comparators.iter().any(|comparator| comparator.op == Op::Exact);
    !version.pre.is_empty() && !is_exact && requirement.matches(&Version::new(version.major, version.minor, version.patch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::toml;

    fn newest(requirement: &str) -> Option<u16> {
        release_in_use(None, "me", "pyo3", Some(requirement)).map(Release::minor)
    }

    #[test]
    fn requirements_choose_the_newest_release_as_cargo_does() {
        let rows = [
            ("0.19", 19),
            ("^0.13", 13),
            ("0.23.5", 23),
            ("=0.22.2", 22),
            (">=0.20,<0.23", 22),
            (">=0.20, <0.23.1", 23),
            ("*", 30),
            (">= 0.18", 30),
            ("0", 30),
            ("0.*", 30),
            ("~0.17.3", 17),
            ("<=0.24", 24),
            ("=0.21.0-beta.0", 21),
            ("0.11.1", 11),
            ("0.31", 31),
        ];
        for (requirement, minor) in rows {
            assert_eq!(newest(requirement), Some(minor), "{requirement}");
        }
        assert_eq!(newest("1.0"), None);
        assert_eq!(newest("no version"), None);
    }

    #[test]
    fn dependencies_have_their_versions() {
        let package = |name: &str, version: &str, on: &str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [{on}]\n\n")
        };
        let text = package("me", "0.1.0", "\"hashbrown 0.14.5\", \"pyo3\"")
            + &package("pyo3", "0.30.1", "\"hashbrown 0.17.2 (registry+x)\"")
            + &package("hashbrown", "0.14.5", "")
            + &package("hashbrown", "0.17.2", "")
            + &package("both", "1.0.0", "\"hashbrown 0.14.5\", \"hashbrown 0.17.2\"");
        let lock = Lock::read(&text).unwrap();
        let used = |by, name| lock.used(by, name).map(ToString::to_string);
        assert_eq!(used("me", "hashbrown").as_deref(), Some("0.14.5"));
        assert_eq!(used("pyo3", "hashbrown").as_deref(), Some("0.17.2"));
        assert_eq!(used("me", "pyo3").as_deref(), Some("0.30.1"));
        assert_eq!(used("both", "hashbrown"), None);
        assert_eq!(used("hashbrown", "pyo3"), None);
    }

    #[test]
    fn the_lock_decides_unless_it_is_out_of_date() {
        let text = "[[package]]\nname = \"pyo3\"\nversion = \"0.19.2\"\n\n[[package]]\nname = \"pyo3\"\nversion = \"0.22.6\"\n\n\
                    [[package]]\nname = \"me\"\nversion = \"0.1.0\"\ndependencies = [\"pyo3 0.19.2\"]\n";
        let lock = Lock::from_toml(&toml::parse(text).unwrap());
        let release = |package, requirement| release_in_use(Some(&lock), package, "pyo3", requirement).map(Release::minor);
        assert_eq!(release("me", Some("0.22")), Some(22));
        assert_eq!(release("me", Some(">=0.19")), Some(19));
        assert_eq!(release("you", Some(">=0.19")), Some(22));
        assert_eq!(release("me", None), Some(19));
        assert_eq!(release("me", Some("0.25")), Some(25));
        let left_behind = |requirement| release_left_behind(Some(&lock), "me", "pyo3", requirement).map(Release::minor);
        assert_eq!(left_behind(Some("0.25")), Some(19));
        assert_eq!((left_behind(Some("0.19")), left_behind(Some("0.18")), left_behind(None)), (None, None, None));
        assert_eq!(lock.release("me"), Some(Release::new(19)));
    }

    #[test]
    fn manifests_of_old_tell_what_they_asked_for() {
        let release = |text: &str| release_asked_for(text).map(Release::minor);
        assert_eq!(release("[dependencies]\npyo3 = { version = \"0.20\", optional = true }\n"), Some(20));
        assert_eq!(release("[workspace.dependencies]\npy = { package = \"pyo3\", version = \"0.21.1\" }\n"), Some(21));
        assert_eq!(release("[dependencies]\npyo3 = { workspace = true }\n"), None);
        assert_eq!(floor_of(">=0.27, <0.31").map(Release::minor), Some(27));
        assert_eq!(floor_of("0.27"), None);
    }
}
