//! Crates whose types PyO3 and numpy convert. A conversion is for the types of one version, so a project has to be on the version that they are on.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use semver::{Comparator, Op, Version, VersionReq};
use serde::Deserialize;

use super::ReleaseText;
use crate::release::Release;

/// A crate whose types another one has conversions for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Its name as published.
    pub name: String,
    /// The crate that converts its types: `pyo3`, or `numpy`, whose releases count alike.
    pub of: String,
    /// Whether the conversions come with a feature of the crate's name.
    pub optional: bool,
    /// The versions that it takes.
    takes: BTreeMap<ReleaseText, VersionReq>,
}

/// A version that cargo takes where nothing else is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newest {
    name: String,
    /// The version.
    pub version: Version,
    /// Its features.
    pub features: Vec<String>,
}

impl Newest {
    /// The versions that are compatible with it, as a requirement: `1`, `0.17`.
    #[must_use]
    pub fn series(&self) -> String {
        if self.version.major > 0 { self.version.major.to_string() } else { format!("0.{}", self.version.minor) }
    }

    /// Whether it has a feature of this name.
    #[must_use]
    pub fn has_feature(&self, name: &str) -> bool {
        name == "default" || self.features.iter().any(|known| known == name)
    }
}

impl Companion {
    /// The versions that `release` takes; `None` for a release that has no conversions for it.
    #[must_use]
    pub fn takes(&self, release: Release) -> Option<&VersionReq> {
        self.takes.get(&ReleaseText(release))
    }

    /// Whether a version that satisfies `requirement` can be the one whose types are converted.
    #[must_use]
    pub fn can_meet(&self, release: Release, requirement: &VersionReq) -> bool {
        self.takes(release).is_some_and(|takes| admit_both(requirement, takes, |_| true))
    }

    /// Whether cargo takes one version for both where nothing else is asked for: the newest that satisfies `requirement` is compatible with that of
    /// `release`.
    #[must_use]
    pub fn meets(&self, release: Release, requirement: &VersionReq) -> bool {
        let (Some(takes), Some(newest)) = (self.takes(release), self.newest(release)) else { return false };
        requirement.matches(&newest.version) || admit_both(requirement, takes, |version| is_compatible(version, &newest.version))
    }

    /// The version that cargo takes for `release` where the project does not ask for a compatible one.
    #[must_use]
    pub fn newest(&self, release: Release) -> Option<&'static Newest> {
        let takes = self.takes(release)?;
        let fits = |newest: &&Newest| newest.name == self.name && takes.matches(&newest.version);
        data().newest.iter().filter(fits).max_by(|a, b| a.version.cmp(&b.version))
    }
}

/// All of them, a crate once for each that converts its types.
#[must_use]
pub fn companions() -> &'static [Companion] {
    &data().companions
}

/// Whether there is a version that two requirements admit and that `fits`: where ranges overlap, the lower end of one of them lies in the other.
fn admit_both(one: &VersionReq, other: &VersionReq, fits: impl Fn(&Version) -> bool) -> bool {
    let mut ends = one.comparators.iter().chain(&other.comparators).map(lower_end);
    ends.any(|version| fits(&version) && one.matches(&version) && other.matches(&version))
}

/// The first version that a comparator without an upper end admits.
fn lower_end(comparator: &Comparator) -> Version {
    let (minor, patch) = (comparator.minor.unwrap_or_default(), comparator.patch.unwrap_or_default());
    let version = Version { pre: comparator.pre.clone(), ..Version::new(comparator.major, minor, patch) };
    if comparator.op == Op::Greater { Version::new(comparator.major, minor, patch.saturating_add(1)) } else { version }
}

/// Whether cargo takes only one of two versions.
fn is_compatible(one: &Version, other: &Version) -> bool {
    let series = |version: &Version| if version.major > 0 { (version.major, 0) } else { (0, version.minor) };
    series(one) == series(other)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "companion")]
    companions: Vec<Companion>,
    newest: Vec<Newest>,
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and the tests read it")]
fn data() -> &'static File {
    static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(include_str!("data/companions.toml")).expect("companions.toml is good"));
    &FILE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn companion(of: &str, name: &str) -> &'static Companion {
        companions().iter().find(|companion| companion.of == of && companion.name == name).expect("a row")
    }

    #[test]
    fn ranges_go_with_releases() {
        let hashbrown = companion("pyo3", "hashbrown");
        let takes = |minor: u16, version: &str| {
            hashbrown.takes(Release::new(minor)).is_some_and(|range| range.matches(&Version::parse(version).unwrap()))
        };
        assert!(takes(22, "0.14.5") && !takes(22, "0.15.0"));
        assert!(takes(30, "0.15.0") && takes(30, "0.17.0") && !takes(30, "0.14.5") && !takes(30, "0.18.0"));
        let ndarray = companion("numpy", "ndarray");
        assert!(!ndarray.optional && hashbrown.optional);
        assert!(companion("pyo3", "jiff").takes(Release::new(23)).is_none(), "0.24 was the first with jiff");
    }

    #[test]
    fn requirements_meet_ranges() {
        // What is asked for, whether it can meet `>=0.15.0, <0.18`, and whether it does without a lock file.
        let rows = [
            ("0.14", false, false),
            ("0.15", true, false),
            ("0.16.1", true, false),
            ("0.17", true, true),
            ("=0.17.0", true, true),
            ("0.18", false, false),
            (">=0.12", true, true),
            (">=0.12, <0.16", true, false),
            (">0.14", true, true),
            ("<0.15", false, false),
            ("*", true, true),
        ];
        let hashbrown = companion("pyo3", "hashbrown");
        for (written, can_meet, meets) in rows {
            let requirement = VersionReq::parse(written).unwrap();
            assert_eq!(hashbrown.can_meet(Release::NEWEST, &requirement), can_meet, "{written}");
            assert_eq!(hashbrown.meets(Release::NEWEST, &requirement), meets, "{written}");
        }
    }

    #[test]
    fn every_range_has_a_version() {
        for companion in companions() {
            for release in companion.takes.keys().map(|release| release.0) {
                assert!(companion.newest(release).is_some(), "{} for {} {release}", companion.name, companion.of);
            }
        }
    }

    #[test]
    fn the_newest_release_is_known() {
        for of in ["pyo3", "numpy"] {
            assert!(companions().iter().any(|companion| companion.of == of && companion.takes(Release::NEWEST).is_some()), "{of}");
        }
    }
}
