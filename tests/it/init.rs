//! `init`: what it adds to the projects that people have, and what it never touches.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hognose::commands::init::{self, Action, InitOptions};
use hognose::commands::verify::{LintResult, Verdict};
use hognose::engine::{CheckOptions, check};
use hognose::project::load;
use hognose::report::Shown;
use hognose::scaffold;
use hognose::scaffold::answers::{Abi, Author, Choices, Ci, License, Python};
use hognose::scaffold::init::Found;
use hognose::scaffold::template;
use tempfile::TempDir;

use crate::scaffold::surroundings;

/// The author of whoever runs the tests is not of interest.
fn ada() -> Choices {
    Choices { author: Some(Author { name: "Ada".to_owned(), email: None }), ..Choices::default() }
}

type Files = BTreeMap<String, String>;

/// A project in a folder of its own.
struct Case {
    dir: TempDir,
    name: &'static str,
}

impl Case {
    fn new(name: &'static str, files: &[(&str, &str)]) -> Self {
        let case = Self { dir: TempDir::new().expect("folder"), name };
        fs::create_dir(case.root()).expect("folder");
        for (path, text) in files {
            case.write(path, text);
        }
        case
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join(self.name)
    }

    #[expect(clippy::disallowed_methods, reason = "the test makes its own files")]
    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(path, text).expect("file");
    }

    fn run_with(&self, choices: Choices, action: Action) -> (Verdict, String) {
        let choices = Choices { author: ada().author, ..choices };
        let options = InitOptions { path: PathBuf::from(self.name), choices, action, shown: Shown::Exactly };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let verdict = init::run_in(&options, &surroundings(self.dir.path()), &|_| LintResult::default(), &mut out, &mut err);
        out.extend(err);
        (verdict.expect("a buffer takes everything"), String::from_utf8(out).expect("text"))
    }

    fn run(&self) -> (Verdict, String) {
        self.run_with(Choices::default(), Action::Add)
    }

    fn files(&self) -> Files {
        let mut files = Files::new();
        collect(&self.root(), &self.root(), &mut files);
        files
    }

    /// Completes the project and looks at what holds for every project: all that was there is there, a second run has nothing to do, and the
    /// linter nothing to say. Answers the files and what was printed.
    fn complete(&self) -> (Files, String) {
        let before = self.files();
        let (verdict, text) = self.run();
        assert_eq!(verdict, Verdict::Passed, "{text}");
        let after = self.files();
        for (path, text) in &before {
            assert_additive(path, text, &after[path]);
        }
        let (verdict, again) = self.run();
        assert_eq!(verdict, Verdict::Passed, "{again}");
        let nothing = if again.contains("left to you") { "nothing can be added to" } else { "nothing is missing in" };
        assert!(again.starts_with(&format!("{nothing} `{}`", self.name)), "{again}");
        assert_eq!(after, self.files(), "the second run changed something");
        assert_silent(&self.root());
        (after, text)
    }

    /// What stops the project from being completed; nothing is written.
    fn obstacle(&self, expected: Verdict) -> String {
        let before = self.files();
        let (verdict, text) = self.run();
        assert_eq!(verdict, expected, "{text}");
        assert_eq!(before, self.files());
        text
    }
}

fn collect(root: &Path, dir: &Path, files: &mut Files) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| name == ".git") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let parts: Vec<_> = path.strip_prefix(root).expect("below").components().map(|part| part.as_os_str().to_string_lossy()).collect();
        files.insert(parts.join("/"), fs::read_to_string(&path).expect("text"));
    }
}

/// Every line that was there is there, in the same order; `crate-type` is the one key that may get something inside of its line.
fn assert_additive(path: &str, before: &str, after: &str) {
    let mut rest = after.lines();
    let is_kept = |there: &str, line: &str| there == line || line.contains("crate-type") && there.replacen("\"cdylib\", ", "", 1) == line;
    for line in before.lines() {
        assert!(rest.any(|there| is_kept(there, line)), "{path} has lost `{line}`:\n{before}\n->\n{after}");
    }
}

fn assert_silent(root: &Path) {
    let project = load(&[root.to_owned()]).expect("a folder");
    let outcome = check(&project, &CheckOptions::default());
    assert_eq!(outcome.packages.len(), 1, "the package uses PyO3");
    let found: Vec<_> = outcome.findings.iter().map(|finding| format!("{} {}", finding.rule.name, finding.message)).collect();
    assert!(found.is_empty() && outcome.skipped.is_empty(), "{found:?} {:?}", outcome.skipped);
}

const LIBRARY: &str = "[package]\nname = \"word-tools\" # a name\nversion = \"0.3.0\"\nedition = \"2024\"\n\n[dependencies]\n";

/// The lines between a table's header and the next one.
fn table<'a>(text: &'a str, header: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| *line != header).skip(1);
    lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn a_library_becomes_a_package() {
    let lib =
        "//! Words.\n#![warn(missing_docs)]\n\n// Above the first item.\n/// Adds.\npub fn add(a: u64, b: u64) -> u64 {\n    a + b\n}\n";
    let case = Case::new("word-tools", &[("Cargo.toml", LIBRARY), ("src/lib.rs", lib), (".gitignore", "/target\n")]);
    let (files, text) = case.complete();
    assert!(text.starts_with("completed `word-tools`; Python imports it as `word_tools._core`\n\ncreated\n"), "{text}");
    assert!(text.contains("\nCargo.toml: `[lib] crate-type`, `[dependencies] pyo3`, "), "{text}");
    assert!(text.contains("\nsrc/lib.rs: `mod python;`\n"), "{text}");
    assert_eq!(
        files["src/lib.rs"],
        lib.replace("// Above", "mod python;\n\n// Above"),
        "the declaration stands before the first item and its comments"
    );
    assert!(files["src/python.rs"].contains("#[pymodule]\nmod _core {"));
    let cargo = &files["Cargo.toml"];
    assert_eq!(table(cargo, "[lib]"), ["crate-type = [\"cdylib\", \"rlib\"]"]);
    assert_eq!(table(cargo, "[profile.maturin-dev]"), ["inherits = \"dev\""]);
    assert!(table(cargo, "[dependencies]")[0].starts_with("pyo3 = "), "{cargo}");
    let pyproject: toml::Table = files["pyproject.toml"].parse().expect("good TOML");
    assert_eq!(pyproject["tool"]["maturin"]["module-name"].as_str(), Some("word_tools._core"));
    assert_eq!(pyproject["project"]["name"].as_str(), Some("word-tools"));
    for path in [
        "python/word_tools/__init__.py",
        "python/word_tools/py.typed",
        "python/word_tools/_core.pyi",
        "tests/test_rust.py",
        "build.rs",
        "README.md",
    ] {
        assert!(files.contains_key(path), "{path} is missing in {:?}", files.keys());
    }
    // Nobody has chosen a licence.
    assert!(!files.contains_key("LICENSE") && pyproject["project"].get("license").is_none());
    assert_eq!(files[".gitignore"].matches("target").count(), 1);
}

#[test]
fn a_run_that_was_killed_is_carried_on() {
    let start = || Case::new("words", &[("Cargo.toml", LIBRARY), ("src/lib.rs", "pub fn f() {}\n")]);
    let (whole, _) = start().complete();
    let plan = |case: &Case| scaffold::init::plan(&Found::read(&case.root()).expect("files"), &ada()).expect("a plan");
    let steps = plan(&start());
    let moments = steps.create.len() + steps.insert.len();
    for moment in 0..moments {
        let case = start();
        for insertion in steps.insert.iter().take(moment) {
            case.write(&insertion.path, &insertion.after);
        }
        for file in steps.create.iter().take(moment.saturating_sub(steps.insert.len())) {
            case.write(&file.path, std::str::from_utf8(&file.contents).expect("text"));
        }
        let (verdict, text) = case.run();
        assert_eq!(verdict, Verdict::Passed, "{text}");
        let files = case.files();
        let differing: Vec<_> = whole.keys().filter(|path| files.get(*path) != whole.get(*path)).collect();
        assert!(files.len() == whole.len() && differing.is_empty(), "killed after {moment} of {moments} steps: {differing:?}");
    }
}

#[test]
fn a_module_that_nothing_declares_is_declared() {
    let module = "use pyo3::prelude::*;\n\n#[pymodule]\nmod words {}\n";
    let lib = |text: &str| {
        let case = Case::new("words", &[("Cargo.toml", LIBRARY), ("src/lib.rs", text), ("src/python.rs", module)]);
        case.complete().0["src/lib.rs"].clone()
    };
    assert_eq!(lib("pub fn f() {}\n"), "mod python;\n\npub fn f() {}\n");
    for declared in ["mod python;\n", "#[path = \"python.rs\"]\nmod ext;\n", "cfg_if! { if #[cfg(unix)] { mod python; } }\n"] {
        assert_eq!(lib(declared), declared);
    }
}

#[test]
fn a_python_package_gets_a_crate() {
    let pyproject = "# ours\n[project]\nname = \"Word.Tools\"\nversion = \"2.1.0\"\ndescription = \"Words\"\nlicense = \"GPL-3.0-only\"\nrequires-python = \">=3.11,<4\"\n\n[dependency-groups]\ndev = [\"pytest\"]\n\n[tool.ruff]\nline-length = 100\n";
    let case = Case::new("x", &[("pyproject.toml", pyproject), ("src/word_tools/__init__.py", ""), ("src/word_tools/words.py", "")]);
    let (files, text) = case.complete();
    assert!(text.contains("`word_tools._core`") && text.contains("`src/word_tools/__init__.py` is yours"), "{text}");
    assert!(files.contains_key("src/word_tools/_core.pyi") && !files.keys().any(|path| path.starts_with("python/")), "{:?}", files.keys());
    let cargo: toml::Table = files["Cargo.toml"].parse().expect("good TOML");
    let package = &cargo["package"];
    let says = |key: &str| package[key].as_str().unwrap_or_default();
    assert_eq!((says("name"), says("version"), says("description"), says("license")), ("Word-Tools", "2.1.0", "Words", "GPL-3.0-only"));
    // The floor is the project's, not ours.
    assert!(files["Cargo.toml"].contains("\"abi3-py311\""));
    assert!(!files.contains_key("LICENSE"), "the templates have no text of this licence");
    let after: toml::Table = files["pyproject.toml"].parse().expect("good TOML");
    assert_eq!(after["build-system"]["build-backend"].as_str(), Some("maturin"));
    assert_eq!(after["tool"]["maturin"]["python-source"].as_str(), Some("src"));
    assert!(after["dependency-groups"].get("test").is_none(), "the project has groups of its own");
}

#[test]
fn what_other_tools_start_is_completed() {
    let cargo = "[package]\nname = \"c\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\nname = \"c\"\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.30.0\"\n";
    let module = "use pyo3::prelude::*;\n\n#[pymodule]\nmod c {}\n";
    let pyproject = "[build-system]\nrequires = [\"maturin>=1.9,<2.0\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"c\"\nrequires-python = \">=3.8\"\ndynamic = [\"version\"]\n";
    let plain = Case::new("c", &[("Cargo.toml", cargo), ("src/lib.rs", module), ("pyproject.toml", pyproject)]);
    let (files, text) = plain.complete();
    assert!(text.starts_with("completed `c`; Python imports it as `c`\n"), "{text}");
    assert!(text.contains("`requires-python = \">=3.8\"` is left"), "{text}");
    assert_eq!(files["src/lib.rs"], module);
    assert!(files["Cargo.toml"].contains("pyo3-build-config = \"0.30.0\""));
    assert!(!files.keys().any(|path| path.ends_with(".py")) && !files["pyproject.toml"].contains("python-source"));

    // Without packaging, the module's name decides how it is packaged.
    let alone = Case::new("c", &[("Cargo.toml", cargo), ("src/lib.rs", module)]);
    assert!(!alone.complete().0["pyproject.toml"].contains("python-source"));
    let inner = Case::new("c", &[("Cargo.toml", cargo), ("src/lib.rs", &module.replace("mod c", "#[pyo3(name = \"_c\")]\nmod c"))]);
    let (files, text) = inner.complete();
    assert!(text.contains("`c._c`") && files["python/c/__init__.py"] == "from ._c import *\n", "{text}");
}

#[test]
fn an_empty_folder_gets_what_new_writes() {
    let case = Case::new("some-name", &[]);
    let (verdict, text) = case.run();
    assert_eq!(verdict, Verdict::Passed, "{text}");
    assert!(text.starts_with("created `some-name` from the template `function`"), "{text}");
    let made = case.files();
    assert_eq!(case.complete().0, made, "nothing is missing in what `new` writes");

    let cloned = Case::new("some-name", &[("README.md", "# mine\n"), ("LICENSE", "Apache License\n"), (".gitignore", "*.log")]);
    let (files, _) = cloned.complete();
    assert_eq!((files["README.md"].as_str(), files["LICENSE"].as_str()), ("# mine\n", "Apache License\n"));
    assert!(files["pyproject.toml"].contains("license = \"Apache-2.0\""));
    assert!(files[".gitignore"].starts_with("*.log\n/target/\n"), "{}", files[".gitignore"]);
    assert_eq!(files["src/lib.rs"], made["src/lib.rs"]);

    let text = Case::new("Some Name", &[]).obstacle(Verdict::CouldNotRun);
    assert!(text.contains("try `some-name`; the name is the folder's, and `--dir Some Name` of `hognose new`"), "{text}");
}

#[test]
fn every_template_is_complete() {
    for &chosen in template::ALL {
        let case = Case::new("some-name", &[]);
        case.run_with(Choices { template: Some(chosen), ..Choices::default() }, Action::Add);
        if chosen.name == "workspace" {
            let text = case.obstacle(Verdict::CouldNotRun);
            assert!(
                text.starts_with("error: `pyproject.toml` builds `crates/some-name-py/Cargo.toml`, and `init` completes projects whose"),
                "{text}"
            );
            continue;
        }
        let (verdict, text) = case.run();
        assert_eq!(verdict, Verdict::Passed, "{text}");
        assert!(text.starts_with("nothing is missing"), "{}: {text}", chosen.name);
    }
}

#[test]
fn line_ends_and_what_is_missing_at_the_end_are_kept() {
    let cargo = "\u{feff}[package]\r\nname = \"m\"\r\nversion = \"0.1.0\"\r\nedition = \"2021\"\r\n\r\n[lib]\r\ncrate-type = [ # why\r\n  \"rlib\",\r\n]";
    let lib = "//! Docs\r\n\r\nuse std::fmt;\r\npub mod a;\r\nfn f() {}";
    let case = Case::new("m", &[("Cargo.toml", cargo), ("src/lib.rs", lib), ("src/a.rs", "")]);
    let (files, _) = case.complete();
    assert_eq!(files["src/lib.rs"], "//! Docs\r\n\r\nuse std::fmt;\r\npub mod a;\r\n\r\nmod python;\r\n\r\nfn f() {}");
    assert!(files["Cargo.toml"].contains("crate-type = [\"cdylib\",  # why\r\n  \"rlib\",\r\n]"), "{}", files["Cargo.toml"]);
    assert!(!files["Cargo.toml"].replace("\r\n", "").contains('\n'));
}

#[test]
fn what_is_the_users_is_left_and_told() {
    let case = Case::new(
        "m",
        &[
            ("Cargo.toml", &format!("{LIBRARY}\n[profile.release]\nopt-level = \"s\"\n")),
            ("src/lib.rs", ""),
            ("build.rs", "fn main() {}\n"),
            ("README.rst", "mine\n"),
            (".github/workflows/own.yml", "on: push\n"),
        ],
    );
    let (files, text) = case.complete();
    assert_eq!(files["build.rs"], "fn main() {}\n");
    assert!(text.contains("left to you\n- `build.rs` is yours"), "{text}");
    assert_eq!(table(&files["Cargo.toml"], "[profile.release]"), ["opt-level = \"s\""]);
    assert!(!files.contains_key("README.md") && !files["pyproject.toml"].contains("readme"));
    assert!(files.keys().filter(|path| path.starts_with(".github/workflows/")).eq([".github/workflows/own.yml"]));

    let member = Case::new("w", &[("Cargo.toml", "[workspace]\nmembers = [\"m\"]\n"), ("m/Cargo.toml", LIBRARY), ("m/src/lib.rs", "")]);
    let inner = Case { name: "w/m", ..member };
    let (verdict, text) = inner.run();
    assert_eq!(verdict, Verdict::Passed, "{text}");
    assert!(text.contains("- profiles count in the workspace's root only"), "{text}");
    assert!(!inner.files()["pyproject.toml"].contains("maturin-dev"));
}

#[test]
fn another_backend_stops_everything() {
    for (path, text, named) in [
        ("pyproject.toml", "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n", "`hatchling.build`"),
        ("pyproject.toml", "[build-system]\nrequires = [\"setuptools\"]\n", "setuptools"),
        ("setup.py", "", "setuptools (`setup.py`)"),
        ("setup.cfg", "[metadata]\nname = m\n", "setuptools (`setup.cfg`)"),
        ("pyproject.toml", "[tool.poetry]\nname = \"m\"\n", "poetry (`[tool.poetry]`)"),
        ("pyproject.toml", "[tool.flit.metadata]\nmodule = \"m\"\n", "flit (`[tool.flit]`)"),
        ("pyproject.toml", "[project]\nname = \"m\"\n[tool.hatch.version]\npath = \"m\"\n", "hatch (`[tool.hatch]`)"),
        ("m/black.txt", "", "setuptools (`setup.cfg`)"),
    ] {
        let case = Case::new("m", &[(path, text), ("m/__init__.py", "")]);
        if path == "m/black.txt" {
            case.write("pyproject.toml", "[tool.black]\nline-length = 100\n");
            case.write("setup.cfg", "[flake8]\nmax-line-length = 100\n\n[metadata]\nname = m\n");
        }
        let text = case.obstacle(Verdict::Failed);
        assert!(
            text.starts_with(&format!("error: the project is built with {named}")) && text.contains("= help: to keep the backend"),
            "{text}"
        );
    }
}

#[test]
fn projects_that_cannot_be_completed_are_told_why() {
    let project = "[project]\nname = \"m\"\nversion = \"1\"\n";
    let cases: [(&[(&str, &str)], &str); 7] = [
        (&[("Cargo.toml", "[workspace]\n")], "name the folder of the package"),
        (&[("Cargo.toml", "[package\n")], "`Cargo.toml` cannot be read"),
        (&[("Cargo.toml", "[package]\nname = \"m\"\n")], "edition 2015"),
        (&[("Cargo.toml", &format!("{LIBRARY}[lib]\nproc-macro = true\n"))], "procedural macro"),
        (&[("Cargo.toml", LIBRARY), ("src/lib.rs", "fn f( {")], "`src/lib.rs` is not Rust that can be parsed"),
        (&[("pyproject.toml", project), ("m.py", "")], "move it to `m/__init__.py`"),
        (&[("pyproject.toml", &project.replace("\"m\"", "\"numpy\""))], "try `--module numpy_ext`"),
    ];
    for (files, message) in cases {
        let text = Case::new("m", files).obstacle(Verdict::CouldNotRun);
        assert!(text.starts_with("error: ") && text.contains(message), "{text}");
    }
    let hostile = "[build-system]\nrequires = []\nbuild-backend = \"a\\u001b[31mb\"\n";
    let text = Case::new("m", &[("pyproject.toml", hostile)]).obstacle(Verdict::Failed);
    assert!(!text.contains('\u{1b}'), "{text:?}");

    let case = Case::new("m", &[("pyproject.toml", project)]);
    let (verdict, text) = case.run_with(Choices { template: Some(template::ALL[0]), ..Choices::default() }, Action::Add);
    assert_eq!((verdict, case.files().len()), (Verdict::CouldNotRun, 1), "{text}");
}

const MATURIN: &str =
    "[build-system]\nrequires = [\"maturin>=1.9,<2\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"m\"\nversion = \"1\"\n";

#[test]
fn a_crate_in_another_folder_than_pyproject_is_left_alone() {
    for place in ["rust", "native"] {
        let manifest = format!("{place}/Cargo.toml");
        let case = Case::new("m", &[("pyproject.toml", MATURIN), (&manifest, LIBRARY), (&format!("{place}/src/lib.rs"), "")]);
        let text = case.obstacle(Verdict::CouldNotRun);
        assert!(text.starts_with(&format!("error: the crate that maturin builds here is `{manifest}`, and `init` completes")), "{text}");
        let inner = Case { name: if place == "rust" { "m/rust" } else { "m/native" }, ..case };
        let text = inner.obstacle(Verdict::CouldNotRun);
        assert!(text.starts_with("error: the crate is built by `../pyproject.toml`, and `init` completes"), "{text}");
    }
    let named = format!("{MATURIN}\n[tool.maturin]\nmanifest-path = \"crates/py/Cargo.toml\"\n");
    let case = Case::new("m", &[("pyproject.toml", &named), ("crates/py/Cargo.toml", LIBRARY), ("crates/py/src/lib.rs", "")]);
    assert!(case.obstacle(Verdict::CouldNotRun).contains("`pyproject.toml` builds `crates/py/Cargo.toml`"));
    let inner = Case { name: "m/crates/py", ..case };
    assert!(inner.obstacle(Verdict::CouldNotRun).contains("built by `../../pyproject.toml`"));
    // What is above a repository, or builds another crate, is not asked.
    let other = Case { name: "m/crates/other", ..inner };
    other.write("Cargo.toml", LIBRARY);
    other.write("src/lib.rs", "");
    other.complete();
}

#[test]
fn names_that_lead_out_of_the_project_are_refused() {
    let dir = TempDir::new().expect("folder");
    let absolute = dir.path().join("evil").to_string_lossy().replace('\\', "/");
    let module = |name: &str| format!("module-name = \"{name}\"\n");
    let source = |folder: &str| format!("module-name = \"m._core\"\npython-source = \"{folder}\"\n");
    for (settings, named) in [
        (module(&format!("{absolute}._core")), "module-name"),
        (module("../evil._core"), "module-name"),
        (module("m..core"), "module-name"),
        (source("../python"), "python-source"),
        (source("/python"), "python-source"),
        (source("a/../../b"), "python-source"),
    ] {
        let pyproject = format!("{MATURIN}\n[tool.maturin]\n{settings}");
        let case = Case::new("m", &[("pyproject.toml", &pyproject), ("Cargo.toml", LIBRARY), ("src/lib.rs", "")]);
        let text = case.obstacle(Verdict::CouldNotRun);
        assert!(text.starts_with(&format!("error: `[tool.maturin] {named}` is `")), "{text}");
        assert!(fs::read_dir(dir.path()).expect("folder").next().is_none());
    }
    let outside = Case::new("m", &[("Cargo.toml", &format!("{LIBRARY}\n[lib]\npath = \"../lib.rs\"\n"))]);
    assert!(outside.obstacle(Verdict::CouldNotRun).contains("leads out of the project"));
    let hostile = "use pyo3::prelude::*;\n\n#[pymodule(name = \"_/../../x\")]\nmod m {}\n";
    let case = Case::new("m", &[("Cargo.toml", LIBRARY), ("src/lib.rs", hostile)]);
    assert!(case.obstacle(Verdict::CouldNotRun).contains("which Python cannot import"));

    for (folder, package) in [("./py/", "py/m"), (".py", ".py/m"), (".", "m"), ("./", "m")] {
        let pyproject = format!("{MATURIN}\n[tool.maturin]\n{}", source(folder));
        let case = Case::new("m", &[("pyproject.toml", &pyproject), ("Cargo.toml", LIBRARY), ("src/lib.rs", "")]);
        let (files, _) = case.complete();
        assert!(files.contains_key(&format!("{package}/__init__.py")), "{folder}: {:?}", files.keys());
    }
}

#[test]
fn the_module_that_is_there_is_found_and_the_right_one_taken() {
    let pyo3 = "pyo3 = \"0.30.0\"\n";
    let module = |name: &str| format!("use pyo3::prelude::*;\n\n#[pymodule]\nmod {name} {{}}\n");
    let cargo = format!("{LIBRARY}{pyo3}");
    let elsewhere = format!("{cargo}\n[lib]\npath = \"rust/lib.rs\"\n");
    let cases: [(&str, &[(&str, String)]); 5] = [
        (&elsewhere, &[("rust/lib.rs", module("word_tools"))]),
        (&elsewhere.replace("rust/lib.rs", "./rust/lib.rs"), &[("rust/lib.rs", module("word_tools"))]),
        (&cargo, &[("src/codec.rs", module("codec")), ("src/lib.rs", format!("mod codec;\n{}", module("word_tools")))]),
        (
            &cargo,
            &[("src/codec.rs", module("codec")), ("src/lib.rs", format!("mod codec;\n{}", module("a")) + &module("word_tools")[23..])],
        ),
        (&cargo, &[("src/lib.rs", "mod target;\n".to_owned()), ("src/target/mod.rs", module("word_tools"))]),
    ];
    for (manifest, sources) in cases {
        let case = Case::new("word-tools", &[("Cargo.toml", manifest)]);
        sources.iter().for_each(|(path, text)| case.write(path, text));
        let (files, text) = case.complete();
        assert!(text.starts_with("completed `word-tools`; Python imports it as `word_tools`\n"), "{text}");
        assert!(!files.keys().any(|path| path.ends_with("python.rs")), "{:?}", files.keys());
    }
}

#[test]
fn a_compiled_module_of_another_name_is_called_so_everywhere() {
    let pyproject = format!("{MATURIN}\n[tool.maturin]\npython-source = \"python\"\nmodule-name = \"my_core._rust\"\n");
    let case = Case::new("m", &[("pyproject.toml", &pyproject), ("Cargo.toml", LIBRARY), ("src/lib.rs", "")]);
    let (files, _) = case.complete();
    assert!(files["src/python.rs"].starts_with("//! The Python module `my_core._rust`: "), "{}", files["src/python.rs"]);
    assert!(files["src/python.rs"].contains("\nmod _rust {") && files["src/python.rs"].contains("wrap_pymodule!(_rust)"));
    assert!(files["python/my_core/__init__.py"].contains("from ._rust import version\n"));
    assert!(files["tests/test_rust.py"].contains("from my_core._rust import version\n"));
    assert!(files.contains_key("python/my_core/_rust.pyi"));
}

#[test]
fn the_declaration_goes_where_an_item_may_stand() {
    for (before, after) in [
        ("// a\r\r\nfn f() {}", "mod python;\n\n// a\r\r\nfn f() {}"),
        ("use std::fmt; pub fn f() {\n}\n", "use std::fmt;\n\nmod python;\n\n pub fn f() {\n}\n"),
        ("use std::fmt; /* x\ny */\nfn f() {}\n", "use std::fmt;\n\nmod python;\n\n /* x\ny */\nfn f() {}\n"),
        ("use std::fmt; // why\nfn f() {}\n", "use std::fmt; // why\n\nmod python;\n\nfn f() {}\n"),
        ("/* a\nb */ fn f() {}\n", "/* a\nb */ \n\nmod python;\n\nfn f() {}\n"),
    ] {
        let case = Case::new("m", &[("Cargo.toml", LIBRARY), ("src/lib.rs", before)]);
        let (verdict, text) = case.run();
        assert_eq!(verdict, Verdict::Passed, "{text}");
        assert_eq!(case.files()["src/lib.rs"].replace("\r\n", "\n").replace('\r', ""), after.replace('\r', ""), "{before:?}");
    }
}

#[test]
fn options_that_contradict_the_project_are_refused() {
    let cargo = "[package]\nname = \"m\"\nversion = \"1.0.0\"\nedition = \"2024\"\nlicense = \"MIT\"\n\n[dependencies]\n";
    let pyproject = format!("{MATURIN}requires-python = \">=3.10\"\nlicense = \"GPL-3.0-only\"\n");
    let with_abi3 = format!("{cargo}pyo3 = {{ version = \"0.30.0\", features = [\"abi3-py310\"] }}\n");
    let without = format!("{cargo}pyo3 = \"0.30.0\"\n");
    let named = format!("{MATURIN}\n[tool.maturin]\nmodule-name = \"m._core\"\n");
    let python = |text: &str| Choices { python: Some(Python::read(text).expect("a release")), ..Choices::default() };
    let license = |license| Choices { license: Some(license), ..Choices::default() };
    let abi = |abi| Choices { abi: Some(abi), ..Choices::default() };
    let module = |name: &str| Choices { module: Some(name.to_owned()), ..Choices::default() };
    let cases: [(&str, &str, Choices, &str); 8] = [
        ("Cargo.toml", cargo, license(License::Apache), "`--license Apache-2.0` contradicts `[package] license = \"MIT\"` of `Cargo.toml`"),
        ("Cargo.toml", cargo, license(License::None), "`--license none` contradicts"),
        ("pyproject.toml", &pyproject, license(License::Mit), "contradicts `[project] license = \"GPL-3.0-only\"` of `pyproject.toml`"),
        (
            "pyproject.toml",
            &pyproject,
            python("3.12"),
            "`--min-python 3.12` contradicts `[project] requires-python` of `pyproject.toml`, which starts at 3.10",
        ),
        ("Cargo.toml", &with_abi3, python("3.12"), "contradicts the `abi3-py3…` feature of PyO3 in `Cargo.toml`, which starts at 3.10"),
        ("Cargo.toml", &with_abi3, abi(Abi::PerRelease), "`--no-abi3` contradicts the feature `abi3`"),
        ("Cargo.toml", &without, abi(Abi::Stable), "`--abi3` contradicts the features of PyO3"),
        ("pyproject.toml", &named, module("other"), "`--module other` contradicts `m`"),
    ];
    for (path, text, choices, message) in cases {
        let case = Case::new("m", &[(path, text), ("src/lib.rs", "")]);
        let before = case.files();
        let (verdict, text) = case.run_with(choices, Action::Add);
        assert_eq!((verdict, &before), (Verdict::CouldNotRun, &case.files()), "{text}");
        assert!(text.contains(message) && text.ends_with("change it there, or leave the option out\n"), "{text}");
    }
    // What agrees is fine, and so is what only the other manifest says.
    let case = Case::new("m", &[("pyproject.toml", &pyproject)]);
    assert_eq!(case.run_with(python("3.10"), Action::Add).0, Verdict::Passed);
}

#[test]
fn the_oldest_python_is_the_lowest_that_the_project_admits() {
    for (requirement, oldest, warns) in [
        ("~=3.11", "py311", false),
        ("==3.11.*", "py311", false),
        (">3.9", "py39", false),
        (">=3.10.2,<4", "py310", false),
        ("!=3.9.*,>=3.9", "py310", false),
        ("<4", "py39", true),
        (">=3.7", "py39", true),
        ("~=2.7", "py39", true),
    ] {
        let case = Case::new("m", &[("pyproject.toml", &format!("{MATURIN}requires-python = \"{requirement}\"\n"))]);
        let (files, text) = case.complete();
        assert!(files["Cargo.toml"].contains(&format!("\"abi3-{oldest}\"")), "{requirement}: {}", files["Cargo.toml"]);
        assert_eq!(text.contains("wheels are offered to Pythons"), warns, "{requirement}: {text}");
    }
}

#[test]
fn a_module_that_could_not_compile_is_not_written() {
    for (dependency, why) in [
        ("pyo3 = { version = \"0.30.0\", optional = true }", "PyO3 is optional in Cargo.toml"),
        ("py = { package = \"pyo3\", version = \"0.30.0\" }", "Cargo.toml calls PyO3 `py`"),
        ("pyo3 = \"0.20\"", "the crate is on PyO3 0.20, and `init` writes for 0.26 and later"),
    ] {
        let case = Case::new("m", &[("Cargo.toml", &format!("{LIBRARY}{dependency}\n")), ("src/lib.rs", "")]);
        let (verdict, text) = case.run();
        assert_eq!(verdict, Verdict::Passed, "{text}");
        assert!(text.contains(&format!("none was written, because {why}: write the module `_core`")), "{text}");
        let files = case.files();
        assert!(files["src/lib.rs"].is_empty() && !files.contains_key("src/python.rs") && !files.contains_key("tests/test_rust.py"));
        assert_eq!(files["python/word_tools/__init__.py"], "from ._core import *\n");
    }
}

#[test]
fn a_build_script_is_written_or_its_lack_explained() {
    let module = "use pyo3::prelude::*;\n\n#[pymodule]\nmod m {}\n";
    for (dependency, outcome) in [
        ("pyo3 = \">=0.29, <0.31\"", Ok("pyo3-build-config = \">=0.29, <0.31\"")),
        ("pyo3.workspace = true\n\n[workspace]\n\n[workspace.dependencies]\npyo3 = \"0.29\"", Ok("pyo3-build-config = \"0.29\"")),
        ("pyo3 = \"0.27\"", Err("from PyO3 0.28 on, and this is 0.27")),
        ("pyo3 = { git = \"https://example.org/pyo3\" }", Err("does not say which release it is")),
        ("pyo3 = { version = \"0.30.0\", optional = true }", Err("PyO3 is optional")),
        ("pyo3 = \"0.30.0\"\n\n[package.metadata]\n", Ok("pyo3-build-config = \"0.30.0\"")),
    ] {
        let case = Case::new("m", &[("Cargo.toml", &format!("{LIBRARY}{dependency}\n")), ("src/lib.rs", module)]);
        let (verdict, text) = case.run();
        assert_eq!(verdict, Verdict::Passed, "{text}");
        let files = case.files();
        assert_eq!(files.contains_key("build.rs"), outcome.is_ok(), "{text}");
        match outcome {
            Ok(line) => assert!(files["Cargo.toml"].lines().any(|there| there == line), "{}", files["Cargo.toml"]),
            Err(why) => assert!(text.contains("- no `build.rs` was written") && text.contains(why), "{text}"),
        }
    }
    let refused = LIBRARY.replace("edition", "build = false\nedition");
    let case = Case::new("m", &[("Cargo.toml", &refused), ("src/lib.rs", "")]);
    let (files, text) = case.complete();
    assert!(text.contains("because of `[package] build = false`") && !files.contains_key("build.rs"), "{text}");
    assert!(!files["Cargo.toml"].contains("build-dependencies"));
}

#[test]
fn what_is_missing_around_a_module_is_made_or_told() {
    let case = Case::new("some-name", &[]);
    case.run();
    fs::remove_file(case.root().join("README.md")).expect("removed");
    let (files, text) = case.complete();
    assert!(text.contains("created\n└── README.md\n") && !text.contains("left to you"), "{text}");
    assert!(files["README.md"].starts_with("# some-name\n\n"), "{}", files["README.md"]);

    let cargo = format!("{LIBRARY}pyo3 = \"0.30.0\"\n");
    let module = "use pyo3::prelude::*;\n\n#[pymodule]\nmod m {}\n";
    let case = Case::new("m", &[("Cargo.toml", &cargo), ("src/lib.rs", module)]);
    let (_, text) = case.complete();
    assert!(
        text.contains("- there is no README, no tests in Python, no workflow that tests and builds wheels, no `.pre-commit-config.yaml`; "),
        "{text}"
    );
    let (_, text) = case.run_with(Choices { ci: Some(Ci::None), ..Choices::default() }, Action::Add);
    assert!(text.starts_with("nothing can be added to `m`") && !text.contains("no workflow"), "{text}");

    let pyproject = format!("{MATURIN}readme = {{ file = \"docs/README.rst\", content-type = \"text/x-rst\" }}\n");
    let case = Case::new("m", &[("Cargo.toml", &cargo), ("src/lib.rs", module), ("pyproject.toml", &pyproject)]);
    let (_, text) = case.complete();
    assert!(text.contains("- `[project] readme` names `docs/README.rst`, which is not there"), "{text}");
}

#[test]
fn a_folder_that_is_not_there_and_names_that_do_not_do_are_refused() {
    let case = Case::new("m", &[]);
    let typo = Case { name: "typo", dir: case.dir };
    let (verdict, text) = typo.run();
    assert_eq!(verdict, Verdict::CouldNotRun, "{text}");
    assert!(text.starts_with("error: there is no folder `typo` to complete; `hognose new`") && !typo.root().exists(), "{text}");

    for files in [&[][..], &[("notes.txt", "")]] {
        let case = Case::new("m", files);
        let choices = Choices { module: Some("Bad-Name".to_owned()), ..Choices::default() };
        let (verdict, text) = case.run_with(choices, Action::Add);
        assert_eq!(verdict, Verdict::CouldNotRun, "{text}");
        assert!(text.contains("the module name `Bad-Name`") && !text.contains("the name is the folder's"), "{text}");
        let case = Case::new("Some Name", files);
        assert!(case.obstacle(Verdict::CouldNotRun).contains("the name is the folder's, and `--dir Some Name` of `hognose new`"));
    }
}

#[test]
fn all_is_written_or_nothing() {
    let case = Case::new("m", &[("Cargo.toml", LIBRARY), ("src/lib.rs", "")]);
    let manifest = case.root().join("Cargo.toml");
    let writable = fs::metadata(&manifest).expect("file").permissions();
    let mut read_only = writable.clone();
    read_only.set_readonly(true);
    fs::set_permissions(&manifest, read_only).expect("permissions");
    let text = case.obstacle(Verdict::CouldNotRun);
    assert!(text.contains("the file is read-only") && !case.root().join("python").exists(), "{text}");
    fs::set_permissions(&manifest, writable).expect("permissions");
    case.complete();
}

#[test]
fn a_diff_writes_nothing() {
    let case = Case::new("m", &[("Cargo.toml", LIBRARY), ("src/lib.rs", "")]);
    let before = case.files();
    let (verdict, text) = case.run_with(Choices::default(), Action::Diff);
    assert_eq!((verdict, &before), (Verdict::Failed, &case.files()), "{text}");
    assert!(text.contains("+++ b/Cargo.toml\n") && text.contains("\n+mod python;\n") && text.ends_with("nothing was written\n"), "{text}");
    case.complete();
    assert_eq!(case.run_with(Choices::default(), Action::Diff).0, Verdict::Passed);
}
