//! Which Rust and which Python each PyO3 release works with, and what its build script says of the others.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::ReleaseText;
use crate::release::Release;

/// A series of Rust or Python: major and minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Series(pub u16, pub u16);

/// What a PyO3 release works with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Toolchain {
    pyo3: ReleaseText,
    /// The oldest Rust that compiles it.
    pub rust: Series,
    /// CPython with the global lock.
    pub python: Pythons,
    /// Free-threaded CPython, if it is supported at all.
    pub free_threaded: Option<Pythons>,
}

/// A range of Python series, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pythons {
    /// The oldest.
    pub min: Series,
    /// The newest.
    pub max: Series,
}

/// Which stable ABI the features of PyO3 ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StableAbi {
    /// None: each Python needs its own build.
    #[default]
    None,
    /// `abi3`: that of the Python that builds.
    OfBuilder,
    /// `abi3-py39`: that of this Python and all newer ones.
    From(Series),
}

/// A build of CPython as PyO3's build script looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CPython {
    /// Its series.
    pub series: Series,
    /// Whether it runs without the global lock.
    pub threading: Threading,
}

/// How threads of an interpreter run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threading {
    /// One at a time, under the global lock.
    #[default]
    Gil,
    /// At the same time.
    Free,
}

/// What a PyO3 release makes of an interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It is one of those that the release was made for.
    Full,
    /// It is newer than the release knows, and the project is built for the stable ABI of an older one.
    ByStableAbi(Series),
    /// It is the next one after the newest; since PyO3 0.28 the build goes on with a warning.
    Experimental(Series),
    /// It is newer than the release knows, which PyO3 before 0.20 did not look at.
    Unchecked(Series),
    /// Older than the oldest.
    TooOld(Series),
    /// Newer than the newest.
    TooNew(Series),
    /// Older than the floor of the `abi3-py…` feature.
    BelowStableAbi(Series),
    /// Free-threaded, which works from this release on.
    NotFreeThreaded(Release),
}

impl Support {
    /// Whether the build script lets the build go on.
    #[must_use]
    pub const fn builds(self) -> bool {
        matches!(self, Self::Full | Self::ByStableAbi(_) | Self::Experimental(_) | Self::Unchecked(_))
    }

    /// What is to be known about it, in words that follow the name of the interpreter; nothing when all is well.
    #[must_use]
    pub fn remark(self, release: Release) -> Option<String> {
        Some(match self {
            Self::Full => return None,
            Self::ByStableAbi(floor) => {
                format!("is newer than PyO3 {release} knows; the project builds for the stable ABI of Python {floor}, which works there")
            }
            Self::Experimental(newest) => {
                format!(
                    "is newer than {newest}, the newest that PyO3 {release} supports: it builds with a warning, and is not to be published"
                )
            }
            Self::Unchecked(newest) => {
                format!("is newer than {newest}, the newest that PyO3 {release} was made for; it may not compile, or crash")
            }
            Self::TooOld(oldest) => format!("is too old for PyO3 {release}, which needs at least {oldest}"),
            Self::TooNew(newest) => format!("is too new for PyO3 {release}, which supports up to {newest}"),
            Self::BelowStableAbi(floor) => {
                format!("is older than {floor}, which the project's `abi3-py{}{}` feature asks for", floor.0, floor.1)
            }
            Self::NotFreeThreaded(first) => {
                format!("is free-threaded, which PyO3 supports from {first} on, and the project uses {release}")
            }
        })
    }

    /// What to do about an interpreter that does not build.
    #[must_use]
    pub fn help(self) -> Option<String> {
        match self {
            Self::TooOld(oldest) => Some(format!("take a Python of at least {oldest}")),
            Self::TooNew(newest) => Some(format!(
                "take Python {newest} or older; or raise `pyo3` in Cargo.toml (`hognose check` says what that changes); or build for the stable \
                 ABI with PyO3's `abi3-py…` feature, which works with newer Pythons too"
            )),
            Self::BelowStableAbi(floor) => Some(format!("take a Python of at least {floor}, or lower the feature")),
            Self::NotFreeThreaded(first) => Some(format!("take a Python with the global lock, or raise `pyo3` in Cargo.toml to {first}")),
            Self::Full | Self::ByStableAbi(_) | Self::Experimental(_) | Self::Unchecked(_) => None,
        }
    }
}

impl Toolchain {
    /// The release.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.pyo3.0
    }

    /// What the build script of this release does with an interpreter, as read from `pyo3-ffi/build.rs` and `pyo3-build-config` of each release.
    #[must_use]
    pub fn support(&self, python: CPython, stable_abi: StableAbi) -> Support {
        let series = python.series;
        if series < self.python.min {
            return Support::TooOld(self.python.min);
        }
        if let StableAbi::From(floor) = stable_abi
            && series < floor
        {
            return Support::BelowStableAbi(floor);
        }
        let range = match (python.threading, self.free_threaded) {
            (Threading::Gil, _) => self.python,
            (Threading::Free, Some(range)) => range,
            (Threading::Free, None) => return Support::NotFreeThreaded(Release::new(23)),
        };
        if series < range.min {
            return Support::TooOld(range.min);
        }
        if series <= range.max {
            return Support::Full;
        }
        // Free-threaded Python has no `abi3`; the build is lowered to the feature's Python only where there is one.
        if let (StableAbi::From(floor), Threading::Gil) = (stable_abi, python.threading) {
            return Support::ByStableAbi(floor);
        }
        let is_next = series == Series(range.max.0, range.max.1 + 1);
        match self.release().minor() {
            ..20 => Support::Unchecked(range.max),
            28.. if is_next => Support::Experimental(range.max),
            _ => Support::TooNew(range.max),
        }
    }
}

/// What the release works with; `None` for one that the table does not hold.
#[must_use]
pub fn toolchain(release: Release) -> Option<&'static Toolchain> {
    toolchains().iter().find(|toolchain| toolchain.release() == release)
}

/// The first and the last release that support an interpreter without doubt.
#[must_use]
pub fn releases_for(python: CPython) -> Option<(Release, Release)> {
    let mut fitting = toolchains().iter().filter(|toolchain| toolchain.support(python, StableAbi::None) == Support::Full);
    let first = fitting.next()?.release();
    Some((first, fitting.next_back().map_or(first, Toolchain::release)))
}

/// All rows, by release.
fn toolchains() -> &'static [Toolchain] {
    static TOOLCHAINS: LazyLock<Vec<Toolchain>> = LazyLock::new(|| read(include_str!("data/toolchains.toml")));
    &TOOLCHAINS
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    toolchain: Vec<Toolchain>,
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and the tests read it")]
fn read(text: &str) -> Vec<Toolchain> {
    toml::from_str::<File>(text).expect("toolchains.toml is good").toolchain
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl TryFrom<String> for Series {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let numbers = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        numbers.map(|(major, minor)| Self(major, minor)).ok_or_else(|| format!("`{text}` is no MAJOR.MINOR"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gil(minor: u16) -> CPython {
        CPython { series: Series(3, minor), threading: Threading::Gil }
    }

    fn free(minor: u16) -> CPython {
        CPython { series: Series(3, minor), threading: Threading::Free }
    }

    fn support(release: u16, python: CPython, stable_abi: StableAbi) -> Support {
        toolchain(Release::new(release)).expect("a row").support(python, stable_abi)
    }

    #[test]
    fn rows_are_in_order_and_reach_the_newest_release() {
        let rows = toolchains();
        assert!(rows.windows(2).all(|pair| pair[0].release() < pair[1].release() && pair[0].rust <= pair[1].rust));
        assert!(rows.iter().all(|row| row.python.min < row.python.max));
        assert_eq!(rows.last().map(Toolchain::release), Some(Release::NEWEST));
        assert!(toolchain(Release::new(99)).is_none());
    }

    #[test]
    fn support_is_what_the_build_scripts_say() {
        let none = StableAbi::None;
        let rows = [
            (support(30, gil(8), none), Support::TooOld(Series(3, 9))),
            (support(30, gil(15), none), Support::Full),
            (support(30, gil(16), none), Support::Experimental(Series(3, 15))),
            (support(30, gil(17), none), Support::TooNew(Series(3, 15))),
            (support(30, gil(17), StableAbi::OfBuilder), Support::TooNew(Series(3, 15))),
            (support(30, gil(17), StableAbi::From(Series(3, 9))), Support::ByStableAbi(Series(3, 9))),
            (support(30, gil(11), StableAbi::From(Series(3, 12))), Support::BelowStableAbi(Series(3, 12))),
            (support(30, free(13), none), Support::TooOld(Series(3, 14))),
            (support(30, free(14), StableAbi::From(Series(3, 9))), Support::Full),
            (support(27, gil(15), none), Support::TooNew(Series(3, 14))),
            (support(22, free(13), none), Support::NotFreeThreaded(Release::new(23))),
            (support(23, free(14), StableAbi::From(Series(3, 9))), Support::TooNew(Series(3, 13))),
            (support(19, gil(12), none), Support::Unchecked(Series(3, 11))),
        ];
        for (index, (there, wanted)) in rows.into_iter().enumerate() {
            assert_eq!(there, wanted, "row {index}");
            assert_eq!(there.remark(Release::NEWEST).is_none(), wanted == Support::Full);
            assert_eq!(there.help().is_none(), there.builds(), "who cannot build is told what to do");
        }
    }

    #[test]
    fn interpreters_have_their_releases() {
        assert_eq!(releases_for(gil(8)), Some((Release::new(13), Release::new(29))));
        assert_eq!(releases_for(gil(14)), Some((Release::new(25), Release::NEWEST)));
        assert_eq!(releases_for(free(13)), Some((Release::new(23), Release::new(28))));
        assert_eq!(releases_for(gil(5)), None);
    }
}
