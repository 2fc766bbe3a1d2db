//! `hognose check`: loads a project, checks it, fixes it when asked, and reports.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::fixing::{changed_paths, counted, diff, fix_in_memory, report_rejected, rewrites, with_gaps};
use super::guard::{Guard, Territory};
use super::newer;
use super::unreported::reporting;
use super::verify::LintResult;
use crate::diagnostic::{Diagnostic, Level, Safety, Skipped, SkippedKind};
use crate::engine::fix::{Completer, FixOutcome, settle_fixes};
use crate::engine::write::write_files;
use crate::engine::{self, CheckOptions, CheckOutcome};
use crate::project::{self, Project};
use crate::release::Release;
use crate::report::{Appearance, CheckedPackage, Format, Gaps, Report, after_upgrade, one_line};

/// What `check` is asked to do.
#[derive(Clone, Debug)]
pub struct CheckCommand {
    /// Files and folders; the current folder if empty.
    pub paths: Vec<PathBuf>,
    /// Rules and target.
    pub options: CheckOptions,
    /// What to do about findings.
    pub action: Action,
    /// What may be written.
    pub guard: Guard,
    /// How to report.
    pub format: Format,
    /// How people are told what was not checked.
    pub gaps: Gaps,
    /// Colours, hyperlinks and width.
    pub appearance: Appearance,
}

/// What to do about findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Report them.
    Report,
    /// Apply fixes up to this kind, and report the rest.
    Fix(Safety),
    /// Show what fixing would change.
    Diff(Safety),
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckVerdict {
    /// Nothing is left that fails it.
    Clean,
    /// Something is; for a diff, it would remove something that does.
    Findings,
    /// The check could not run.
    CouldNotRun,
}

/// Runs the command.
///
/// # Errors
/// What `out` or `err` answers.
pub fn run(command: &CheckCommand, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<CheckVerdict> {
    let mut project = match project::load(&command.paths) {
        Ok(project) => project,
        Err(error) => {
            writeln!(err, "error: {error}")?;
            return Ok(CheckVerdict::CouldNotRun);
        }
    };
    match command.action {
        Action::Report => report_only(command, &mut project, out, err),
        Action::Fix(allow) => fix(command, &mut project, allow, out, err),
        Action::Diff(allow) => show_diff(command, &mut project, allow, out, err),
    }
}

fn report_only(command: &CheckCommand, project: &mut Project, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<CheckVerdict> {
    let mut outcome = check_and_settle(project, &command.options);
    say_when_empty(project, &outcome, err)?;
    warn_of_newer(command, &outcome, err)?;
    show_from_here(command.format, project, &mut outcome);
    write_report(command, project, &outcome, Fixed::default(), out)?;
    report_faults(&outcome, err)?;
    Ok(verdict(&outcome))
}

fn check_and_settle(project: &Project, options: &CheckOptions) -> CheckOutcome {
    let mut outcome = engine::check(project, options);
    let faults = settle_fixes(&project.sources, &mut outcome.findings);
    with_gaps(outcome, &faults, project)
}

/// Says what hognose itself failed at: whoever reads the exit code looks for the reason here.
fn report_faults(outcome: &CheckOutcome, err: &mut dyn Write) -> io::Result<()> {
    let mut faults = outcome.skipped.iter().filter(|gap| gap.kind == SkippedKind::InternalError);
    faults.try_for_each(|gap| writeln!(err, "error: {}: {}", one_line(&gap.path), one_line(&gap.reason)))
}

/// Makes people's reports name files as the shell would, when it stands above the folder that is checked; terminals and editors open them then.
fn show_from_here(format: Format, project: &mut Project, outcome: &mut CheckOutcome) {
    let below = std::env::current_dir().ok().and_then(|here| project.root.strip_prefix(here).map(Path::to_owned).ok());
    let Some(below) = below.filter(|below| format != Format::Json && !below.as_os_str().is_empty()) else { return };
    let prefix = format!("{}/", below.to_string_lossy().replace('\\', "/"));
    project.sources.show_below(&prefix);
    for skipped in &mut outcome.skipped {
        skipped.path.insert_str(0, &prefix);
    }
}

fn verdict(outcome: &CheckOutcome) -> CheckVerdict {
    let is_fault = |gap: &Skipped| gap.kind == SkippedKind::InternalError;
    if broken_manifest(outcome).is_some() || outcome.skipped.iter().any(is_fault) {
        return CheckVerdict::CouldNotRun;
    }
    if outcome.findings.iter().any(|finding| finding.fails) { CheckVerdict::Findings } else { CheckVerdict::Clean }
}

/// A Cargo.toml that kept the check from looking at anything: whether its package uses PyO3 is not known.
fn broken_manifest(outcome: &CheckOutcome) -> Option<&Skipped> {
    let is_broken = |gap: &&Skipped| {
        matches!(gap.kind, SkippedKind::Unparsable | SkippedKind::Unreadable) && Path::new(&gap.path).ends_with("Cargo.toml")
    };
    outcome.skipped.iter().filter(|_| outcome.packages.is_empty()).find(is_broken)
}

/// What was fixed before a report.
#[derive(Clone, Copy, Debug, Default)]
struct Fixed {
    /// How many findings.
    count: usize,
    /// The PyO3 release that the sources need since then, where that is newer than the one in use.
    needs: Option<Release>,
}

impl Fixed {
    fn of(outcome: &FixOutcome) -> Self {
        Self { count: outcome.applied.iter().map(|(_, count)| count).sum(), needs: outcome.needs }
    }
}

fn say_when_empty(project: &Project, outcome: &CheckOutcome, err: &mut dyn Write) -> io::Result<()> {
    if !outcome.packages.is_empty() {
        return Ok(());
    }
    if let Some(gap) = broken_manifest(outcome) {
        writeln!(err, "error: nothing was checked, as `{}` cannot be read: {}", one_line(&gap.path), one_line(&gap.reason))?;
        return writeln!(err, "  = help: fix it; whether its package uses PyO3 is not known");
    }
    writeln!(err, "warning: no package that uses PyO3 in `{}`", project.root.display())?;
    writeln!(err, "  = help: name the folder of a Cargo.toml that depends on `pyo3`, or start one with `hognose new NAME`")
}

/// The JSON document has it as a field.
fn warn_of_newer(command: &CheckCommand, outcome: &CheckOutcome, err: &mut dyn Write) -> io::Result<()> {
    if command.format == Format::Json {
        return Ok(());
    }
    newer::warn(outcome.packages.iter().map(|package| (package.name.as_str(), package.release)), err)
}

fn write_report(command: &CheckCommand, project: &Project, outcome: &CheckOutcome, fixed: Fixed, out: &mut dyn Write) -> io::Result<()> {
    let packages: Vec<CheckedPackage> = outcome
        .packages
        .iter()
        .map(|package| CheckedPackage {
            name: package.name.clone(),
            path: package.path.clone(),
            pyo3: package.release.map(|release| release.to_string()),
            newer_than_known: package.release.is_some_and(Release::is_newer_than_known),
        })
        .collect();
    let mut targets: Vec<String> = outcome.packages.iter().map(|package| package.target.to_string()).collect();
    targets.sort();
    targets.dedup();
    let needs = fixed.needs.map(|release| release.to_string());
    let completer = Completer::new(&project.sources);
    let report = Report {
        sources: &project.sources,
        target: &targets.join(", "),
        packages: &packages,
        files: outcome.files,
        findings: &outcome.findings,
        skipped: &outcome.skipped,
        gaps: command.gaps,
        fixed: fixed.count,
        needs: needs.as_deref(),
        complete_edits: &|fix| completer.edits(fix).ok(),
    };
    // A report is thousands of small pieces, and standard output takes each to the system at its line end.
    let mut buffered = BufWriter::new(out);
    report.write(command.format, command.appearance, &mut buffered)?;
    buffered.flush()
}

fn fix(command: &CheckCommand, project: &mut Project, allow: Safety, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<CheckVerdict> {
    let territory = Territory::of(&command.paths, project, command.guard.outside);
    let (fixed, mut outcome) = fix_in_memory(&command.paths, &command.options, project, (allow, &|path| territory.contains(path)));
    let changed = changed_paths(&project.sources, &fixed.changed);
    if let Some(refusal) = territory.refuse_dirty(&changed, &[], command.guard.dirty) {
        writeln!(err, "error: {refusal}")?;
        return Ok(CheckVerdict::CouldNotRun);
    }
    if let Err(error) = write_files(&rewrites(&project.sources, &fixed.changed)) {
        writeln!(err, "error: {error}")?;
        return Ok(CheckVerdict::CouldNotRun);
    }
    let done = if changed.is_empty() { "nothing had to be written" } else { "the fixes were written" };
    reporting(done, out, |out| {
        say_when_empty(project, &outcome, err)?;
        warn_of_newer(command, &outcome, err)?;
        show_from_here(command.format, project, &mut outcome);
        write_report(command, project, &outcome, Fixed::of(&fixed), out)?;
        report_rejected(&fixed, err)?;
        report_kept_out(&fixed, &territory, err)?;
        report_faults(&outcome, err)
    })?;
    Ok(verdict(&outcome))
}

fn show_diff(
    command: &CheckCommand,
    project: &mut Project,
    allow: Safety,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<CheckVerdict> {
    let territory = Territory::of(&command.paths, project, command.guard.outside);
    let (fixed, outcome) = fix_in_memory(&command.paths, &command.options, project, (allow, &|path| territory.contains(path)));
    out.write_all(command.appearance.shown.show(&diff(&project.sources, &fixed.changed)).as_bytes())?;
    say_when_empty(project, &outcome, err)?;
    warn_of_newer(command, &outcome, err)?;
    report_rejected(&fixed, err)?;
    report_kept_out(&fixed, &territory, err)?;
    report_faults(&outcome, err)?;
    let Fixed { count, needs } = Fixed::of(&fixed);
    if let Some(needs) = needs {
        writeln!(err, "the sources would need PyO3 {needs}: raise `pyo3` in Cargo.toml")?;
    }
    if let Some(hint) = after_upgrade(&outcome.findings) {
        writeln!(err, "{hint}")?;
    }
    writeln!(err, "{} in {}; nothing was written", counted(count, "fix", "fixes"), counted(fixed.changed.len(), "file", "files"))?;
    if verdict(&outcome) == CheckVerdict::CouldNotRun {
        return Ok(CheckVerdict::CouldNotRun);
    }
    Ok(if fixed.changed.is_empty() || fixed.failing == 0 { CheckVerdict::Clean } else { CheckVerdict::Findings })
}

fn report_kept_out(fixed: &FixOutcome, territory: &Territory, err: &mut dyn Write) -> io::Result<()> {
    if fixed.kept_out == 0 {
        return Ok(());
    }
    writeln!(err, "warning: {}", territory.left_out(fixed.kept_out, &fixed.untouchable))
}

/// The linter as `new --verify` and `verify` use it: only errors on the PyO3 in use fail.
#[must_use]
pub fn lint(folder: &Path, appearance: Appearance) -> LintResult {
    let command = CheckCommand {
        paths: vec![folder.to_owned()],
        options: CheckOptions::default(),
        action: Action::Report,
        guard: Guard::default(),
        format: Format::Human,
        gaps: Gaps::Counted,
        appearance,
    };
    let project = match project::load(&command.paths) {
        Ok(project) => project,
        Err(error) => return LintResult { errors: 1, text: error.to_string() },
    };
    let outcome = check_and_settle(&project, &command.options);
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = write_report(&command, &project, &outcome, Fixed::default(), &mut text);
    let is_wrong_today = |finding: &&Diagnostic| finding.level == Level::Error && !finding.ahead;
    let errors = outcome.findings.iter().filter(is_wrong_today).count();
    LintResult { errors, text: String::from_utf8_lossy(&text).into_owned() }
}
