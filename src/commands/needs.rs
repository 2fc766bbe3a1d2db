//! What a project asks of Python, by its PyO3 release, its stable ABI and its `requires-python`.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use crate::catalog::{CPython, Series, StableAbi, Support, Threading, toolchain};
use crate::project::{Package, Project, pyproject};
use crate::release::Release;
use crate::toolchain::locate::Surroundings;
use crate::toolchain::python::{Interpreter, Judgement};

/// What a project asks of Python.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// The PyO3 release in use.
    pub(super) pyo3: Option<Release>,
    /// The stable ABI that it is built for.
    pub(super) stable_abi: StableAbi,
    /// `[project] requires-python`.
    pub(super) requires_python: Option<VersionSpecifiers>,
    /// Whether `UNSAFE_PYO3_SKIP_VERSION_CHECK` is set, by which PyO3 takes every Python.
    pub(super) unchecked: bool,
}

/// Why an interpreter is not for a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfit {
    /// In words that follow the interpreter's name.
    pub(super) why: String,
    /// What to do.
    pub(super) help: String,
}

impl Needs {
    /// Reads them off a package.
    pub(super) fn of(project: &Project, package: &Package, around: &Surroundings) -> Self {
        let python = package.pyproject.and_then(|file| pyproject::read(&project.sources.get(file).text));
        let requires = python.and_then(|python| python.requires_python);
        Self {
            pyo3: package.pyo3.release,
            stable_abi: stable_abi(package),
            requires_python: requires.and_then(|text| VersionSpecifiers::from_str(&text.value).ok()),
            unchecked: around.variable("UNSAFE_PYO3_SKIP_VERSION_CHECK").is_some_and(|value| value == "1"),
        }
    }

    /// What the project makes of an interpreter.
    pub(super) fn judge(&self, python: &Interpreter) -> Judgement {
        if let Some(unfit) = self.unfit(python) {
            return Judgement::Unfit(unfit.why);
        }
        let remark = self.support(python).and_then(|(release, support)| match support {
            Support::Experimental(_) | Support::Unchecked(_) => support.remark(release),
            _ => None,
        });
        remark.map_or(Judgement::Fits, Judgement::Doubtful)
    }

    /// Why an interpreter cannot be used, if so.
    pub(super) fn unfit(&self, python: &Interpreter) -> Option<Unfit> {
        self.refused_by_pyo3(python).or_else(|| self.outside_of_requires_python(python))
    }

    /// Why PyO3 does not compile for an interpreter, if so.
    pub(super) fn refused_by_pyo3(&self, python: &Interpreter) -> Option<Unfit> {
        let (release, support) = self.support(python).filter(|_| !self.unchecked)?;
        Some(Unfit { help: support.help()?, why: support.remark(release)? })
    }

    fn outside_of_requires_python(&self, python: &Interpreter) -> Option<Unfit> {
        let requires = self.requires_python.as_ref()?;
        let version = numbers(&python.version.text)?;
        (!requires.contains(&version)).then(|| Unfit {
            why: format!("is not in the project's `requires-python = \"{requires}\"`"),
            help: format!("take a Python that is {requires}, or change `requires-python` in pyproject.toml"),
        })
    }

    /// What the project's PyO3 makes of an interpreter; `None` where nothing is known of them.
    pub(super) fn support(&self, python: &Interpreter) -> Option<(Release, Support)> {
        // PyPy and GraalPy have ranges of their own, which the table does not hold.
        let release = self.pyo3.filter(|_| python.implementation == "CPython")?;
        Some((release, toolchain(release)?.support(cpython(python), self.stable_abi)))
    }

    /// The Pythons that would do, for people.
    pub(super) fn wanted(&self) -> String {
        let mut parts = Vec::new();
        if let Some(requires) = &self.requires_python {
            parts.push(format!("`requires-python` is \"{requires}\""));
        }
        if let Some(known) = self.pyo3.and_then(toolchain) {
            parts.push(format!("PyO3 {} supports {} to {}", known.release(), known.python.min, known.python.max));
        }
        if let StableAbi::From(floor) = self.stable_abi {
            parts.push(format!("the stable ABI of {floor} works with newer ones"));
        }
        parts.join(", ")
    }
}

/// An interpreter as PyO3 looks at it.
pub(super) fn cpython(python: &Interpreter) -> CPython {
    let (major, minor) = python.version.series;
    let threading = if python.free_threaded { Threading::Free } else { Threading::Gil };
    CPython { series: Series(major, minor), threading }
}

/// The stable ABI that the manifest asks for in every build of the Python module.
fn stable_abi(package: &Package) -> StableAbi {
    // Features that the user of the package chooses are taken for chosen: maturin is the one who does, and it says so in places that vary.
    let names =
        package.pyo3.features.iter().filter(|feature| matches!(feature.of.as_str(), "pyo3" | "pyo3-ffi")).map(|feature| &feature.name);
    let mut abi = StableAbi::None;
    for name in names {
        let floor = name.strip_prefix("abi3-py3").and_then(|minor| minor.parse().ok()).map(|minor| Series(3, minor));
        abi = match (abi, floor) {
            // PyO3 takes the lowest.
            (StableAbi::From(known), Some(floor)) => StableAbi::From(known.min(floor)),
            (_, Some(floor)) => StableAbi::From(floor),
            (StableAbi::None, None) if name == "abi3" => StableAbi::OfBuilder,
            (abi, None) => abi,
        };
    }
    abi
}

/// The numbers of a version: a pre-release counts as its release, as it does for those who try it.
pub(super) fn numbers(text: &str) -> Option<Version> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    Version::from_str(text[..end].trim_end_matches('.')).ok()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::toolchain::locate::{self, Reason};

    fn python(version: &str) -> Interpreter {
        Interpreter {
            path: PathBuf::from("python"),
            version: locate::Version::read(version).expect("a version"),
            implementation: "CPython".to_owned(),
            free_threaded: false,
            reason: Reason::OnPath,
        }
    }

    fn needs(pyo3: u16, stable_abi: StableAbi, requires: &str) -> Needs {
        Needs { pyo3: Some(Release::new(pyo3)), stable_abi, requires_python: VersionSpecifiers::from_str(requires).ok(), unchecked: false }
    }

    #[test]
    fn the_project_and_its_pyo3_both_have_a_say() {
        let plain = needs(22, StableAbi::None, ">=3.10");
        assert_eq!(plain.judge(&python("3.13.0")), Judgement::Fits);
        assert_eq!(plain.unfit(&python("3.9.2")).expect("unfit").why, "is not in the project's `requires-python = \">=3.10\"`");
        let new = plain.unfit(&python("3.14.0rc1")).expect("unfit");
        assert_eq!(new.why, "is too new for PyO3 0.22, which supports up to 3.13");
        assert!(new.help.contains("`hognose check`") && new.help.contains("abi3-py"), "{}", new.help);
        assert_eq!(Needs { unchecked: true, ..plain }.judge(&python("3.14.0")), Judgement::Fits);
        assert_eq!(needs(22, StableAbi::From(Series(3, 9)), ">=3.9").judge(&python("3.14.0")), Judgement::Fits);
        assert!(matches!(needs(30, StableAbi::None, ">=3.9").judge(&python("3.16.0a1")), Judgement::Doubtful(_)));
    }

    #[test]
    fn other_implementations_and_unknown_releases_are_not_judged() {
        let needs = needs(30, StableAbi::None, ">=3.8");
        let pypy = Interpreter { implementation: "PyPy".to_owned(), ..python("3.8.16") };
        assert_eq!(needs.unfit(&pypy), None);
        assert_eq!(Needs { pyo3: Some(Release::new(99)), ..needs }.unfit(&python("3.8.0")), None);
    }

    #[test]
    fn versions_are_read_by_their_numbers() {
        assert_eq!(numbers("3.13.0+"), Version::from_str("3.13.0").ok());
        assert_eq!(numbers("3.14.0rc1"), Version::from_str("3.14.0").ok());
        assert_eq!(numbers("x"), None);
    }
}
