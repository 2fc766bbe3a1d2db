//! The name of a wheel's file: distribution, version and the tags that say which Pythons can install it.

use std::fmt;

use crate::catalog::{CPython, Series, Threading};

/// What the file name of a wheel says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The name of the distribution, with `_` for `-`.
    pub distribution: String,
    /// Its version.
    pub version: String,
    /// The Pythons: `cp39`, or several.
    pub pythons: Vec<String>,
    /// The ABIs: `abi3`, `cp311`, or several.
    pub abis: Vec<String>,
}

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.pythons.join("."), self.abis.join("."))
    }
}

impl Tags {
    /// Reads `demo-1.0-cp39-abi3-manylinux_2_17_x86_64.whl`; `None` for what is not the name of a wheel.
    #[must_use]
    pub fn read(file_name: &str) -> Option<Self> {
        let parts: Vec<&str> = file_name.strip_suffix(".whl")?.split('-').collect();
        let [distribution, version, rest @ ..] = parts.as_slice() else { return None };
        // A build number may stand before the tags.
        let ([pythons, abis, _] | [_, pythons, abis, _]) = rest else { return None };
        let several = |text: &str| text.split('.').map(str::to_owned).collect();
        let (distribution, version) = ((*distribution).to_owned(), (*version).to_owned());
        Some(Self { distribution, version, pythons: several(pythons), abis: several(abis) })
    }

    /// The oldest Python of those that can install it through the stable ABI; `None` if it does not use that one.
    #[must_use]
    pub fn abi3_floor(&self) -> Option<Series> {
        let is_abi3 = self.abis.iter().any(|abi| abi == "abi3");
        is_abi3.then(|| self.pythons.iter().filter_map(|python| series(python)).min()).flatten()
    }

    /// Whether this Python can install it, as far as Python and ABI go.
    #[must_use]
    pub fn fit(&self, python: CPython) -> bool {
        let threads = if python.threading == Threading::Free { "t" } else { "" };
        let own = format!("cp{}{}{threads}", python.series.0, python.series.1);
        let is_own = self.abis.contains(&own);
        let is_abi3 = python.threading == Threading::Gil && self.abi3_floor().is_some_and(|floor| floor <= python.series);
        let is_abi3t = self.abis.iter().any(|abi| abi == "abi3t")
            && python.threading == Threading::Free
            && self.pythons.iter().filter_map(|built| series(built)).any(|floor| floor <= python.series);
        let is_any = self.abis.iter().any(|abi| abi == "none");
        is_own || is_abi3 || is_abi3t || is_any
    }
}

/// The series of `cp39` or `cp314t`.
pub(super) fn series(tag: &str) -> Option<Series> {
    let digits = tag.strip_prefix("cp")?.trim_end_matches('t');
    let (major, minor) = digits.split_at_checked(1)?;
    Some(Series(major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(name: &str) -> Tags {
        Tags::read(&format!("{name}-linux_x86_64.whl")).expect("the name of a wheel")
    }

    #[test]
    fn names_of_wheels_are_read() {
        let read = tags("demo_x-1.0-cp39-abi3");
        assert_eq!((read.distribution.as_str(), read.version.as_str(), read.abi3_floor()), ("demo_x", "1.0", Some(Series(3, 9))));
        assert_eq!(tags("demo-1.0-1-cp311-cp311").to_string(), "cp311-cp311");
        assert_eq!(tags("x-1-cp315-abi3.abi3t").abi3_floor(), Some(Series(3, 15)));
        assert_eq!(tags("x-1-cp311-cp311").abi3_floor(), None);
        assert_eq!([Tags::read("demo-1.0.tar.gz"), Tags::read("demo.whl"), Tags::read("a-b-c-d.whl")], [None, None, None]);
    }

    #[test]
    fn a_python_installs_what_is_built_for_it() {
        let gil = |minor| CPython { series: Series(3, minor), threading: Threading::Gil };
        let free = |minor| CPython { series: Series(3, minor), threading: Threading::Free };
        assert!(tags("x-1-cp39-abi3").fit(gil(9)) && tags("x-1-cp39-abi3").fit(gil(14)) && !tags("x-1-cp39-abi3").fit(gil(8)));
        assert!(!tags("x-1-cp39-abi3").fit(free(14)) && tags("x-1-cp314-cp314t").fit(free(14)) && !tags("x-1-cp314-cp314t").fit(gil(14)));
        assert!(tags("x-1-cp315-abi3.abi3t").fit(gil(15)) && tags("x-1-cp315-abi3.abi3t").fit(free(16)));
        assert!(tags("x-1-cp311-cp311").fit(gil(11)) && !tags("x-1-cp311-cp311").fit(gil(12)) && tags("x-1-py3-none").fit(gil(12)));
    }
}
