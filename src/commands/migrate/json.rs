//! A migration as a JSON document, version 1: fields are added without a new version, never renamed, removed or given another meaning.

use std::io::{self, Write};

use serde::Serialize;

use super::record::{Compilation, Left, Record, Repaired, Review, State, TestRun, Unchecked, Voice, When};
use crate::diagnostic::Skipped;
use crate::report::{TOOL, Tool, write_document};
use crate::toolchain::steps::{Status, StepReport};

/// Writes the document.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Document::of(record), out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    verdict: &'static str,
    error: Option<&'a str>,
    state: &'static str,
    to: Option<String>,
    packages: Vec<Package<'a>>,
    newer_than_known: Vec<&'a str>,
    plan: Plan<'a>,
    compiler: Compiler<'a>,
    changed: &'a [String],
    rewrites: Vec<Rewrites>,
    review: Vec<ToReview<'a>>,
    repairs: Vec<Repair<'a>>,
    left: Vec<ToDo<'a>>,
    tests: Vec<Tests<'a>>,
    skipped: Vec<Skip<'a>>,
    notes: &'a [String],
    diff: Option<&'a str>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    path: &'a str,
    from: Option<String>,
}

#[derive(Serialize)]
struct Plan<'a> {
    safe: usize,
    #[serde(rename = "unsafe")]
    risky: usize,
    by_hand: usize,
    manifests: Vec<ManifestChange<'a>>,
}

#[derive(Serialize)]
struct ManifestChange<'a> {
    path: &'a str,
    what: &'a str,
}

/// The number of errors at each stage; null where the compiler was not asked, or did not get to the code of every package.
#[derive(Serialize)]
struct Compiler<'a> {
    before: Option<usize>,
    rewritten: Option<usize>,
    after: Option<usize>,
    at_least: bool,
    rounds: usize,
    checks: Vec<Check<'a>>,
}

#[derive(Serialize)]
struct Check<'a> {
    when: &'static str,
    package: &'a str,
    errors: Option<usize>,
    at_least: bool,
    stopped: Option<&'a str>,
    not_checked: Option<&'a str>,
    unreached: &'a [String],
}

#[derive(Serialize)]
struct Rewrites {
    rule: &'static str,
    code: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct ToReview<'a> {
    path: &'a str,
    line: usize,
    rule: &'static str,
    change: Option<&'a str>,
    title: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Repair<'a> {
    path: &'a str,
    line: usize,
    title: &'a str,
    repair: &'static str,
    group: &'static str,
}

#[derive(Serialize)]
struct ToDo<'a> {
    kind: &'static str,
    path: &'a str,
    line: usize,
    code: Option<&'a str>,
    message: &'a str,
    rendered: Option<&'a str>,
    help: Option<&'a str>,
    explained_by: Option<&'a str>,
}

#[derive(Serialize)]
struct Tests<'a> {
    when: &'static str,
    did_not_run: Option<&'a str>,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    status: &'static str,
    detail: Option<&'a str>,
    output: &'a str,
}

#[derive(Serialize)]
struct Skip<'a> {
    path: &'a str,
    line: Option<usize>,
    kind: &'static str,
    reason: &'a str,
}

impl<'a> Document<'a> {
    fn of(record: &'a Record) -> Self {
        Self {
            version: 1,
            tool: TOOL,
            verdict: match super::verdict(record) {
                super::MigrateVerdict::Done => "done",
                super::MigrateVerdict::Left => "left",
                super::MigrateVerdict::CouldNotRun => "could-not-run",
            },
            error: record.error.as_deref(),
            state: match record.state {
                State::Untouched => "untouched",
                State::Written => "written",
                State::Restored => "restored",
            },
            to: record.to.map(|release| release.to_string()),
            packages: record
                .packages
                .iter()
                .map(|package| Package { name: &package.name, path: &package.path, from: package.from.map(|release| release.to_string()) })
                .collect(),
            newer_than_known: record.newer.iter().map(|(name, _)| name.as_str()).collect(),
            plan: Plan {
                safe: record.planned.safe,
                risky: record.planned.risky,
                by_hand: record.planned.by_hand,
                manifests: record.manifests.iter().map(|(path, what)| ManifestChange { path, what }).collect(),
            },
            compiler: Compiler {
                before: record.errors(When::Before),
                rewritten: record.errors(When::Rewritten),
                after: record.errors(When::Repaired),
                at_least: record.is_lower_bound(When::Repaired),
                rounds: record.rounds,
                checks: record.compiled.iter().map(Check::of).collect(),
            },
            changed: &record.changed,
            rewrites: record.rewrites.iter().map(|(rule, count)| Rewrites { rule: rule.name, code: rule.code, count: *count }).collect(),
            review: record.review.iter().map(ToReview::of).collect(),
            repairs: record.repairs.iter().map(Repair::of).collect(),
            left: record.left.iter().map(ToDo::of).collect(),
            tests: record.tests.iter().map(Tests::of).collect(),
            skipped: record.skipped.iter().map(Skip::of).collect(),
            notes: &record.notes,
            diff: record.diff.as_deref(),
        }
    }
}

impl<'a> Check<'a> {
    fn of(compilation: &'a Compilation) -> Self {
        Self {
            when: compilation.when.word(),
            package: &compilation.package,
            errors: compilation.result.as_ref().ok().copied(),
            at_least: compilation.at_least,
            stopped: match &compilation.result {
                Err(Unchecked::Stopped(complaint)) => Some(complaint),
                _ => None,
            },
            not_checked: compilation.result.as_ref().err().map(Unchecked::reason),
            unreached: &compilation.unreached,
        }
    }
}

impl<'a> ToReview<'a> {
    fn of(review: &'a Review) -> Self {
        Self {
            path: &review.path,
            line: review.line,
            rule: review.rule.name,
            change: review.change,
            title: &review.title,
            reason: &review.reason,
        }
    }
}

impl<'a> Repair<'a> {
    fn of(repair: &'a Repaired) -> Self {
        Self { path: &repair.path, line: repair.line, title: &repair.title, repair: repair.id, group: repair.group.name() }
    }
}

impl<'a> ToDo<'a> {
    fn of(left: &'a Left) -> Self {
        Self {
            kind: match left.voice {
                Voice::Versions => "versions",
                Voice::Compiler => "compiler-error",
                Voice::Rule => "gone",
                Voice::Behaviour => "behaviour",
                Voice::Unseen => "unseen",
                Voice::Later => "deprecated",
                Voice::Elsewhere => "elsewhere",
            },
            path: &left.path,
            line: left.line,
            code: left.code.as_deref(),
            message: &left.message,
            rendered: left.rendered.as_deref(),
            help: left.help.as_deref(),
            explained_by: left.explained_by.as_deref(),
        }
    }
}

impl<'a> Tests<'a> {
    fn of(run: &'a TestRun) -> Self {
        Self {
            when: run.when.word(),
            did_not_run: run.steps.as_ref().err().map(String::as_str),
            steps: run.steps.iter().flatten().map(Step::of).collect(),
        }
    }
}

impl<'a> Step<'a> {
    fn of(step: &'a StepReport) -> Self {
        let status = match step.status {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::Idle => "nothing-to-do",
        };
        Self { name: step.name, status, detail: step.detail.as_deref(), output: &step.output }
    }
}

impl<'a> Skip<'a> {
    fn of(skipped: &'a Skipped) -> Self {
        let line = skipped.place.map(|(line, _)| line);
        Self { path: &skipped.path, line, kind: skipped.kind.name(), reason: &skipped.reason }
    }
}
