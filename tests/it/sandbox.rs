//! An imaginary project of one Rust file, which tests check and fix without cargo.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hognose::diagnostic::{Diagnostic, Safety};
use hognose::engine::fix::{FixOptions, FixOutcome, fix_until_stable};
use hognose::engine::{CheckOptions, TargetChoice, check};
use hognose::project::{load, load_with};
use hognose::release::Release;
use hognose::rust::RustFile;
use hognose::text::Sources;
use tempfile::TempDir;

/// A project in memory: its files by their paths with `/`.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A folder with a manifest, a library and whatever else a test adds.
pub(crate) struct Sandbox {
    dir: TempDir,
    /// What findings are measured against, if the user asks for it.
    target: Option<Release>,
}

/// A finding, by what a test says about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// The file: `src/lib.rs`.
    pub(crate) path: String,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// The rule's name.
    pub(crate) rule: &'static str,
    /// The row of the catalogue.
    pub(crate) change: Option<&'static str>,
    /// What it says.
    pub(crate) message: String,
}

/// A text that a page or a row shows, and the project that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// Where it is from.
    pub(crate) name: String,
    /// The file that it is: `src/lib.rs`.
    pub(crate) file: &'static str,
    pub(crate) release: Release,
    pub(crate) target: Release,
    pub(crate) text: String,
}

impl Example {
    /// The project, with this text in the place of the example's own.
    pub(crate) fn sandbox(&self, text: &str) -> Sandbox {
        let sandbox = Sandbox::new(self.release, self.target);
        sandbox.write(self.file, text);
        sandbox
    }
}

/// What fixing has made of the library.
pub(crate) struct Fixed {
    pub(crate) text: String,
    /// Why applied fixes are not safe.
    pub(crate) reasons: Vec<String>,
    /// What was found before, and whether it lies in the library.
    pub(crate) found: Vec<(bool, Diagnostic)>,
}

/// Which findings count for fixing.
pub(crate) type Filter<'a> = &'a dyn Fn(&Diagnostic) -> bool;

impl Sandbox {
    /// A project on `release` whose findings are measured against `target`.
    pub(crate) fn new(release: Release, target: Release) -> Self {
        Self::with(release, Some(target))
    }

    /// A project on `release` that nobody asks to be measured against another one.
    pub(crate) fn on(release: Release) -> Self {
        Self::with(release, None)
    }

    fn with(release: Release, target: Option<Release>) -> Self {
        let sandbox = Self { dir: TempDir::new().expect("folder"), target };
        sandbox.write("Cargo.toml", &manifest(release));
        sandbox.write("src/lib.rs", "");
        sandbox
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("file");
    }

    /// Every file, by path.
    pub(crate) fn files(&self) -> Files {
        let sources = load(&[self.path("")]).expect("project").sources;
        sources.iter().map(|(_, source)| (source.display.clone(), source.text.clone().into_bytes())).collect()
    }

    /// Where a file is.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// What a file says.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("file")
    }

    fn options(&self) -> CheckOptions {
        CheckOptions { target: self.target.map(TargetChoice::Release), ..CheckOptions::default() }
    }

    /// What every rule finds, in the order of the places.
    pub(crate) fn check(&self) -> Vec<Found> {
        let project = load(&[self.path("")]).expect("project");
        let outcome = check(&project, &self.options());
        let found = outcome.findings.iter().map(|finding| {
            let source = project.sources.get(finding.primary.file);
            Found {
                path: source.display.clone(),
                line: source.lines.line(finding.primary.range.start),
                rule: finding.rule.name,
                change: finding.change,
                message: finding.message.clone(),
            }
        });
        found.collect()
    }

    /// What every rule finds, with the texts.
    pub(crate) fn diagnostics(&self) -> (Sources, Vec<Diagnostic>) {
        let project = load(&[self.path("")]).expect("project");
        let findings = check(&project, &self.options()).findings;
        (project.sources, findings)
    }

    /// The texts of all files after fixing what `counts`, by path. Nothing is written.
    pub(crate) fn fixed(&self, allow: Safety, counts: Filter<'_>) -> BTreeMap<String, String> {
        let (sources, ..) = self.fix(allow, counts);
        sources.iter().map(|(_, source)| (source.display.clone(), source.text.clone())).collect()
    }

    /// The library after fixing everything.
    pub(crate) fn fix_library(&self, allow: Safety) -> Fixed {
        let (sources, outcome, found) = self.fix(allow, &|_| true);
        let library = sources.iter().find(|(_, source)| source.display == "src/lib.rs").expect("the library");
        let found = found.into_iter().map(|finding| (sources.get(finding.primary.file).display == "src/lib.rs", finding)).collect();
        Fixed { text: library.1.text.clone(), reasons: outcome.risky.into_iter().map(|risky| risky.reason).collect(), found }
    }

    /// The texts after fixing, what was done, and what was found before.
    fn fix(&self, allow: Safety, counts: Filter<'_>) -> (Sources, FixOutcome, Vec<Diagnostic>) {
        let paths = [self.path("")];
        let mut sources = load(&paths).expect("project").sources;
        let mut first = None;
        let outcome = fix_until_stable(
            &mut sources,
            |texts| {
                let project = load_with(&paths, texts.clone()).expect("project");
                let mut found = check(&project, &self.options()).findings;
                found.retain(counts);
                first.get_or_insert_with(|| found.clone());
                found
            },
            FixOptions { allow, parses: &parses, may_write: &|_| true },
        );
        assert!(outcome.stable, "fixing does not come to an end: {:?}", outcome.remaining);
        assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
        (sources, outcome, first.unwrap_or_default())
    }
}

fn parses(path: &str, text: &str) -> Result<(), String> {
    if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
        return RustFile::parse(text).map(|_| ()).map_err(|failure| failure.to_string());
    }
    hognose::project::toml::parse(text).map(|_| ()).map_err(|error| error.message)
}

/// A manifest that builds a Python module with this release.
pub(crate) fn manifest(release: Release) -> String {
    format!("{HEAD}pyo3 = \"{release}\"\n")
}

/// The same with features of PyO3, as they stand in a list, for cargo in a folder of its own.
pub(crate) fn manifest_with(release: Release, features: &str) -> String {
    format!("[workspace]\n\n{HEAD}pyo3 = {{ version = \"{release}\", features = [{features}] }}\n")
}

const HEAD: &str =
    "[package]\nname = \"sandbox\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\n";

/// Two texts as a diff: `-` for what was wanted, `+` for what there is.
pub(crate) fn compare(wanted: &str, there: &str) -> String {
    let diff = similar::TextDiff::from_lines(wanted, there);
    let mut text = String::new();
    for change in diff.iter_all_changes() {
        let _ = write!(text, "  {}{}", change.tag(), change);
    }
    text
}
