//! `hognose migrate`: brings a project to another PyO3 release, with the compiler as second opinion.

mod compile;
mod mend;
mod plan;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use super::check::Dirty;
use super::fixing::{counted, fix_in_memory, parses, path_to_apply, refuse_dirty, report_rejected, rewrites};
use crate::diagnostic::Safety;
use crate::engine::diff::{Changed, unified_diff};
use crate::engine::fix::FixOutcome;
use crate::engine::write::write_files;
use crate::engine::{CheckOptions, CheckOutcome, TargetChoice};
use crate::migrate::ManifestChange;
use crate::project::{self, Project};
use crate::release::Release;
use crate::text::{Edit, FileId, apply_edits};
use crate::toolchain::locate::Surroundings;
use compile::{Compiler, Stage};
use plan::Plan;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct MigrateOptions {
    /// The project's folder.
    pub path: PathBuf,
    /// The release to go to.
    pub to: Release,
    /// What to do with the changes.
    pub action: MigrateAction,
    /// Which fixes are applied.
    pub allow: Safety,
    /// Whether uncommitted changes are no obstacle.
    pub dirty: Dirty,
}

/// What to do with the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrateAction {
    /// Write them.
    Write,
    /// Write them, and let the compiler check and mend them.
    Verify,
    /// Show them.
    Diff,
}

/// How a migration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrateVerdict {
    /// Nothing is left to do by hand, as far as was looked.
    Done,
    /// Something is left.
    Left,
    /// It could not run; nothing was written.
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
    let paths = [around.dir.join(&options.path)];
    let mut project = match project::load(&paths) {
        Ok(project) => project,
        Err(error) => return refuse(&error.to_string(), err),
    };
    let plan = match Plan::new(&project, options.to) {
        Ok(plan) => plan,
        Err(obstacle) => return refuse(&obstacle, err),
    };
    if plan.packages.is_empty() {
        writeln!(out, "nothing to migrate: {}", plan.standing)?;
        return Ok(MigrateVerdict::Done);
    }
    plan.show(&project, out)?;
    if options.action != MigrateAction::Diff
        && options.dirty == Dirty::Refuse
        && let Some(refusal) = refuse_dirty(&project.root)
    {
        return refuse(&refusal, err);
    }
    let is_verified = options.action == MigrateAction::Verify;
    let mut before = Vec::new();
    if is_verified {
        match Compiler::find(&project, &plan, Stage::Before, around) {
            Ok(compiler) => {
                before = compiler.check_all()?;
                compile::report("before", &before, out)?;
            }
            Err(missing) => writeln!(err, "note: not compiled as it is: {missing}")?,
        }
    }
    let compiler = match is_verified.then(|| Compiler::find(&project, &plan, Stage::After, around)).transpose() {
        Ok(compiler) => compiler,
        Err(missing) => {
            writeln!(err, "note: not compiled: {missing}")?;
            None
        }
    };
    let (mut fixed, outcome) = rewrite(&paths, &mut project, options);
    let changes = plan.manifest_changes(&project);
    change_manifests(&mut project, &mut fixed, changes);
    if options.action == MigrateAction::Diff {
        return show_diff(&project, &fixed, out, err);
    }
    if let Err(error) = write_files(&rewrites(&project.sources, &fixed.changed)) {
        return refuse(&error.to_string(), err);
    }
    report_rejected(&fixed, err)?;
    let count: usize = fixed.applied.iter().map(|(_, count)| count).sum();
    writeln!(out, "changed {} with {}", counted(fixed.changed.len(), "file", "files"), counted(count, "fix", "fixes"))?;
    let left = outcome.findings.len();
    if let Some(compiler) = &compiler {
        let mended = mend::mend(compiler, &mut project.sources, &before)?;
        writeln!(
            out,
            "{} in {} of the compiler",
            counted(mended.repairs.len(), "repair", "repairs"),
            counted(mended.rounds, "round", "rounds")
        )?;
        for repaired in &mended.repairs {
            writeln!(out, "  {}:{}: {}", project.sources.get(repaired.file).display, repaired.line, repaired.title)?;
        }
        compile::report("after", &mended.last, out)?;
    }
    Ok(if left == 0 { MigrateVerdict::Done } else { MigrateVerdict::Left })
}

fn refuse(message: &str, err: &mut dyn Write) -> io::Result<MigrateVerdict> {
    writeln!(err, "error: {message}")?;
    Ok(MigrateVerdict::CouldNotRun)
}

/// Fixes the sources in memory; the manifests still name the old release, which decides what look-alikes mean.
fn rewrite(paths: &[PathBuf], project: &mut Project, options: &MigrateOptions) -> (FixOutcome, CheckOutcome) {
    let check =
        CheckOptions { select: vec!["migration".to_owned()], target: Some(TargetChoice::Release(options.to)), ..CheckOptions::default() };
    fix_in_memory(paths, &check, project, options.allow)
}

/// Applies the changes of manifests to texts that fixes may have changed already.
fn change_manifests(project: &mut Project, fixed: &mut FixOutcome, changes: Vec<ManifestChange>) {
    let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for change in changes {
        by_file.entry(change.file).or_default().push(change.edit);
    }
    for (file, edits) in by_file {
        let source = project.sources.get(file);
        let Ok(text) = apply_edits(&source.text, &edits) else { continue };
        if parses(&source.display, &text).is_ok() && text != source.text {
            fixed.changed.entry(file).or_insert_with(|| source.text.clone());
            project.sources.set_text(file, text);
        }
    }
}

fn show_diff(project: &Project, fixed: &FixOutcome, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<MigrateVerdict> {
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
    report_rejected(fixed, err)?;
    writeln!(err, "{}; nothing was written", counted(changes.len(), "file", "files"))?;
    Ok(if changes.is_empty() { MigrateVerdict::Done } else { MigrateVerdict::Left })
}
