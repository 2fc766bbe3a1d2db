//! What a migration has done and found, before anybody decides how to show it.

use super::repairing;
use crate::compiler::{Checked, Depth};
use crate::diagnostic::{RuleId, Skipped};
use crate::migrate::{Concern, Group};
use crate::release::Release;
use crate::toolchain::steps::StepReport;

/// Everything that is to be told at the end.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The release to go to.
    pub(super) to: Option<Release>,
    /// The release that sources seem to be of whose manifest names the target already.
    pub(super) origin: Option<Release>,
    /// The packages that are migrated.
    pub(super) packages: Vec<Moved>,
    /// The packages that are on a release which came out after this program.
    pub(super) newer: Vec<(String, Release)>,
    /// Findings before anything was changed.
    pub(super) planned: Planned,
    /// What changes in manifests: the path and what it does.
    pub(super) manifests: Vec<(String, String)>,
    /// What the compiler said, in order.
    pub(super) compiled: Vec<Compilation>,
    /// How often the compiler was asked to repair.
    pub(super) rounds: usize,
    /// How often a rewrite of each rule was applied.
    pub(super) rewrites: Vec<(RuleId, usize)>,
    /// Rewrites that somebody should look at.
    pub(super) review: Vec<Review>,
    /// What was repaired after an error of the compiler.
    pub(super) repairs: Vec<Repaired>,
    /// What is left to do by hand.
    pub(super) left: Vec<Left>,
    /// What was not looked at.
    pub(super) skipped: Vec<Skipped>,
    /// The project's own tests.
    pub(super) tests: Vec<TestRun>,
    /// What else people should know.
    pub(super) notes: Vec<String>,
    /// The files that have another text now.
    pub(super) changed: Vec<String>,
    /// The changes, if they were asked for.
    pub(super) diff: Option<String>,
    /// What became of the files.
    pub(super) state: State,
    /// Why it could not be done.
    pub(super) error: Option<String>,
}

/// What became of the project's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// They are as they were: nothing to do, nothing asked for, or an error.
    #[default]
    Untouched,
    /// They are migrated.
    Written,
    /// They were written and put back.
    Restored,
}

/// A package and the releases it goes between.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) from: Option<Release>,
}

/// Findings by what can be done about them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Planned {
    /// With a fix that keeps behaviour.
    pub(super) safe: usize,
    /// With a fix that could change it.
    pub(super) risky: usize,
    /// Without a fix; the compiler's answers may lead to one.
    pub(super) by_hand: usize,
}

/// When the compiler was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// The project as it was.
    Before,
    /// After the rewrites by rules.
    Rewritten,
    /// After the repairs.
    Repaired,
}

impl When {
    /// The word for it, in reports and documents.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Rewritten => "rewritten",
            Self::Repaired => "after",
        }
    }
}

/// What the compiler said of one package.
#[derive(Clone, Debug)]
pub(super) struct Compilation {
    pub(super) when: When,
    pub(super) package: String,
    /// The number of errors, or why there was nothing to count.
    pub(super) result: Result<usize, Unchecked>,
    /// Whether there can be more errors: types were not checked, or targets not reached.
    pub(super) at_least: bool,
    /// The targets that the compiler did not get to.
    pub(super) unreached: Vec<String>,
}

/// Why the compiler has nothing to say of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unchecked {
    /// Cargo compiled nothing. What it says.
    Stopped(String),
    /// Something that the package needs does not compile. What.
    Behind(String),
    /// PyO3 was no part of what was compiled.
    WithoutPyo3,
}

impl Unchecked {
    /// In one sentence, or in cargo's words.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Stopped(complaint) => complaint,
            Self::Behind(what) => what,
            Self::WithoutPyo3 => "PyO3 was no part of what was compiled: no feature that was on brings it in",
        }
    }
}

impl Compilation {
    pub(super) fn of(when: When, package: &str, checked: &Checked) -> Self {
        let (result, at_least, unreached) = match checked {
            Checked::Compiled { errors, depth, unreached, .. } => {
                (Ok(errors.len()), *depth == Depth::Names || !unreached.is_empty(), unreached.clone())
            }
            Checked::NotReached(what) => (Err(Unchecked::Behind(what.clone())), true, Vec::new()),
            Checked::WithoutPyo3 => (Err(Unchecked::WithoutPyo3), true, Vec::new()),
            Checked::Stopped(complaint) => (Err(Unchecked::Stopped(complaint.clone())), true, Vec::new()),
        };
        Self { when, package: package.to_owned(), result, at_least, unreached }
    }
}

/// A rewrite that could change behaviour.
#[derive(Clone, Debug)]
pub(super) struct Review {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) rule: RuleId,
    pub(super) change: Option<&'static str>,
    pub(super) title: String,
    pub(super) reason: String,
}

/// A repair after what the compiler said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repaired {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) title: String,
    pub(super) id: &'static str,
    pub(super) group: Group,
    pub(super) concern: Option<Concern>,
}

impl Repaired {
    /// What was repaired in the file that is shown as `path`.
    pub(super) fn of(path: String, done: repairing::Repaired) -> Self {
        Self { path, line: done.line, title: done.title, id: done.id, group: done.group, concern: done.concern }
    }
}

impl Review {
    /// What there is to look at in what a repair did.
    pub(super) fn of_repair(repair: &Repaired) -> Option<Self> {
        let reason = repair.concern?.reason().to_owned();
        let rule = RuleId { code: "", name: repair.id };
        Some(Self { path: repair.path.clone(), line: repair.line, rule, change: None, title: repair.title.clone(), reason })
    }
}

/// Who says that something is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Voice {
    /// A rule: crates are there in two versions where only one does.
    Versions,
    /// The compiler: it does not build.
    Compiler,
    /// A rule: it does not build, as far as hognose sees.
    Rule,
    /// A rule: it builds and does something else.
    Behaviour,
    /// A rule: it looks as if it did not build, and the compiler does not complain of it: it may not have seen it, behind a `cfg`.
    Unseen,
    /// A rule: it works, and is on its way out.
    Later,
    /// A file that is not changed still names what is gone.
    Elsewhere,
}

/// One thing that is left to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Left {
    pub(super) voice: Voice,
    pub(super) path: String,
    pub(super) line: usize,
    /// `E0308` or `HG104`.
    pub(super) code: Option<String>,
    /// What is wrong.
    pub(super) message: String,
    /// All that the compiler says of it.
    pub(super) rendered: Option<String>,
    /// What to do.
    pub(super) help: Option<String>,
    /// The row of the catalogue, or the rule, that explains it: what `hognose explain` takes.
    pub(super) explained_by: Option<String>,
}

/// The project's own tests, once.
#[derive(Debug)]
pub(super) struct TestRun {
    pub(super) when: When,
    /// The steps, or why there are none.
    pub(super) steps: Result<Vec<StepReport>, String>,
}

impl Record {
    /// What the compiler said at this stage.
    pub(super) fn compiled(&self, when: When) -> impl Iterator<Item = &Compilation> {
        self.compiled.iter().filter(move |compilation| compilation.when == when)
    }

    /// The compiler's errors in all packages that it got to at this stage; `None` when it was not asked, or saw nothing that counts.
    pub(super) fn errors(&self, when: When) -> Option<usize> {
        let counts = |compilation: &&Compilation| !matches!(compilation.result, Err(Unchecked::Behind(_)));
        let said: Vec<&Compilation> = self.compiled(when).filter(counts).collect();
        if said.is_empty() { None } else { said.iter().map(|compilation| compilation.result.as_ref().ok()).sum() }
    }

    /// Whether there can be more errors at this stage than those that were counted.
    pub(super) fn is_lower_bound(&self, when: When) -> bool {
        self.compiled(when).any(|compilation| compilation.at_least)
    }

    /// The targets that the compiler did not get to at this stage, each with its package.
    pub(super) fn unreached(&self, when: When) -> impl Iterator<Item = (&str, &str)> {
        self.compiled(when)
            .flat_map(|compilation| compilation.unreached.iter().map(|target| (compilation.package.as_str(), target.as_str())))
    }

    /// What has been done, for people who get no report.
    pub(super) const fn done(&self) -> &'static str {
        match self.state {
            State::Untouched => "nothing was written",
            State::Written => "the files were written (`git diff` shows what changed)",
            State::Restored => "every file is as it was",
        }
    }

    /// Forgets changes that were not made after all.
    pub(super) fn forget_changes(&mut self) {
        self.rewrites.clear();
        self.review.clear();
        self.left.clear();
        self.skipped.clear();
    }

    /// Whether somebody has something to do before the project works.
    pub(super) fn is_left(&self) -> bool {
        let stopped = self.compiled(When::Repaired).any(|compilation| compilation.result.is_err());
        let known: Vec<_> = self.unreached(When::Before).collect();
        let is_hidden =
            self.compiled(When::Before).next().is_some() && self.unreached(When::Repaired).any(|target| !known.contains(&target));
        stopped || is_hidden || self.left.iter().any(|left| left.voice < Voice::Unseen) || self.has_worse_tests()
    }

    /// The steps of the tests that passed before and do not any more.
    pub(super) fn worse_tests(&self) -> Vec<&'static str> {
        use crate::toolchain::steps::Status::Passed;
        let steps = |when: When| self.tests.iter().filter(move |run| run.when == when).filter_map(|run| run.steps.as_ref().ok()).flatten();
        let passed_after = |name: &str| steps(When::Repaired).any(|step| step.name == name && step.status == Passed);
        let before = steps(When::Before).filter(|step| step.status == Passed);
        before
            .filter(|step| step.name != "make tool environment" && step.name != "install maturin" && !passed_after(step.name))
            .map(|step| step.name)
            .collect()
    }

    fn has_worse_tests(&self) -> bool {
        self.tests.iter().any(|run| run.when == When::Repaired) && !self.worse_tests().is_empty()
    }
}
