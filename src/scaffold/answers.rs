//! What a user answers for a new project.

use std::fmt;

use super::names::Names;
use super::versions::{PYTHON_FLOOR, PYTHON_FREE_THREADED, PYTHON_NEWEST};

/// Everything that a template is rendered with, apart from the versions of what it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The names of the project and of its module.
    pub names: Names,
    /// The oldest Python that the project supports.
    pub python: Python,
    /// What its wheels are built for.
    pub abi: Abi,
    /// Where it is tested and released.
    pub ci: Ci,
    /// Its licence.
    pub license: License,
    /// Who writes it.
    pub author: Option<Author>,
}

impl Answers {
    /// The defaults for everything but the names.
    #[must_use]
    pub fn with_defaults(names: Names) -> Self {
        Self { names, python: Python::default(), abi: Abi::default(), ci: Ci::default(), license: License::default(), author: None }
    }
}

/// A minor release of Python 3 that PyO3 supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Python {
    minor: u16,
}

impl Default for Python {
    fn default() -> Self {
        Self { minor: PYTHON_FLOOR.1 }
    }
}

impl Python {
    /// Reads `3.11`.
    ///
    /// # Errors
    /// The text is no release of Python 3, or one that the templates' PyO3 does not support.
    pub fn read(text: &str) -> Result<Self, String> {
        let minor = text.strip_prefix("3.").and_then(|minor| minor.parse().ok());
        let (oldest, newest) = (PYTHON_FLOOR.1, PYTHON_NEWEST.1);
        match minor {
            Some(minor) if (oldest..=newest).contains(&minor) => Ok(Self { minor }),
            Some(_) => Err(format!("the templates' PyO3 supports Python 3.{oldest} to 3.{newest}, not {text}")),
            None => Err(format!("`{text}` is no release of Python such as 3.{oldest}")),
        }
    }

    /// The releases from this one to the newest.
    pub fn and_later(self) -> impl Iterator<Item = Self> {
        (self.minor..=PYTHON_NEWEST.1).map(|minor| Self { minor })
    }

    /// Whether PyO3 supports the build of this release that has no GIL.
    #[must_use]
    pub const fn can_be_free_threaded(self) -> bool {
        self.minor >= PYTHON_FREE_THREADED.1
    }

    /// As in wheel tags and PyO3's features: `py39`.
    #[must_use]
    pub fn tag(self) -> String {
        format!("py3{}", self.minor)
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor)
    }
}

/// What wheels are built for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abi {
    /// CPython's stable ABI: one wheel a platform serves every release from the floor on.
    #[default]
    Stable,
    /// The ABI of each release: one wheel a platform and release, the whole C API and a little more speed.
    PerRelease,
}

/// Where a project is tested and released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ci {
    /// GitHub Actions.
    #[default]
    GitHub,
    /// Nowhere.
    None,
}

/// The licences whose texts come with the templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum License {
    /// MIT.
    #[default]
    Mit,
    /// Apache-2.0.
    Apache,
    /// The choice that most Rust crates leave.
    MitOrApache,
    /// BSD-3-Clause.
    Bsd,
    /// MPL-2.0.
    Mpl,
    /// All rights reserved.
    None,
}

impl License {
    /// The SPDX expression, if there is a licence.
    #[must_use]
    pub const fn spdx(self) -> Option<&'static str> {
        match self {
            Self::Mit => Some("MIT"),
            Self::Apache => Some("Apache-2.0"),
            Self::MitOrApache => Some("MIT OR Apache-2.0"),
            Self::Bsd => Some("BSD-3-Clause"),
            Self::Mpl => Some("MPL-2.0"),
            Self::None => None,
        }
    }
}

/// Who writes a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The address, if known.
    pub email: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_python_are_read_within_what_pyo3_supports() {
        assert_eq!(Python::read("3.11").map(|python| (python.to_string(), python.tag())), Ok(("3.11".to_owned(), "py311".to_owned())));
        assert_eq!(Python::read("3.8").unwrap_err(), "the templates' PyO3 supports Python 3.9 to 3.15, not 3.8");
        assert_eq!(Python::read("3").unwrap_err(), "`3` is no release of Python such as 3.9");
        assert_eq!(Python::default().and_later().count(), 7);
        assert_eq!(Python::default().and_later().filter(|python| python.can_be_free_threaded()).count(), 2);
    }
}
