//! What a migration asks the compiler, and what it does with the answers.

use std::io;
use std::path::{Path, PathBuf};

use super::compile::{self, Compiler, LeftOff, Stage, Watch};
use super::left::{self, Crossed};
use super::plan::Plan;
use super::record::{Compilation, Repaired, Review, State, When};
use super::repairing::{self, Before};
use super::tree::{self, Tree};
use super::{MigrateAction, Migration, Problem};
use crate::commands::guard::Territory;
use crate::compiler::Checked;
use crate::engine::CheckOptions;
use crate::engine::write::WriteError;
use crate::migrate::{Course, OldFunctions};
use crate::project::Project;
use crate::toolchain::rustup::missing_toolchain;

impl Migration<'_> {
    /// How to compile, if that is wanted and possible.
    pub(super) fn compiler(&mut self, project: &Project, plan: &Plan, stage: Stage) -> io::Result<Result<Option<Compiler>, Problem>> {
        if self.options.action == MigrateAction::Write {
            return Ok(Ok(None));
        }
        match Compiler::find(project, plan, stage, (self.around, &self.options.cargo_flags)) {
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

    /// What the compiler says of the project as it is, and the features that are better left off.
    pub(super) fn check_before(&mut self, root: &Path, mut compiler: Compiler) -> io::Result<(Vec<(String, Checked)>, LeftOff)> {
        let pinned = self.around.rustc(root);
        if let Some(toolchain) = pinned.passed_over.first().and_then(|over| missing_toolchain(&over.why)) {
            self.record.notes.push(format!("the project pins Rust `{toolchain}`, which is not installed: compiled with stable"));
        }
        let name = format!("check as it is, for Python {}", compiler.pythons());
        let mut watch = Watch::new(name, self.options.progress, self.out);
        let checked = compiler.check_first(Stage::Before, &mut watch, &mut self.record.notes)?;
        self.record.compiled.extend(checked.iter().map(|(name, checked)| Compilation::of(When::Before, name, checked)));
        watch.end(&compile::outcome(&checked))?;
        Ok((checked, compiler.left_off()))
    }

    /// Lets the compiler check what was written, and repairs what it complains of. A project without versions that fit together is put back.
    pub(super) fn repair(
        &mut self,
        (compiler, paths, check): (&mut Compiler, &[PathBuf], &CheckOptions),
        project: &mut Project,
        before: &[(String, Checked)],
        tree: &mut Tree,
        territory: &Territory,
    ) -> io::Result<Result<(), Problem>> {
        let written = project.sources.clone();
        let name = format!("check with the compiler, for Python {}", compiler.pythons());
        let mut watch = Watch::new(name, self.options.progress, self.out);
        let functions = OldFunctions::read(tree.rust_before(&project.sources));
        let before = Before { checked: before, course: Course { functions: &functions, target: self.options.to } };
        let untouchable = project.sources.iter().filter(|(_, source)| !territory.contains(&source.path)).map(|(file, _)| file).collect();
        let repaired =
            match repairing::repair_all((compiler, &mut self.record.notes), &mut project.sources, before, untouchable, &mut watch) {
                // A file that cannot be written is the user's problem, not the report's.
                Err(error) if error.get_ref().is_some_and(|inner| inner.is::<WriteError>()) => return Ok(Err(error.to_string())),
                repaired => repaired?,
            };
        watch.end(&compile::outcome(&repaired.last))?;
        tree.include(&written, &project.sources);
        for (when, all) in [(When::Rewritten, &repaired.first), (When::Repaired, &repaired.last)] {
            self.record.compiled.extend(all.iter().map(|(name, checked)| Compilation::of(when, name, checked)));
        }
        if let Some(complaint) = compile::unresolved(&repaired.last) {
            return Ok(Err(self.put_back(project, tree, complaint)));
        }
        for review in &mut self.record.review {
            review.line = tree::line_now(&written, &project.sources, &review.path, review.line);
        }
        self.look_again(paths, project, tree, (check, &repaired.last));
        let display = |file| project.sources.get(file).display.clone();
        self.record.repairs = repaired.repairs.into_iter().map(|done| Repaired::of(display(done.file), done)).collect();
        self.record.review.extend(self.record.repairs.iter().filter_map(Review::of_repair));
        self.record.repairs.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        self.record.rounds = repaired.rounds;
        let from = self.record.origin.or_else(|| self.record.packages.iter().filter_map(|package| package.from).min());
        let crossed = Crossed::new(from.unwrap_or(self.options.to), self.options.to);
        let errors = repaired.last.iter().flat_map(|(_, checked)| checked.errors());
        let errors = errors.map(|error| left::of_error(error, &crossed, &project.sources)).collect();
        self.record.left = left::merge(std::mem::take(&mut self.record.left), errors);
        Ok(Ok(()))
    }

    /// Puts every file back, as nothing that was written can be built.
    fn put_back(&mut self, project: &mut Project, tree: &Tree, complaint: &str) -> Problem {
        let restored = tree.restore(&mut project.sources);
        self.record.state = if restored.is_ok() { State::Restored } else { State::Written };
        let state = restored.err().unwrap_or_else(|| "every file is as it was".to_owned());
        let why = match complaint.contains(compile::LOCKED) {
            true => format!("Cargo.lock has to change for PyO3 {}, and `--locked` keeps cargo from it", self.options.to),
            false => format!("no versions of the dependencies fit together with PyO3 {}", self.options.to),
        };
        format!("{why}; {state}\n{complaint}")
    }
}
