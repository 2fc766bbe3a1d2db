//! What fails a check: levels, the option and the setting `fail-on`, and what `--diff` makes of them.

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
    assert_eq!(help("fail-on = \"warn\""), pair("`warn` is no level of findings", "did you mean `warning`?"));
    assert_eq!(help("fail-on = \"never\""), pair("`never` is no level of findings", "write `note`, `warning` or `error`"));
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
        assert_eq!(run.out.matches("`thread_safe!` is no ordinary Rust").count(), 30, "{}", run.out);
        assert!(run.out.contains("src/lost.rs:"), "{}", run.out);
    }
    assert_eq!(tree.json(&[]).json()["skipped"].as_array().expect("gaps").len(), 31);
}
