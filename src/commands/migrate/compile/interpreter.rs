//! The Python that PyO3 is built for: the one that the user's own cargo takes, as long as PyO3 supports it.

use crate::commands::needs::Needs;
use crate::compiler::PythonOfBuild;
use crate::project::{Package, Project};
use crate::release::Release;
use crate::toolchain::locate::{Reason, Surroundings};
use crate::toolchain::python::{Interpreter, Judgement};

/// A Python, and how the build comes to it.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) interpreter: Interpreter,
    pub(super) build: PythonOfBuild,
}

/// Variables by which a build of PyO3 goes without asking an interpreter, or asks about another machine.
const STEERING: [&str; 6] = [
    "PYO3_NO_PYTHON",
    "PYO3_CONFIG_FILE",
    "PYO3_CROSS",
    "PYO3_CROSS_LIB_DIR",
    "PYO3_CROSS_PYTHON_IMPLEMENTATION",
    "PYO3_CROSS_PYTHON_VERSION",
];

/// The user's Python if it is one for this release, else the newest installed one that is.
///
/// # Errors
/// There is none.
pub(super) fn choose(project: &Project, package: &Package, release: Option<Release>, around: &Surroundings) -> Result<Chosen, String> {
    let needs = Needs { pyo3: release, ..Needs::of(project, package, around) };
    let of_cargo = around.python_of_cargo().and_then(|path| Interpreter::ask(&path, Reason::OnPath).ok());
    let of_user = || around.python(None, &project.root, &|_| Judgement::Fits).found;
    let fits = |python: &Interpreter| needs.judge(python) == Judgement::Fits;
    let interpreter = of_cargo.clone().filter(fits).or_else(|| of_user().filter(fits)).or_else(|| newest(project, &needs, around));
    let interpreter = interpreter.ok_or_else(|| match release {
        Some(release) => format!("there is no Python that PyO3 {release} builds for"),
        None => "there is no Python".to_owned(),
    })?;
    let is_of_shell = of_cargo.is_some_and(|python| python.path == interpreter.path);
    let is_steered = STEERING.iter().any(|name| around.variable(name).is_some());
    let build = if is_of_shell && !is_steered { PythonOfBuild::OfShell } else { PythonOfBuild::Other(interpreter.path.clone()) };
    Ok(Chosen { interpreter, build })
}

/// The newest one that fits; one that only may do where none fits.
fn newest(project: &Project, needs: &Needs, around: &Surroundings) -> Option<Interpreter> {
    let rank = |python: &Interpreter| match needs.judge(python) {
        Judgement::Fits => Some((true, python.version.series)),
        Judgement::Doubtful(_) => Some((false, python.version.series)),
        Judgement::Unfit(_) => None,
    };
    let all = around.pythons(&project.root);
    all.into_iter().filter_map(|python| Some((rank(&python)?, python))).max_by_key(|(rank, _)| *rank).map(|(_, python)| python)
}
