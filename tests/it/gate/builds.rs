//! The steps that compile.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use hognose::toolchain::command::Invocation;

use super::bench::{Bench, Outcome, Stop, failed, refused, touch};

/// What maturin always says when it builds for a free-threaded Python that is not there, or without a stable ABI.
const EXPECTED_WHEN_FREE_THREADED: [&str; 2] = ["Failed to determine python platform", "so the build artifacts will be version-specific."];

pub(super) fn clippy(bench: &Bench<'_>) -> Outcome {
    let clippy = bench.tools.cargo(&bench.project());
    bench.run(&clippy.args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    Ok(String::new())
}

/// The Rust tests; those that touch Python must be among them.
pub(super) fn cargo_test(bench: &Bench<'_>) -> Outcome {
    let cargo = bench.tools.cargo(&bench.project()).args(["test", "--workspace", "--locked"]);
    let output = bench.run(&cargo)?;
    let passed: BTreeSet<&str> = output.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... ok")).collect();
    let touching = tests_that_touch_python(&bench.project()).map_err(failed)?;
    let ran = |name: &String| passed.iter().any(|path| path.rsplit("::").next() == Some(name));
    match touching.iter().find(|name| !ran(name)) {
        Some(name) => Err(refused(&cargo, &output, &format!("`{name}` touches Python and did not run"))),
        None if touching.is_empty() => Err(failed("no Rust test touches Python")),
        None => Ok(format!("{} passed, {} in Python", passed.len(), touching.len())),
    }
}

pub(super) fn wheel(bench: &Bench<'_>) -> Outcome {
    let maturin = maturin(bench, "dist").arg("--interpreter").arg(&bench.tools.python.path);
    let output = bench.run(&maturin)?;
    no_warning(&maturin, &output, &[])?;
    compiled(bench, &maturin, &output)?;
    Ok(file_name(&bench.wheel()?))
}

/// An sdist, and the wheel that pip builds from nothing but it: both wheels hold the same files.
pub(super) fn sdist(bench: &Bench<'_>) -> Outcome {
    let sdist = bench.tools.program("maturin").args(["sdist", "--out"]).arg(bench.beside("sdist"));
    bench.run(&sdist.in_dir(bench.project()))?;
    let archive = bench.artifact("sdist", ".tar.gz")?;
    let unpacked = bench.beside("unpacked");
    bench.run(&bench.tools.venv_python().args(["-m", "tarfile", "--extract"]).arg(&archive).arg(&unpacked))?;
    touch(&unpacked).map_err(failed)?;
    let stem = file_name(&archive).trim_end_matches(".tar.gz").to_owned();
    let pip = bench.tools.venv_python().args(["-m", "pip", "wheel", "--verbose", "--no-deps", "--no-build-isolation", "--no-cache-dir"]);
    let build_args = format!("build-args=--locked --profile {}", bench.profile.name());
    let pip = pip.args(["--config-settings", &build_args, "--wheel-dir"]).arg(bench.beside("again")).arg(unpacked.join(stem));
    let pip = pip.in_dir(bench.beside("unpacked"));
    let output = bench.run(&pip)?;
    compiled(bench, &pip, &output)?;
    let (direct, again) = (files_in(bench, &bench.wheel()?)?, files_in(bench, &bench.artifact("again", ".whl")?)?);
    if direct == again {
        return Ok(file_name(&archive));
    }
    let differing = direct.symmetric_difference(&again).cloned().collect::<Vec<_>>().join(", ");
    Err(refused(&pip, &output, &format!("the wheel from the sdist holds other files than the one from the project: {differing}")))
}

/// The wheel for a free-threaded Python 3.`minor`, which need not be there: it is compiled, not run.
pub(super) fn free_threaded_wheel(bench: &Bench<'_>, minor: u16) -> Outcome {
    let folder = format!("dist-3.{minor}t");
    // A profile that differs in nothing but this makes cargo keep one PyO3 for each ABI, where it would compile it again each time.
    let apart = format!("profile.{}.package.pyo3-ffi.codegen-units={minor}", bench.profile.name());
    let maturin = maturin(bench, &folder).args(["--interpreter", &format!("3.{minor}t"), "--config", &apart]);
    let output = bench.run(&maturin)?;
    no_warning(&maturin, &output, &EXPECTED_WHEN_FREE_THREADED)?;
    compiled(bench, &maturin, &output)?;
    let wheel = file_name(&bench.artifact(&folder, ".whl")?);
    let tag = if minor >= 15 && asks_for_abi3t(&bench.project()) {
        format!("-cp3{minor}-abi3.abi3t-")
    } else {
        format!("-cp3{minor}-cp3{minor}t-")
    };
    if wheel.contains(&tag) { Ok(wheel) } else { Err(refused(&maturin, &output, &format!("`{wheel}` has not the tag `{tag}`"))) }
}

fn maturin(bench: &Bench<'_>, folder: &str) -> Invocation {
    let maturin = bench.tools.program("maturin").args(["build", "--locked", "--profile", bench.profile.name(), "--out"]);
    maturin.arg(bench.beside(folder)).in_dir(bench.project())
}

fn no_warning(command: &Invocation, output: &str, expected: &[&str]) -> Result<(), Stop> {
    let warns = |line: &&str| line.to_lowercase().contains("warning") && !expected.iter().any(|text| line.contains(text));
    match output.lines().find(warns) {
        Some(line) => Err(refused(command, output, &format!("it warned: {line}"))),
        None => Ok(()),
    }
}

/// That cargo compiled the project and did not take what it had built of another folder.
fn compiled(bench: &Bench<'_>, command: &Invocation, output: &str) -> Result<(), Stop> {
    let pyproject = bench.manifest("pyproject.toml");
    let manifest = pyproject["tool"]["maturin"].get("manifest-path").and_then(|path| path.as_str()).unwrap_or("Cargo.toml");
    let manifest = bench.manifest(manifest);
    let name = manifest["package"]["name"].as_str().expect("a name");
    let line = format!("Compiling {name} v");
    if output.contains(&line) { Ok(()) } else { Err(refused(command, output, &format!("`{line}…` is not in the output"))) }
}

/// The names of the files in a wheel.
fn files_in(bench: &Bench<'_>, wheel: &Path) -> Result<BTreeSet<String>, Stop> {
    let output = bench.run(&bench.tools.venv_python().args(["-m", "zipfile", "--list"]).arg(wheel))?;
    Ok(output.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

/// The names of the Rust tests that run an interpreter, by themselves or through a function of their file.
fn tests_that_touch_python(project: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in ignore::WalkBuilder::new(project).build().filter_map(Result::ok) {
        if entry.path().extension().is_some_and(|suffix| suffix == "rs") {
            let text = fs::read_to_string(entry.path())?;
            let functions = text.split("fn ").skip(1).filter_map(|part| Some((part.split(['(', '<']).next()?, part)));
            let helpers: Vec<&str> = functions.filter(|(_, body)| body.contains("Python::attach(")).map(|(name, _)| name).collect();
            let calls =
                |body: &str| helpers.iter().any(|name| [format!("{name}("), format!("{name}::<")].iter().any(|call| body.contains(call)));
            let tests = text.split("#[test]").skip(1).filter_map(|part| part.split_once("fn ")?.1.split_once('('));
            // A test's text ends where the next function begins; its own name is among the helpers if it attaches by itself.
            let touching = tests.filter(|(name, rest)| helpers.contains(name) || calls(rest.split("fn ").next().unwrap_or_default()));
            names.extend(touching.map(|(name, _)| name.to_owned()));
        }
    }
    Ok(names)
}

/// Whether the project asks PyO3 for the stable ABI without the GIL, which Python has from 3.15 on.
fn asks_for_abi3t(project: &Path) -> bool {
    let manifests = ignore::WalkBuilder::new(project).build().filter_map(Result::ok).filter(|entry| entry.file_name() == "Cargo.toml");
    manifests.filter_map(|entry| fs::read_to_string(entry.path()).ok()).any(|text| text.contains("\"abi3t-py3"))
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}
