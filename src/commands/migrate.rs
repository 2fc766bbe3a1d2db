//! `hognose migrate`: brings a project to another PyO3 release, with the compiler as second opinion.

mod checking;
mod compile;
mod elsewhere;
mod format;
mod going_on;
mod human;
mod json;
mod left;
mod origin;
mod outside;
mod plan;
mod record;
mod refusal;
mod repairing;
mod rewriting;
mod tests_of_project;
mod tree;
mod versions;

use std::io::{self, Write};
use std::path::PathBuf;

use super::guard::{Guard, Territory};
use super::unreported::{after, reporting};
use crate::diagnostic::Safety;
use crate::project::{self, Project};
use crate::release::Release;
use crate::report::Shown;
use crate::toolchain::locate::Surroundings;
use crate::toolchain::steps::Progress;
use compile::{Compiler, Stage};
use going_on::Start;
use plan::Plan;
use record::{Record, State, When};
use tree::Locks;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct MigrateOptions {
    /// The project's folder.
    pub path: PathBuf,
    /// The release to go to.
    pub to: Release,
    /// The release that the sources are of, where manifests and lock file tell another one.
    pub from: Option<Release>,
    /// What to do with the changes.
    pub action: MigrateAction,
    /// Whether the project's own tests run, before and after.
    pub tests: Tests,
    /// Which fixes are applied.
    pub allow: Safety,
    /// What may be written.
    pub guard: Guard,
    /// What cargo is told of the network and the lock file: `--offline`, `--locked`.
    pub cargo_flags: Vec<&'static str>,
    /// How progress is shown.
    pub progress: Progress,
    /// How the result is shown.
    pub format: MigrateFormat,
    /// How a diff is shown.
    pub shown: Shown,
}

/// What to do with the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrateAction {
    /// Write them.
    Write,
    /// Write them, and let the compiler check and repair them, if there is one.
    VerifyIfPossible,
    /// The same; without cargo and Python nothing is done.
    Verify,
    /// Show them.
    Diff,
}

/// What becomes of the project's own tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tests {
    /// They do not run.
    Leave,
    /// They run before and after.
    Run,
}

/// How the result is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MigrateFormat {
    /// Lines as it goes on, and a report.
    #[default]
    Human,
    /// One JSON document, and nothing else on standard output.
    Json,
}

/// How a migration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrateVerdict {
    /// Nothing is left to do by hand, as far as was looked.
    Done,
    /// Something is left.
    Left,
    /// It could not be done; the files are as they were.
    CouldNotRun,
}

/// Migrates a project.
///
/// # Errors
/// `out` or `err` cannot be written to.
pub fn run(options: &MigrateOptions, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<MigrateVerdict> {
    run_in(options, &Surroundings::of_this_process(), out, err)
}

/// The same, in given surroundings.
///
/// # Errors
/// As [`run`].
pub fn run_in(options: &MigrateOptions, around: &Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<MigrateVerdict> {
    let mut record = Record { to: Some(options.to), ..Record::default() };
    let mut silence = io::sink();
    let said: &mut dyn Write = if options.format == MigrateFormat::Json { &mut silence } else { &mut *out };
    let mut migration = Migration { options, around, record: &mut record, out: said, err };
    match migration.run() {
        Ok(outcome) => record.error = outcome.err(),
        Err(error) => return Err(after(record.done(), error)),
    }
    reporting(record.done(), out, |out| match options.format {
        MigrateFormat::Human => human::write(&record, options.shown, out, err),
        MigrateFormat::Json => json::write(&record, out),
    })?;
    Ok(verdict(&record))
}

fn verdict(record: &Record) -> MigrateVerdict {
    match record.error {
        Some(_) => MigrateVerdict::CouldNotRun,
        None if record.is_left() || record.diff.as_ref().is_some_and(|diff| !diff.is_empty()) => MigrateVerdict::Left,
        None => MigrateVerdict::Done,
    }
}

/// What keeps a migration from being done, for the user.
type Problem = String;

struct Migration<'a> {
    options: &'a MigrateOptions,
    around: &'a Surroundings,
    record: &'a mut Record,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

impl Migration<'_> {
    fn run(&mut self) -> io::Result<Result<(), Problem>> {
        let paths = [self.around.dir.join(&self.options.path)];
        let mut project = match project::load(&paths) {
            Ok(project) => project,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut plan = match self.assume(&mut project).and_then(|()| Plan::new(&project, self.options.to)) {
            Ok(plan) => plan,
            Err(problem) => return Ok(Err(problem)),
        };
        self.record.newer.clone_from(&plan.newer);
        let mut start = None;
        if plan.packages.is_empty() {
            match self.go_on(&mut project, &plan)? {
                Ok(None) => return Ok(Ok(())),
                Ok(Some((next, known))) => (plan, start) = (next, Some(known)),
                Err(problem) => return Ok(Err(problem)),
            }
        }
        if let Some(refusal) = outside::refuse(&project, &plan.packages, self.options.to, self.around) {
            return Ok(Err(refusal));
        }
        plan.record(&project, self.record);
        // What `--diff` writes is for `git apply`.
        let to: &mut dyn Write = if self.options.action == MigrateAction::Diff { self.err } else { self.out };
        human::write_plan(self.record, to)?;
        if self.options.action == MigrateAction::Diff {
            self.show(&paths, &mut project, &plan)?;
            return Ok(Ok(()));
        }
        self.carry_out(&paths, &mut project, (&plan, start))
    }

    /// Changes everything in memory and shows the difference.
    fn show(&mut self, paths: &[PathBuf], project: &mut Project, plan: &Plan) -> io::Result<()> {
        let mut tree = self.rewrite(paths, project, plan)?;
        format::format_as_before(project, &mut tree, self.record, self.around);
        self.record.diff = Some(tree.diff(&project.sources));
        Ok(())
    }

    fn carry_out(
        &mut self,
        paths: &[PathBuf],
        project: &mut Project,
        (plan, start): (&Plan, Option<Start>),
    ) -> io::Result<Result<(), Problem>> {
        let after = match self.compiler(project, plan, Stage::After)? {
            Ok(compiler) => compiler,
            Err(problem) => return Ok(Err(problem)),
        };
        let locks = Locks::of(plan.packages.iter().map(|&index| compile::workspace_of(project, &project.packages[index])));
        let outcome = self.change(paths, project, (plan, start), (after.as_ref(), &locks))?;
        let kept = if self.record.state == State::Written { locks.remove_new() } else { locks.restore() };
        Ok(outcome.and(kept))
    }

    fn change(
        &mut self,
        paths: &[PathBuf],
        project: &mut Project,
        (plan, start): (&Plan, Option<Start>),
        (after, locks): (Option<&Compiler>, &Locks),
    ) -> io::Result<Result<(), Problem>> {
        // That the starting point cannot be known keeps nobody from going on.
        let compiler_before =
            if after.is_some() && start.is_none() { self.compiler(project, plan, Stage::Before)?.ok().flatten() } else { None };
        let mut tree = self.rewrite(paths, project, plan)?;
        let territory = Territory::of(paths, project, self.options.guard.outside);
        if let Some(refusal) = refusal::refuse((project, plan), &tree, &territory, (after, self.options.guard.dirty)) {
            self.record.forget_changes();
            return Ok(Err(refusal));
        }
        let (before, left_off) = match (start, compiler_before) {
            (Some(start), _) => start,
            (None, Some(compiler)) => self.check_before(&project.root, compiler)?,
            (None, None) => Start::default(),
        };
        if self.options.tests == Tests::Run {
            self.test(&project.root, When::Before)?;
        }
        if let Err(problem) = tree.write(&project.sources) {
            return Ok(Err(problem));
        }
        self.record.state = State::Written;
        // What packaging asks of cargo has changed along with its manifests.
        let mut now = after.and_then(|_| Compiler::find(project, plan, Stage::After, (self.around, &self.options.cargo_flags)).ok());
        if let Some(compiler) = &mut now {
            compiler.leave_off(&left_off);
        }
        if let Some(compiler) = &now
            && let Err(problem) = self.settle_versions(paths, project, plan, (compiler, locks))?
        {
            return Ok(Err(problem));
        }
        if let Some(compiler) = &mut now
            && let Err(problem) = self.repair((compiler, paths, &plan.check_options()), project, &before, &mut tree, &territory)?
        {
            return Ok(Err(problem));
        }
        self.name_conflicts(paths, project);
        self.name_mentions(project, plan);
        let written = project.sources.clone();
        format::format_as_before(project, &mut tree, self.record, self.around);
        if let Err(problem) = format::write(&written, &project.sources) {
            return Ok(Err(problem));
        }
        self.record.changed = tree.changed(&project.sources);
        if self.options.tests == Tests::Run {
            self.test(&project.root, When::Repaired)?;
        }
        Ok(Ok(()))
    }
}
