//! A PyO3 release series (0.26) and the order of them.

use std::fmt;
use std::str::FromStr;

/// A PyO3 release series: every published one is `0.MINOR`, and only the minor number breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release(u16);

impl Release {
    /// The newest release that hognose knows (0.30.1, October 2026).
    pub const NEWEST: Self = Self(30);
    /// The oldest release that hognose knows.
    pub const OLDEST: Self = Self(12);

    /// The release `0.minor`.
    #[must_use]
    pub const fn new(minor: u16) -> Self {
        Self(minor)
    }

    /// Whether it came out after this program: what it changed is not in the catalogue.
    #[must_use]
    pub fn is_newer_than_known(self) -> bool {
        self > Self::NEWEST
    }

    /// The number after `0.`.
    #[must_use]
    pub const fn minor(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0.{}", self.0)
    }
}

/// The text names no PyO3 release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotARelease(pub String);

impl fmt::Display for NotARelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a PyO3 release; write it as 0.MINOR, for instance {}", self.0, Release::NEWEST)
    }
}

impl std::error::Error for NotARelease {}

impl FromStr for Release {
    type Err = NotARelease;

    /// Accepts `0.26` and `0.26.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || NotARelease(text.to_owned());
        let mut parts = text.trim().split('.');
        if parts.next() != Some("0") {
            return Err(refuse());
        }
        let minor = parts.next().and_then(|part| part.parse().ok()).ok_or_else(refuse)?;
        if parts.any(|part| part.is_empty() || !part.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(refuse());
        }
        Ok(Self(minor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_series_and_full_versions() {
        assert_eq!("0.26".parse(), Ok(Release::new(26)));
        assert_eq!("0.26.1".parse(), Ok(Release::new(26)));
        assert!("1.0".parse::<Release>().is_err());
        assert!("0.x".parse::<Release>().is_err());
        assert!("0.26.".parse::<Release>().is_err());
    }
}
