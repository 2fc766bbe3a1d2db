//! Checks of the interpreters that there are.

use std::path::Path;

use super::Report;
use crate::catalog::{Support, releases_for};
use crate::commands::doctor::facts::Facts;
use crate::commands::needs::cpython;
use crate::toolchain::python::Interpreter;

/// Lists them, with the PyO3 releases that support each, and minds when none is for the project.
pub(super) fn any(facts: &Facts, report: &mut Report) {
    for python in &facts.pythons {
        let line = format!("python {python}: {}", remark(python, facts));
        match facts.project.as_ref().and_then(|project| project.needs.unfit(python)) {
            Some(_) => report.aside(line),
            None => report.healthy(line),
        }
    }
    if facts.fitting().is_some() {
        return;
    }
    let wanted = facts.project.as_ref().map(|project| project.needs.wanted()).filter(|wanted| !wanted.is_empty());
    let (message, why) = match (facts.pythons.as_slice(), wanted) {
        ([], _) => ("there is no Python".to_owned(), "an extension is built for a Python, and tested with it".to_owned()),
        (_, wanted) => ("none of the Pythons that were found fits this project".to_owned(), wanted.unwrap_or_default()),
    };
    let install =
        if facts.has_uv { "uv python install" } else { "install Python from https://www.python.org/downloads or your system's packages" };
    report.problem("no-python", message, why, &[install]);
}

/// Which PyO3 releases an interpreter works with, and whether the project's is among them.
fn remark(python: &Interpreter, facts: &Facts) -> String {
    if python.implementation != "CPython" {
        return format!("{}, whose support is not known to hognose", python.implementation);
    }
    let releases = match releases_for(cpython(python)) {
        Some((first, last)) if first == last => format!("PyO3 {first}"),
        Some((first, last)) => format!("PyO3 {first} to {last}"),
        None => "no PyO3 release that hognose knows".to_owned(),
    };
    let Some(project) = &facts.project else { return releases };
    match (project.needs.unfit(python), project.needs.support(python)) {
        (Some(unfit), _) => format!("{releases}; not for this project: {}", unfit.why),
        (None, Some((release, support))) if support != Support::Full => {
            let remark = project.needs.doubt(python).or_else(|| support.remark(release));
            format!("{releases}; for this project, it {}", remark.unwrap_or_default())
        }
        _ => releases,
    }
}

/// The interpreter that `cargo build`, `cargo test` and the editor compile PyO3 for.
pub(super) fn of_cargo(facts: &Facts, report: &mut Report) {
    let Some(project) = &facts.project else { return };
    let by_config = project.cargo_python.is_some() && facts.variable("PYO3_PYTHON").is_none();
    let named = if by_config {
        Some("`.cargo/config.toml` sets `PYO3_PYTHON` to it")
    } else {
        facts.variable("PYO3_PYTHON").map(|_| "the variable `PYO3_PYTHON` names it")
    };
    let fitting = facts.fitting().map_or_else(|| Path::new("…"), |python| &python.path);
    let export = facts.platform.set("PYO3_PYTHON", fitting);
    match &facts.of_cargo {
        Some(Ok(python)) => match (project.needs.refused_by_pyo3(python), project.needs.unfit(python)) {
            (Some(refused), _) => report.problem(
                "python-of-cargo",
                format!("cargo compiles PyO3 for Python {} at {}, which {}", python.version.text, python.path.display(), refused.why),
                format!("`cargo build`, `cargo test` and the editor fail: {}", refused.help),
                &[&export, "(or activate an environment of a Python that fits)"],
            ),
            (None, Some(unfit)) => report.note(
                "python-of-cargo",
                format!("cargo compiles PyO3 for Python {} at {}, which {}", python.version.text, python.path.display(), unfit.why),
                "`cargo test` tests with a Python that nobody can install the project on",
                &[&export],
            ),
            (None, None) => report.healthy(format!("cargo compiles PyO3 for Python {} at {}", python.label(), python.path.display())),
        },
        Some(Err((path, why))) => {
            let venv = project.root.join(".venv");
            let fix = match (by_config, facts.platform.venv_python(&venv) == *path) {
                _ if named.is_none() => export,
                (true, true) => {
                    format!("{} -m venv {}", facts.platform.python_in_prose(), facts.platform.quote(facts.seen_here(&venv)))
                }
                (true, false) => "correct `PYO3_PYTHON` in `.cargo/config.toml`".to_owned(),
                (false, _) => facts.platform.unset("PYO3_PYTHON"),
            };
            report.problem(
                "python-of-cargo",
                format!("cargo compiles PyO3 for `{}`, which {why}", path.display()),
                format!("`cargo build`, `cargo test` and the editor fail{}", named.map(|named| format!("; {named}")).unwrap_or_default()),
                &[fix],
            );
        }
        None if facts.variable("PYO3_PYTHON").is_some() => report.problem(
            "python-of-cargo",
            format!("`PYO3_PYTHON` names `{}`, which is not there", facts.variable("PYO3_PYTHON").unwrap_or_default()),
            "`cargo build`, `cargo test` and the editor fail",
            &[facts.platform.unset("PYO3_PYTHON")],
        ),
        // Without any Python there is a finding already.
        None if facts.pythons.is_empty() => {}
        None => report.problem(
            "python-of-cargo",
            "neither `python` nor `python3` on PATH is a Python 3 that runs, and no environment is active",
            "PyO3's build script finds no interpreter, so `cargo build` and `cargo test` fail",
            &[&export],
        ),
    }
}
