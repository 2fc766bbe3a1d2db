//! What a project asks of Python, by its PyO3 release, its stable ABI and its `requires-python`.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use crate::catalog::{CPython, Series, StableAbi, Support, Threading, toolchain};
use crate::project::{Package, Project, pyproject, toml};
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
    /// Those of [`OVERRIDES`] that are set to 1.
    pub(super) overrides: Vec<&'static str>,
}

const SKIP_CHECK: &str = "UNSAFE_PYO3_SKIP_VERSION_CHECK";
const BUILD_FREE_THREADED: &str = "UNSAFE_PYO3_BUILD_FREE_THREADED";
const ABI3_FORWARD: &str = "PYO3_USE_ABI3_FORWARD_COMPATIBILITY";
const STABLE_ABI_FORWARD: &str = "PYO3_USE_STABLE_ABI_FORWARD_COMPATIBILITY";

/// The first Python with a stable ABI for free threading.
const FIRST_ABI3T: (u16, u16) = (3, 15);

/// The variables that make PyO3's build script take Pythons that it refuses otherwise.
const OVERRIDES: [&str; 4] = [SKIP_CHECK, BUILD_FREE_THREADED, ABI3_FORWARD, STABLE_ABI_FORWARD];

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
            pyo3: package.pyo3.builds,
            stable_abi: stable_abi(&pyo3_features(project, package)),
            requires_python: requires.and_then(|text| VersionSpecifiers::from_str(&text.value).ok()),
            overrides: OVERRIDES.into_iter().filter(|name| around.variable(name).is_some_and(|value| value == "1")).collect(),
        }
    }

    /// What the project makes of an interpreter.
    pub(super) fn judge(&self, python: &Interpreter) -> Judgement {
        if let Some(unfit) = self.unfit(python) {
            return Judgement::Unfit(unfit.why);
        }
        self.doubt(python).map_or(Judgement::Fits, Judgement::Doubtful)
    }

    /// What is to be said of an interpreter that PyO3 builds for without being made for it.
    pub(super) fn doubt(&self, python: &Interpreter) -> Option<String> {
        let (release, support) = self.support(python)?;
        let remark = support.remark(release)?;
        match support {
            Support::Experimental(_) | Support::Unchecked(_) => Some(remark),
            _ if support.builds() => None,
            _ => Some(format!("{remark}; PyO3 builds for it all the same, because `{}` is set", self.overriding(support, python)?)),
        }
    }

    /// Why an interpreter cannot be used, if so.
    pub(super) fn unfit(&self, python: &Interpreter) -> Option<Unfit> {
        self.refused_by_pyo3(python).or_else(|| self.outside_of_requires_python(python))
    }

    /// Why PyO3 does not compile for an interpreter, if so.
    pub(super) fn refused_by_pyo3(&self, python: &Interpreter) -> Option<Unfit> {
        let (release, support) = self.support(python).filter(|(_, support)| self.overriding(*support, python).is_none())?;
        Some(Unfit { help: support.help()?, why: support.remark(release)? })
    }

    /// The variable that makes PyO3 take an interpreter, as read from `pyo3-ffi/build.rs` of each release.
    fn overriding(&self, support: Support, python: &Interpreter) -> Option<&'static str> {
        let release = self.pyo3?;
        let is_too_new = matches!(support, Support::TooNew(_));
        let takes = |name: &&str| match *name {
            SKIP_CHECK => is_too_new || matches!(support, Support::TooOld(_)),
            BUILD_FREE_THREADED => matches!(support, Support::NotFreeThreaded(_)) && release == Release::new(22),
            ABI3_FORWARD => is_too_new && !python.free_threaded,
            STABLE_ABI_FORWARD => {
                is_too_new && release >= Release::new(29) && (!python.free_threaded || python.version.series >= FIRST_ABI3T)
            }
            _ => false,
        };
        self.overrides.iter().copied().find(takes)
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
            parts.push(format!("its `abi3-py{}{}` feature needs {floor} or any newer one", floor.0, floor.1));
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

/// The features of PyO3 that are on when maturin builds: those that are on always, and those that `[tool.maturin] features` leads to.
pub(super) fn pyo3_features(project: &Project, package: &Package) -> BTreeSet<String> {
    let text = |file| project.sources.get(file).text.as_str();
    let always = package.pyo3.features.iter().filter(|feature| feature.unconditional && is_pyo3(&feature.of));
    let mut on: BTreeSet<String> = always.map(|feature| feature.name.clone()).collect();
    let maturin = package.pyproject.and_then(|file| pyproject::read(text(file))).and_then(|python| python.maturin);
    let mut next: Vec<String> = maturin.into_iter().flat_map(|maturin| maturin.features).map(|feature| feature.value).collect();
    let Ok(manifest) = toml::parse(text(package.manifest)) else { return on };
    let mut seen = BTreeSet::new();
    while let Some(name) = next.pop() {
        if let Some((dependency, feature)) = name.split_once('/') {
            let dependency = dependency.trim_end_matches('?');
            if is_pyo3(dependency) || package.pyo3.extern_names.iter().any(|name| *name == dependency.replace('-', "_")) {
                on.insert(feature.to_owned());
            }
        } else if let Some(entry) = manifest.get(&["features", &name])
            && seen.insert(name.clone())
        {
            next.extend(entry.value.texts().into_iter().map(|text| text.value));
        }
    }
    on
}

fn is_pyo3(package: &str) -> bool {
    matches!(package, "pyo3" | "pyo3-ffi")
}

/// The stable ABI that features of PyO3 ask for.
fn stable_abi(features: &BTreeSet<String>) -> StableAbi {
    let floor = |name: &String| Some(Series(3, name.strip_prefix("abi3-py3")?.parse().ok()?));
    // PyO3 takes the lowest.
    match features.iter().filter_map(floor).min() {
        Some(floor) => StableAbi::From(floor),
        None if features.contains("abi3") => StableAbi::OfBuilder,
        None => StableAbi::None,
    }
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
        Needs {
            pyo3: Some(Release::new(pyo3)),
            stable_abi,
            requires_python: VersionSpecifiers::from_str(requires).ok(),
            overrides: Vec::new(),
        }
    }

    #[test]
    fn the_project_and_its_pyo3_both_have_a_say() {
        let plain = needs(22, StableAbi::None, ">=3.10");
        assert_eq!(plain.judge(&python("3.13.0")), Judgement::Fits);
        assert_eq!(plain.unfit(&python("3.9.2")).expect("unfit").why, "is not in the project's `requires-python = \">=3.10\"`");
        let new = plain.unfit(&python("3.14.0rc1")).expect("unfit");
        assert_eq!(new.why, "is too new for PyO3 0.22, which supports up to 3.13");
        assert!(new.help.contains("`hognose check`") && new.help.contains("abi3-py"), "{}", new.help);
        assert_eq!(needs(22, StableAbi::From(Series(3, 9)), ">=3.9").judge(&python("3.14.0")), Judgement::Fits);
        assert!(matches!(needs(30, StableAbi::None, ">=3.9").judge(&python("3.16.0a1")), Judgement::Doubtful(_)));
    }

    #[test]
    fn variables_make_pyo3_take_what_it_refuses() {
        let judge = |release: u16, variable: &'static str, version: &str, free_threaded: bool| {
            let needs = Needs { overrides: vec![variable], ..needs(release, StableAbi::None, ">=3.7") };
            needs.judge(&Interpreter { free_threaded, ..python(version) })
        };
        let expected = "is too new for PyO3 0.22, which supports up to 3.13; PyO3 builds for it all the same, because \
                        `PYO3_USE_ABI3_FORWARD_COMPATIBILITY` is set";
        assert_eq!(judge(22, ABI3_FORWARD, "3.14.0", false), Judgement::Doubtful(expected.to_owned()));
        assert_eq!(judge(22, ABI3_FORWARD, "3.13.0", false), Judgement::Fits);
        let takes =
            |release, variable, version, free_threaded| matches!(judge(release, variable, version, free_threaded), Judgement::Doubtful(_));
        assert!(takes(22, SKIP_CHECK, "3.14.0", false) && takes(30, SKIP_CHECK, "3.8.0", false));
        assert!(!takes(30, ABI3_FORWARD, "3.8.0", false) && !takes(22, SKIP_CHECK, "3.13.0", true));
        assert!(takes(22, BUILD_FREE_THREADED, "3.13.0", true) && !takes(21, BUILD_FREE_THREADED, "3.13.0", true));
        assert!(!takes(30, ABI3_FORWARD, "3.17.0", true) && takes(30, STABLE_ABI_FORWARD, "3.17.0", true));
        assert!(!takes(26, STABLE_ABI_FORWARD, "3.15.0", true) && takes(30, STABLE_ABI_FORWARD, "3.17.0", false));
    }

    #[test]
    fn other_implementations_and_unknown_releases_are_not_judged() {
        let needs = needs(30, StableAbi::None, ">=3.8");
        let pypy = Interpreter { implementation: "PyPy".to_owned(), ..python("3.8.16") };
        assert_eq!(needs.unfit(&pypy), None);
        assert_eq!(Needs { pyo3: Some(Release::new(99)), ..needs }.unfit(&python("3.8.0")), None);
    }

    #[test]
    fn features_count_when_maturin_builds_with_them() {
        let dir = tempfile::tempdir().expect("folder");
        let write = |name: &str, text: &str| {
            let mut file = std::fs::File::create(dir.path().join(name)).expect("file");
            std::io::Write::write_all(&mut file, text.as_bytes()).expect("written");
        };
        let abi = || {
            let project = crate::project::load(&[dir.path().to_owned()]).expect("a project");
            Needs::of(&project, &project.packages[0], &Surroundings::bare("", dir.path())).stable_abi
        };
        let manifest =
            "[package]\nname = \"x\"\n\n[dependencies]\npyo3 = \"0.30\"\n\n[features]\nstable = [\"low\"]\nlow = [\"pyo3/abi3-py311\"]\n";
        write("Cargo.toml", manifest);
        assert_eq!(abi(), StableAbi::None);
        write("pyproject.toml", "[build-system]\nbuild-backend = \"maturin\"\n\n[tool.maturin]\nfeatures = [\"stable\"]\n");
        assert_eq!(abi(), StableAbi::From(Series(3, 11)));
        write("pyproject.toml", "[build-system]\nbuild-backend = \"maturin\"\n\n[tool.maturin]\nfeatures = [\"pyo3/abi3\"]\n");
        assert_eq!(abi(), StableAbi::OfBuilder);
        write("Cargo.toml", &manifest.replace("\"0.30\"", "{ version = \"0.30\", features = [\"abi3-py39\", \"abi3-py310\"] }"));
        assert_eq!(abi(), StableAbi::From(Series(3, 9)));
    }

    #[test]
    fn versions_are_read_by_their_numbers() {
        assert_eq!(numbers("3.13.0+"), Version::from_str("3.13.0").ok());
        assert_eq!(numbers("3.14.0rc1"), Version::from_str("3.14.0").ok());
        assert_eq!(numbers("x"), None);
    }
}
