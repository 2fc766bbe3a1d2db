//! Checking a project: every rule over every file, then suppression.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::analysis::{Analysis, analyse_package, skipped_for, with_big_stacks};
use super::extension::defines_module;
use super::fix::files_of;
use super::isolate::{Fault, isolated};
use super::merge::{merge, merge_expansions};
use super::settings::{check_settings, selected_rules};
use super::suppress::suppress;
use super::unparsable::{report_broken, report_failures};
use crate::diagnostic::{Diagnostic, Fix, Level, Readiness, Skipped, SkippedKind, Status};
use crate::model::FileModel;
use crate::project::{Package, Project, Settings};
use crate::release::Release;
use crate::rules::{self, FileContext, PackageContext, Rule};
use crate::rust::Tokens;
use crate::text::{FileId, Sources};

/// Which PyO3 release findings are measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetChoice {
    /// This one.
    Release(Release),
    /// The one that each package is on.
    Declared,
}

/// What the command line asks of a check.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// `--select`; empty for what the settings say.
    pub select: Vec<String>,
    /// `--ignore`.
    pub ignore: Vec<String>,
    /// `--target`; `None` for what the settings say.
    pub target: Option<TargetChoice>,
    /// `--fail-on`; `None` for what the settings say.
    pub fail_on: Option<Level>,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct CheckOutcome {
    /// Findings, in the order of files and places.
    pub findings: Vec<Diagnostic>,
    /// What was not analysed.
    pub skipped: Vec<Skipped>,
    /// The packages that were looked at.
    pub packages: Vec<PackageSummary>,
    /// Number of files that were analysed.
    pub files: usize,
    /// What hognose itself failed at; no finding offers a fix of these files.
    pub faults: BTreeSet<Fault>,
}

/// A package in the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageSummary {
    /// Its name.
    pub name: String,
    /// Its folder relative to the folder checked; `.` for that folder.
    pub path: String,
    /// The release in use.
    pub release: Option<Release>,
    /// The release that its findings are measured against.
    pub target: Release,
}

/// Checks every package of `project`.
#[must_use]
pub fn check(project: &Project, options: &CheckOptions) -> CheckOutcome {
    with_big_stacks(|| {
        let mut outcome = CheckOutcome { skipped: project.skipped.clone(), ..CheckOutcome::default() };
        let mut files = BTreeSet::new();
        for package in &project.packages {
            check_one(project, package, options, &mut outcome, &mut files);
        }
        outcome.files = files.len();
        outcome.findings.extend(broken_manifests(project, options));
        outcome.findings.retain(|finding| project.is_checked(finding.primary.file));
        outcome.findings.sort_by(|a, b| {
            place(&project.sources, a).cmp(&place(&project.sources, b)).then_with(|| a.message.cmp(&b.message)).then(b.fails.cmp(&a.fails))
        });
        outcome.findings.dedup_by(|later, first| is_same(later, first));
        outcome.skipped.extend(outcome.faults.iter().map(|fault| fault.skipped(&project.sources)));
        outcome.skipped.sort();
        outcome.skipped.dedup();
        without_fixes_of(&mut outcome.findings, &outcome.faults);
        outcome
    })
}

/// Takes the fixes off that change a file which hognose failed at: what else there is to say about it is not known.
pub fn without_fixes_of(findings: &mut [Diagnostic], faults: &BTreeSet<Fault>) {
    let files: BTreeSet<FileId> = faults.iter().map(|fault| fault.file).collect();
    for finding in findings.iter_mut().filter(|_| !files.is_empty()) {
        finding.fix.take_if(|fix| files_of(fix).iter().any(|file| files.contains(file)));
    }
}

fn place<'a>(sources: &'a Sources, finding: &Diagnostic) -> (&'a str, usize, usize, &'static str) {
    let range = finding.primary.range;
    (&sources.get(finding.primary.file).display, range.start, range.end, finding.rule.code)
}

/// Manifests that nothing is known of but that they mention PyO3; no settings speak about them.
fn broken_manifests(project: &Project, options: &CheckOptions) -> Vec<Diagnostic> {
    let rules = selected_rules(options, &Settings::default());
    let fail_on = options.fail_on.unwrap_or(Level::FAILING);
    let mut findings = report_broken(&project.sources, &project.broken);
    findings.retain(|finding| rules.iter().any(|rule| rule.id == finding.rule));
    findings.iter_mut().for_each(|finding| finding.fails = finding.level >= fail_on);
    findings
}

/// Whether two packages report the same of a file that they share. Of such, the one that fails comes first.
fn is_same(later: &mut Diagnostic, first: &Diagnostic) -> bool {
    let fails = std::mem::replace(&mut later.fails, first.fails);
    let is_same = later == first;
    later.fails = fails;
    is_same
}

fn check_one(project: &Project, package: &Package, options: &CheckOptions, outcome: &mut CheckOutcome, files: &mut BTreeSet<FileId>) {
    let sources = &project.sources;
    let mut demands = check_settings(package);
    let choice = options.target.or(demands.target);
    let target = match choice {
        Some(TargetChoice::Release(release)) => release,
        // What a newer one changed is not known: to name it would be a promise.
        Some(TargetChoice::Declared) => package.pyo3.builds.unwrap_or(Release::NEWEST).min(Release::NEWEST),
        None => Release::NEWEST,
    };
    let writes_for = release_to_write_for(package, choice);
    let analysis = analyse_package(package, sources);
    let defines_module = defines_module(package, &analysis);
    let context = PackageContext { package, sources, crate_model: &analysis.crate_model, target, writes_for, defines_module };
    let rules = selected_rules(options, &package.settings);
    let mut found = Found::default();
    for rule in &rules {
        found.add(isolated(sources, package.manifest, rule.id.name, || rules::check_package(rule, &context)));
    }
    let of_files = analysis.files.par_iter().map(|(file, facts)| {
        let text = &sources.get(*file).text;
        let mut found = Found::default();
        match isolated(sources, *file, "tokens", || Tokens::new(text)) {
            Ok(tokens) => {
                let context = FileContext { package: context, file: *file, text, facts, tokens: &tokens };
                for rule in &rules {
                    found.add(isolated(sources, *file, rule.id.name, || rules::check_file(rule, &context)));
                }
            }
            Err(fault) => found.faults.push(fault),
        }
        found.findings.retain(|finding| !is_accepted(package, facts, finding));
        found
    });
    let found = of_files.collect::<Vec<_>>().into_iter().fold(found, Found::and);
    let mut findings = found.findings;
    findings.append(&mut demands.findings);
    findings.extend(report_failures(sources, &analysis.failures));
    findings.extend(report_broken(sources, &package.broken));
    findings.retain(|finding| rules.iter().any(|rule| rule.id == finding.rule));
    findings.iter_mut().filter_map(|finding| finding.fix.as_mut()).for_each(|fix| fix.readiness = readiness(package, writes_for, fix));
    let checked: Vec<FileId> = analysis.files.iter().map(|(file, _)| *file).filter(|file| project.is_checked(*file)).collect();
    let fail_on = options.fail_on.unwrap_or(demands.fail_on);
    let suppressed = isolated(sources, package.manifest, "suppression", || {
        merge_expansions(merge(suppress(sources, &checked, findings, &rules)), &analysis.files)
    });
    let mut faults: Vec<Fault> = found.faults.into_iter().chain(analysis.faults.iter().cloned()).collect();
    let measured = suppressed.unwrap_or_else(|fault| {
        faults.push(fault);
        Vec::new()
    });
    outcome.faults.extend(faults.into_iter().filter(|fault| fault.file == package.manifest || project.is_checked(fault.file)));
    let measured = measured.into_iter();
    outcome.findings.extend(measured.map(|finding| Diagnostic { fails: finding.level >= fail_on, ..finding }));
    note_gaps(project, &analysis, outcome);
    files.extend(checked);
    let folder = package.dir.strip_prefix(&project.root).map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    let path = if folder.is_empty() { ".".to_owned() } else { folder };
    outcome.packages.push(PackageSummary { name: package.name.clone(), path, release: package.pyo3.release, target });
}

/// The release that fixes have to compile on. Where the one in use is not known, nothing newer than the oldest is taken for granted.
fn release_to_write_for(package: &Package, choice: Option<TargetChoice>) -> Release {
    let in_use = package.pyo3.release.unwrap_or(Release::OLDEST);
    match choice {
        Some(TargetChoice::Release(release)) => release.max(in_use),
        Some(TargetChoice::Declared) | None => in_use,
    }
}

fn readiness(package: &Package, writes_for: Release, fix: &Fix) -> Readiness {
    match package.pyo3.release {
        _ if fix.needs > writes_for => Readiness::AfterUpgrade,
        Some(in_use) if fix.needs > in_use => Readiness::Requested,
        _ => Readiness::Ready,
    }
}

/// What rules have found, and which of them failed.
#[derive(Default)]
struct Found {
    findings: Vec<Diagnostic>,
    faults: Vec<Fault>,
}

impl Found {
    fn add(&mut self, result: Result<Vec<Diagnostic>, Fault>) {
        match result {
            Ok(findings) => self.findings.extend(findings),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.faults.extend(other.faults);
        self
    }
}

/// Whether the code says `allow(deprecated)` around a deprecated form: then its people know, and rustc is silent as well.
fn is_accepted(package: &Package, facts: &FileModel, finding: &Diagnostic) -> bool {
    let around = facts.allowances.iter().filter(|allowance| allowance.range.contains(finding.primary.range));
    let innermost = around.min_by_key(|allowance| allowance.range.len());
    finding.status == Some(Status::Deprecated) && innermost.map_or(package.allows_deprecated, |allowance| allowance.allows)
}

fn note_gaps(project: &Project, analysis: &Analysis, outcome: &mut CheckOutcome) {
    let sources = &project.sources;
    let failures = analysis.failures.iter().filter(|(file, _)| project.is_checked(*file));
    outcome.skipped.extend(failures.map(|(file, failure)| skipped_for(sources, *file, failure)));
    let gap = |file: FileId, place, kind, reason: String| Skipped { path: sources.get(file).display.clone(), place, kind, reason };
    for &file in analysis.unreached.iter().filter(|file| project.is_checked(**file)) {
        let reason = "no target of the package reaches this file".to_owned();
        outcome.skipped.push(gap(file, None, SkippedKind::OutsidePackage, reason));
    }
    for (file, facts) in analysis.files.iter().filter(|(file, _)| project.is_checked(*file)) {
        for (name, range) in &facts.opaque_macros {
            let source = sources.get(*file);
            let at = source.lines.line_column(&source.text, range.start);
            let reason = format!("the body of `{name}!` is not ordinary Rust and was only searched for names");
            outcome.skipped.push(gap(*file, Some((at.line, at.column)), SkippedKind::OpaqueMacro, reason));
        }
    }
}

/// Whether a set of rules contains the one with this name.
pub(super) fn contains(rules: &[&'static Rule], name: &str) -> bool {
    rules.iter().any(|rule| rule.id.name == name)
}
