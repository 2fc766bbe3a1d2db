//! Checks of virtual environments and of variables that change what is built and imported.

use super::{Level, Report};
use crate::catalog::StableAbi;
use crate::commands::doctor::facts::{Facts, Venv};

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
        if facts.conda.is_none() {
            let why = "`maturin develop` installs into an environment, and refuses to work without one";
            report.note("no-venv", "there is no virtual environment", why, &["python3 -m venv .venv", &facts.platform.activate(".venv")]);
        }
        return;
    };
    let shown = shown(venv, facts);
    let python = match &venv.python {
        Ok(python) => python,
        Err(why) => {
            let leave: &[&str] = if facts.active.is_some() { &["deactivate"] } else { &[] };
            let remake = format!("python3 -m venv --clear {}", if facts.active.is_some() { ".venv" } else { shown.as_str() });
            let mend: Vec<&str> = leave.iter().copied().chain([remake.as_str()]).collect();
            let why_it_hurts = "`maturin develop` and everything else that is to run in the environment fails";
            return report.problem("broken-venv", format!("the environment `{shown}` {why}"), why_it_hurts, &mend);
        }
    };
    let mut is_good = true;
    if let Some(unfit) = project.needs.unfit(python) {
        is_good = false;
        let fitting = facts.pythons.iter().find(|python| project.needs.unfit(python).is_none());
        let maker = fitting.map_or_else(|| "python3".to_owned(), |python| python.path.display().to_string());
        report.problem(
            "python-of-venv",
            format!("the environment `{shown}` has Python {}, which {}", python.version.text, unfit.why),
            format!("`maturin develop` fails there: {}", unfit.help),
            &[&format!("{maker} -m venv --clear {shown}")],
        );
    }
    let maturin_takes_uv = venv.by_uv && facts.has_uv;
    if !venv.has_pip && !maturin_takes_uv {
        is_good = false;
        let why = "`maturin develop` installs with pip, or with uv into environments that uv has made";
        let mend = if facts.has_uv { "maturin develop --uv".to_owned() } else { format!("{} -m ensurepip", python.path.display()) };
        report.problem("no-pip", format!("the environment `{shown}` has no pip"), why, &[&mend]);
    }
    if let (Some(active), Some(own)) = (&facts.active, &facts.own) {
        report.note(
            "other-venv",
            format!("the active environment is {}, not the project's `{}`", active.path.display(), own.path.display()),
            "`maturin develop` installs into the active one, while uv and editors take the project's",
            &["deactivate", &facts.platform.activate(&own.path.display().to_string())],
        );
    }
    if is_good {
        let how = if venv.has_pip { "" } else { "; it has no pip, and maturin takes uv there (older ones: `maturin develop --uv`)" };
        report.healthy(format!("environment `{shown}` with Python {}{how}", python.label()));
    }
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
        report.find("variables", level, format!("`{name}` is set to `{value}`"), why, &[&format!("unset {name}")]);
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
            (Level::Note, "cargo compiles PyO3 for it, whatever environment is active; a change of it recompiles PyO3".to_owned())
        }
        "PYO3_CONFIG_FILE" if !std::path::Path::new(value).is_absolute() => {
            (Level::Problem, "PyO3 takes an absolute path only, and every build fails".to_owned())
        }
        "PYO3_CONFIG_FILE" if !exists(value) => (Level::Problem, "the file is not there, and every build fails".to_owned()),
        "PYO3_CONFIG_FILE" => (Level::Note, "PyO3 builds for the Python in this file, and asks no interpreter".to_owned()),
        "PYO3_CROSS" | "PYO3_CROSS_LIB_DIR" | "PYO3_CROSS_PYTHON_VERSION" | "PYO3_CROSS_PYTHON_IMPLEMENTATION" => (
            Level::Note,
            "PyO3 builds as if for another machine, and asks no interpreter; tests that are built so do not run here".to_owned(),
        ),
        "PYO3_NO_PYTHON" if stable_abi == Some(StableAbi::None) => {
            (Level::Problem, "PyO3 may ask no interpreter, and without an `abi3-py…` feature it cannot build".to_owned())
        }
        "PYO3_NO_PYTHON" => {
            (Level::Note, "PyO3 asks no interpreter and builds for the stable ABI; `cargo test` cannot link to Python".to_owned())
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
            (Level::Problem, "PyO3 does not link to Python then, so `cargo test` fails; maturin sets it by itself".to_owned())
        }
        "PYO3_PRINT_CONFIG" if value == "1" => {
            (Level::Problem, "PyO3's build script prints its configuration and stops every build".to_owned())
        }
        "UNSAFE_PYO3_SKIP_VERSION_CHECK" if value == "1" => {
            (Level::Note, "PyO3 takes every Python, those that it does not work with included".to_owned())
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
            format!("`PYTHONPATH` holds {}, where something is called like the package of `{}`", folder.display(), project.module),
            "Python imports that instead of what `maturin develop` or pip has installed",
            &["unset PYTHONPATH"],
        );
    }
}
