//! Checks of virtual environments and of variables that change what is built and imported.

use super::{Level, Report};
use crate::catalog::StableAbi;
use crate::commands::doctor::facts::{Facts, Maker, Venv};
use crate::commands::doctor::project_facts::ProjectFacts;

pub(super) fn rivals(facts: &Facts, report: &mut Report) {
    let Some((venv, conda)) = &facts.rivals else { return };
    report.problem(
        "two-environments",
        format!("`VIRTUAL_ENV` ({}) and `CONDA_PREFIX` ({}) are both set", venv.display(), conda.display()),
        "`maturin develop` refuses to choose, and PyO3 ignores both and takes `python` from PATH",
        &["conda deactivate   # to work in the virtual environment", "deactivate         # to work in the conda environment"],
    );
}

pub(super) fn virtual_environment(facts: &Facts, report: &mut Report) {
    let Some(project) = facts.project.as_ref().filter(|project| project.by_maturin) else { return };
    if facts.rivals.is_some() {
        return;
    }
    let Some(venv) = facts.venv() else {
        let why = "`maturin develop` installs into an environment, and refuses to work without one";
        return report.note(
            "no-venv",
            "there is no virtual environment",
            why,
            &new_environment(facts.platform.python_in_prose(), project, facts),
        );
    };
    let shown = shown(venv, facts);
    let python = match &venv.python {
        Ok(python) => python,
        Err(why) => {
            let why_it_hurts = "`maturin develop` and everything else that is to run in the environment fails";
            let fix = replacement(venv, facts.platform.python_in_prose(), project, facts);
            return report.problem("broken-venv", format!("the environment `{shown}` {why}"), why_it_hurts, &fix);
        }
    };
    let mut is_good = true;
    if let Some(unfit) = project.needs.unfit(python) {
        is_good = false;
        let fitting = facts.fitting().map(|python| facts.platform.call(&python.path));
        let maker = fitting.as_deref().unwrap_or(facts.platform.python_in_prose());
        report.problem(
            "python-of-venv",
            format!("the environment `{shown}` has Python {}, which {}", python.version.text, unfit.why),
            format!("`maturin develop` fails there: {}", unfit.help),
            &replacement(venv, maker, project, facts),
        );
    }
    let maturin_takes_uv = venv.by_uv && facts.has_uv;
    if !venv.has_pip && !maturin_takes_uv {
        is_good = false;
        let why = "`maturin develop` installs with pip, or with uv into environments that uv has made";
        let ensure = || vec![format!("{} -m ensurepip", facts.platform.call(&python.path))];
        let fix = if facts.has_uv { facts.in_project(&["maturin develop --uv"]) } else { ensure() };
        report.problem("no-pip", format!("the environment `{shown}` has no pip"), why, &fix);
    }
    if let (Some(active), Some(own)) = (facts.active.as_ref().or(facts.conda.as_ref()), &facts.own) {
        report.note(
            "other-venv",
            format!("the active environment is {}, not the project's `{}`", active.path.display(), own.path.display()),
            "`maturin develop` installs into the active one, while uv and editors take the project's",
            &[leave(active), &activate(own, facts)],
        );
    }
    if is_good {
        let how = if venv.has_pip { "" } else { "; it has no pip, and maturin takes uv there (older ones: `maturin develop --uv`)" };
        report.healthy(format!("environment `{shown}` with Python {}{how}", python.label()));
    }
}

/// What to type to leave an active environment.
const fn leave(venv: &Venv) -> &'static str {
    match venv.maker {
        Maker::Conda => "conda deactivate",
        Maker::Venv | Maker::Nobody => "deactivate",
    }
}

fn activate(venv: &Venv, facts: &Facts) -> String {
    facts.platform.activate(&facts.seen_here(&venv.path).display().to_string())
}

/// What to type to make the project's environment with this Python, and to work in it.
fn new_environment(python: &str, project: &ProjectFacts, facts: &Facts) -> Vec<String> {
    let path = facts.seen_here(&project.root.join(".venv"));
    vec![format!("{python} -m venv {}", facts.platform.quote(&path)), facts.platform.activate(&path.display().to_string())]
}

/// What to type to work in an environment of this Python instead. Only an environment in the project's own folder is made anew; others may serve
/// other projects, and a folder that is no environment may hold anything.
fn replacement(venv: &Venv, python: &str, project: &ProjectFacts, facts: &Facts) -> Vec<String> {
    let is_active = facts.active.is_some() || facts.conda.is_some();
    let mut lines: Vec<String> = is_active.then(|| leave(venv).to_owned()).into_iter().collect();
    let is_inside = venv.path.strip_prefix(&project.root).is_ok_and(|rest| !rest.as_os_str().is_empty());
    match &facts.own {
        _ if is_inside && venv.maker == Maker::Venv => {
            lines.push(format!("{python} -m venv --clear {}", facts.platform.quote(facts.seen_here(&venv.path))));
        }
        Some(own) if is_active => lines.push(activate(own, facts)),
        _ => lines.extend(new_environment(python, project, facts)),
    }
    lines
}

/// The environment's folder as one would type it in the project.
fn shown(venv: &Venv, facts: &Facts) -> String {
    let root = facts.project.as_ref().map(|project| project.root.as_path());
    let below = root.and_then(|root| venv.path.strip_prefix(root).ok());
    below.unwrap_or(&venv.path).display().to_string()
}

pub(super) fn variables(facts: &Facts, report: &mut Report) {
    for name in facts.variables.keys() {
        let value = facts.variable(name).unwrap_or_default();
        let Some((level, why)) = meaning(name, &value, facts) else { continue };
        report.find("variables", level, format!("`{name}` is set to `{value}`"), why, &[facts.platform.unset(name)]);
    }
}

/// What a variable does, and whether it breaks something.
fn meaning(name: &str, value: &str, facts: &Facts) -> Option<(Level, String)> {
    let stable_abi = facts.project.as_ref().map(|project| project.needs.stable_abi);
    let exists = |value: &str| facts.existing.iter().any(|path| path.ends_with(value));
    Some(match name {
        // A file that is not there has a finding of its own.
        "PYO3_PYTHON" if !exists(value) && facts.of_cargo.as_ref().is_none_or(Result::is_err) => return None,
        "PYO3_PYTHON" => {
            (Level::Note, "cargo compiles PyO3 for it, whatever environment is active; changing it recompiles PyO3".to_owned())
        }
        "PYO3_CONFIG_FILE" if !std::path::Path::new(value).is_absolute() => {
            (Level::Problem, "PyO3 accepts only an absolute path, so every build fails".to_owned())
        }
        "PYO3_CONFIG_FILE" if !exists(value) => (Level::Problem, "the file is not there, and every build fails".to_owned()),
        "PYO3_CONFIG_FILE" => (Level::Note, "PyO3 builds for the Python that this file describes, and runs no interpreter".to_owned()),
        "PYO3_CROSS" | "PYO3_CROSS_LIB_DIR" | "PYO3_CROSS_PYTHON_VERSION" | "PYO3_CROSS_PYTHON_IMPLEMENTATION" => {
            (Level::Note, "PyO3 cross-compiles, and runs no interpreter; tests that are built this way do not run here".to_owned())
        }
        // A bare `abi3` means that of the Python which is not asked.
        "PYO3_NO_PYTHON" if matches!(stable_abi, Some(StableAbi::None | StableAbi::OfBuilder)) => {
            (Level::Problem, "PyO3 may not run an interpreter, and without an `abi3-py…` feature it cannot build".to_owned())
        }
        "PYO3_NO_PYTHON" => {
            (Level::Note, "PyO3 runs no interpreter and builds for the stable ABI; `cargo test` cannot link to Python".to_owned())
        }
        "PYO3_USE_ABI3_FORWARD_COMPATIBILITY" | "PYO3_USE_STABLE_ABI_FORWARD_COMPATIBILITY" => {
            let effect = match stable_abi {
                Some(StableAbi::From(_)) => "it does nothing here: with an `abi3-py…` feature PyO3 takes every newer Python anyway",
                Some(StableAbi::OfBuilder) => "PyO3 builds for Pythons that are newer than it knows, by their stable ABI",
                Some(StableAbi::None) | None => {
                    "it only keeps PyO3 from refusing a Python that is newer than it knows: without an `abi3` feature maturin's wheel is for that \
                     one Python, and nobody has tried it"
                }
            };
            (Level::Note, effect.to_owned())
        }
        "PYO3_BUILD_EXTENSION_MODULE" => {
            (Level::Problem, "PyO3 does not link to Python then, so `cargo test` fails; maturin sets it itself".to_owned())
        }
        "PYO3_PRINT_CONFIG" if value == "1" => {
            (Level::Problem, "PyO3's build script prints its configuration and stops every build".to_owned())
        }
        "UNSAFE_PYO3_SKIP_VERSION_CHECK" if value == "1" => {
            (Level::Note, "PyO3 accepts every Python, even those that it does not work with".to_owned())
        }
        "UNSAFE_PYO3_BUILD_FREE_THREADED" if value == "1" => {
            (Level::Note, "PyO3 0.22 builds for free-threaded Pythons, which work from 0.23 on".to_owned())
        }
        "PYTHONHOME" => (Level::Problem, "every Python looks for its library there, and those of other versions do not start".to_owned()),
        _ => return None,
    })
}

pub(super) fn python_path(facts: &Facts, report: &mut Report) {
    let Some(project) = &facts.project else { return };
    for folder in &project.shadows {
        report.problem(
            "python-path",
            format!(
                "`PYTHONPATH` names {}, which holds something with the same name as the package of `{}`",
                folder.display(),
                project.module
            ),
            "Python imports that instead of what `maturin develop` or pip has installed",
            &[facts.platform.unset("PYTHONPATH")],
        );
    }
}
