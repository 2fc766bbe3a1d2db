//! `hognose migrate`: brings a project to another PyO3 release, with the compiler as second opinion.

mod compile;
mod format;
mod human;
mod json;
mod left;
mod mend;
mod plan;
mod record;
mod refusal;
mod tests_of_project;
mod tree;
mod versions;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::fixing::{fix_in_memory, report_rejected};
use super::guard::{Guard, Territory};
use super::unreported::{after, reporting};
use crate::compiler::Checked;
use crate::diagnostic::Safety;
use crate::engine::CheckOptions;
use crate::engine::write::WriteError;
use crate::migrate::{Course, OldFunctions};
use crate::project::{self, Project};
use crate::release::Release;
use crate::report::Shown;
use crate::toolchain::locate::Surroundings;
use crate::toolchain::rustup::missing_toolchain;
use crate::toolchain::steps::Progress;
use compile::{Compiler, Stage, Watch};
use left::Crossed;
use mend::Before;
use plan::Plan;
use record::{Compilation, Record, Repaired, Review, State, When};
use tree::{Locks, Tree};

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct MigrateOptions {
    /// The project's folder.
    pub path: PathBuf,
    /// The release to go to.
    pub to: Release,
    /// What to do with the changes.
    pub action: MigrateAction,
    /// Whether the project's own tests run, before and after.
    pub tests: Tests,
    /// Which fixes are applied.
    pub allow: Safety,
    /// What may be written.
    pub guard: Guard,
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
    /// Write them, and let the compiler check and mend them, if there is one.
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
        let plan = match Plan::new(&project, self.options.to) {
            Ok(plan) => plan,
            Err(problem) => return Ok(Err(problem)),
        };
        self.record.newer.clone_from(&plan.newer);
        if plan.packages.is_empty() {
            self.record.notes.push(plan.nothing_to_do());
            return Ok(Ok(()));
        }
        plan.record(&project, self.record);
        // What `--diff` writes is for `git apply`.
        let to: &mut dyn Write = if self.options.action == MigrateAction::Diff { self.err } else { self.out };
        human::write_plan(self.record, to)?;
        if self.options.action == MigrateAction::Diff {
            self.show(&paths, &mut project, &plan)?;
            return Ok(Ok(()));
        }
        self.carry_out(&paths, &mut project, &plan)
    }

    /// Changes everything in memory and shows the difference.
    fn show(&mut self, paths: &[PathBuf], project: &mut Project, plan: &Plan) -> io::Result<()> {
        let mut tree = self.rewrite(paths, project, plan)?;
        format::format_as_before(project, &mut tree, self.record, self.around);
        self.record.diff = Some(tree.diff(&project.sources));
        Ok(())
    }

    fn carry_out(&mut self, paths: &[PathBuf], project: &mut Project, plan: &Plan) -> io::Result<Result<(), Problem>> {
        let after = match self.compiler(project, plan, Stage::After)? {
            Ok(compiler) => compiler,
            Err(problem) => return Ok(Err(problem)),
        };
        let locks = Locks::of(plan.packages.iter().map(|&index| compile::workspace_of(project, &project.packages[index])));
        let outcome = self.change(paths, project, plan, (after.as_ref(), &locks))?;
        let kept = if self.record.state == State::Written { locks.remove_new() } else { locks.restore() };
        Ok(outcome.and(kept))
    }

    fn change(
        &mut self,
        paths: &[PathBuf],
        project: &mut Project,
        plan: &Plan,
        (after, locks): (Option<&Compiler>, &Locks),
    ) -> io::Result<Result<(), Problem>> {
        // That the starting point cannot be known keeps nobody from going on.
        let compiler_before = if after.is_some() { self.compiler(project, plan, Stage::Before)?.ok().flatten() } else { None };
        let mut tree = self.rewrite(paths, project, plan)?;
        let territory = Territory::of(paths, project, self.options.guard.outside);
        if let Some(refusal) = refusal::refuse((project, plan), &tree, &territory, (after, self.options.guard.dirty)) {
            self.record.forget_changes();
            return Ok(Err(refusal));
        }
        let before = compiler_before.map_or(Ok(Vec::new()), |compiler| self.check_before(&project.root, &compiler))?;
        if self.options.tests == Tests::Run {
            self.test(&project.root, When::Before)?;
        }
        if let Err(problem) = tree.write(&project.sources) {
            return Ok(Err(problem));
        }
        self.record.state = State::Written;
        // What packaging asks of cargo has changed along with its manifests.
        let now = after.and_then(|_| Compiler::find(project, plan, Stage::After, self.around).ok());
        if let Some(compiler) = &now
            && let Err(problem) = self.settle_versions(paths, project, plan, (compiler, locks))?
        {
            return Ok(Err(problem));
        }
        if let Some(compiler) = &now
            && let Err(problem) = self.mend((compiler, paths, &plan.check_options()), project, &before, &mut tree, &territory)?
        {
            return Ok(Err(problem));
        }
        self.name_conflicts(paths, project);
        let written = project.sources.clone();
        format::format_as_before(project, &mut tree, self.record, self.around);
        if let Err(problem) = format::write(&written, &project.sources) {
            return Ok(Err(problem));
        }
        self.record.changed = tree.changed(&project.sources);
        if self.options.tests == Tests::Run {
            self.test(&project.root, When::Mended)?;
        }
        Ok(Ok(()))
    }

    /// How to compile, if that is wanted and possible.
    fn compiler(&mut self, project: &Project, plan: &Plan, stage: Stage) -> io::Result<Result<Option<Compiler>, Problem>> {
        if self.options.action == MigrateAction::Write {
            return Ok(Ok(None));
        }
        match Compiler::find(project, plan, stage, self.around) {
            Ok(compiler) => Ok(Ok(Some(compiler))),
            Err(missing) if self.options.action == MigrateAction::Verify => Ok(Err(format!("cannot compile: {missing}"))),
            Err(missing) => {
                let note = match stage {
                    Stage::Before => format!("not compiled as it was: {missing}"),
                    Stage::After => format!("not compiled: {missing}"),
                };
                self.record.notes.push(note);
                Ok(Ok(None))
            }
        }
    }

    fn check_before(&mut self, root: &Path, compiler: &Compiler) -> io::Result<Vec<(String, Checked)>> {
        let pinned = self.around.rustc(root);
        if let Some(toolchain) = pinned.passed_over.first().and_then(|over| missing_toolchain(&over.why)) {
            self.record.notes.push(format!("the project pins Rust `{toolchain}`, which is not installed: compiled with stable"));
        }
        let mut watch = Watch::new("check as it is", self.options.progress, self.out);
        let checked = compiler.check_all(&mut watch)?;
        self.record.compiled.extend(checked.iter().map(|(name, checked)| Compilation::of(When::Before, name, checked)));
        watch.end(&compile::outcome(&checked))?;
        Ok(checked)
    }

    /// Changes sources and manifests in memory. The manifests name the old release while the sources change: that decides what look-alikes mean.
    fn rewrite(&mut self, paths: &[PathBuf], project: &mut Project, plan: &Plan) -> io::Result<Tree> {
        let check = plan.check_options();
        let (fixed, outcome) = fix_in_memory(paths, &check, project, (self.options.allow, &|_| true));
        report_rejected(&fixed, self.err)?;
        let seen = project.sources.clone();
        let changes = plan.manifest_changes(project);
        self.record.manifests = plan::told(project, &changes);
        let tree = Tree::new(fixed.changed, changes, &mut project.sources);
        let place = |file| seen.get(file).display.clone();
        self.record.review = fixed
            .risky
            .into_iter()
            .map(|risky| Review {
                path: place(risky.file),
                line: risky.line,
                rule: risky.rule,
                change: risky.change,
                title: risky.title,
                reason: risky.reason,
            })
            .collect();
        self.record.review.sort_by(|a, b| (&a.path, a.line, a.rule).cmp(&(&b.path, b.line, b.rule)));
        self.record.rewrites = fixed.applied;
        self.record.skipped = outcome.skipped;
        let is_source = |file| project.packages.iter().all(|package| package.manifest != file && package.pyproject != Some(file));
        let (sources, manifests): (Vec<_>, Vec<_>) = outcome.findings.iter().partition(|finding| is_source(finding.primary.file));
        let mut left: Vec<_> = sources.iter().map(|finding| left::of_finding(finding, &seen, &project.sources)).collect();
        if !manifests.is_empty() {
            left.extend(self.left_in_manifests(paths, project, &check, &is_source));
        }
        left.sort();
        self.record.left = left;
        Ok(tree)
    }

    /// What is left in the manifests as they are now.
    fn left_in_manifests(
        &self,
        paths: &[PathBuf],
        project: &Project,
        check: &CheckOptions,
        is_source: &dyn Fn(crate::text::FileId) -> bool,
    ) -> Vec<record::Left> {
        let Ok(now) = project::load_with(paths, project.sources.clone()) else { return Vec::new() };
        let findings = crate::engine::check(&now, check).findings;
        let findings = findings.iter().filter(|finding| !is_source(finding.primary.file));
        findings.map(|finding| left::of_finding(finding, &now.sources, &now.sources)).collect()
    }

    /// Lets the compiler check what was written, and mends what it complains of. A project without versions that fit together is put back.
    fn mend(
        &mut self,
        (compiler, paths, check): (&Compiler, &[PathBuf], &CheckOptions),
        project: &mut Project,
        before: &[(String, Checked)],
        tree: &mut Tree,
        territory: &Territory,
    ) -> io::Result<Result<(), Problem>> {
        let written = project.sources.clone();
        let mut watch = Watch::new("check with the compiler", self.options.progress, self.out);
        let functions = OldFunctions::read(tree.rust_before(&project.sources));
        let before = Before { checked: before, course: Course { functions: &functions, target: self.options.to } };
        let untouchable = project.sources.iter().filter(|(_, source)| !territory.contains(&source.path)).map(|(file, _)| file).collect();
        let mended = match mend::mend(compiler, &mut project.sources, before, untouchable, &mut watch) {
            // A file that cannot be written is the user's problem, not the report's.
            Err(error) if error.get_ref().is_some_and(|inner| inner.is::<WriteError>()) => return Ok(Err(error.to_string())),
            mended => mended?,
        };
        watch.end(&compile::outcome(&mended.last))?;
        tree.include(&written, &project.sources);
        for (when, all) in [(When::Rewritten, &mended.first), (When::Mended, &mended.last)] {
            self.record.compiled.extend(all.iter().map(|(name, checked)| Compilation::of(when, name, checked)));
        }
        if let Some(complaint) = compile::unresolved(&mended.last) {
            return Ok(Err(self.put_back(project, tree, complaint)));
        }
        for review in &mut self.record.review {
            review.line = tree::line_now(&written, &project.sources, &review.path, review.line);
        }
        self.look_again(paths, project, tree, check);
        let display = |file| project.sources.get(file).display.clone();
        let repairs = mended.repairs.into_iter();
        self.record.repairs = repairs.map(|done| Repaired { path: display(done.file), line: done.line, title: done.title }).collect();
        self.record.repairs.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        self.record.rounds = mended.rounds;
        let from = self.record.packages.iter().filter_map(|package| package.from).min();
        let crossed = Crossed::new(from.unwrap_or(self.options.to), self.options.to);
        let errors = mended.last.iter().flat_map(|(_, checked)| checked.errors());
        let errors = errors.map(|error| left::of_error(error, &crossed, &project.sources)).collect();
        self.record.left = left::merge(std::mem::take(&mut self.record.left), errors);
        Ok(Ok(()))
    }

    /// Finds what is left in the sources once they are mended, with the manifests that name the old release.
    fn look_again(&mut self, paths: &[PathBuf], project: &Project, tree: &Tree, check: &CheckOptions) {
        let Ok(old) = project::load_with(paths, tree.with_old_manifests(&project.sources)) else { return };
        let mut findings = crate::engine::check(&old, check).findings;
        // A call stays as it is once its receiver is right, and the old manifest makes a GIL Ref of every receiver that its type is not written for:
        // of the others the compiler complains.
        if self.record.errors(When::Mended).is_some() {
            findings.retain(|finding| finding.rule.name != "gil-ref-method");
        }
        let is_source = |path: &str| path.ends_with(".rs");
        self.record.left.retain(|left| !is_source(&left.path));
        let left = findings.iter().map(|finding| left::of_finding(finding, &old.sources, &project.sources));
        self.record.left.extend(left.filter(|left| is_source(&left.path)));
        // Where the compiler has seen the code, its word counts.
        if self.record.errors(When::Mended).is_some() {
            for left in self.record.left.iter_mut().filter(|left| left.voice == record::Voice::Rule && is_source(&left.path)) {
                left.voice = record::Voice::Unseen;
            }
        }
    }

    /// Puts every file back, as nothing that was written can be built.
    fn put_back(&mut self, project: &mut Project, tree: &Tree, complaint: &str) -> Problem {
        let restored = tree.restore(&mut project.sources);
        self.record.state = if restored.is_ok() { State::Restored } else { State::Written };
        let state = restored.err().unwrap_or_else(|| "every file is as it was".to_owned());
        format!("no versions of the dependencies fit together with PyO3 {}; {state}\n{complaint}", self.options.to)
    }
}
