//! What the commands that change files have in common: fixing in memory, the state of the git tree, diffs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::Safety;
use crate::engine::diff::{Changed, unified_diff};
use crate::engine::fix::{FixOptions, FixOutcome, MayWrite, fix_until_stable};
use crate::engine::write::Rewrite;
use crate::engine::{self, CheckOptions, CheckOutcome, Fault, without_fixes_of};
use crate::project::{self, Project, toml};
use crate::rust::RustFile;
use crate::text::{FileId, SourceFile, Sources};

/// Fixes in memory until nothing changes; the new texts are in `project`. A file that hognose fails at stays as it was.
pub(super) fn fix_in_memory(
    paths: &[PathBuf],
    options: &CheckOptions,
    project: &mut Project,
    (allow, may_write): (Safety, MayWrite<'_>),
) -> (FixOutcome, CheckOutcome) {
    let texts = project.sources.clone();
    let fixing = FixOptions { allow, parses: &parses, may_write };
    let mut faults = BTreeSet::new();
    loop {
        let known = faults.len();
        let (outcome, last) = fix_all_but(&mut faults, texts.clone(), (paths, options), project, fixing);
        let is_changed = |fault: &Fault| outcome.changed.contains_key(&fault.file);
        // A fault may show in a later round only; without fixes of that file from the first one on, nothing of it is changed.
        if faults.len() == known || !faults.iter().any(is_changed) {
            return (outcome, with_gaps(last, &faults, project));
        }
    }
}

/// The same, without fixes of the files with `faults`; adds those that show now.
fn fix_all_but(
    faults: &mut BTreeSet<Fault>,
    mut sources: Sources,
    (paths, options): (&[PathBuf], &CheckOptions),
    project: &mut Project,
    fixing: FixOptions<'_>,
) -> (FixOutcome, CheckOutcome) {
    let mut last = CheckOutcome::default();
    let before = faults.clone();
    let outcome = fix_until_stable(
        &mut sources,
        |texts| {
            // The project's facts have byte ranges into its manifests: they are read again from the new texts.
            if let Ok(mut again) = project::load_with(paths, texts.clone()) {
                again.keep_releases_of(project);
                *project = again;
            }
            last = engine::check(project, options);
            without_fixes_of(&mut last.findings, &before);
            faults.append(&mut last.faults);
            last.findings.clone()
        },
        fixing,
    );
    faults.extend(outcome.faults.iter().cloned());
    project.sources = sources;
    last.findings.clone_from(&outcome.remaining);
    (outcome, last)
}

/// What was found, with all faults as gaps, those of earlier rounds included.
pub(super) fn with_gaps(mut outcome: CheckOutcome, faults: &BTreeSet<Fault>, project: &Project) -> CheckOutcome {
    outcome.skipped.extend(faults.iter().map(|fault| fault.skipped(&project.sources)));
    outcome.skipped.sort();
    outcome.skipped.dedup();
    outcome
}

/// Whether a text is still what its file name promises.
pub(super) fn parses(path: &str, text: &str) -> Result<(), String> {
    if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
        return RustFile::check(text).map_err(|failure| failure.to_string());
    }
    toml::parse(text).map(|_| ()).map_err(|error| error.message)
}

/// The files that have another text than before.
pub(super) fn rewrites<'a>(sources: &'a Sources, before: &'a BTreeMap<FileId, String>) -> Vec<Rewrite<'a>> {
    let rewrite = |(file, before): (&FileId, &'a String)| {
        let source = sources.get(*file);
        Rewrite { path: &source.path, before, after: &source.text }
    };
    before.iter().map(rewrite).collect()
}

/// The changes of the files that said `before` as a diff. Where the shell stands above a file, it can be applied right there.
pub(super) fn diff(sources: &Sources, before: &BTreeMap<FileId, String>) -> String {
    let here = std::env::current_dir().ok();
    let files: Vec<(PathBuf, &str, &str)> = before
        .iter()
        .map(|(file, before)| {
            let source = sources.get(*file);
            (path_to_apply(source, here.as_deref()), before.as_str(), source.text.as_str())
        })
        .collect();
    let changes: Vec<Changed<'_>> = files.iter().map(|(path, before, after)| Changed { path, before, after }).collect();
    unified_diff(&changes)
}

fn path_to_apply(source: &SourceFile, here: Option<&Path>) -> PathBuf {
    let below = here.and_then(|here| source.path.strip_prefix(here).ok());
    below.map_or_else(|| PathBuf::from(&source.display), Path::to_owned)
}

/// The paths of the files that have another text than before.
pub(super) fn changed_paths(sources: &Sources, before: &BTreeMap<FileId, String>) -> Vec<PathBuf> {
    rewrites(sources, before).iter().filter(|rewrite| rewrite.before != rewrite.after).map(|rewrite| rewrite.path.to_owned()).collect()
}

/// A number with its noun.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Says which fixes were left out, and whether there was more to do.
pub(super) fn report_rejected(fixed: &FixOutcome, err: &mut dyn Write) -> io::Result<()> {
    for rejected in &fixed.rejected {
        writeln!(err, "warning: a fix of {} at {}:{} was left out: {}", rejected.rule.name, rejected.path, rejected.line, rejected.reason)?;
    }
    if !fixed.stable {
        writeln!(err, "warning: after {} rounds there was still something to fix; run again", fixed.rounds)?;
    }
    Ok(())
}
