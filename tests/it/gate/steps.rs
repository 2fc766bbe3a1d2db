//! What every project has to pass, as a list.

use std::collections::BTreeSet;

use super::bench::{Bench, Outcome};
use super::tools::Tools;
use super::{builds, checks};

/// One thing that a project has to pass.
pub(super) struct Step {
    /// What the report calls it.
    pub(super) name: String,
    /// Steps that must have passed before this one makes sense.
    pub(super) needs: &'static [&'static str],
    /// Who may run it at the same time.
    pub(super) alone: Alone,
    /// Does it.
    pub(super) run: Box<dyn Fn(&Bench<'_>) -> Outcome>,
}

/// What else may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alone {
    /// No other build: they share a folder and all cores.
    AmongBuilds,
    /// Anything.
    Never,
}

/// Every step, in order.
pub(super) fn all(tools: &Tools) -> Vec<Step> {
    let mut steps = vec![
        look("cargo fmt", &[], checks::cargo_fmt),
        build("cargo clippy", &[], builds::clippy),
        build("cargo test", &[], builds::cargo_test),
        build("maturin build", &[], builds::wheel),
        build("sdist and its wheel", &["maturin build"], builds::sdist),
        build("wheel for 3.14t", &[], |bench| builds::free_threaded_wheel(bench, 14)),
        build("wheel for 3.15t", &[], |bench| builds::free_threaded_wheel(bench, 15)),
        look("hognose check", &[], checks::hognose),
        look("ruff check", &[], |bench| checks::project(bench, "ruff", &["check", "."])),
        look("ruff format", &[], |bench| checks::project(bench, "ruff", &["format", "--check", "."])),
        look("validate-pyproject", &[], |bench| checks::project(bench, "validate-pyproject", &checks::VALIDATE_PYPROJECT)),
        look("zizmor", &[], checks::zizmor),
        look("sp-repo-review", &[], checks::repo_review),
        look("twine check", &["sdist and its wheel"], checks::twine),
        look("check-wheel-contents", &["maturin build"], |bench| checks::wheel(bench, "check-wheel-contents", &[])),
        look("abi3audit", &["maturin build"], checks::abi3audit),
        look("install", &["maturin build"], |bench| bench.install(&bench.tools.python)),
        look("pytest", &["install"], |bench| checks::pytest(bench, &bench.tools.python)),
        look("mypy --strict", &["install"], checks::mypy),
        look("pyright", &["install"], checks::pyright),
        look("types are complete", &["install"], checks::types_are_complete),
        look("stubtest", &["install"], checks::stubtest),
    ];
    for other in tools.others.iter().cloned() {
        let name = format!("pytest, 3.{}", other.minor);
        steps.push(look(&name, &["maturin build"], move |bench| checks::pytest_elsewhere(bench, &other)));
    }
    let names: BTreeSet<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    assert!(steps.iter().all(|step| step.needs.iter().all(|need| names.contains(need))), "a step needs one that is not there");
    steps
}

fn build(name: &str, needs: &'static [&'static str], run: impl Fn(&Bench<'_>) -> Outcome + 'static) -> Step {
    Step { name: name.to_owned(), needs, alone: Alone::AmongBuilds, run: Box::new(run) }
}

fn look(name: &str, needs: &'static [&'static str], run: impl Fn(&Bench<'_>) -> Outcome + 'static) -> Step {
    Step { name: name.to_owned(), needs, alone: Alone::Never, run: Box::new(run) }
}
