//! The checks of `doctor`: each looks at the facts and notes what is wrong, what is worth knowing, and what is in order.

mod environment;
mod files;
mod programs;
mod pythons;
mod rebuilds;
#[cfg(test)]
mod tests;

use super::facts::Facts;

/// What a check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The check, in kebab case.
    pub(super) check: &'static str,
    pub(super) level: Level,
    /// What is so.
    pub(super) message: String,
    /// Why it hurts.
    pub(super) why: String,
    /// The commands or lines that fix it, ready to be copied.
    pub(super) fix: Vec<String>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Something does not work, or will not.
    Problem,
    /// It works, and could be better or surprise somebody.
    Note,
}

/// What all checks have to say.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
    /// What is in order, one short line each.
    pub(super) healthy: Vec<String>,
    /// What is neither: interpreters that are there and not for this project.
    pub(super) aside: Vec<String>,
}

impl Report {
    fn problem(&mut self, check: &'static str, message: impl Into<String>, why: impl Into<String>, fix: &[impl AsRef<str>]) {
        self.find(check, Level::Problem, message.into(), why.into(), fix);
    }

    fn note(&mut self, check: &'static str, message: impl Into<String>, why: impl Into<String>, fix: &[impl AsRef<str>]) {
        self.find(check, Level::Note, message.into(), why.into(), fix);
    }

    fn find(&mut self, check: &'static str, level: Level, message: String, why: String, fix: &[impl AsRef<str>]) {
        let fix = fix.iter().map(|line| line.as_ref().to_owned()).collect();
        self.findings.push(Finding { check, level, message, why, fix });
    }

    fn healthy(&mut self, line: impl Into<String>) {
        self.healthy.push(line.into());
    }

    fn aside(&mut self, line: impl Into<String>) {
        self.aside.push(line.into());
    }
}

/// Every check, in the order of the report.
const ALL: [fn(&Facts, &mut Report); 14] = [
    programs::rust,
    programs::linker,
    programs::maturin,
    programs::hognose,
    pythons::any,
    pythons::of_cargo,
    environment::rivals,
    environment::virtual_environment,
    environment::variables,
    environment::python_path,
    rebuilds::profiles,
    rebuilds::uv_and_editor,
    files::extensions,
    files::layout_and_leftovers,
];

/// Runs them all.
pub(super) fn run(facts: &Facts) -> Report {
    let mut report = Report::default();
    for check in ALL {
        check(facts, &mut report);
    }
    // What is broken comes first.
    report.findings.sort_by_key(|finding| finding.level == Level::Note);
    report
}
