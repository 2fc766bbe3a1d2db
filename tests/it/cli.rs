//! The command line as users see it: every test calls `cli::run` on a project of its own, and reads what it prints.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, git};

impl Run {
    /// `path:line:column code` of every finding of a JSON document.
    pub(crate) fn places(&self) -> Vec<String> {
        let document = self.json();
        let findings = document["findings"].as_array().expect("findings");
        let place = |finding: &Value| {
            let start = &finding["start"];
            format!("{}:{}:{} {}", text(&finding["path"]), start["line"], start["column"], text(&finding["code"]))
        };
        findings.iter().map(place).collect()
    }

    /// The codes alone.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.json()["findings"].as_array().expect("findings").iter().map(|finding| text(&finding["code"]).to_owned()).collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("`{value}` is no string"))
}

pub(crate) fn run(arguments: &[&str]) -> Run {
    let all = ["hognose", "--color", "never"].iter().chain(arguments).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = hognose::cli::run(all, &mut out, &mut err);
    Run { code, out: String::from_utf8(out).expect("text"), err: String::from_utf8(err).expect("text") }
}

/// A project on disk.
pub(crate) struct Tree {
    dir: TempDir,
}

pub(crate) const CARGO: &str =
    "[package]\nname = \"ext\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.26\"\n";
/// One finding with a safe fix (`with_gil`), one that a person has to decide (`acquire_gil`).
pub(crate) const OLD: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n\npub fn g() {\n    let _guard = Python::acquire_gil();\n}\n";
pub(crate) const GOOD: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::attach(|_py| 1)\n}\n";

impl Tree {
    /// The usual manifest and `lib` as src/lib.rs.
    pub(crate) fn new(lib: &str) -> Self {
        Self::of(&[("Cargo.toml", CARGO), ("src/lib.rs", lib)])
    }

    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let tree = Self { dir: TempDir::new().expect("folder") };
        for (path, contents) in files {
            tree.write(path, contents);
        }
        tree
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, contents: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        File::create(path).and_then(|mut file| file.write_all(contents.as_bytes())).expect("file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("file")
    }

    /// `hognose check` of this project.
    pub(crate) fn check(&self, arguments: &[&str]) -> Run {
        let dir = self.dir.path().to_str().expect("a path that is text");
        run(&[&["check", dir], arguments].concat())
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Run {
        self.check(&[&["--output-format", "json"], arguments].concat())
    }
}

#[test]
fn exit_codes_tell_clean_from_findings_from_failure() {
    let clean = Tree::new(GOOD).check(&[]);
    assert_eq!((clean.code, clean.err.as_str()), (0, ""), "{}", clean.out);
    assert_eq!(clean.out, "no findings: 1 package, 1 file checked for PyO3 0.30 (on 0.26)\n");
    assert_eq!(Tree::new(OLD).check(&[]).code, 1);
    let missing = run(&["check", "/no/such/folder"]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert_eq!(missing.err, "error: `/no/such/folder` does not exist\n");
    assert_eq!(run(&["check", "--no-such-option"]).code, 2);
    assert_eq!(run(&["--version"]).code, 0);
    assert_eq!(run(&["check", "--help"]).code, 0);
}

#[test]
fn a_folder_without_pyo3_is_no_failure_and_says_so() {
    let run = Tree::of(&[("Cargo.toml", "[package]\nname = \"plain\"\n"), ("src/lib.rs", "")]).check(&[]);
    assert_eq!((run.code, run.out.as_str()), (0, "nothing checked: no package that uses PyO3 was found\n"));
    assert!(run.err.starts_with("warning: no package that uses PyO3 in `"), "{}", run.err);
    assert!(run.err.contains("= help: name the folder of a Cargo.toml"), "{}", run.err);
}

#[test]
fn the_json_document_has_every_field() {
    let run = Tree::new(OLD).json(&[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let document = run.json();
    assert_eq!(document["version"], 1);
    assert_eq!(document["tool"]["name"], "hognose");
    assert_eq!(document["target"], "0.30");
    assert_eq!(document["packages"], serde_json::json!([{"name": "ext", "path": ".", "pyo3": "0.26", "newer_than_known": false}]));
    assert_eq!(document["summary"]["errors"], 2);
    assert_eq!(document["skipped"], serde_json::json!([]));
    let finding = &document["findings"][0];
    for (key, value) in
        [("rule", "renamed-api"), ("code", "HG101"), ("level", "error"), ("status", "gone"), ("change", "with-gil"), ("path", "src/lib.rs")]
    {
        assert_eq!(finding[key], value, "{finding:#}");
    }
    assert!(text(&finding["message"]).starts_with("`Python::with_gil` was renamed to `Python::attach`"), "{finding:#}");
    let place = |line: u32, column: u32, offset: usize| serde_json::json!({"line": line, "column": column, "offset": offset});
    let start = OLD.find("Python::with_gil").expect("the call");
    assert_eq!(finding["start"], place(4, 5, start));
    assert_eq!(finding["end"], place(4, 21, start + "Python::with_gil".len()));
    let fix = &finding["fix"];
    assert_eq!((&fix["safety"], &fix["reason"]), (&Value::from("safe"), &Value::Null));
    let name = start + "Python::".len();
    let edits = serde_json::json!([{"path": "src/lib.rs", "start": place(4, 13, name), "end": place(4, 21, name + "with_gil".len()), "text": "attach"}]);
    assert_eq!(fix["edits"], edits);
    assert_eq!(document["findings"][1]["fix"], Value::Null, "a person has to decide");
}

#[test]
fn what_was_not_checked_is_listed_and_reported() {
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("src/lib.rs", "mod broken;\n"), ("src/broken.rs", "use pyo3::prelude::*;\nfn f( {}\n")]);
    let run = tree.json(&[]);
    assert_eq!(run.code, 1);
    assert_eq!(run.codes(), ["HG001"]);
    let document = run.json();
    let skipped = &document["skipped"][0];
    assert_eq!((text(&skipped["path"]), text(&skipped["kind"]), &skipped["line"]), ("src/broken.rs", "unparsable", &Value::from(2)));
}

#[test]
fn concise_is_one_line_a_finding() {
    let run = Tree::new(OLD).check(&["--output-format", "concise"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("src/lib.rs:4:5: error HG101 renamed-api `Python::with_gil` was renamed"), "{}", run.out);
    assert!(lines[0].ends_with(" [fixable]"), "{}", run.out);
    assert!(lines[1].starts_with("src/lib.rs:8:18: error HG102 removed-api "), "{}", run.out);
    assert_eq!(lines[2..], ["found 2 errors in 1 file, checked for PyO3 0.30 (on 0.26)", "1 fixable with --fix"]);
}

#[test]
fn a_file_or_folder_inside_a_package_narrows_the_report() {
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("src/lib.rs", "mod a;\nmod b;\n"), ("src/a.rs", OLD), ("src/b.rs", OLD)]);
    let file = tree.path("src/b.rs");
    let run = run(&["check", file.to_str().expect("text"), "--output-format", "json", "--select", "HG101"]);
    assert_eq!(run.places(), ["b.rs:4:5 HG101"]);
}

#[test]
fn rules_are_selected_by_code_name_group_and_prefix() {
    let tree = Tree::new(OLD);
    for word in ["HG101", "hg101", "renamed-api"] {
        assert_eq!(tree.json(&["--select", word]).codes(), ["HG101"], "{word}");
        assert_eq!(tree.json(&["--ignore", word]).codes(), ["HG102"], "{word}");
    }
    for word in ["migration", "HG1", "HG", "all", "HG101,removed-api"] {
        assert_eq!(tree.json(&["--select", word]).codes(), ["HG101", "HG102"], "{word}");
        let ignored = tree.json(&["--ignore", word]);
        assert_eq!((ignored.codes().len(), ignored.code), (0, 0), "{word}");
    }
    assert_eq!(tree.json(&["--select", "concurrency"]).code, 0);
    assert_eq!(tree.json(&["--select", "migration", "--ignore", "HG102"]).codes(), ["HG101"]);
}

#[test]
fn an_unknown_rule_on_the_command_line_stops_the_run() {
    let tree = Tree::new(OLD);
    for option in ["--select", "--ignore"] {
        let run = tree.check(&[option, "renamd-api"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains("did you mean `renamed-api`?"), "{}", run.err);
    }
    let run = tree.check(&["--select", "xyzzy"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`hognose rules` lists them"), "{}", run.err);
    let run = tree.check(&["--target", "0.99"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("write `newest`, `declared` or a release from "), "{}", run.err);
}

#[test]
fn settings_select_ignore_and_exclude() {
    let rows = [
        ("select = [\"renamed-api\"]\n", vec!["HG101"]),
        ("ignore = [\"HG102\"]\n", vec!["HG101"]),
        ("ignore = [\"migration\"]\n", vec![]),
        ("exclude = [\"src/lib.rs\"]\n", vec![]),
    ];
    for (settings, codes) in rows {
        let pyproject = format!("[tool.hognose]\n{settings}");
        let tree = Tree::of(&[("Cargo.toml", CARGO), ("pyproject.toml", &pyproject), ("src/lib.rs", OLD)]);
        assert_eq!(tree.json(&[]).codes(), codes, "{settings}");
        let tree = Tree::of(&[("Cargo.toml", &format!("{CARGO}\n[package.metadata.hognose]\n{settings}")), ("src/lib.rs", OLD)]);
        assert_eq!(tree.json(&[]).codes(), codes, "{settings}");
    }
    let pyproject = "[tool.hognose]\nignore = [\"migration\"]\n";
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("pyproject.toml", pyproject), ("src/lib.rs", OLD)]);
    assert_eq!(tree.json(&["--select", "renamed-api"]).codes(), ["HG101"], "a rule named on the command line runs");
}

#[test]
fn mistakes_in_settings_are_findings_with_a_place() {
    let pyproject = "[tool.hognose]\nslect = [\"migration\"]\nignore = [\"renamd-api\", \"xyzzy\"]\ntarget = \"1.0\"\nexclude = \"src\"\n";
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("pyproject.toml", pyproject), ("src/lib.rs", GOOD)]);
    let run = tree.json(&[]);
    let places = ["2:1", "3:11", "3:25", "4:10", "5:11"].map(|place| format!("pyproject.toml:{place} HG002"));
    assert_eq!(run.places(), places, "{}", run.out);
    let document = run.json();
    let said = |index: usize, key: &str| document["findings"][index][key].as_str().unwrap_or_default().to_owned();
    assert_eq!(said(0, "message"), "hognose has no setting `slect`");
    assert_eq!(said(0, "help"), "did you mean `select`?");
    assert_eq!(said(1, "help"), "did you mean `renamed-api`?");
    assert_eq!(said(2, "help"), "`hognose rules` lists them; remove this one");
    assert!(said(3, "help").starts_with("write `newest`, `declared` or a release from "), "{}", run.out);
    assert_eq!(said(4, "message"), "`exclude` must be an array of strings, not a string");
    // A mistake in `select` is told although nothing selects the rule that tells it.
    let pyproject = "[tool.hognose]\nselect = [\"migration\", \"xyzzy\"]\n";
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("pyproject.toml", pyproject), ("src/lib.rs", GOOD)]);
    assert_eq!(tree.json(&[]).places(), ["pyproject.toml:2:24 HG002"]);
    assert_eq!(tree.json(&["--select", "migration"]).code, 0);
    let metadata = format!("{CARGO}\n[package.metadata.hognose]\nselct = []\n");
    let run = Tree::of(&[("Cargo.toml", &metadata), ("src/lib.rs", GOOD)]).json(&[]);
    assert_eq!(run.places(), ["Cargo.toml:12:1 HG002"]);
}

#[test]
fn allow_comments_speak_about_a_line_an_item_or_a_file() {
    let call = "Python::with_gil(|_py| 1)";
    let silent = [
        format!("use pyo3::prelude::*;\npub fn f() -> usize {{\n    {call} // hognose: allow(renamed-api) until June\n}}\n"),
        format!("use pyo3::prelude::*;\npub fn f() -> usize {{\n    // hognose: allow(HG101)\n    {call}\n}}\n"),
        format!(
            "use pyo3::prelude::*;\n\n// hognose: allow(migration)\n/// Counts.\n#[inline]\npub fn f() -> usize {{\n    let a = 1;\n    a + {call}\n}}\n"
        ),
        format!("//! hognose: allow(renamed-api)\nuse pyo3::prelude::*;\npub fn f() -> usize {{\n    {call}\n}}\n"),
        format!("use pyo3::prelude::*;\npub fn f() -> usize {{\n    {call} // hognose: allow(HG1) all of them\n}}\n"),
    ];
    for lib in silent {
        assert_eq!(Tree::new(&lib).json(&[]).places(), [""; 0], "{lib}");
    }
    // The comment speaks about its item alone.
    let lib = format!(
        "use pyo3::prelude::*;\n\n// hognose: allow(renamed-api)\npub fn f() -> usize {{\n    {call}\n}}\n\npub fn g() -> usize {{\n    {call}\n}}\n"
    );
    assert_eq!(Tree::new(&lib).json(&[]).places(), ["src/lib.rs:9:5 HG101"]);
    // Text in a string, or after other words, is no allow.
    let lib = format!("use pyo3::prelude::*;\npub fn f() -> usize {{\n    {call} // see hognose: allow(renamed-api)\n}}\n");
    assert_eq!(Tree::new(&lib).json(&[]).codes(), ["HG101"]);
}

#[test]
fn an_allow_that_nothing_needs_is_reported() {
    let lib =
        "use pyo3::prelude::*;\n\n// hognose: allow(renamed-api) long ago\npub fn f() {}\n\npub fn g() {} // hognose: allow(renamd-api)\n";
    let tree = Tree::new(lib);
    let run = tree.json(&[]);
    assert_eq!(run.places(), ["src/lib.rs:3:19 HG003", "src/lib.rs:6:33 HG003"], "{}", run.out);
    assert_eq!(run.json()["findings"][0]["message"], "nothing here needs `allow(renamed-api)`");
    assert_eq!(run.json()["findings"][1]["help"], "did you mean `renamed-api`?");
    // A rule that did not run cannot tell.
    assert_eq!(tree.json(&["--ignore", "renamed-api"]).places(), ["src/lib.rs:6:33 HG003"]);
    assert_eq!(tree.check(&["--unsafe-fixes"]).code, 1);
    assert_eq!(tree.read("src/lib.rs"), lib.replace("// hognose: allow(renamed-api) long ago\n", ""));
}

#[test]
fn code_that_allows_deprecated_items_is_left_alone() {
    let check = |file: &str, function: &str| {
        let lib = format!("{file}use pyo3::prelude::*;\n\n{function}pub fn f() -> usize {{\n    Python::with_gil(|_py| 1)\n}}\n");
        Tree::new(&lib).json(&["--target", "0.26"]).codes()
    };
    for (file, function) in [("#![allow(deprecated)]\n", ""), ("#![expect(deprecated)]\n", ""), ("", "#[allow(unused, deprecated)]\n")] {
        assert!(check(file, function).is_empty(), "{file}{function}");
    }
    for (file, function) in [("#![deny(deprecated)]\n", ""), ("#![warn(deprecated)]\n", ""), ("", "#[deny(deprecated)]\n")] {
        assert_eq!(check(file, function), ["HG101"], "{file}{function}");
    }
}

#[test]
fn the_target_decides_what_is_outdated() {
    let tree = Tree::new("use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n");
    let level = |target: &str| {
        let run = tree.json(&["--target", target]);
        let finding = run.json()["findings"][0].clone();
        (
            run.json()["target"].as_str().map(str::to_owned),
            finding["level"].as_str().map(str::to_owned),
            finding["status"].as_str().map(str::to_owned),
        )
    };
    let some = |word: &str| Some(word.to_owned());
    assert_eq!(level("0.25"), (some("0.25"), None, None));
    assert_eq!(level("0.27"), (some("0.27"), some("warning"), some("deprecated")));
    assert_eq!(level("newest"), (some("0.30"), some("error"), some("gone")));
    tree.write("Cargo.toml", &CARGO.replace("0.26", "0.25"));
    assert_eq!(level("declared"), (some("0.25"), None, None));
    let pyproject = "[tool.hognose]\ntarget = \"declared\"\n";
    tree.write("pyproject.toml", pyproject);
    assert_eq!(tree.json(&[]).code, 0);
    assert_eq!(tree.json(&["--target", "0.28"]).code, 1, "the command line comes before the settings");
}

#[test]
fn a_diff_is_shown_and_git_applies_it() {
    let tree = Tree::new(OLD);
    let run = tree.check(&["--diff"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.err, "1 fix in 1 file; nothing was written\n");
    assert_eq!(tree.read("src/lib.rs"), OLD);
    tree.write("the.patch", &run.out);
    git(tree.dir.path(), &["apply", "the.patch"]);
    assert_eq!(tree.read("src/lib.rs"), OLD.replace("with_gil", "attach"));
    fs::remove_file(tree.path("the.patch")).expect("remove");
    let run = tree.check(&["--diff"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "nothing to fix, although a finding is left");
}

#[test]
fn fixing_twice_changes_nothing_the_second_time() {
    let tree = Tree::new(OLD);
    let run = tree.check(&["--fix"]);
    assert_eq!(run.code, 1, "one finding is left");
    assert!(run.out.contains("fixed 1 finding\nfound 1 error in 1 file"), "{}", run.out);
    let fixed = tree.read("src/lib.rs");
    assert_eq!(fixed, OLD.replace("with_gil", "attach"));
    let run = tree.check(&["--fix"]);
    assert!(!run.out.contains("fixed"), "{}", run.out);
    assert_eq!(tree.read("src/lib.rs"), fixed);
    let tree = Tree::new(&GOOD.replace("attach", "with_gil"));
    assert_eq!(tree.check(&["--fix"]).code, 0, "nothing is left");
    assert_eq!(tree.read("src/lib.rs"), GOOD);
}

#[test]
fn line_ends_and_the_byte_order_mark_are_kept() {
    let before = format!("\u{feff}{}", OLD.replace('\n', "\r\n"));
    let tree = Tree::new(&before);
    assert_eq!(tree.json(&["--select", "HG101"]).places(), ["src/lib.rs:4:5 HG101"]);
    tree.check(&["--fix"]);
    assert_eq!(tree.read("src/lib.rs"), before.replace("with_gil", "attach"));
    // Comments and their lines are found in such files, too.
    let allowed = before.replace("(|_py| 1)", "(|_py| 1) // hognose: allow(renamed-api)");
    assert_eq!(Tree::new(&allowed).json(&[]).codes(), ["HG102"]);
}

#[test]
fn uncommitted_changes_stop_fixing_unless_allowed() {
    let tree = Tree::new(OLD);
    git(tree.dir.path(), &["init", "--quiet"]);
    let refused = tree.check(&["--fix"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.starts_with("error: the files to be written have uncommitted changes"), "{}", refused.err);
    assert!(refused.err.contains("\n  src/lib.rs (untracked)\n") && refused.err.contains("pass `--allow-dirty`"), "{}", refused.err);
    assert_eq!(tree.read("src/lib.rs"), OLD);
    assert_eq!(tree.check(&["--diff"]).code, 1, "showing is no danger");
    assert_eq!(tree.check(&["--fix", "--allow-dirty"]).code, 1);
    assert_ne!(tree.read("src/lib.rs"), OLD);
    tree.write("src/lib.rs", OLD);
    git(tree.dir.path(), &["add", "."]);
    git(tree.dir.path(), &["commit", "--quiet", "-m", "all"]);
    assert_eq!(tree.check(&["--fix"]).code, 1);
    assert_ne!(tree.read("src/lib.rs"), OLD);
}

#[test]
fn many_findings_of_one_sort_are_folded_and_lines_fit() {
    let calls = "    Python::with_gil(|_py| ());\n".repeat(30);
    let run = Tree::new(&format!("use pyo3::prelude::*;\npub fn f() {{\n{calls}}}\n")).check(&[]);
    assert_eq!(run.out.matches("error[HG101]").count(), 5, "{}", run.out);
    assert_eq!(run.out.matches("\n  --> src/lib.rs:").count(), 10, "{}", run.out);
    assert!(run.out.contains("  and 15 more of HG101 in this file; `--output-format concise` lists all\n"), "{}", run.out);
    assert!(run.out.ends_with("found 30 errors in 1 file, checked for PyO3 0.30 (on 0.26)\n30 fixable with --fix\n"), "{}", run.out);
    for line in run.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn explain_prints_pages_and_changes() {
    for word in ["HG201", "hg201", "missing-cdylib"] {
        let run = run(&["explain", word]);
        assert_eq!(run.code, 0);
        assert!(run.out.starts_with("HG201 missing-cdylib (group setup)\n"), "{}", run.out);
        assert!(run.out.contains("\n    [package] # <- missing-cdylib\n"), "{}", run.out);
        assert!(!run.out.contains("```"), "{}", run.out);
    }
    let change = run(&["explain", "with-gil"]);
    assert_eq!(change.code, 0);
    assert!(change.out.contains("deprecated in PyO3 0.26\n"), "{}", change.out);
    let unknown = run(&["explain", "missing-cdilib"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert_eq!(unknown.err, "error: hognose has no rule `missing-cdilib`\n  = help: did you mean `missing-cdylib`?\n");
}

#[test]
fn rules_lists_every_rule() {
    let human = run(&["rules"]);
    assert_eq!(human.code, 0);
    assert_eq!(human.out.lines().count(), hognose::rules::ALL.len());
    let json = run(&["rules", "--output-format", "json"]).json();
    assert_eq!(json["version"], 1);
    for (row, rule) in json["rules"].as_array().expect("rules").iter().zip(hognose::rules::ALL) {
        let expected = serde_json::json!({"code": rule.id.code, "name": rule.id.name, "group": rule.group.name(), "summary": rule.summary});
        assert_eq!(*row, expected);
    }
}

/// A pipe whose reader has gone, after so many bytes.
struct ClosedPipe(usize);

impl Write for ClosedPipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let tree = Tree::new(OLD);
    let dir: &Path = tree.dir.path();
    for format in ["human", "concise", "json"] {
        for taken in [0, 10] {
            let arguments = ["hognose", "check", "--output-format", format].map(OsString::from).into_iter().chain([dir.into()]);
            let mut err = Vec::new();
            assert_eq!(hognose::cli::run(arguments, &mut ClosedPipe(taken), &mut err), 0, "{format}");
            assert_eq!(err, b"");
        }
    }
    let mut err = Vec::new();
    assert_eq!(hognose::cli::run(["hognose", "rules"].map(OsString::from), &mut ClosedPipe(0), &mut err), 0);
}
