//! What `--fix` makes of a project compiles on the PyO3 release that the project is on, as it did before.
//!
//! For each release, a crate holds the `before` of every row that compiles there, a module each; fixed copies of them; and the `after` of the rows
//! whose new form came with that release.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use hognose::catalog::{Change, changes};
use hognose::diagnostic::Safety;
use hognose::release::Release;
use hognose::toolchain::command::Invocation;

use crate::sandbox::{Sandbox, manifest_with};
use crate::support::{put, repository};

/// The oldest release that a `--fix` is tried on.
const OLDEST: u16 = 20;
/// So many texts take part at least, over all releases: rows that are gone on a release have none there.
const TEXTS: usize = 500;

/// Rows whose `after` does not compile by itself where their new form is there, with the reason.
const UNFINISHED: [(&str, &str); 6] = [
    ("conversion-by-path", "the caller has to take the `Result`"),
    ("eval-run-bound", "what is no literal has to become a C string"),
    ("from-code-cstr", "what is returned is another row's"),
    ("frompyobject-bounds", "the error of a generic conversion has to be converted"),
    ("py-from-ptr", "before 0.27 the cast is called `downcast_into_unchecked`"),
    ("pycell", "the GIL Ref that it is cast from is another row's"),
];
/// Crates that rows are about and that the crate here does not depend on.
const FOREIGN: &str = "pyo3_async_runtimes";

/// A project as people write it, on PyO3 0.20: several rows in one file, which share its imports.
const LEDGER: &str = include_str!("releases/ledger.rs");

#[test]
fn what_fix_writes_compiles_on_the_release_in_use() {
    let mut told = Vec::new();
    let mut wrong = Vec::new();
    for minor in OLDEST..=Release::NEWEST.minor() {
        let trial = Trial::new(Release::new(minor));
        match trial.run() {
            Ok(rows) => told.push((minor, rows)),
            Err(problem) => wrong.push(format!("on 0.{minor}: {problem}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let all: usize = told.iter().map(|(_, rows)| rows).sum();
    assert!(all >= TEXTS, "only {all} texts took part, by release: {told:?}");
}

/// Everything that is tried on one release.
struct Trial {
    release: Release,
    dir: PathBuf,
}

impl Trial {
    fn new(release: Release) -> Self {
        Self { release, dir: repository().join(format!("target/releases/{release}")) }
    }

    /// Answers how many rows took part.
    fn run(&self) -> Result<usize, String> {
        let before = self.that_compile(self.candidates());
        self.write(&[("before", &before), ("fixed", &self.fixed(&before)), ("after", &self.new_forms())]);
        let mut broken = self.broken();
        broken.retain(|(part, name)| part != "after" || !is_unfinished(name));
        if broken.is_empty() {
            return Ok(before.len());
        }
        let places: Vec<String> = broken.iter().map(|(part, name)| format!("{part}/{name}.rs")).collect();
        Err(format!("{} in {}\n{}", places.join(", "), self.dir.display(), self.output()))
    }

    /// Those of the texts that the compiler takes. It stops before it has seen everything, so the others show little by little.
    fn that_compile(&self, mut texts: BTreeMap<String, String>) -> BTreeMap<String, String> {
        loop {
            self.write(&[("before", &texts)]);
            let broken = self.broken();
            if broken.is_empty() {
                return texts;
            }
            texts.retain(|name, _| !broken.contains(&("before".to_owned(), name.clone())));
        }
    }

    /// The `before` of every row that may compile on this release, and the ledger.
    fn candidates(&self) -> BTreeMap<String, String> {
        let may_compile = |change: &&Change| change.silent || change.gone.is_none_or(|gone| self.release < gone.0);
        let rows = changes().iter().filter(may_compile).filter_map(|change| Some((change.id.as_str(), change.before.as_deref()?)));
        let rows = rows.chain([("ledger", LEDGER)]).filter(|(_, text)| !text.starts_with('['));
        rows.map(|(id, text)| (id.replace('-', "_"), text.to_owned())).collect()
    }

    /// The `after` of every row whose new form is there since this release.
    fn new_forms(&self) -> BTreeMap<String, String> {
        let is_new = |change: &&Change| change.available.is_some_and(|available| available.0 == self.release);
        let rows = changes().iter().filter(is_new).filter_map(|change| Some((change.id.as_str(), change.after.as_deref()?)));
        let rows = rows.filter(|(_, text)| !text.starts_with('[') && !text.contains(FOREIGN));
        rows.map(|(id, text)| (id.replace('-', "_"), text.to_owned())).collect()
    }

    /// What `--fix` makes of these texts, each in a project of its own.
    fn fixed(&self, texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let fix = |text: &String| {
            let sandbox = Sandbox::on(self.release);
            sandbox.write("src/lib.rs", text);
            sandbox.fixed(Safety::Safe, &|_| true).remove("src/lib.rs").expect("the library")
        };
        texts.iter().map(|(name, text)| (name.clone(), fix(text))).collect()
    }

    fn write(&self, parts: &[(&str, &BTreeMap<String, String>)]) {
        let sources = self.dir.join("src");
        if sources.exists() {
            fs::remove_dir_all(&sources).expect("removed");
        }
        let mut root = String::from("#![allow(warnings)]\n");
        for (part, texts) in parts {
            fs::create_dir_all(sources.join(part)).expect("folder");
            root.push_str(&format!("mod {part} {{\n"));
            for (name, text) in *texts {
                put(&sources.join(part).join(format!("{name}.rs")), text);
                root.push_str(&format!("    mod {name};\n"));
            }
            root.push_str("}\n");
        }
        put(&sources.join("lib.rs"), &root);
        put(&self.dir.join("Cargo.toml"), &manifest_with(self.release, self.features()));
        put(&self.dir.join("python.txt"), &self.python());
    }

    /// A Python that the release takes; it need not be there, as nothing is linked.
    fn python(&self) -> String {
        let version = if self.release < Release::new(23) { "3.11" } else { "3.13" };
        format!("implementation=CPython\nversion={version}\nshared=true\nabi3=false\nsuppress_build_script_link_lines=true\n")
    }

    fn features(&self) -> &'static str {
        if self.release == Release::new(22) { "\"gil-refs\", \"py-clone\"" } else { "" }
    }

    /// The parts and names of the modules that the compiler complains of.
    fn broken(&self) -> BTreeSet<(String, String)> {
        let cargo = self.cargo().args(["check", "--message-format=json"]);
        let captured = cargo.capture().expect("cargo runs");
        let messages = captured.stdout.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let errors = messages.filter(|message| message["message"]["level"] == "error").flat_map(|message| {
            let spans = message["message"]["spans"].as_array().cloned().unwrap_or_default();
            spans.into_iter().filter_map(|span| module_of(&outermost(&span)))
        });
        let broken: BTreeSet<(String, String)> = errors.collect();
        assert!(captured.success || !broken.is_empty(), "on {}: {}", self.release, captured.stderr);
        broken
    }

    fn output(&self) -> String {
        self.cargo().args(["check"]).capture().map(|captured| captured.stderr).unwrap_or_default()
    }

    fn cargo(&self) -> Invocation {
        let cargo = Invocation::new(env!("CARGO")).in_dir(&self.dir).without(&["PYO3_PYTHON", "RUSTFLAGS"]);
        let cargo = cargo.env("CARGO_TARGET_DIR", repository().join("target/releases/target"));
        cargo.env("PYO3_CONFIG_FILE", self.dir.join("python.txt"))
    }
}

fn is_unfinished(name: &str) -> bool {
    UNFINISHED.iter().any(|(id, _)| id.replace('-', "_") == name)
}

/// Where a span of the compiler really stands: the call of a macro, not what the macro holds.
fn outermost(span: &serde_json::Value) -> String {
    let mut span = span;
    while let Some(call) = span["expansion"].get("span") {
        span = call;
    }
    span["file_name"].as_str().unwrap_or_default().to_owned()
}

/// The part and the name of the module in this file.
fn module_of(file: &str) -> Option<(String, String)> {
    let (part, name) = file.strip_prefix("src/")?.split_once('/')?;
    Some((part.to_owned(), name.strip_suffix(".rs")?.to_owned()))
}
