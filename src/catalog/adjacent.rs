//! Which version of which other crate belongs to which PyO3: crates that link to Python through PyO3 must all use the same release of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::ReleaseText;
use crate::release::Release;

/// A crate that is tied to PyO3.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjacent {
    /// Its name as published.
    pub name: String,
    /// The crate that goes on where this one ended.
    pub successor: Option<String>,
    /// The highest version for each release of PyO3.
    versions: BTreeMap<ReleaseText, String>,
    /// Releases whose version is admitted by an open requirement only, and may not compile with them.
    #[serde(default)]
    open: Vec<ReleaseText>,
}

impl Adjacent {
    /// The version that belongs to a release of PyO3.
    #[must_use]
    pub fn version_for(&self, release: Release) -> Option<&str> {
        self.versions.get(&ReleaseText(release)).map(String::as_str)
    }

    /// Whether that version was made for the release, and not only admitted by a requirement without an upper end.
    #[must_use]
    pub fn is_certain(&self, release: Release) -> bool {
        !self.open.contains(&ReleaseText(release))
    }

    /// The newest release, up to `target`, that this crate has a version for.
    #[must_use]
    pub fn newest_up_to(&self, target: Release) -> Option<Release> {
        self.versions.range(..=ReleaseText(target)).next_back().map(|(release, _)| release.0)
    }
}

/// What is known of the crate with this name; `None` for one that is not tied to PyO3, or not known to be.
#[must_use]
pub fn adjacent(name: &str) -> Option<&'static Adjacent> {
    static CRATES: LazyLock<Vec<Adjacent>> = LazyLock::new(|| read(include_str!("data/adjacent.toml")));
    CRATES.iter().find(|adjacent| adjacent.name == name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "crate")]
    crates: Vec<Adjacent>,
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and the tests read it")]
fn read(text: &str) -> Vec<Adjacent> {
    toml::from_str::<File>(text).expect("adjacent.toml is good").crates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_named(name: &str) -> &'static Adjacent {
        adjacent(name).expect("a row")
    }

    #[test]
    fn versions_go_with_releases() {
        assert_eq!(crate_named("numpy").version_for(Release::new(30)), Some("0.30.0"));
        assert_eq!(crate_named("pythonize").version_for(Release::new(30)), None);
        assert_eq!(crate_named("pythonize").newest_up_to(Release::new(30)), Some(Release::new(29)));
        assert_eq!(crate_named("pyo3-polars").newest_up_to(Release::new(13)), None);
        assert!(!crate_named("serde-pyobject").is_certain(Release::new(30)) && crate_named("numpy").is_certain(Release::new(30)));
        assert!(adjacent("serde").is_none());
    }

    #[test]
    fn successors_go_on_to_the_newest_release() {
        for name in ["pyo3-asyncio", "pyo3-asyncio-0-21"] {
            let successor = crate_named(name).successor.as_deref().expect("a successor");
            assert!(crate_named(successor).version_for(Release::NEWEST).is_some(), "{successor}");
        }
    }
}
