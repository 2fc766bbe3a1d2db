//! What the options of `init` may not say: anything that the project says otherwise.

use super::draft::Draft;
use super::layout::Layout;
use super::pyo3::PyO3;
use super::{Obstacle, packaging};
use crate::scaffold::answers::{Abi, Choices, License, Python};

/// Refuses options that contradict the manifests, which would make two of them disagree.
pub(super) fn check(choices: &Choices, cargo: Option<&Draft>, pyproject: Option<&Draft>, pyo3: Option<&PyO3>) -> Result<(), Obstacle> {
    if let Some(license) = choices.license {
        check_license(license, cargo, "package")?;
        check_license(license, pyproject, "project")?;
    }
    if let Some(python) = choices.python {
        check_python(python, packaging::oldest_python(pyproject), "`[project] requires-python` of `pyproject.toml`")?;
        check_python(python, pyo3.and_then(PyO3::oldest_python), "the `abi3-py3…` feature of PyO3 in `Cargo.toml`")?;
    }
    match (choices.abi, pyo3.map(PyO3::abi)) {
        (Some(Abi::Stable), Some(Abi::PerRelease)) => Err(contradiction("--abi3", "the features of PyO3 in `Cargo.toml`, without `abi3`,")),
        (Some(Abi::PerRelease), Some(Abi::Stable)) => Err(contradiction("--no-abi3", "the feature `abi3` of PyO3 in `Cargo.toml`")),
        _ => Ok(()),
    }
}

/// Refuses a module's name that is not the one of the project.
pub(super) fn check_module(asked: Option<&str>, layout: &Layout) -> Result<(), Obstacle> {
    let there = &layout.names.module;
    let other = asked.filter(|asked| asked != there);
    other.map_or(Ok(()), |asked| {
        let by = format!("`{there}`, the name by which the project is imported (`module-name`, the package's folder or the `#[pymodule]`)");
        Err(contradiction(&format!("--module {asked}"), &by))
    })
}

fn check_license(asked: License, draft: Option<&Draft>, table: &str) -> Result<(), Obstacle> {
    let Some(draft) = draft else { return Ok(()) };
    let declared = draft.text_at(&[table, "license"]).or_else(|| draft.text_at(&[table, "license", "text"]));
    let other = declared.filter(|spdx| License::find(spdx) != Some(asked));
    let option = format!("--license {}", asked.spdx().unwrap_or("none"));
    other.map_or(Ok(()), |spdx| Err(contradiction(&option, &format!("`[{table}] license = \"{spdx}\"` of `{}`", draft.path))))
}

fn check_python(asked: Python, there: Option<Python>, key: &str) -> Result<(), Obstacle> {
    let other = there.filter(|there| *there != asked);
    other.map_or(Ok(()), |there| Err(contradiction(&format!("--min-python {asked}"), &format!("{key}, which starts at {there}"))))
}

fn contradiction(option: &str, by: &str) -> Obstacle {
    Obstacle::State(format!("`{option}` contradicts {by}; change it there, or leave the option out"))
}
