//! What rustc says of small crates that need one repair each, recorded: repairs are tried on it, and rustc is asked whether it says so still.
//!
//! `tests/repairs/NAME.rs` is a crate on the newest PyO3 whose error the repair NAME answers, `NAME.json` what rustc says of it, and `NAME.fixed.rs`
//! what the repair makes of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use hognose::compiler::{CompilerError, Diagnosis, Label, read_messages};
use hognose::migrate::{Course, Files, OldFunctions, Repair, View, repair, repairs};
use hognose::release::Release;
use hognose::rust::Nodes;
use hognose::text::apply_edits;
use hognose::toolchain::command::Invocation;
use serde_json::{Value, json};

use crate::support::{put, repository};

/// Repairs without a recording, with the reason.
const UNRECORDED: [(&str, &str); 7] = [
    ("added-argument", "needs the crate pyo3-file"),
    ("iterator-of-array", "needs the crate numpy"),
    ("text-under-abi3", "needs the stable ABI of Pythons before 3.10"),
    ("extract-text", "needs the stable ABI of Pythons before 3.10"),
    ("extracted-text", "needs the stable ABI of Pythons before 3.10"),
    ("extract-inferred", "needs a method of the project that rules have rewritten"),
    ("into-by-method", "needs a target that lacks one of the conversions of 0.30"),
];
/// What is asked of rustc in every run: a mismatch, a bound, a method, a borrow, a lifetime, `?`, an import, a closure, a deprecation.
const SAMPLE: [&str; 9] = [
    "adapt-value",
    "clone-of-object",
    "to-python",
    "bind-temporary",
    "share-lifetime",
    "question-mark",
    "gone-import",
    "closure-by-reference",
    "capsule-name",
];

/// Where the crates and the recordings are.
fn folder() -> PathBuf {
    repository().join("tests/repairs")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the crates.
fn crates() -> BTreeSet<String> {
    let files = fs::read_dir(folder()).expect("tests/repairs").map(|entry| entry.expect("entry").file_name());
    let names = files.filter_map(|name| name.into_string().ok());
    names.filter_map(|name| name.strip_suffix(".rs").filter(|name| !name.ends_with(".fixed")).map(str::to_owned)).collect()
}

/// The errors and warnings of a recording, as `cargo check` would have given them.
fn recorded(messages: &[Value]) -> Vec<CompilerError> {
    let path = folder().join("any.rs");
    let target = json!({ "kind": ["lib"], "crate_types": ["lib"], "name": "any", "src_path": path, "edition": "2021", "doc": false, "doctest": false, "test": false });
    let id = format!("path+file://{}#any@0.0.0", folder().display());
    let message = |message: &Value| {
        json!({ "reason": "compiler-message", "package_id": id, "manifest_path": path, "target": target, "message": message }).to_string()
    };
    let output: Vec<String> = messages.iter().map(message).collect();
    let (errors, warnings) = read_messages(&output.join("\n"), &folder());
    if errors.is_empty() { warnings } else { errors }
}

fn recording(name: &str) -> Vec<CompilerError> {
    let messages: Vec<Value> = fs::read_to_string(folder().join(format!("{name}.json")))
        .unwrap_or_default()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    recorded(&messages)
}

/// The first of the repairs of a crate that has this name, and what it makes of the crate; or the names of those that there are.
fn repaired(name: &str) -> Result<(Repair, String), BTreeSet<&'static str>> {
    let path = folder().join(format!("{name}.rs"));
    let text = read(&format!("{name}.rs"));
    let nodes = Nodes::read(&text).expect("Rust");
    let files: Files<'_> = HashMap::from([(path.as_path(), View { text: &text, nodes: &nodes })]);
    let functions = OldFunctions::default();
    let course = Course { functions: &functions, target: Release::NEWEST };
    let errors = recording(name);
    let found: Vec<Repair> = errors.iter().filter_map(|error| repair(error, course, &files)).collect();
    let ids = found.iter().map(|repair| repair.id).collect();
    let repair = found.into_iter().find(|repair| repair.id == name).ok_or::<BTreeSet<&'static str>>(ids)?;
    let fixed = apply_edits(&text, &repair.edits).unwrap_or_else(|_| panic!("{name}: {:?} overlap", repair.edits));
    Ok((repair, fixed))
}

#[test]
fn repairs_answer_what_rustc_said() {
    let blesses = std::env::var_os("HOGNOSE_BLESS").is_some();
    let mut wrong = Vec::new();
    for name in crates() {
        match repaired(&name) {
            Ok((_, fixed)) if blesses => put(&folder().join(format!("{name}.fixed.rs")), &fixed),
            Ok((_, fixed)) if fs::read_to_string(folder().join(format!("{name}.fixed.rs"))).is_ok_and(|wanted| wanted == fixed) => {}
            Ok((_, fixed)) => wrong.push(format!("{name} makes this of it:\n{fixed}")),
            Err(others) => {
                let said: Vec<String> =
                    recording(&name).into_iter().map(|error| format!("{}: {:?}", error.message, error.diagnosis.fault)).collect();
                wrong.push(format!("{name} answers nothing, but {others:?} do: {}", said.join("; ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_repair_has_a_recording_or_a_reason() {
    let recorded = crates();
    let excused: BTreeMap<&str, &str> = UNRECORDED.into_iter().collect();
    let missing: Vec<&str> = repairs().filter(|id| !recorded.contains(*id) && !excused.contains_key(id)).collect();
    assert!(missing.is_empty(), "without a crate in tests/repairs: {missing:?}");
    let needless: Vec<&&str> = excused.keys().filter(|id| recorded.contains(**id) || !repairs().any(|known| known == **id)).collect();
    assert!(needless.is_empty(), "recorded after all, or no repair: {needless:?}");
}

#[test]
fn rustc_says_so_still() {
    let all = crates();
    match std::env::var("HOGNOSE_RECORD").as_deref() {
        Ok("write") => {
            for (name, messages) in said_now(&all) {
                let lines: Vec<String> = messages.iter().map(Value::to_string).collect();
                put(&folder().join(format!("{name}.json")), &(lines.join("\n") + "\n"));
            }
        }
        Ok("verify") => assert_unchanged(&all),
        _ => assert_unchanged(&SAMPLE.map(str::to_owned).into()),
    }
}

/// What rustc says now means what the recordings mean.
fn assert_unchanged(names: &BTreeSet<String>) {
    let now = said_now(names);
    let mut changed = Vec::new();
    for name in names {
        let messages = now.get(name).map(Vec::as_slice).unwrap_or_default();
        let (then, now) = (meaning(&recording(name)), meaning(&recorded(messages)));
        if then != now {
            changed.push(format!("{name} meant\n{then:#?}\nand means\n{now:#?}"));
        }
    }
    let how = "what rustc says has changed: see \"Add a repair\" in CONTRIBUTING.md";
    assert!(changed.is_empty(), "{how}\n{}", changed.join("\n\n"));
}

/// All that repairs know of errors.
fn meaning(errors: &[CompilerError]) -> Vec<(Diagnosis, Vec<Label>, Vec<String>)> {
    let labels = |error: &CompilerError| error.spans.iter().map(|span| span.said.clone()).collect();
    let suggested = |error: &CompilerError| error.suggestions.iter().map(|suggestion| format!("{:?}", suggestion.kind)).collect();
    errors.iter().map(|error| (error.diagnosis.clone(), labels(error), suggested(error))).collect()
}

/// Has rustc check the crates, each as an example of one package, and answers what it says of each, without what differs from machine to machine.
fn said_now(names: &BTreeSet<String>) -> BTreeMap<String, Vec<Value>> {
    let dir = repository().join("target/repairs");
    let newest = Release::NEWEST;
    let mut manifest = format!(
        "[package]\nname = \"repairs\"\nversion = \"0.0.0\"\nedition = \"2021\"\nautoexamples = false\n\n[workspace]\n\n[dependencies]\npyo3 = \"{newest}\"\n"
    );
    for name in crates() {
        manifest += &format!("\n[[example]]\nname = \"{name}\"\npath = \"{name}.rs\"\ncrate-type = [\"lib\"]\n");
        put(&dir.join(format!("{name}.rs")), &read(&format!("{name}.rs")));
    }
    put(&dir.join("Cargo.toml"), &manifest);
    put(&dir.join("src/lib.rs"), "");
    put(
        &dir.join("python.txt"),
        "implementation=CPython\nversion=3.13\nshared=true\nabi3=false\nsuppress_build_script_link_lines=true\npointer_width=64\nbuild_flags=\n",
    );
    let cargo = Invocation::new(env!("CARGO")).in_dir(&dir).without(&["PYO3_PYTHON", "RUSTFLAGS"]);
    let cargo = cargo.env("PYO3_CONFIG_FILE", dir.join("python.txt")).env("CARGO_TARGET_DIR", dir.join("target"));
    let cargo = cargo.args(["check", "--keep-going", "--message-format=json", "--color=never"]);
    let cargo = cargo.args(names.iter().flat_map(|name| ["--example", name]));
    let answer = cargo.capture().expect("cargo");
    let mut said: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in answer.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let name = line["target"]["name"].as_str().unwrap_or_default().to_owned();
        let is_about_code = line["message"]["spans"].as_array().is_some_and(|spans| !spans.is_empty());
        if line["reason"] == "compiler-message" && names.contains(&name) && is_about_code && line["message"]["code"]["code"] != "dead_code"
        {
            said.entry(name).or_default().push(anywhere(line["message"].clone()));
        }
    }
    assert!(!said.is_empty(), "{}", answer.stderr);
    said
}

/// A message without paths of this machine, and without what nobody reads.
fn anywhere(mut message: Value) -> Value {
    match &mut message {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                match key.as_str() {
                    "rendered" => *value = origin_of(value),
                    "text" => *value = json!([]),
                    "explanation" => *value = Value::Null,
                    "file_name" => *value = json!(path_anywhere(value.as_str().unwrap_or_default())),
                    _ => *value = anywhere(value.take()),
                }
            }
        }
        Value::Array(values) => {
            values.retain(|value| !value["message"].as_str().is_some_and(|message| message.contains("written to '")));
            for value in values {
                *value = anywhere(value.take());
            }
        }
        _ => {}
    }
    message
}

/// The line that says which macro an error comes from, if there is one.
fn origin_of(rendered: &Value) -> Value {
    let line = rendered.as_str().and_then(|rendered| rendered.lines().find(|line| line.contains("error originates in")));
    line.map_or(Value::Null, |line| json!(line.trim()))
}

/// `pyo3/src/instance.rs` for a file of a dependency, `library/core/src/option.rs` for one of Rust's own.
fn path_anywhere(path: &str) -> String {
    if !Path::new(path).is_absolute() {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    if let Some(registry) = parts.iter().position(|part| *part == "registry") {
        parts.drain(..registry + 3);
        parts[0] = parts[0].rsplit_once('-').map_or(parts[0], |(name, _)| name);
    } else if let Some(library) = parts.iter().position(|part| *part == "library") {
        parts.drain(..library);
    }
    parts.join("/")
}
