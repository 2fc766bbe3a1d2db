//! What fails a check: levels, the option and the setting `fail-on`, and what `--diff` makes of them.

use std::fs;
use std::io::Write as _;

use crate::cli::{CARGO, GOOD, OLD, Tree, run};

const MATURIN: &str = "[build-system]\nrequires = [\"maturin>=1.9,<2\"]\nbuild-backend = \"maturin\"\n";
/// A warning on 0.26, with a safe fix.
const DEPRECATED: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n";

/// A package whose only finding is a note, with a safe fix; `settings` stand in its pyproject.toml.
fn noted(settings: &str) -> Tree {
    let (cargo, lib) = (CARGO.replace("\"cdylib\"", "\"rlib\""), "use pyo3::prelude::*;\n\n#[pymodule]\nmod ext {}\n");
    Tree::of(&[("Cargo.toml", &cargo), ("pyproject.toml", &format!("{MATURIN}{settings}")), ("src/lib.rs", lib)])
}

#[test]
fn notes_are_shown_and_fail_nothing() {
    let tree = noted("");
    let run = tree.json(&[]);
    assert_eq!(run.codes(), ["HG201"]);
    let document = run.json();
    assert_eq!((&document["findings"][0]["level"], &document["findings"][0]["fails"]), (&"note".into(), &false.into()), "{}", run.out);
    assert_eq!(document["summary"]["failing"], 0);
    assert_eq!(run.code, 0);
    assert!(tree.check(&[]).out.contains("found 1 note in 1 file"));
    let strict = tree.json(&["--fail-on", "note"]);
    assert_eq!((strict.code, &strict.json()["findings"][0]["fails"]), (1, &true.into()), "{}", strict.out);
}

#[test]
fn the_level_that_fails_is_chosen_on_the_command_line_or_in_the_settings() {
    let warned = Tree::new(DEPRECATED);
    for (level, code) in [("note", 1), ("warning", 1), ("error", 0)] {
        assert_eq!(warned.check(&["--target", "0.26", "--fail-on", level]).code, code, "{level}");
        assert_eq!(warned.check(&["--fail-on", level]).code, 1, "an error fails at {level}");
        let settings = format!("[tool.hognose]\nfail-on = \"{level}\"\n");
        let pyproject = Tree::of(&[("Cargo.toml", CARGO), ("pyproject.toml", &settings), ("src/lib.rs", DEPRECATED)]);
        assert_eq!(pyproject.check(&["--target", "0.26"]).code, code, "{level}");
        let cargo = format!("{CARGO}\n[package.metadata.hognose]\nfail-on = \"{level}\"\n");
        assert_eq!(Tree::of(&[("Cargo.toml", &cargo), ("src/lib.rs", DEPRECATED)]).check(&["--target", "0.26"]).code, code, "{level}");
    }
    let tree = noted("[tool.hognose]\nfail-on = \"note\"\n");
    assert_eq!(tree.check(&[]).code, 1);
    assert_eq!(tree.check(&["--fail-on", "error"]).code, 0, "the command line comes before the settings");
}

#[test]
fn a_level_that_does_not_exist_is_told() {
    let unknown = run(&["check", "--fail-on", "warn"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("possible values: note, warning, error"), "{}", unknown.err);
    let help = |settings: &str| {
        let run = Tree::of(&[("Cargo.toml", CARGO), ("pyproject.toml", &format!("[tool.hognose]\n{settings}\n")), ("src/lib.rs", GOOD)])
            .json(&[]);
        assert_eq!((run.codes(), run.code), (vec!["HG002".to_owned()], 1), "{}", run.out);
        let finding = run.json()["findings"][0].clone();
        (finding["message"].as_str().expect("a message").to_owned(), finding["help"].as_str().expect("help").to_owned())
    };
    let pair = |message: &str, help: &str| (message.to_owned(), help.to_owned());
    assert_eq!(help("fail-on = \"warn\""), pair("`warn` is not a level of findings", "did you mean `warning`?"));
    assert_eq!(help("fail-on = \"never\""), pair("`never` is not a level of findings", "write `note`, `warning` or `error`"));
    assert_eq!(help("fail-on = 1"), pair("`fail-on` must be a string, not an integer", "correct the value"));
    assert_eq!(help("fail_on = \"note\""), pair("hognose has no setting `fail_on`", "did you mean `fail-on`?"));
}

#[test]
fn each_finding_of_a_workspace_is_measured_by_its_package() {
    let member = |name: &str, level: &str| {
        format!("{}\n[package.metadata.hognose]\nfail-on = \"{level}\"\n", CARGO.replace("\"ext\"", &format!("\"{name}\"")))
    };
    let workspace = |a: &str, b: &str| {
        let (a, b) = (member("a", a), member("b", b));
        Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n\n[workspace.metadata.hognose]\ntarget = \"0.26\"\n"),
            ("a/Cargo.toml", &a),
            ("a/src/lib.rs", DEPRECATED),
            ("b/Cargo.toml", &b),
            ("b/src/lib.rs", GOOD),
        ])
    };
    let run = workspace("error", "note").json(&[]);
    assert_eq!((run.places(), run.code), (vec!["a/src/lib.rs:4:5 HG101".to_owned()], 0), "{}", run.out);
    assert_eq!(workspace("note", "error").check(&[]).code, 1);
    assert_eq!(workspace("error", "error").check(&["--fail-on", "warning"]).code, 1);
}

#[test]
fn what_two_packages_report_of_a_file_counts_as_the_stricter_one_has_it() {
    let member = |name: &str, level: &str| {
        format!("{}\n[package.metadata.hognose]\nfail-on = \"{level}\"\n", CARGO.replace("\"ext\"", &format!("\"{name}\"")))
    };
    for (a, b, code) in [("error", "warning", 1), ("warning", "error", 1), ("error", "error", 0)] {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n\n[workspace.metadata.hognose]\ntarget = \"0.26\"\n"),
            ("shared.rs", DEPRECATED),
            ("a/Cargo.toml", &member("a", a)),
            ("a/src/lib.rs", "#[path = \"../../shared.rs\"]\nmod shared;\n"),
            ("b/Cargo.toml", &member("b", b)),
            ("b/src/lib.rs", "#[path = \"../../shared.rs\"]\nmod shared;\n"),
        ]);
        let run = tree.json(&[]);
        assert_eq!((run.places(), run.code), (vec!["shared.rs:4:5 HG101".to_owned()], code), "{a} {b} {}", run.out);
    }
}

#[test]
fn a_diff_fails_for_what_would_fail_the_check() {
    let tree = noted("");
    let shown = tree.check(&["--diff"]);
    assert!(shown.out.contains("+crate-type"), "{}{}", shown.out, shown.err);
    assert_eq!(shown.code, 0, "it removes a note alone");
    assert_eq!(tree.check(&["--diff", "--fail-on", "note"]).code, 1);
    let tree = Tree::new(OLD);
    assert_eq!(tree.check(&["--diff", "--fail-on", "error"]).code, 1);
    let warned = Tree::new(DEPRECATED);
    let shown = warned.check(&["--target", "0.26", "--diff", "--fail-on", "error"]);
    assert!(shown.out.contains("+    Python::attach"), "{}", shown.out);
    assert_eq!(shown.code, 0);
    assert_eq!(warned.check(&["--target", "0.26", "--diff"]).code, 1);
}

#[test]
fn gaps_are_counted_and_listed_on_demand() {
    let calls = "thread_safe! { pyo3 => * }\n".repeat(30);
    let lib = format!("use pyo3::prelude::*;\n{calls}");
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("src/lib.rs", &lib), ("src/lost.rs", "use pyo3::prelude::*;\n")]);
    for format in ["human", "concise"] {
        let run = tree.check(&["--output-format", format]);
        let counted = run.out.replace('\n', " ");
        let sentence = "not checked: the inside of 30 macros, 1 file that no package reaches; list them with `--show-skipped`";
        assert!(counted.contains(sentence) && !counted.contains("src/lost.rs"), "{}", run.out);
        assert_eq!(run.code, 0);
        let run = tree.check(&["--show-skipped", "--output-format", format]);
        assert_eq!(run.out.matches("`thread_safe!` is not ordinary Rust").count(), 30, "{}", run.out);
        assert!(run.out.contains("src/lost.rs:"), "{}", run.out);
    }
    assert_eq!(tree.json(&[]).json()["skipped"].as_array().expect("gaps").len(), 31);
}

/// A tree with these bytes in a file.
fn with(files: &[(&str, &str)], path: &str, bytes: &[u8]) -> Tree {
    let tree = Tree::of(files);
    tree.write(path, "");
    fs::File::create(tree.path(path)).and_then(|mut file| file.write_all(bytes)).expect("file");
    tree
}

#[test]
fn a_file_in_another_encoding_is_a_finding() {
    let lib = format!("mod names;\n{GOOD}");
    let latin = b"// Stra\xdfe\npub fn f() {}\n";
    let tree = with(&[("Cargo.toml", CARGO), ("src/lib.rs", &lib)], "src/names.rs", latin);
    let run = tree.json(&[]);
    assert_eq!((run.places(), run.code), (vec!["src/names.rs:1:8 HG001".to_owned()], 1), "{}", run.out);
    let finding = run.json()["findings"][0].clone();
    assert_eq!(finding["message"], "this file was not checked: not UTF-8 (byte 0xDF at offset 7)");
    assert_eq!(finding["help"], "save the file as UTF-8, or leave it out with `exclude`");
    assert_eq!((&finding["start"]["offset"], &finding["end"]["offset"]), (&7.into(), &7.into()));
    assert_eq!(run.json()["skipped"][0]["kind"], "unreadable");
    assert!(tree.check(&[]).out.contains("// Stra"), "the line is shown");
    // Fixing checks again, and leaves the file as it is.
    tree.write("src/lib.rs", &lib.replace("attach", "with_gil"));
    let run = tree.check(&["--fix", "--output-format", "json"]);
    assert_eq!((run.places(), run.code), (vec!["src/names.rs:1:8 HG001".to_owned()], 1), "{}", run.out);
    assert_eq!(tree.read("src/lib.rs"), lib);
    assert_eq!(fs::read(tree.path("src/names.rs")).expect("file"), latin);
    // It can be left out, as any file and any rule.
    tree.write("pyproject.toml", "[tool.hognose]\nexclude = [\"names.rs\"]\n");
    assert_eq!(tree.json(&[]).places(), [""; 0]);
    tree.write("pyproject.toml", "[tool.hognose]\nignore = [\"HG001\"]\n");
    assert_eq!(tree.json(&[]).places(), [""; 0]);
}

#[test]
fn only_files_that_the_package_needs_have_to_be_text() {
    let files = [("Cargo.toml", CARGO), ("src/lib.rs", "#[path = \"../gen/t.rs\"]\nmod t;\n")];
    for (path, count) in
        [("tests/data/latin.rs", 0), ("tests/it.rs", 1), ("build.rs", 1), ("src/deep/old.rs", 1), ("gen/t.rs", 1), ("gen/u.rs", 0)]
    {
        let run = with(&files, path, b"// \xe9\n").json(&[]);
        assert_eq!((run.places().len(), run.code), (count, u8::from(count > 0)), "{path} {}", run.out);
        assert_eq!(
            run.json()["skipped"].as_array().expect("gaps").iter().filter(|gap| gap["path"] == path).count(),
            1,
            "{path} {}",
            run.out
        );
    }
    let missing = Tree::of(&files).json(&[]);
    assert_eq!(missing.places(), [""; 0], "a file that a build writes is not there yet");
    // Too large for us is not too large for a compiler.
    let large = Tree::of(&files);
    large.write("src/large.rs", "");
    fs::File::create(large.path("src/large.rs")).and_then(|file| file.set_len(9 << 20)).expect("file");
    assert_eq!(large.json(&[]).places(), [""; 0]);
}

#[test]
fn a_manifest_that_cannot_be_read_is_a_finding_where_pyo3_is_used() {
    let good = [("Cargo.toml", CARGO), ("src/lib.rs", GOOD)];
    for (path, bytes, place) in [
        ("pyproject.toml", &b"[project]\nname = ext\n"[..], Some("2:8")),
        ("pyproject.toml", b"# \xfc\n", Some("1:3")),
        ("py/Cargo.toml", b"[package]\nname = \"py\n[dependencies]\npyo3 = \"0.30\"\n", Some("2:11")),
        ("py/Cargo.toml", b"# \xfc\n[dependencies]\npyo3 = \"0.30\"\n", Some("1:3")),
        ("tests/data/Cargo.toml", b"[package]\nname = \"{{\n", None),
        ("docs/pyproject.toml", b"# \xfc\n", None),
    ] {
        let run = with(&good, path, bytes).json(&[]);
        let places: Vec<String> = place.iter().map(|place| format!("{path}:{place} HG001")).collect();
        assert_eq!((run.places(), run.code), (places, u8::from(place.is_some())), "{path} {}", run.out);
    }
    let run = with(&good, "pyproject.toml", b"[").json(&["--fail-on", "error"]);
    assert_eq!((run.codes(), run.code), (vec!["HG001".to_owned()], 0));
    let run = with(&good, "py/Cargo.toml", b"pyo3 = \"").json(&["--ignore", "HG001"]);
    assert_eq!((run.codes(), run.code), (vec![], 0));
}

#[test]
fn a_manifest_that_keeps_everything_from_being_checked_is_no_success() {
    for manifest in [&b"[package]\nname = \n"[..], b"# \xfc\n[package]\n"] {
        let tree = with(&[("src/lib.rs", OLD)], "Cargo.toml", manifest);
        for arguments in [&[][..], &["--diff"], &["--fix"], &["--fail-on", "error"]] {
            let run = tree.check(arguments);
            assert_eq!(run.code, 2, "{}{}", run.out, run.err);
            assert!(run.err.starts_with("error: nothing was checked, as `Cargo.toml` cannot be read: "), "{}", run.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_nobody_may_read_is_a_finding() {
    use std::os::unix::fs::PermissionsExt as _;

    let tree = Tree::of(&[("Cargo.toml", CARGO), ("src/lib.rs", "mod secret;\n"), ("src/secret.rs", "")]);
    fs::set_permissions(tree.path("src/secret.rs"), fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(tree.path("src/secret.rs")).is_ok() {
        std::io::stderr()
            .write_all(b"skipped: files that nobody may read, as the superuser reads everything\n")
            .expect("a terminal or a file");
        return;
    }
    let run = tree.json(&[]);
    assert_eq!((run.places(), run.code), (vec!["src/secret.rs:1:1 HG001".to_owned()], 1), "{}", run.out);
    assert_eq!(run.json()["findings"][0]["help"], "make the file readable, or leave it out with `exclude`");
}

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"ext\"\nversion = \"0.0.0\"\ndependencies = [\"pyo3\"]\n\n[[package]]\nname = \"pyo3\"\nversion = \"0.31.0\"\n";

/// A package on a PyO3 that came out later, once by its lock file and once by its requirement.
fn ahead() -> [Tree; 2] {
    let lib = OLD;
    let locked = Tree::of(&[("Cargo.toml", &CARGO.replace("0.26", ">=0.26")), ("Cargo.lock", LOCK), ("src/lib.rs", lib)]);
    [locked, Tree::of(&[("Cargo.toml", &CARGO.replace("0.26", "0.31")), ("src/lib.rs", lib)])]
}

#[test]
fn a_pyo3_that_came_out_later_is_told_and_what_is_known_is_checked() {
    for tree in ahead() {
        for target in ["newest", "declared"] {
            for format in ["human", "concise"] {
                let run = tree.check(&["--target", target, "--output-format", format]);
                assert_eq!(run.code, 1);
                let warning = "warning: `ext` is on PyO3 0.31, and this version of hognose knows PyO3 only up to 0.30\n  = help: update hognose; what later releases changed is not checked\n";
                assert_eq!(run.err, warning);
                assert!(run.out.contains("checked for PyO3 0.30 (on 0.31)"), "{}", run.out);
            }
            let run = tree.json(&["--target", target]);
            assert_eq!((run.err.as_str(), run.codes()), ("", vec!["HG101".to_owned(), "HG102".to_owned()]));
            let document = run.json();
            assert_eq!((&document["target"], &document["packages"][0]["newer_than_known"]), (&"0.30".into(), &true.into()));
        }
    }
    assert_eq!(Tree::new(OLD).json(&[]).json()["packages"][0]["newer_than_known"], false);
}

#[test]
fn nothing_is_migrated_beyond_what_is_known_and_that_is_said() {
    for tree in ahead() {
        let dir = tree.path("");
        let dir = dir.to_str().expect("a path that is text");
        let human = run(&["migrate", dir]);
        assert_eq!((human.code, human.out.as_str()), (0, "note: nothing to migrate up to PyO3 0.30: `ext` is on PyO3 0.31\n"));
        assert!(
            human.err.starts_with("warning: `ext` is on PyO3 0.31, and this version of hognose knows PyO3 only up to 0.30\n"),
            "{}",
            human.err
        );
        let json = run(&["migrate", dir, "--output-format", "json"]);
        assert_eq!((json.code, json.err.as_str()), (0, ""));
        assert_eq!((&json.json()["verdict"], &json.json()["newer_than_known"]), (&"done".into(), &serde_json::json!(["ext"])));
        assert_eq!(tree.read("src/lib.rs"), OLD);
    }
}

#[test]
fn a_misspelt_allow_comment_is_a_finding_with_what_was_meant() {
    let lib =
        "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1) // hognose: ignore(renamed-apis) till June\n}\n";
    let tree = Tree::new(lib);
    let run = tree.json(&["--fail-on", "error", "--target", "0.26"]);
    assert_eq!((run.places(), run.code), (vec!["src/lib.rs:4:5 HG101".to_owned(), "src/lib.rs:4:34 HG003".to_owned()], 0), "{}", run.out);
    let finding = run.json()["findings"][1].clone();
    assert_eq!(finding["help"], "did you mean `hognose: allow(renamed-api)`?");
    assert_eq!((&finding["level"], &finding["fix"]["safety"]), (&"warning".into(), &"unsafe".into()));
    let run = tree.check(&["--unsafe-fixes", "--select", "unused-allow"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert_eq!(tree.read("src/lib.rs"), lib.replace("ignore(renamed-apis)", "allow(renamed-api)"));
    assert_eq!(tree.json(&[]).places(), [""; 0], "now it does what was meant");
    let without = tree.json(&["--ignore", "unused-allow"]);
    assert_eq!(without.code, 0);
    let prose = lib.replace("ignore(renamed-apis) till June", "see the notes on 0.25");
    assert_eq!(Tree::new(&prose).json(&[]).codes(), ["HG101"]);
}
