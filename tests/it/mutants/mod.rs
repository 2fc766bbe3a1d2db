//! Mutants: projects whose files were changed at random keep every promise that `check` and `--fix` make.
//!
//! A mutant is decided by its name, `page gil-ref#17`, and by the text that it was made of. `HOGNOSE_MUTANT=NAME` runs that one alone,
//! `HOGNOSE_MUTANT=page` those of all pages.

mod chance;
mod exemptions;
mod found;
mod invariants;
mod mutation;
mod package;
mod patches;
mod reduction;
mod sweep;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use exemptions::EXEMPTIONS;
use invariants::{Broken, Change, Verdict, examine};
use package::{Mutant, Package};
use patches::refused;
use reduction::reduce;
use tempfile::TempDir;

use crate::sandbox::Files;

/// As much stack as the main thread of the program has on Linux.
const STACK: usize = 8 << 20;
/// So many diffs go to one call of git.
const BATCH: usize = 40;
/// The variable that names the one mutant to run, or how the names of their packages begin.
const ONE: &str = "HOGNOSE_MUTANT";
/// So many failing mutants are reduced and shown.
const SHOWN: usize = 12;

/// What came of a hunt.
#[derive(Default)]
struct Hunt {
    mutants: usize,
    parsed: usize,
    findings: usize,
    fixed: usize,
    exempt: BTreeMap<&'static str, usize>,
    failed: Vec<(Mutant, Broken)>,
}

impl Hunt {
    /// Makes `count` mutants of each package, and runs them.
    fn of(packages: &[Package], count: impl Fn(&Package) -> usize) -> Self {
        let only = std::env::var(ONE).ok();
        let jobs = packages.iter().flat_map(|package| (0..count(package)).map(move |number| (package, number)));
        let is_wanted = |name: &str| only.as_ref().is_none_or(|only| only == name || (!only.contains('#') && name.starts_with(only)));
        let jobs: Vec<(&Package, usize)> = jobs.filter(|(package, number)| is_wanted(&package.name_of(*number))).collect();
        let files = packages.iter().flat_map(|package| &package.projects).flatten();
        let pool: Vec<&[u8]> =
            files.filter(|(path, text)| path.ends_with(".rs") && !text.is_empty()).map(|(_, text)| text.as_slice()).collect();
        let hunt = Mutex::new(Self::default());
        in_parallel(jobs.chunks(BATCH), |jobs| {
            let mutants: Vec<Mutant> = jobs.iter().map(|(package, number)| package.mutant(*number, &pool)).collect();
            let verdicts: Vec<Verdict> = mutants.iter().map(|mutant| examine(&mutant.files)).collect();
            let changed: Vec<usize> = (0..verdicts.len()).filter(|&index| verdicts[index].change.is_some()).collect();
            let changes: Vec<&Change> = verdicts.iter().filter_map(|verdict| verdict.change.as_ref()).collect();
            let refused: Vec<(usize, Broken)> = refused(&changes).into_iter().map(|(index, broken)| (changed[index], broken)).collect();
            let mut hunt = hunt.lock().expect("no worker panics");
            hunt.mutants += mutants.len();
            hunt.parsed += verdicts.iter().filter(|verdict| verdict.parses).count();
            hunt.findings += verdicts.iter().map(|verdict| verdict.found.values().sum::<usize>()).sum::<usize>();
            hunt.fixed += changes.len();
            let broken =
                verdicts.iter().enumerate().flat_map(|(index, verdict)| verdict.broken.iter().map(move |broken| (index, broken.clone())));
            for (index, broken) in broken.chain(refused) {
                match EXEMPTIONS.iter().find(|exemption| exemption.covers(&broken)) {
                    Some(exemption) => *hunt.exempt.entry(exemption.name).or_default() += 1,
                    None => hunt.failed.push((mutants[index].clone(), broken)),
                }
            }
        });
        hunt.into_inner().expect("no worker panics")
    }

    /// Fails with the smallest project for each kind of failure.
    #[expect(clippy::print_stdout, reason = "the figures are what a long run is for")]
    fn assert_clean(mut self) {
        let Self { mutants, parsed, findings, fixed, exempt, failed } = &self;
        println!(
            "{mutants} mutants, {parsed} that parse, {findings} findings, {fixed} fixed, {} failures, exempt: {exempt:?}",
            failed.len()
        );
        self.failed.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let names =
            self.failed.iter().map(|(mutant, broken)| format!("  {}: {}", mutant.name, broken.invariant)).collect::<Vec<_>>().join("\n");
        let shown = Mutex::new(Vec::new());
        in_parallel(self.failed.iter().take(SHOWN), |(mutant, broken)| {
            let text = show(mutant, broken);
            shown.lock().expect("no worker panics").push(text);
        });
        assert!(self.failed.is_empty(), "{}\n{names}", shown.into_inner().expect("no worker panics").join("\n"));
    }
}

/// Calls `work` with each item, on as many threads as there are processors.
fn in_parallel<T: Send>(items: impl Iterator<Item = T> + Send, work: impl Fn(T) + Sync) {
    let items = Mutex::new(items);
    let next = || items.lock().expect("an iterator does not panic").next();
    std::thread::scope(|threads| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let worker = || {
                while let Some(item) = next() {
                    work(item)
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(threads, worker).expect("a thread");
        }
    });
}

/// Everything that is wrong with a project, what git says included.
fn faults(files: &Files) -> Vec<Broken> {
    let Verdict { mut broken, change, .. } = examine(files);
    broken.extend(refused(change.as_ref().as_slice()).into_iter().map(|(_, broken)| broken));
    broken
}

/// The failure, and the smallest project that shows it, as texts of Rust.
fn show(mutant: &Mutant, broken: &Broken) -> String {
    let least = reduce(&mutant.files, |files| faults(files).iter().any(|other| other.invariant == broken.invariant));
    let detail = faults(&least).into_iter().find(|other| other.invariant == broken.invariant).unwrap_or_else(|| broken.clone());
    let mut text = format!("HOGNOSE_MUTANT='{}' breaks\n{detail}\n", mutant.name);
    for (path, contents) in least {
        let _ = writeln!(text, "{path:?}:");
        for line in contents.split_inclusive(|&byte| byte == b'\n') {
            let _ = match std::str::from_utf8(line) {
                Ok(line) => writeln!(text, "    {line:?},"),
                Err(_) => writeln!(text, "    b\"{}\",", line.escape_ascii()),
            };
        }
    }
    text
}

/// Where projects are written: in memory if that can be had, as every fix waits for the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = &mut tempfile::Builder::new();
    let builder = builder.prefix("hognose-mutant-");
    builder.tempdir_in(memory).or_else(|_| builder.tempdir()).expect("a folder")
}

fn variable_is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// A number that a variable gives.
fn variable(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn mutants_of_pages_and_rows_keep_the_promises() {
    let hunt = Hunt::of(&package::snippets(), |package| if package.name.starts_with("page ") { 40 } else { 4 });
    let lively = hunt.parsed * 3 > hunt.mutants && hunt.fixed * 8 > hunt.mutants;
    assert!(lively || variable_is_set(ONE), "{} of {} mutants parse and {} are fixed", hunt.parsed, hunt.mutants, hunt.fixed);
    hunt.assert_clean();
}

#[test]
fn mutants_of_projects_keep_the_promises() {
    Hunt::of(&package::projects(), |_| 40).assert_clean();
}

/// CONTRIBUTING.md says how to run it.
#[test]
#[ignore = "takes hours: HOGNOSE_MUTANTS a package, and those of the projects below HOGNOSE_PROJECTS"]
fn mutants_by_the_thousand() {
    let mut packages = package::snippets();
    packages.extend(package::projects());
    if let Some(folder) = std::env::var_os("HOGNOSE_PROJECTS") {
        packages.extend(package::folders(&PathBuf::from(folder)));
    }
    let count = variable("HOGNOSE_MUTANTS", 2_000);
    Hunt::of(&packages, |_| count).assert_clean();
}

#[test]
fn exempt_failures_still_fail() {
    for exemption in EXEMPTIONS {
        let faults = faults(&exemption.project());
        assert!(faults.iter().any(|broken| exemption.covers(broken)), "`{}` is fixed: take the exemption out; {faults:?}", exemption.name);
    }
}
