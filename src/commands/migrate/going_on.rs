//! Projects that are on the target already: whether they compile, and how a migration goes on that somebody began.

use std::io;

use super::compile::{self, LeftOff, Stage, Watch, workspace_of};
use super::origin::former_release;
use super::plan::Plan;
use super::record::{Compilation, When};
use super::tree::Locks;
use super::{MigrateAction, Migration, Problem};
use crate::compiler::Checked;
use crate::project::Project;

/// What the compiler said before anything was changed, and the features that are better left off.
pub(super) type Start = (Vec<(String, Checked)>, LeftOff);

impl Migration<'_> {
    /// What is to be done for a project that is on the target: nothing if it compiles or nobody may compile it, else to go on from where it stands.
    pub(super) fn go_on(&mut self, project: &mut Project, nothing: &Plan) -> io::Result<Result<Option<(Plan, Start)>, Problem>> {
        let standing = Plan::going_on(project, self.options.to);
        let may_compile = !matches!(self.options.action, MigrateAction::Write | MigrateAction::Diff);
        if standing.packages.is_empty() || !may_compile {
            self.record.notes.push(nothing.nothing_to_do());
            return Ok(Ok(None));
        }
        let mut compiler = match self.compiler(project, &standing, Stage::After)? {
            Ok(Some(compiler)) => compiler,
            Ok(None) => {
                self.record.notes.push(nothing.nothing_to_do());
                return Ok(Ok(None));
            }
            Err(problem) => return Ok(Err(problem)),
        };
        let locks = Locks::of(standing.packages.iter().map(|&index| workspace_of(project, &project.packages[index])));
        let name = format!("check with the compiler, for Python {}", compiler.pythons());
        let mut watch = Watch::new(name, self.options.progress, self.out);
        let checked = compiler.check_first(Stage::Before, &mut watch, &mut self.record.notes)?;
        watch.end(&compile::outcome(&checked))?;
        if let Err(problem) = locks.restore() {
            return Ok(Err(problem));
        }
        if checked.iter().all(|(_, checked)| checked.errors().is_empty()) {
            self.record.compiled.extend(checked.iter().map(|(name, checked)| Compilation::of(When::Repaired, name, checked)));
            self.record.notes.push(format!("{}; {}", nothing.nothing_to_do(), compile::outcome(&checked)));
            return Ok(Ok(None));
        }
        self.record.compiled.extend(checked.iter().map(|(name, checked)| Compilation::of(When::Before, name, checked)));
        let plan = self.plan_to_go_on(project, standing);
        Ok(plan.map(|plan| Some((plan, (checked, compiler.left_off())))))
    }

    /// Sources that a raised manifest left behind are migrated from their release. Where somebody has begun with them, what looks alike is taken for new.
    fn plan_to_go_on(&mut self, project: &mut Project, standing: Plan) -> Result<Plan, Problem> {
        let to = self.options.to;
        let packages = standing.packages.iter().map(|&index| &project.packages[index]);
        let former = packages.filter_map(|package| Some((package, former_release(project, package, to)?))).collect::<Vec<_>>();
        let Some(from) = former.iter().map(|(_, release)| *release).min() else { return Ok(standing) };
        self.record.origin = Some(from);
        if former.iter().any(|(package, release)| package.is_newer_than(*release, &project.sources)) {
            return Ok(standing);
        }
        project.assume(from);
        self.record.notes.push(format!("the sources are taken for those of PyO3 {from}; `--from` says it if they are of another one"));
        Plan::new(project, to)
    }

    /// The project, taken for one of the release that the user says.
    pub(super) fn assume(&self, project: &mut Project) -> Result<(), Problem> {
        match self.options.from {
            Some(from) if from >= self.options.to => {
                Err(format!("`--from {from}` is not older than PyO3 {}, where to go", self.options.to))
            }
            Some(from) => {
                project.assume(from);
                Ok(())
            }
            None => Ok(()),
        }
    }
}
