//! Which versions of other crates PyO3 and numpy have conversions for, read off the manifests that are published.
//!
//! `HOGNOSE_BLESS=1 cargo test --test it -- --ignored companions` asks cargo about every release, and rewrites the data of the catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use hognose::release::Release;
use hognose::toolchain::command::Invocation;
use serde_json::Value;
use tempfile::TempDir;

use crate::generated::assert_file;
use crate::migrate::{LIB, becomes, cargo, migrate, project};
use crate::sandbox::Sandbox;
use crate::workshop::{ONE_AT_A_TIME, outside, write};

/// The crates whose conversions are asked for, each with the dependencies that it keeps to itself: no type or trait of theirs is in its API.
const WITH_CONVERSIONS: [(&str, &[&str]); 2] = [
    ("pyo3", &["ctor", "iana-time-zone", "indoc", "inventory", "num-traits", "paste", "unindent"]),
    ("numpy", &["ahash", "cfg-if", "libc", "num-integer", "num-traits", "rustc-hash"]),
];

const HEAD: &str = "# Which versions of other crates PyO3 and numpy have conversions for, by release, and what cargo takes of them.\n\
                    # Generated from the published manifests; CONTRIBUTING.md names the command.\n";

/// The dependencies of one crate on another, by release.
type Ranges = BTreeMap<(String, String), BTreeMap<u16, (String, bool)>>;

#[test]
#[ignore = "asks cargo about every release of PyO3; CONTRIBUTING.md says when"]
fn companions_are_those_of_the_published_manifests() {
    let ranges = published_ranges();
    let mut text = HEAD.to_owned();
    for ((of, name), releases) in &ranges {
        let optional = releases.values().any(|(_, optional)| *optional);
        let takes: Vec<String> = releases.iter().map(|(minor, (range, _))| format!("\"0.{minor}\" = \"{range}\"")).collect();
        let _ =
            write!(text, "\n[[companion]]\nname = \"{name}\"\nof = \"{of}\"\noptional = {optional}\ntakes = {{ {} }}\n", takes.join(", "));
    }
    let asked: BTreeSet<(String, String)> =
        ranges.iter().flat_map(|((_, name), releases)| releases.values().map(move |(range, _)| (name.clone(), range.clone()))).collect();
    for ((name, version), features) in newest_versions(&asked) {
        let features: Vec<String> = features.iter().map(|feature| format!("\"{feature}\"")).collect();
        let _ = write!(text, "\n[[newest]]\nname = \"{name}\"\nversion = \"{version}\"\nfeatures = [{}]\n", features.join(", "));
    }
    assert_file("src/catalog/data/companions.toml", &text);
}

#[track_caller]
fn dependencies_become(before: &str, after: &str) {
    becomes(&[("Cargo.toml", &cargo(before)), ("src/lib.rs", LIB)], &[("Cargo.toml", &cargo(after))]);
}

#[test]
fn companions_are_raised_to_what_the_target_converts() {
    dependencies_become(
        "[dependencies]\npyo3 = { version = \"0.19\", features = [\"hashbrown\", \"indexmap\", \"num-bigint\"] }\nhashbrown = \"0.13\" # maps\n\
         indexmap = { version = \"1.9\", features = [\"serde-1\"] }\nnum-bigint = \"0.4\"\n",
        "[dependencies]\npyo3 = { version = \"0.30\", features = [\"hashbrown\", \"indexmap\", \"num-bigint\"] }\nhashbrown = \"0.17\" # maps\n\
         indexmap = { version = \"2\", features = [\"serde\"] }\nnum-bigint = \"0.4\"\n",
    );
}

#[test]
fn companions_without_their_feature_are_left_alone() {
    let dependencies = |pyo3: &str| format!("[dependencies]\npyo3 = \"{pyo3}\"\nhashbrown = \"0.13\"\nindexmap = \"1\"\n");
    dependencies_become(&dependencies("0.19"), &dependencies("0.30"));
}

#[test]
fn exact_and_optional_companions_and_their_features_are_raised() {
    let dependencies = |pyo3: &str, version: &str, feature: &str| {
        format!(
            "[dependencies]\npyo3 = {{ version = \"{pyo3}\", features = [\"hashbrown\"] }}\n\n[dependencies.hashbrown]\nversion = \"{version}\"\n\
             optional = true\nfeatures = [\"{feature}\"]\n\n[features]\nfast = [\"dep:hashbrown\", 'hashbrown?/{feature}', \"hashbrown/rayon\"]\n"
        )
    };
    dependencies_become(&dependencies("0.22", "=0.14.5", "ahash"), &dependencies("0.30", "=0.17.2", "default-hasher"));
}

#[test]
fn a_feature_that_is_gone_keeps_the_version() {
    let dependencies = |pyo3: &str| {
        format!(
            "[dependencies]\npyo3 = {{ version = \"{pyo3}\", features = [\"hashbrown\"] }}\nhashbrown = {{ version = \"0.14\", features = [\"raw\"] }}\n"
        )
    };
    dependencies_become(&dependencies("0.20"), &dependencies("0.30"));
}

#[test]
fn what_numpy_converts_is_raised_with_it() {
    dependencies_become(
        "[dependencies]\npyo3 = \"0.20\"\nnumpy = { version = \"0.20\", features = [\"nalgebra\"] }\nndarray = \"0.15\"\nnalgebra = \"0.32\"\n\
         num-complex = \"0.4\"\n",
        "[dependencies]\npyo3 = \"0.30\"\nnumpy = { version = \"0.30\", features = [\"nalgebra\"] }\nndarray = \"0.17\"\nnalgebra = \"0.35\"\n\
         num-complex = \"0.4\"\n",
    );
}

#[test]
fn what_another_dependency_shares_stays_where_it_can() {
    let dependencies =
        |pyo3: &str| format!("[dependencies]\npyo3 = \"{pyo3}\"\nnumpy = \"{pyo3}\"\nndarray = \"0.15\"\nndarray-stats = \"0.5\"\n");
    let package =
        |name: &str, version: &str, on: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [{on}]\n\n");
    let lock = package("ext", "0.1.0", "\"ndarray\", \"ndarray-stats\", \"numpy\", \"pyo3\"")
        + &package("ndarray", "0.15.6", "")
        + &package("ndarray-stats", "0.5.1", "\"ndarray\"")
        + &package("numpy", "0.20.0", "\"ndarray\", \"pyo3\"")
        + &package("pyo3", "0.20.3", "");
    becomes(
        &[("Cargo.toml", &cargo(&dependencies("0.20"))), ("Cargo.lock", &lock), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &cargo(&dependencies("0.30")))],
    );
}

/// What the rule says of a package on the newest PyO3 with these dependencies, and a lock file.
fn found(dependencies: &str, lock: &str) -> Vec<String> {
    let sandbox = Sandbox::new(Release::NEWEST, Release::NEWEST);
    sandbox.write("Cargo.toml", &cargo(dependencies));
    sandbox.write("src/lib.rs", "");
    if !lock.is_empty() {
        sandbox.write("Cargo.lock", lock);
    }
    sandbox.check().into_iter().filter(|found| found.rule == "mismatched-companion").map(|found| found.message).collect()
}

#[test]
fn versions_of_the_lock_file_are_compared() {
    let package =
        |name: &str, version: &str, on: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [{on}]\n\n");
    let lock = |pyo3: &str, own: &str, theirs: &str| {
        let both =
            if own == theirs { package("hashbrown", own, "") } else { package("hashbrown", own, "") + &package("hashbrown", theirs, "") };
        package("ext", "0.1.0", &format!("\"hashbrown {own}\", \"pyo3\""))
            + &package("pyo3", pyo3, &format!("\"hashbrown {theirs}\""))
            + &both
    };
    let on = |requirement: &str| {
        format!("[dependencies]\npyo3 = {{ version = \"0.30\", features = [\"hashbrown\"] }}\nhashbrown = \"{requirement}\"\n")
    };
    let differs = "PyO3 converts the types of `hashbrown` 0.17.2, and `ext` has those of 0.15.5";
    assert_eq!(found(&on("0.15"), &lock("0.30.1", "0.15.5", "0.17.2")), [differs]);
    assert_eq!(found(&on("0.15"), &lock("0.30.1", "0.15.5", "0.15.5")), Vec::<String>::new());
    assert_eq!(found(&on("0.15"), ""), Vec::<String>::new(), "one version can satisfy both");
    assert_eq!(found(&on("0.16"), &lock("0.30.1", "0.15.5", "0.17.2")), Vec::<String>::new(), "cargo will change that lock file");
    assert_eq!(found(&on("0.15"), &lock("0.29.3", "0.15.5", "0.17.2")), Vec::<String>::new(), "and this one");
    let renamed = on("0.15") + "old = { package = \"hashbrown\", version = \"0.14\" }\n";
    assert_eq!(found(&renamed, ""), Vec::<String>::new());
}

/// Compiles: a lock file that has an older version as well brings PyO3 to that one, and the package is raised to the newest.
#[test]
fn migrate_brings_a_crate_to_one_version_in_the_lock_file() {
    let lib = "use hashbrown::HashSet;\nuse pyo3::prelude::*;\n\n#[pyfunction]\nfn primes(below: u32) -> HashSet<u32> {\n    \
               (2..below).filter(|n| (2..*n).all(|m| n % m > 0)).collect()\n}\n\n#[pymodule]\nfn ext(m: &Bound<'_, PyModule>) -> PyResult<()> {\n    \
               m.add_function(wrap_pyfunction!(primes, m)?)\n}\n";
    let dir = outside();
    let dependencies =
        "[dependencies]\npyo3 = { version = \"0.22\", features = [\"hashbrown\"] }\nhashbrown = \"0.14\"\nindexmap = \"2\"\n";
    write(&dir.path().join("Cargo.toml"), &cargo(dependencies));
    write(&dir.path().join("src/lib.rs"), lib);
    for arguments in [["generate-lockfile", "--quiet", "--color", "never"], ["update", "indexmap", "--precise", "2.9.0"]] {
        let answer = Invocation::new(Path::new(env!("CARGO"))).args(arguments).in_dir(dir.path()).capture().expect("cargo");
        assert!(answer.success, "{}", answer.stderr);
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let run = migrate(dir.path(), &["--verify", "--output-format", "json"]);
    let document = run.json();
    assert_eq!((run.code, &document["compiler"]["before"], &document["compiler"]["rewritten"]), (0, &0.into(), &0.into()), "{}", run.out);
    let is_pin = |note: &Value| note.as_str().is_some_and(|note| note.starts_with("Cargo.lock: `pyo3` takes `hashbrown` 0.17."));
    let notes = document["notes"].as_array().expect("a list");
    assert!(notes.iter().any(is_pin), "{notes:?}");
    let manifest = std::fs::read_to_string(dir.path().join("Cargo.toml")).expect("file");
    assert!(manifest.contains("hashbrown = \"0.17\"\n"), "{manifest}");
}

#[test]
fn migrate_names_what_stays_in_two_versions() {
    let dependencies = "[dependencies]\npyo3 = { version = \"0.20\", features = [\"hashbrown\"] }\nhashbrown = { version = \"0.14\", features = [\"raw\"] }\n";
    let dir = project(&[("Cargo.toml", &cargo(dependencies)), ("src/lib.rs", LIB)]);
    let run = migrate(dir.path(), &["--no-verify", "--output-format", "json"]);
    let document = run.json();
    let left = document["left"].as_array().expect("a list");
    let [conflict] = &left[..] else { panic!("{left:?}") };
    assert_eq!((run.code, &conflict["kind"], &conflict["line"]), (1, &"versions".into(), &11.into()));
    let help = "ask for `hashbrown = \"0.17\"`, which has no feature `raw`";
    assert_eq!((&conflict["help"], &conflict["explained_by"]), (&help.into(), &"mismatched-companion".into()));
}

fn published_ranges() -> Ranges {
    let mut ranges = Ranges::new();
    for minor in Release::OLDEST.minor()..=Release::NEWEST.minor() {
        for (of, private) in WITH_CONVERSIONS {
            let metadata = metadata(&format!("{of} = \"0.{minor}\"\n"));
            let package = package(&metadata, of, None);
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            for dependency in dependencies.iter().filter(|dependency| dependency["kind"].is_null()) {
                let name = dependency["name"].as_str().expect("a name");
                let optional = dependency["optional"].as_bool().expect("a flag");
                // What PyO3 always has is its own business; numpy is about ndarray.
                let is_shared = (optional || of == "numpy") && !name.starts_with("pyo3") && !private.contains(&name);
                if is_shared {
                    let range = dependency["req"].as_str().expect("a requirement").to_owned();
                    ranges.entry((of.to_owned(), name.to_owned())).or_default().insert(minor, (range, optional));
                }
            }
        }
    }
    ranges
}

/// What cargo takes of each range, by name and version, and its features.
fn newest_versions(asked: &BTreeSet<(String, String)>) -> BTreeMap<(String, semver::Version), Vec<String>> {
    let one = |(name, range): &(String, String)| {
        let metadata = metadata(&format!("{name} = \"{range}\"\n"));
        let package = package(&metadata, name, Some(range));
        let features = package["features"].as_object().expect("features").keys().cloned().collect();
        ((name.clone(), version(&package)), features)
    };
    asked.iter().map(one).collect()
}

/// What `cargo metadata` says of a package with these dependencies.
fn metadata(dependencies: &str) -> Value {
    let dir = TempDir::new().expect("folder");
    let manifest = format!("[package]\nname = \"asks\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n{dependencies}");
    write(&dir.path().join("Cargo.toml"), &manifest);
    write(&dir.path().join("src/lib.rs"), "");
    let cargo = Invocation::new(Path::new(env!("CARGO"))).args(["metadata", "--format-version", "1"]).in_dir(dir.path());
    let answer = cargo.capture().expect("cargo");
    assert!(answer.success, "{dependencies}\n{}", answer.stderr);
    serde_json::from_str(&answer.stdout).expect("JSON")
}

/// The newest package of this name that the range admits.
fn package(metadata: &Value, name: &str, range: Option<&str>) -> Value {
    let admitted = range.map(|range| semver::VersionReq::parse(range).expect("a requirement"));
    let packages = metadata["packages"].as_array().expect("packages").iter().filter(|package| package["name"] == name);
    let packages = packages.filter(|package| admitted.as_ref().is_none_or(|range| range.matches(&version(package))));
    packages.max_by_key(|package| version(package)).expect("the package").clone()
}

fn version(package: &Value) -> semver::Version {
    semver::Version::parse(package["version"].as_str().expect("a version")).expect("a version")
}
