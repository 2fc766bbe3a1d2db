//! The steps that look at a project, at its wheel, or use it as a stranger does.

use std::fs;

use hognose::toolchain::platform::Platform;
use serde_json::Value;

use super::bench::{Bench, Outcome, Stop, failed, refused};
use super::tools::Interpreter;
use crate::{tidy, workshop};

/// The settings of pyright in the user's folder; basedpyright's own are stricter.
const PYRIGHT: &str = "{ \"typeCheckingMode\": \"standard\", \"enableTypeIgnoreComments\": true }\n";

/// The arguments of validate-pyproject: the tables of these tools are checked, too; those of all that it knows take it seconds to read.
pub(super) const VALIDATE_PYPROJECT: [&str; 9] =
    ["--enable-plugins", "maturin", "mypy", "pytest", "repo-review", "ruff", "uv", "--", "pyproject.toml"];

pub(super) fn cargo_fmt(bench: &Bench<'_>) -> Outcome {
    bench.run(&bench.tools.cargo(&bench.project()).args(["fmt", "--all", "--check"]))?;
    Ok(String::new())
}

pub(super) fn hognose(bench: &Bench<'_>) -> Outcome {
    let findings = tidy::findings(&bench.project(), &[]);
    if findings.is_empty() { Ok(String::new()) } else { Err(Stop::Failed(findings.join("\n"))) }
}

/// A tool in the project's folder.
pub(super) fn project(bench: &Bench<'_>, tool: &str, args: &[&str]) -> Outcome {
    bench.run(&bench.tools.program(tool).args(args).in_dir(bench.project()))?;
    Ok(String::new())
}

/// A tool on the wheel.
pub(super) fn wheel(bench: &Bench<'_>, tool: &str, args: &[&str]) -> Outcome {
    bench.run(&bench.tools.program(tool).args(args).arg(bench.wheel()?))?;
    Ok(String::new())
}

pub(super) fn zizmor(bench: &Bench<'_>) -> Outcome {
    if !bench.project().join(".github/workflows").exists() {
        return Err(Stop::NotHere("no workflow"));
    }
    project(bench, "zizmor", &["--offline", "--no-progress", "--strict-collection", "."])
}

/// No check fails, and each that the project leaves out has a comment that says why.
pub(super) fn repo_review(bench: &Bench<'_>) -> Outcome {
    let command = bench.tools.program("repo-review").args(["--format", "json", "."]).in_dir(bench.project());
    let captured = command.capture().map_err(failed)?;
    let parsed: Result<Value, _> = serde_json::from_str(&captured.stdout);
    let Some(checks) = parsed.as_ref().ok().and_then(|report| report["checks"].as_object()) else {
        return Err(refused(&command, &(captured.stdout + &captured.stderr), "that is no report"));
    };
    let with = |result: bool| checks.iter().filter(move |(_, check)| check["result"] == result);
    let faults: Vec<String> = with(false).map(|(code, check)| format!("{code} {}", check["description"])).collect();
    if !faults.is_empty() {
        return Err(refused(&command, &faults.join("\n"), "these checks fail"));
    }
    let left_out = left_out_of_repo_review(bench)?;
    Ok(format!("{} passed, {left_out} left out", with(true).count()))
}

/// How many checks `[tool.repo-review.ignore]` names, each with a reason.
fn left_out_of_repo_review(bench: &Bench<'_>) -> Result<usize, Stop> {
    let manifest = bench.manifest("pyproject.toml");
    let Some(ignored) = manifest["tool"].get("repo-review").and_then(|settings| settings.get("ignore")) else { return Ok(0) };
    let Some(reasons) = ignored.as_table() else {
        return Err(Stop::Failed("`[tool.repo-review] ignore` has to be a table, so that each check comes with its reason".to_owned()));
    };
    let argued = |reason: &toml::Value| reason.as_str().is_some_and(|reason| reason.split_whitespace().count() > 2);
    match reasons.iter().find(|(_, reason)| !argued(reason)) {
        Some((code, _)) => Err(Stop::Failed(format!("`[tool.repo-review.ignore]` names {code} without a reason"))),
        None => Ok(reasons.len()),
    }
}

pub(super) fn twine(bench: &Bench<'_>) -> Outcome {
    let twine = bench.tools.program("twine").args(["--no-color", "check", "--strict"]);
    bench.run(&twine.arg(bench.wheel()?).arg(bench.artifact("sdist", ".tar.gz")?))?;
    Ok(String::new())
}

pub(super) fn abi3audit(bench: &Bench<'_>) -> Outcome {
    if !bench.wheel()?.to_string_lossy().contains("-abi3-") {
        return Err(Stop::NotHere("not for the stable ABI"));
    }
    wheel(bench, "abi3audit", &["--strict"])
}

pub(super) fn pytest(bench: &Bench<'_>, interpreter: &Interpreter) -> Outcome {
    let pytest = bench.venv_python(interpreter)?.args(["-m", "pytest", "--color=no", "-p", "no:cacheprovider"]);
    let output = bench.run(&pytest)?;
    let last = output.trim_end().lines().last().unwrap_or_default();
    Ok(last.trim_matches(['=', ' ']).split(" in ").next().unwrap_or_default().to_owned())
}

/// The wheel on another Python, if it is meant for it.
pub(super) fn pytest_elsewhere(bench: &Bench<'_>, interpreter: &Interpreter) -> Outcome {
    if !bench.wheel()?.to_string_lossy().contains("-abi3-") {
        return Err(Stop::NotHere("not for the stable ABI"));
    }
    let manifest = bench.manifest("pyproject.toml");
    let floor = manifest["project"]["requires-python"].as_str().and_then(|range| range.strip_prefix(">=3.")?.parse().ok());
    let floor: u16 = floor.ok_or_else(|| failed("`requires-python` is not `>=3.…`"))?;
    if interpreter.minor < floor {
        return Err(Stop::NotHere("older than the floor"));
    }
    bench.install(interpreter)?;
    pytest(bench, interpreter)
}

/// The project's tests, and uses of it that the types have to refuse: `--strict` minds a comment that silences nothing.
pub(super) fn mypy(bench: &Bench<'_>) -> Outcome {
    let mypy = bench.tools.program("mypy").args(["--strict", "--config-file=", "--python-executable"]);
    let mypy = mypy.arg(Platform::current().venv_python(&bench.venv(&bench.tools.python)));
    bench.run(&mypy.args(["tests", "uses.py"]).in_dir(bench.consumer()?))?;
    let uses = fs::read_to_string(bench.consumer()?.join("uses.py")).map_err(failed)?;
    Ok(format!("{} wrong uses refused", uses.matches("# type: ignore[").count()))
}

pub(super) fn pyright(bench: &Bench<'_>) -> Outcome {
    let consumer = bench.consumer()?;
    workshop::write(&consumer.join("pyrightconfig.json"), PYRIGHT);
    let pyright = bench.tools.program("basedpyright").arg("--warnings").arg("--pythonpath");
    let pyright = pyright.arg(Platform::current().venv_python(&bench.venv(&bench.tools.python)));
    bench.run(&pyright.args(["tests", "uses.py"]).in_dir(consumer))?;
    Ok(String::new())
}

/// Whether every public name of the package has a type that is known.
pub(super) fn types_are_complete(bench: &Bench<'_>) -> Outcome {
    let venv = bench.venv(&bench.tools.python);
    // This mode of pyright looks for the package in the active environment.
    let pyright = bench.tools.program("basedpyright").in_venv(venv, Platform::current()).in_dir(bench.consumer()?);
    bench.run(&pyright.args(["--ignoreexternal", "--verifytypes", &bench.module()]))?;
    Ok(String::new())
}

/// Whether the stubs say what the compiled module has.
pub(super) fn stubtest(bench: &Bench<'_>) -> Outcome {
    // stubtest imports the package, so it runs in its environment and brings mypy along.
    let python = bench.venv_python(&bench.tools.python)?.env("PYTHONPATH", bench.tools.site_packages());
    bench.run(&python.args(["-m", "mypy.stubtest", &bench.module()]))?;
    Ok(String::new())
}
