//! `hognose check`: loads a project, checks it, fixes it when asked, and reports.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::verify::LintResult;
use crate::diagnostic::{Level, Safety, Skipped, SkippedKind};
use crate::engine::diff::{Changed, unified_diff};
use crate::engine::fix::{Completer, FixOptions, FixOutcome, fix_until_stable, settle_fixes};
use crate::engine::git::{Tree, tree_state};
use crate::engine::write::{Rewrite, write_files};
use crate::engine::{self, CheckOptions, CheckOutcome};
use crate::project::{self, Project, toml};
use crate::report::{Appearance, CheckedPackage, Format, Report};
use crate::rust::RustFile;
use crate::text::SourceFile;

/// What `check` is asked to do.
#[derive(Clone, Debug)]
pub struct CheckCommand {
    /// Files and folders; the current folder if empty.
    pub paths: Vec<PathBuf>,
    /// Rules and target.
    pub options: CheckOptions,
    /// What to do about findings.
    pub action: Action,
    /// Whether uncommitted changes are no obstacle to fixing.
    pub dirty: Dirty,
    /// How to report.
    pub format: Format,
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

/// What uncommitted changes mean for fixing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dirty {
    /// Nothing is changed.
    Refuse,
    /// They may be mixed with the fixes.
    Allow,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckVerdict {
    /// Nothing is left to report.
    Clean,
    /// Something is.
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
    let mut outcome = engine::check(project, &command.options);
    settle_fixes(&project.sources, &mut outcome.findings);
    say_when_empty(project, &outcome, err)?;
    show_from_here(command.format, project, &mut outcome);
    write_report(command, project, &outcome, 0, out)?;
    Ok(verdict(&outcome))
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

/// A finding of any level is a finding, notes included.
fn verdict(outcome: &CheckOutcome) -> CheckVerdict {
    let findings = &outcome.findings;
    // Whether the package of a broken manifest uses PyO3 is not known: that nothing was found would be a promise.
    let is_broken_manifest = |gap: &Skipped| {
        matches!(gap.kind, SkippedKind::Unparsable | SkippedKind::Unreadable) && Path::new(&gap.path).ends_with("Cargo.toml")
    };
    if outcome.packages.is_empty() && outcome.skipped.iter().any(is_broken_manifest) {
        return CheckVerdict::CouldNotRun;
    }
    if findings.is_empty() { CheckVerdict::Clean } else { CheckVerdict::Findings }
}

fn say_when_empty(project: &Project, outcome: &CheckOutcome, err: &mut dyn Write) -> io::Result<()> {
    if !outcome.packages.is_empty() {
        return Ok(());
    }
    writeln!(err, "warning: no package that uses PyO3 in `{}`", project.root.display())?;
    writeln!(err, "  = help: name the folder of a Cargo.toml that depends on `pyo3`, or start one with `hognose new NAME`")
}

fn write_report(command: &CheckCommand, project: &Project, outcome: &CheckOutcome, fixed: usize, out: &mut dyn Write) -> io::Result<()> {
    let packages: Vec<CheckedPackage> = outcome
        .packages
        .iter()
        .map(|package| CheckedPackage {
            name: package.name.clone(),
            path: package.path.clone(),
            pyo3: package.release.map(|release| release.to_string()),
        })
        .collect();
    let mut targets: Vec<String> = outcome.packages.iter().map(|package| package.target.to_string()).collect();
    targets.sort();
    targets.dedup();
    let completer = Completer::new(&project.sources);
    let report = Report {
        sources: &project.sources,
        target: &targets.join(", "),
        packages: &packages,
        files: outcome.files,
        findings: &outcome.findings,
        skipped: &outcome.skipped,
        fixed,
        complete_edits: &|fix| completer.edits(fix).ok(),
    };
    // A report is thousands of small pieces, and standard output takes each to the system at its line end.
    let mut buffered = BufWriter::new(out);
    report.write(command.format, command.appearance, &mut buffered)?;
    buffered.flush()
}

/// Fixes in memory until nothing changes.
fn fix_in_memory(command: &CheckCommand, project: &mut Project, allow: Safety) -> (FixOutcome, CheckOutcome) {
    let mut sources = project.sources.clone();
    let mut last = CheckOutcome::default();
    let outcome = fix_until_stable(
        &mut sources,
        |texts| {
            // The project's facts have byte ranges into its manifests: they are read again from the new texts.
            if let Ok(again) = project::load_with(&command.paths, texts.clone()) {
                *project = again;
            }
            last = engine::check(project, &command.options);
            last.findings.clone()
        },
        FixOptions { allow, parses: &parses },
    );
    project.sources = sources;
    last.findings.clone_from(&outcome.remaining);
    (outcome, last)
}

/// Whether a text is still what its file name promises.
fn parses(path: &str, text: &str) -> Result<(), String> {
    if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
        return RustFile::check(text).map_err(|failure| failure.to_string());
    }
    toml::parse(text).map(|_| ()).map_err(|error| error.message)
}

fn fix(command: &CheckCommand, project: &mut Project, allow: Safety, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<CheckVerdict> {
    if command.dirty == Dirty::Refuse
        && let Some(refusal) = refuse_dirty(&project.root)
    {
        writeln!(err, "error: {refusal}")?;
        return Ok(CheckVerdict::CouldNotRun);
    }
    let (fixed, mut outcome) = fix_in_memory(command, project, allow);
    let rewrites: Vec<Rewrite<'_>> = fixed
        .changed
        .iter()
        .map(|(file, before)| {
            let source = project.sources.get(*file);
            Rewrite { path: &source.path, before, after: &source.text }
        })
        .collect();
    if let Err(error) = write_files(&rewrites) {
        writeln!(err, "error: {error}")?;
        return Ok(CheckVerdict::CouldNotRun);
    }
    let count = fixed.applied.iter().map(|(_, count)| count).sum();
    say_when_empty(project, &outcome, err)?;
    show_from_here(command.format, project, &mut outcome);
    write_report(command, project, &outcome, count, out)?;
    report_rejected(&fixed, err)?;
    Ok(verdict(&outcome))
}

fn show_diff(
    command: &CheckCommand,
    project: &mut Project,
    allow: Safety,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<CheckVerdict> {
    let (fixed, outcome) = fix_in_memory(command, project, allow);
    let here = std::env::current_dir().ok();
    let paths: Vec<(String, &str, &str)> = fixed
        .changed
        .iter()
        .map(|(file, before)| {
            let source = project.sources.get(*file);
            (path_to_apply(source, here.as_deref()), before.as_str(), source.text.as_str())
        })
        .collect();
    let changes: Vec<Changed<'_>> = paths.iter().map(|(path, before, after)| Changed { path, before, after }).collect();
    out.write_all(unified_diff(&changes).as_bytes())?;
    say_when_empty(project, &outcome, err)?;
    report_rejected(&fixed, err)?;
    let count: usize = fixed.applied.iter().map(|(_, count)| count).sum();
    writeln!(err, "{} in {}; nothing was written", counted(count, "fix", "fixes"), counted(changes.len(), "file", "files"))?;
    Ok(if changes.is_empty() { CheckVerdict::Clean } else { CheckVerdict::Findings })
}

/// The path of a file in a diff: where the shell stands above it, the diff can be applied right there.
fn path_to_apply(source: &SourceFile, here: Option<&Path>) -> String {
    let below = here.and_then(|here| source.path.strip_prefix(here).ok());
    below.map_or_else(|| source.display.clone(), |path| path.to_string_lossy().replace('\\', "/"))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn report_rejected(fixed: &FixOutcome, err: &mut dyn Write) -> io::Result<()> {
    for rejected in &fixed.rejected {
        writeln!(err, "warning: a fix of {} at {}:{} was left out: {}", rejected.rule.name, rejected.path, rejected.line, rejected.reason)?;
    }
    if !fixed.stable {
        writeln!(err, "warning: after {} rounds there was still something to fix; run again", fixed.rounds)?;
    }
    Ok(())
}

/// Why the tree below `root` must not be changed, if so.
fn refuse_dirty(root: &Path) -> Option<String> {
    match tree_state(root) {
        Ok(Tree::Unversioned | Tree::Clean) => None,
        Ok(Tree::Dirty(files)) => {
            let shown: Vec<String> = files.iter().take(10).map(|file| format!("  {file}")).collect();
            let more = if files.len() > shown.len() { format!("\n  and {} more", files.len() - shown.len()) } else { String::new() };
            Some(format!(
                "the working tree has uncommitted changes, which fixes would be mixed with:\n{}{more}\n  = help: commit or stash them, or pass `--allow-dirty`",
                shown.join("\n")
            ))
        }
        Err(problem) => Some(format!(
            "git could not tell whether the working tree is clean: {problem}\n  = help: mend the repository, or pass `--allow-dirty`"
        )),
    }
}

/// The linter as `new --verify` and `verify` use it: only errors fail.
#[must_use]
pub fn lint(folder: &Path, appearance: Appearance) -> LintResult {
    let command = CheckCommand {
        paths: vec![folder.to_owned()],
        options: CheckOptions::default(),
        action: Action::Report,
        dirty: Dirty::Refuse,
        format: Format::Human,
        appearance,
    };
    let project = match project::load(&command.paths) {
        Ok(project) => project,
        Err(error) => return LintResult { errors: 1, text: error.to_string() },
    };
    let mut outcome = engine::check(&project, &command.options);
    settle_fixes(&project.sources, &mut outcome.findings);
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = write_report(&command, &project, &outcome, 0, &mut text);
    let errors = outcome.findings.iter().filter(|finding| finding.level == Level::Error).count();
    LintResult { errors, text: String::from_utf8_lossy(&text).into_owned() }
}
