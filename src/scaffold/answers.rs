//! What a user answers for a new project.

use std::fmt;

use super::names::Names;
use super::template::{self, Template};
use super::versions::{PYTHON_FLOOR, PYTHON_FREE_THREADED, PYTHON_NEWEST};

/// Everything that a template is rendered with, apart from the versions of what it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The names of the project and of its module.
    pub names: Names,
    /// The compiled module inside of the Python package, by its own name.
    pub compiled: String,
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

/// The compiled module as every template but `init` names it.
pub const COMPILED: &str = "_core";

impl Answers {
    /// The defaults for everything but the names.
    #[must_use]
    pub fn with_defaults(names: Names) -> Self {
        Choices::default().answers(names)
    }
}

/// What a user chose for a project; what is `None` takes its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// What it starts from.
    pub template: Option<Template>,
    /// The module's name; else it follows from the project's.
    pub module: Option<String>,
    /// The oldest Python that it supports.
    pub python: Option<Python>,
    /// What its wheels are built for.
    pub abi: Option<Abi>,
    /// Where it is tested and released.
    pub ci: Option<Ci>,
    /// Its licence.
    pub license: Option<License>,
    /// Who writes it.
    pub author: Option<Author>,
}

impl Choices {
    /// The template, or the default one.
    #[must_use]
    pub fn template(&self) -> Template {
        self.template.unwrap_or(template::ALL[0])
    }

    /// Every answer, for a project of these names.
    #[must_use]
    pub fn answers(&self, names: Names) -> Answers {
        Answers {
            names,
            compiled: COMPILED.to_owned(),
            python: self.python.unwrap_or_default(),
            abi: self.abi.unwrap_or_default(),
            ci: self.ci.unwrap_or_default(),
            license: self.license.unwrap_or_default(),
            author: self.author.clone(),
        }
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
            None => Err(format!("`{text}` is not a Python release such as 3.{oldest}")),
        }
    }

    /// Every release that the templates' PyO3 supports, the oldest first.
    pub fn all() -> impl Iterator<Item = Self> {
        Self { minor: PYTHON_FLOOR.1 }.and_later()
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
    /// Every choice, the default first.
    pub const ALL: [Self; 6] = [Self::Mit, Self::Apache, Self::MitOrApache, Self::Bsd, Self::Mpl, Self::None];

    /// The licence with this SPDX expression.
    #[must_use]
    pub fn find(spdx: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|license| license.spdx().is_some_and(|known| known.eq_ignore_ascii_case(spdx.trim())))
    }

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

impl Author {
    /// Reads `Name <address>`, or a name alone.
    ///
    /// # Errors
    /// There is no name, or what stands in angle brackets is no address.
    pub fn read(text: &str) -> Result<Self, String> {
        let (name, email) = match text.trim().split_once('<') {
            None => (text.trim(), None),
            Some((name, rest)) => {
                let email = rest.strip_suffix('>').map(str::trim).filter(|email| is_address(email));
                (name.trim(), Some(email.ok_or_else(|| format!("`<{rest}` is not an address such as `<ada@example.org>`"))?))
            }
        };
        if name.is_empty() || is_address(name) {
            return Err("an author needs a name, such as `Ada Lovelace <ada@example.org>`".to_owned());
        }
        Ok(Self { name: name.to_owned(), email: email.map(str::to_owned) })
    }
}

/// Whether this can be an address: something, an at sign, something, and nothing that would end it in a header.
fn is_address(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','));
    plain && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_python_are_read_within_what_pyo3_supports() {
        assert_eq!(Python::read("3.11").map(|python| (python.to_string(), python.tag())), Ok(("3.11".to_owned(), "py311".to_owned())));
        assert_eq!(Python::read("3.8").unwrap_err(), "the templates' PyO3 supports Python 3.9 to 3.15, not 3.8");
        assert_eq!(Python::read("3").unwrap_err(), "`3` is not a Python release such as 3.9");
        assert_eq!(Python::all().count(), 7);
        assert_eq!(Python::all().filter(|python| python.can_be_free_threaded()).count(), 2);
    }

    #[test]
    fn authors_are_a_name_and_perhaps_an_address() {
        let read = |text: &str| Author::read(text).map(|author| (author.name, author.email.unwrap_or_default()));
        assert_eq!(read("Ada Lovelace <ada@example.org>"), Ok(("Ada Lovelace".to_owned(), "ada@example.org".to_owned())));
        assert_eq!(read(" Zoë "), Ok(("Zoë".to_owned(), String::new())));
        for text in ["", "<ada@example.org>", "ada@example.org", "Ada <ada>", "Ada <a@b", "Ada <a@b> and others"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn licences_are_found_by_what_manifests_say() {
        for license in License::ALL {
            assert_eq!(license.spdx().and_then(License::find), license.spdx().map(|_| license));
        }
        assert_eq!(License::find("mit or apache-2.0"), Some(License::MitOrApache));
        assert_eq!(License::find("GPL-3.0-only"), None);
    }
}
