//! The result of a verification: a table for people, a document for programs.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::{Record, Stop, Verdict};
use crate::commands::fixing::counted;
use crate::report::{TOOL, Tool, one_line, write_document};
use crate::toolchain::locate::Found;
use crate::toolchain::python::Interpreter;
use crate::toolchain::steps::{Status, StepReport, count};

/// Columns that the table may take.
const WIDTH: usize = 80;

/// Writes the table of steps and the verdict; to `err` what kept the project from being tried.
pub(super) fn write_human(record: &Record, stopped: &Result<(), Stop>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<()> {
    if let Err(stop) = stopped {
        // What cargo says of a manifest that it cannot read has several lines.
        let lines: Vec<String> = stop.message.lines().map(one_line).collect();
        writeln!(err, "error: {}", lines.join("\n"))?;
        return stop.help.iter().try_for_each(|help| writeln!(err, "  = help: {}", one_line(help)));
    }
    write!(out, "\n{}\n", table(&record.steps))?;
    let name = record.project.as_ref().map(|(name, _)| one_line(name)).unwrap_or_default();
    let [passed, failed, skipped] = [Status::Passed, Status::Failed, Status::Skipped].map(|status| count(&record.steps, status));
    match record.verdict(stopped) {
        Verdict::Passed => {
            writeln!(out, "`{name}` is good: {} passed{}", counted(passed, "step", "steps"), missing_tests(&untested(&record.steps)))
        }
        _ => writeln!(out, "`{name}` is not good: {failed} failed, {skipped} skipped, {passed} passed"),
    }
}

/// The languages in which there are no tests.
fn untested(steps: &[StepReport]) -> Vec<&'static str> {
    let is = |name: &str, test: fn(&StepReport) -> bool| steps.iter().any(|step| step.name == name && test(step));
    let python = is("pytest", |step| step.status == Status::Idle);
    let rust = is("cargo test", |step| step.status == Status::Passed && step.detail.as_deref() == Some("0 passed"));
    [("python", python), ("rust", rust)].into_iter().filter(|(_, lacks)| *lacks).map(|(language, _)| language).collect()
}

/// What a good verdict has to add. Tests in Python cover the Rust code, too; the other way round they do not.
fn missing_tests(untested: &[&str]) -> &'static str {
    match untested {
        ["python", "rust"] => ", but no tests were found",
        ["python"] => ", but no tests in Python were found",
        _ => "",
    }
}

/// The steps in columns.
fn table(steps: &[StepReport]) -> String {
    let names = steps.iter().map(|step| step.name.chars().count()).max().unwrap_or_default().max("step".len());
    let row = |name: &str, result: &str, time: &str, detail: &str| {
        let line = format!("{name:names$}  {result:7}  {time:>8}  {detail}");
        let line = line.trim_end();
        let is_long = line.chars().count() > WIDTH;
        let kept: String = line.chars().take(if is_long { WIDTH - 1 } else { WIDTH }).collect();
        format!("{kept}{}\n", if is_long { "…" } else { "" })
    };
    let mut text = row("step", "result", "time", "");
    for step in steps {
        let time = if matches!(step.status, Status::Passed | Status::Failed) { seconds(step.duration) } else { String::new() };
        text += &row(step.name, word(step.status), &time, &one_line(step.detail.as_deref().unwrap_or_default()));
    }
    text + &row("all", "", &seconds(steps.iter().map(|step| step.duration).sum()), "")
}

/// How people read a status.
const fn word(status: Status) -> &'static str {
    match status {
        Status::Passed => "ok",
        Status::Failed => "failed",
        Status::Skipped => "skipped",
        Status::Idle => "–",
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Writes the document, version 1: fields are added without a new version, never renamed, removed or given another meaning.
pub(super) fn write_json(record: &Record, stopped: &Result<(), Stop>, out: &mut dyn Write) -> io::Result<()> {
    let stop = stopped.as_ref().err();
    let document = Document {
        version: 1,
        tool: TOOL,
        verdict: match record.verdict(stopped) {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::CouldNotRun => "could-not-run",
        },
        error: stop.map(|stop| Problem { message: &stop.message, help: stop.help.as_deref() }),
        project: record.project.as_ref().map(|(name, path)| Project { name, path: shown(path), pyo3: record.pyo3.as_deref() }),
        cargo: record.cargo.as_ref().map(Program::of),
        python: record.python.as_ref().map(Python::of),
        maturin: record.maturin.as_ref().map(Program::of),
        passed_over: record
            .passed_over
            .iter()
            .map(|(program, over)| PassedOver { program, path: shown(&over.path), why: &over.why })
            .collect(),
        notes: &record.notes,
        untested: untested(&record.steps),
        steps: record.steps.iter().map(Step::of).collect(),
    };
    write_document(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    verdict: &'static str,
    error: Option<Problem<'a>>,
    project: Option<Project<'a>>,
    cargo: Option<Program<'a>>,
    python: Option<Python<'a>>,
    maturin: Option<Program<'a>>,
    passed_over: Vec<PassedOver<'a>>,
    notes: &'a [String],
    untested: Vec<&'static str>,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Project<'a> {
    name: &'a str,
    path: String,
    pyo3: Option<&'a str>,
}

#[derive(Serialize)]
struct Program<'a> {
    version: &'a str,
    path: String,
    reason: String,
}

impl<'a> Program<'a> {
    fn of(found: &'a Found) -> Self {
        Self { version: &found.version.text, path: shown(&found.path), reason: found.reason.to_string() }
    }
}

#[derive(Serialize)]
struct Python<'a> {
    version: &'a str,
    path: String,
    reason: String,
    implementation: &'a str,
    free_threaded: bool,
}

impl<'a> Python<'a> {
    fn of(python: &'a Interpreter) -> Self {
        Self {
            version: &python.version.text,
            path: shown(&python.path),
            reason: python.reason.to_string(),
            implementation: &python.implementation,
            free_threaded: python.free_threaded,
        }
    }
}

#[derive(Serialize)]
struct PassedOver<'a> {
    program: &'a str,
    path: String,
    why: &'a str,
}

#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    status: &'static str,
    seconds: f64,
    detail: Option<&'a str>,
    advice: Option<&'a str>,
    command: Option<&'a str>,
    output: &'a str,
}

impl<'a> Step<'a> {
    fn of(step: &'a StepReport) -> Self {
        Self {
            name: step.name,
            status: match step.status {
                Status::Passed => "passed",
                Status::Failed => "failed",
                Status::Skipped => "skipped",
                Status::Idle => "nothing-to-do",
            },
            // Milliseconds are more than anybody measures by.
            seconds: (step.duration.as_secs_f64() * 1000.0).round() / 1000.0,
            detail: step.detail.as_deref(),
            advice: step.advice.as_deref(),
            command: step.command.as_deref(),
            output: &step.output,
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str, status: Status, seconds: u64, detail: &str) -> StepReport {
        StepReport {
            name,
            status,
            duration: Duration::from_secs(seconds),
            detail: Some(detail.to_owned()),
            advice: None,
            command: None,
            output: String::new(),
        }
    }

    #[test]
    fn a_verdict_says_what_was_not_tested() {
        let verdict = |rust: &str, python: Status| {
            let steps = vec![step("cargo test", Status::Passed, 1, rust), step("pytest", python, 1, "")];
            let record = Record { steps, project: Some(("demo".to_owned(), "/demo".into())), ..Record::default() };
            let mut out = Vec::new();
            write_human(&record, &Ok(()), &mut out, &mut io::sink()).expect("a buffer takes everything");
            String::from_utf8(out).expect("text").lines().last().expect("a verdict").to_owned()
        };
        assert_eq!(verdict("0 passed", Status::Idle), "`demo` is good: 1 step passed, but no tests were found");
        assert_eq!(verdict("10 passed", Status::Idle), "`demo` is good: 1 step passed, but no tests in Python were found");
        assert_eq!(verdict("0 passed", Status::Passed), "`demo` is good: 2 steps passed");
    }

    #[test]
    fn the_table_is_aligned_and_narrow() {
        let wheel = "demo_with_a_long_name-0.1.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
        let steps = [
            step("build wheel", Status::Passed, 125, wheel),
            step("import", Status::Failed, 0, "exit status: 1"),
            step("pytest", Status::Skipped, 0, "`import` did not pass"),
            step("cargo test", Status::Idle, 0, "why"),
        ];
        let expected = "\
step         result       time
build wheel  ok        125.0 s  demo_with_a_long_name-0.1.0-cp39-abi3-manylinux…
import       failed      0.0 s  exit status: 1
pytest       skipped            `import` did not pass
cargo test   –                  why
all                    125.0 s
";
        assert_eq!(table(&steps), expected);
        assert!(table(&steps).lines().all(|line| line.chars().count() <= WIDTH));
    }
}
