//! `hognose migrate` as users see it, on projects of its own; what the compiler has to say is asked once.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, git, repository};

pub(crate) fn migrate(dir: &Path, arguments: &[&str]) -> Run {
    let folder = dir.to_str().expect("a path in UTF-8");
    let all = ["hognose", "--color", "never", "migrate", folder].into_iter().chain(arguments.iter().copied()).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = hognose::cli::run(all, &mut out, &mut err);
    Run { code, out: String::from_utf8(out).expect("text"), err: String::from_utf8(err).expect("text") }
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("file");
}

pub(crate) fn project(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().expect("folder");
    for (path, text) in files {
        write(&dir.path().join(path), text);
    }
    dir
}

pub(crate) fn read(dir: &TempDir, path: &str) -> String {
    fs::read_to_string(dir.path().join(path)).expect("file")
}

pub(crate) const LIB: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n";

/// A Cargo.toml with these dependencies.
pub(crate) fn cargo(dependencies: &str) -> String {
    format!("[package]\nname = \"ext\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n{dependencies}")
}

#[track_caller]
pub(crate) fn becomes(files: &[(&str, &str)], wanted: &[(&str, &str)]) {
    let dir = project(files);
    let run = migrate(dir.path(), &["--no-verify"]);
    assert!(run.code < 2, "{}{}", run.out, run.err);
    for (path, text) in wanted {
        assert_eq!(read(&dir, path), *text, "{path}\n{}", run.out);
    }
    let before: Vec<String> = wanted.iter().map(|(path, _)| read(&dir, path)).collect();
    let again = migrate(dir.path(), &["--no-verify"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert!(again.out.starts_with("note: nothing to migrate: "), "{}", again.out);
    assert_eq!(wanted.iter().map(|(path, _)| read(&dir, path)).collect::<Vec<_>>(), before, "a second run changes nothing");
}

#[test]
fn manifests_keep_their_comments_and_order() {
    let before = cargo(
        "# The bindings.\n[dependencies]\nserde = \"1\"\npyo3 = { version = \"0.19.2\", features = [\"extension-module\", \"abi3-py37\"] } # keep\n\
         numpy = \"0.19\"\n\n[target.'cfg(unix)'.dev-dependencies]\npyo3 = { version = \"0.19\", features = [\"auto-initialize\"] }\n\n\
         [build-dependencies]\npyo3-build-config = \"0.19\"\n",
    );
    let after = cargo(
        "# The bindings.\n[dependencies]\nserde = \"1\"\npyo3 = { version = \"0.30.1\", features = [\"abi3-py39\"] } # keep\n\
         numpy = \"0.30\"\n\n[target.'cfg(unix)'.dev-dependencies]\npyo3 = { version = \"0.30\", features = [\"auto-initialize\"] }\n\n\
         [build-dependencies]\npyo3-build-config = \"0.30\"\n",
    );
    let python = "[build-system]\nrequires = [\"maturin>=0.14,<0.15\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"ext\"\n\
                  requires-python = \">=3.7\" # and up\nclassifiers = [\n    \"Programming Language :: Python :: 3\",\n    \
                  \"Programming Language :: Python :: 3.7\",\n    \"Programming Language :: Python :: 3.8\",\n    \
                  \"Programming Language :: Python :: 3.12\",\n]\n\n[tool.maturin]\nfeatures = [\"pyo3/extension-module\"]\nmodule-name = \"ext\"\n";
    let python_after = "[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"ext\"\n\
                        requires-python = \">=3.9\" # and up\nclassifiers = [\n    \"Programming Language :: Python :: 3\",\n    \
                        \"Programming Language :: Python :: 3.12\",\n]\n\n[tool.maturin]\nmodule-name = \"ext\"\n";
    becomes(
        &[("Cargo.toml", &before), ("pyproject.toml", python), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &after), ("pyproject.toml", python_after), ("src/lib.rs", &LIB.replace("with_gil", "attach"))],
    );
}

#[test]
fn features_that_go_do_not_switch_an_optional_pyo3_off() {
    let implicit = |list: &str, pyo3: &str| {
        cargo(&format!("[features]\npython = [{list}]\n\n[dependencies]\npyo3 = {{ version = \"{pyo3}\", optional = true }}\n"))
    };
    let python = |features: &str| {
        format!(
            "[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\nbuild-backend = \"maturin\"\n\n[tool.maturin]\nfeatures = [{features}]\n"
        )
    };
    let rows = [
        ("\"pyo3/extension-module\"", "\"pyo3\""),
        ("\"pyo3\", \"pyo3/extension-module\"", "\"pyo3\""),
        ("\"dep:pyo3\", \"pyo3/extension-module\"", "\"dep:pyo3\""),
        ("\"pyo3?/extension-module\"", ""),
    ];
    for (before, after) in rows {
        becomes(
            &[("Cargo.toml", &implicit(before, "0.29")), ("pyproject.toml", &python("\"python\"")), ("src/lib.rs", LIB)],
            &[("Cargo.toml", &implicit(after, "0.30")), ("pyproject.toml", &python("\"python\""))],
        );
    }
    becomes(
        &[("Cargo.toml", &implicit("", "0.29")), ("pyproject.toml", &python("\"pyo3/extension-module\"")), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &implicit("", "0.30")), ("pyproject.toml", &python("\"pyo3\""))],
    );
}

#[test]
fn a_table_for_features_that_go_becomes_a_string() {
    let build = |requires: &str| format!("[build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"maturin\"\n");
    let (old, new) = (build("maturin>=1.4,<2"), build("maturin>=1.9.4,<2"));
    let dependencies = |pyo3: &str, dev: &str, unix: &str| {
        cargo(&format!(
            "[dependencies]\npyo3 = {pyo3} # bindings\n\n[dev-dependencies.pyo3]\nversion = \"{dev}\"\n\n[target.'cfg(unix)'.dependencies]\n\
             pyo3 = {unix}\n"
        ))
    };
    let rows = [
        ("{ version = '0.22', features = [\"extension-module\"] }", "'0.30'"),
        ("{ features = [ \"extension-module\", ], version = \"0.22\" }", "\"0.30\""),
        ("{version=\"0.22\",features=[\"extension-module\",\"abi3\"]}", "{version=\"0.30\",features=[\"abi3\"]}"),
        ("{ version = \"0.22\", features = [\"extension-module\"], optional = true }", "{ version = \"0.30\", optional = true }"),
        ("{ version = \"0.22\", features = [\"extension-module\", \"gil-refs\"] }", "\"0.30\""),
        ("{ version = \"0.22\", features = [\"gil-refs\"] }", "\"0.30\""),
    ];
    for (before, after) in rows {
        becomes(
            &[("Cargo.toml", &dependencies(before, "0.22", before)), ("pyproject.toml", &old), ("src/lib.rs", LIB)],
            &[("Cargo.toml", &dependencies(after, "0.30", after)), ("pyproject.toml", &new)],
        );
    }
}

#[test]
fn a_table_of_maturin_that_is_left_empty_goes() {
    let python = |more: &str| {
        format!("[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\nbuild-backend = \"maturin\"\n{more}\n[tool.ruff]\nline-length = 99\n")
    };
    let manifest = |pyo3: &str| cargo(&format!("[dependencies]\npyo3 = \"{pyo3}\"\n"));
    for (before, after) in [
        ("\n[tool.maturin]\nfeatures = [\"pyo3/extension-module\"]\n", ""),
        ("\n[tool.maturin]\nfeatures = [\"pyo3/extension-module\"]\nstrip = true\n", "\n[tool.maturin]\nstrip = true\n"),
    ] {
        becomes(
            &[("Cargo.toml", &manifest("0.29")), ("pyproject.toml", &python(before)), ("src/lib.rs", LIB)],
            &[("Cargo.toml", &manifest("0.30")), ("pyproject.toml", &python(after))],
        );
    }
}

#[test]
fn renamed_crates_are_renamed_wherever_they_are_named() {
    let dependencies = |name: &str, version: &str, pyo3: &str| {
        cargo(&format!(
            "[dependencies]\npyo3 = \"{pyo3}\"\n{name} = {{ version = \"{version}\", optional = true, features = [\"tokio-runtime\"] }}\n\n\
             [features]\nasync = [\"dep:{name}\", \"{name}?/attributes\"]\nall = [\"async\", \"{name}/testing\"]\n"
        ))
    };
    becomes(
        &[("Cargo.toml", &dependencies("pyo3-asyncio", "0.20", "0.20")), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &dependencies("pyo3-async-runtimes", "0.30", "0.30"))],
    );
    let macros = |name: &str, version: &str| {
        cargo(&format!(
            "[dependencies]\npyo3 = \"{version}\"\n{name} = {{ version = \"{version}\", features = [\"{name}-macros\", \"tokio-runtime\"] }}\n\
             {name}-macros = \"{version}\"\n\n[features]\nmacros = [\"{name}/{name}-macros\", \"{name}/testing\"]\n"
        ))
    };
    becomes(
        &[("Cargo.toml", &macros("pyo3-asyncio", "0.20")), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &macros("pyo3-async-runtimes", "0.30"))],
    );
    let aliased = |package: &str, version: &str| {
        cargo(&format!("[dependencies]\npyo3 = \"{version}\"\naio = {{ package = \"{package}\", version = \"{version}\" }}\n"))
    };
    becomes(
        &[("Cargo.toml", &aliased("pyo3-asyncio", "0.20")), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &aliased("pyo3-async-runtimes", "0.30"))],
    );
}

#[test]
fn what_lies_in_a_folder_keeps_its_name() {
    let dependencies = |pyo3: &str| {
        cargo(&format!(
            "[dependencies]\npyo3 = \"{pyo3}\"\npyo3-asyncio = {{ path = \"vendored\", version = \"0.20\" }}\npyo3-built = \"0.4\"\n"
        ))
    };
    let vendored = "[package]\nname = \"pyo3-asyncio\"\nversion = \"0.20.0\"\n";
    becomes(
        &[("Cargo.toml", &dependencies("0.20")), ("src/lib.rs", LIB), ("vendored/Cargo.toml", vendored), ("vendored/src/lib.rs", "")],
        &[("Cargo.toml", &dependencies("0.30").replace("\"0.4\"", "\"0.6.0\""))],
    );
}

#[test]
fn what_is_inherited_is_changed_in_the_workspace() {
    let root = |version: &str, name: &str, rust: &str| {
        format!(
            "[workspace]\nmembers = [\"py\"]\n\n[workspace.package]\nrust-version = \"{rust}\"\n\n[workspace.dependencies]\n\
             pyo3 = {{ version = \"{version}\" }}\n{name} = \"{version}\"\n"
        )
    };
    let member = |name: &str| {
        format!(
            "[package]\nname = \"ext\"\nversion = \"0.1.0\"\nedition = \"2021\"\nrust-version.workspace = true\n\n[dependencies]\n\
             pyo3 = {{ workspace = true }}\n{name}.workspace = true\n"
        )
    };
    becomes(
        &[("Cargo.toml", &root("0.20", "pyo3-asyncio", "1.63")), ("py/Cargo.toml", &member("pyo3-asyncio")), ("py/src/lib.rs", LIB)],
        &[("Cargo.toml", &root("0.30", "pyo3-async-runtimes", "1.85")), ("py/Cargo.toml", &member("pyo3-async-runtimes"))],
    );
}

#[test]
fn a_pinned_rust_that_is_too_old_goes_up() {
    let manifest = cargo("[dependencies]\npyo3 = \"0.20\"\n");
    let pin = |channel: &str| format!("[toolchain]\nchannel = \"{channel}\" # ours\ncomponents = [\"clippy\"]\n");
    for (old, new) in [("1.63", "1.85"), ("1.63.0", "1.85.0"), ("1.90", "1.90"), ("stable", "stable")] {
        becomes(
            &[("Cargo.toml", &manifest), ("rust-toolchain.toml", &pin(old)), ("src/lib.rs", LIB)],
            &[("rust-toolchain.toml", &pin(new))],
        );
    }
    becomes(&[("Cargo.toml", &manifest), ("rust-toolchain", "1.56.1\n"), ("src/lib.rs", LIB)], &[("rust-toolchain", "1.85.0\n")]);
}

#[test]
fn what_maturin_read_in_cargo_toml_moves() {
    let build = "[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\nbuild-backend = \"maturin\"\n";
    let old = build.replace(">=1.9.4,<2", ">=0.12,<0.13");
    let rows = [
        (
            "name = \"ext._ext\"\npython-source = \"py\"\ndescription-content-type = \"text/markdown\"\n",
            "\n[tool.maturin]\nmodule-name = \"ext._ext\"\npython-source = \"py\"\n",
        ),
        (
            "name = \"ext._ext\" # private\nmaintainer = \"A\"\n# office\nmaintainer-email = \"a@example.org\"\nrequires-python = \">=3.10\"  # why\n",
            "\n[project]\nname = \"ext\"\ndynamic = [\"version\", \"description\"]\nrequires-python = \">=3.10\"  # why\n# office\n\
             maintainers = [{ name = \"A\", email = \"a@example.org\" }]\n\n[tool.maturin]\nmodule-name = \"ext._ext\" # private\n",
        ),
        ("name = \"other\"\n", "\n[project]\nname = \"other\"\ndynamic = [\"version\", \"description\"]\n"),
        (
            "classifier = [\n  \"Programming Language :: Python :: 3.7\",\n  \"Programming Language :: Python :: 3.9\", # yes\n]\n\
             maintainer = \"A, B\"\nmaintainer-email = \"a@example.org\"\nrequires-python = \">=3.7\"\n\
             project-url = { Docs = \"https://example.org\" }\n\n[package.metadata.maturin.scripts]\nrun = \"ext:main\"\n",
            "\n[project]\nname = \"ext\"\ndynamic = [\"version\", \"description\"]\nrequires-python = \">=3.9\"\n\
             maintainers = [{ name = \"A\", email = \"a@example.org\" }, { name = \"B\" }]\nclassifiers = [\n  \
             \"Programming Language :: Python :: 3.9\", # yes\n]\n\n[project.urls]\nDocs = \"https://example.org\"\n\n\
             [project.scripts]\nrun = \"ext:main\"\n",
        ),
        (
            "# what it needs\nrequires-dist = [\"numpy\", \"b; python_version < '3' and extra == 'dev'\", 'c>2 ; extra == \"x y\"']\n\
             provides-extra = [\"none\", \"dev\"]\n",
            "\n[project]\nname = \"ext\"\ndynamic = [\"version\", \"description\"]\n# what it needs\ndependencies = [\"numpy\"]\n\n\
             [project.optional-dependencies]\nnone = []\ndev = [\"b; python_version < '3'\"]\n\"x y\" = [\"c>2\"]\n",
        ),
    ];
    let crate_with = |pyo3: &str| cargo(&format!("[dependencies]\npyo3 = \"{pyo3}\"\n")).replace("edition", "description = \"x\"\nedition");
    for (metadata, wanted) in rows {
        for above in ["", "[package.metadata]\n\n"] {
            let before = format!("{}\n{above}[package.metadata.maturin]\n{metadata}", crate_with("0.16"));
            let python = format!("{build}{wanted}");
            becomes(
                &[("Cargo.toml", &before), ("pyproject.toml", &old), ("src/lib.rs", LIB)],
                &[("Cargo.toml", &crate_with("0.30")), ("pyproject.toml", &python)],
            );
        }
    }
}

#[test]
fn what_pyproject_toml_says_counts_more() {
    let python = |maturin: &str, more: &str| {
        format!(
            "[project]\nname = \"e\"\nversion = \"1\"\nrequires-python = \">=3.10\"\n{more}\n[tool.maturin]\nbindings = \"pyo3\"\n\n\
             [build-system]\nrequires = [\"maturin>={maturin}\"]\nbuild-backend = \"maturin\"\n"
        )
    };
    let manifest = |pyo3: &str, more: &str| {
        cargo(&format!(
            "[dependencies]\npyo3 = \"{pyo3}\"\n\n[package.metadata.maturin]\n{more}[[package.metadata.maturin.targets]]\nname = \"e\"\n"
        ))
    };
    let metadata = "requires-python = \">=3.7\"\nmaintainer = \"A\"\n";
    becomes(
        &[("Cargo.toml", &manifest("0.16", metadata)), ("pyproject.toml", &python("0.12", "")), ("src/lib.rs", LIB)],
        &[("Cargo.toml", &manifest("0.30", "")), ("pyproject.toml", &python("1.9.4", "maintainers = [{ name = \"A\" }]\n"))],
    );
}

#[test]
fn setuptools_rust_gets_its_floors() {
    let manifest = cargo("[dependencies]\npyo3 = { version = \"0.20\", features = [\"extension-module\"] }\n");
    let python = "[build-system]\nrequires = [\"setuptools\", \"setuptools-rust\"]\n";
    let setup = "from setuptools import setup\nfrom setuptools_rust import RustExtension\nsetup(python_requires=\">=3.7\", \
                 rust_extensions=[RustExtension(\"ext\", features=[\"pyo3/abi3-py37\"])])\n";
    becomes(
        &[("Cargo.toml", &manifest), ("pyproject.toml", python), ("setup.py", setup), ("src/lib.rs", LIB)],
        &[
            ("Cargo.toml", &cargo("[dependencies]\npyo3 = \"0.30\"\n")),
            ("pyproject.toml", "[build-system]\nrequires = [\"setuptools\", \"setuptools-rust>=1.12\"]\n"),
            ("setup.py", &setup.replace("3.7", "3.9").replace("py37", "py39")),
        ],
    );
}

#[test]
fn what_holds_a_project_back_is_named() {
    let dir = project(&[("Cargo.toml", &cargo("[dependencies]\npyo3 = \"0.20\"\npythonize = \"0.20\"\n")), ("src/lib.rs", LIB)]);
    let run = migrate(dir.path(), &["--no-verify"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`pythonize` (newest: for PyO3 0.29)") && run.err.contains("`--to 0.29`"), "{}", run.err);
    assert_eq!(read(&dir, "src/lib.rs"), LIB);
    let run = migrate(dir.path(), &["--no-verify", "--to", "0.29"]);
    assert!(run.code < 2, "{}{}", run.out, run.err);
    assert!(read(&dir, "Cargo.toml").contains("pythonize = \"0.29\""));
}

#[test]
fn a_hop_ends_at_releases_that_have_the_new_api_only() {
    let dir = project(&[("Cargo.toml", &cargo("[dependencies]\npyo3 = \"0.15\"\n")), ("src/lib.rs", LIB)]);
    for (to, why) in [("0.22", "cannot end at PyO3 0.22"), ("0.20", "cannot end at PyO3 0.20"), ("0.99", "hognose knows PyO3 up to")] {
        let run = migrate(dir.path(), &["--no-verify", "--to", to]);
        assert_eq!(run.code, 2, "{to}");
        assert!(run.err.contains(why), "{}", run.err);
    }
    let run = migrate(dir.path(), &["--no-verify", "--to", "0.23"]);
    assert!(run.code < 2, "{}{}", run.out, run.err);
    assert_eq!(read(&dir, "src/lib.rs"), LIB, "`with_gil` is right until 0.26");
    assert!(read(&dir, "Cargo.toml").contains("pyo3 = \"0.23\""));
}

#[test]
fn a_hop_begins_at_releases_of_which_it_is_known_what_changed() {
    let dir = project(&[("Cargo.toml", &cargo("[dependencies]\npyo3 = \"0.11\"\n")), ("src/lib.rs", LIB)]);
    let run = migrate(dir.path(), &["--no-verify"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("`ext` is on PyO3 0.11, and hognose knows what changed since 0.12\n  = help: bring it to 0.12"),
        "{}",
        run.err
    );
    assert_eq!(read(&dir, "src/lib.rs"), LIB);
}

#[test]
fn a_diff_writes_nothing_and_can_be_applied() {
    let dir = project(&[("Cargo.toml", &cargo("[dependencies]\npyo3 = \"0.25\"\n")), ("src/lib.rs", LIB)]);
    let run = migrate(dir.path(), &["--diff"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("+    Python::attach(|_py| 1)\n") && run.out.contains("+pyo3 = \"0.30\"\n"), "{}", run.out);
    assert_eq!(read(&dir, "src/lib.rs"), LIB);
    let document = migrate(dir.path(), &["--diff", "--output-format", "json"]).json();
    assert_eq!((document["version"].as_u64(), document["state"].as_str()), (Some(1), Some("untouched")));
    write(&dir.path().join("the.patch"), document["diff"].as_str().expect("a diff"));
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["apply", "the.patch"]);
    assert_eq!(read(&dir, "src/lib.rs"), LIB.replace("with_gil", "attach"));
}

#[test]
fn what_was_formatted_is_formatted_again() {
    let lib = |signature: &str| format!("use pyo3::prelude::*;\n\n#[pyfunction]\nfn{signature} -> usize {{\n    4\n}}\n");
    let short = lib(" describe(first: &PyAny, second: &PyAny, third: &PyAny, fourth: &PyAny)");
    let wrapped = lib(
        " describe(\n    first: &Bound<'_, PyAny>,\n    second: &Bound<'_, PyAny>,\n    third: &Bound<'_, PyAny>,\n    fourth: &Bound<'_, PyAny>,\n)",
    );
    let manifest = cargo("[dependencies]\npyo3 = \"0.20\"\n");
    becomes(&[("Cargo.toml", &manifest), ("src/lib.rs", &short)], &[("src/lib.rs", &wrapped)]);
    // Of people who do without rustfmt, lines stay where they are.
    let own_style = short.replace("use pyo3", "use  pyo3");
    let kept = own_style.replace("&PyAny", "&Bound<'_, PyAny>");
    becomes(&[("Cargo.toml", &manifest), ("src/lib.rs", &own_style)], &[("src/lib.rs", &kept)]);
}

#[test]
fn what_other_files_say_of_old_pythons_is_listed() {
    let workflow = "jobs:\n  test:\n    strategy:\n      matrix:\n        python-version: [\"3.8\", \"3.12\"]\n    steps:\n      \
                    - run: maturin build --no-sdist -i python3.8\n";
    let files = [
        ("Cargo.toml", &*cargo("[dependencies]\npyo3 = \"0.25\"\n")),
        ("src/lib.rs", LIB),
        (".github/workflows/ci.yml", workflow),
        ("README.md", "# ext\n\nFor Python 3.9 and newer.\n"),
        ("tox.ini", "[tox]\nenvlist = py37, py312\n"),
    ];
    let dir = project(&files);
    let run = migrate(dir.path(), &["--no-verify", "--output-format", "json"]);
    let document = run.json();
    let told: Vec<String> = document["left"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|left| {
            let text = |key: &str| left[key].as_str().expect("text").to_owned();
            format!("{} {}:{} {}", text("kind"), text("path"), left["line"], text("message"))
        })
        .collect();
    let wanted = [
        "elsewhere .github/workflows/ci.yml:5 Python 3.8: older than 3.9, the oldest that PyO3 0.30 supports (also in line 7)",
        "elsewhere .github/workflows/ci.yml:7 `--no-sdist`: gone in maturin 1; instead: without it, maturin builds the wheel alone",
        "elsewhere tox.ini:2 Python 3.7: older than 3.9, the oldest that PyO3 0.30 supports",
    ];
    assert_eq!(told, wanted);
    assert_eq!((run.code, &document["verdict"]), (0, &"done".into()), "nothing of that keeps the project from working");
    assert_eq!(read(&dir, "tox.ini"), files[4].1);
    let older = project(&files);
    let run = migrate(older.path(), &["--no-verify", "--to", "0.26", "--output-format", "json"]);
    assert!(!run.out.contains("\"Python 3.8"), "PyO3 0.26 supports it: {}", run.out);
}

#[test]
fn code_for_other_systems_is_rewritten_too() {
    let manifest = |pyo3: &str| {
        cargo(&format!("[dependencies]\npyo3 = \"{pyo3}\"\n\n[target.'cfg(windows)'.dependencies]\npyo3 = {{ version = \"{pyo3}\" }}\n"))
    };
    let library = |py: &str, call: &str, module: &str| {
        format!(
            "use pyo3::prelude::*;\n\n#[cfg(windows)]\nmod registry;\n\n#[cfg(target_os = \"macos\")]\n#[pyfunction]\nfn beep(py: Python<'_>, sound: {py}) \
             -> bool {{\n    py.{call}(|| true)\n}}\n\n#[cfg(not(unix))]\nimpl super::Trait for u8 {{\n    fn get() {{\n        \
             Python::{module}(|_py| ());\n    }}\n}}\n"
        )
    };
    let windows = |attach: &str| {
        format!(
            "use pyo3::prelude::*;\n\npub fn key() -> usize {{\n    Python::{attach}(|_py| if cfg!(windows) {{ 1 }} else {{ 2 }})\n}}\n"
        )
    };
    becomes(
        &[
            ("Cargo.toml", &manifest("0.20")),
            ("src/lib.rs", &library("&PyAny", "allow_threads", "with_gil")),
            ("src/registry.rs", &windows("with_gil")),
        ],
        &[
            ("Cargo.toml", &manifest("0.30")),
            ("src/lib.rs", &library("&Bound<'_, PyAny>", "detach", "attach")),
            ("src/registry.rs", &windows("attach")),
        ],
    );
}

#[test]
fn uncommitted_changes_are_not_mixed_with() {
    let dir = project(&[("Cargo.toml", &cargo("[dependencies]\npyo3 = \"0.25\"\n")), ("src/lib.rs", LIB)]);
    git(dir.path(), &["init", "-q"]);
    let run = migrate(dir.path(), &["--no-verify"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("uncommitted changes"), "{}", run.err);
    assert_eq!(read(&dir, "src/lib.rs"), LIB);
}

#[test]
fn unsafe_rewrites_are_named_or_left_out() {
    let old = "use pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\n#[pyfunction]\npub fn f(d: &PyDict) -> usize {\n    d.len()\n}\n";
    let files =
        [("Cargo.toml", &*cargo("[dependencies]\npyo3 = { version = \"0.20\", features = [\"abi3-py37\"] }\n")), ("src/lib.rs", old)];
    let dir = project(&files);
    let document = migrate(dir.path(), &["--no-verify", "--output-format", "json"]).json();
    let review = document["review"].as_array().expect("a list");
    let feature = review.iter().find(|entry| entry["change"] == "feature-abi3-py37").expect("the feature is named");
    assert_eq!((feature["path"].as_str(), feature["line"].as_u64()), (Some("Cargo.toml"), Some(10)));
    assert!(feature["reason"].as_str().expect("a reason").contains("Python 3.7"));
    let dir = project(&files);
    let document = migrate(dir.path(), &["--no-verify", "--safe-only", "--output-format", "json"]).json();
    assert_eq!(document["review"].as_array().expect("a list").len(), 0);
    assert!(read(&dir, "Cargo.toml").contains("abi3-py37"));
    assert_eq!(document["verdict"], "left");
}

/// The one test that compiles: a project whose dependencies contradict each other is put back, one that fits ends without errors.
#[test]
fn the_compiler_has_the_last_word() {
    let target = repository().join("target/migrate");
    let config = format!("[build]\ntarget-dir = {:?}\n", target.to_str().expect("a path in UTF-8"));
    let old = "use pyo3::prelude::*;\nuse pyo3::types::{PyDict, PyList};\n\n#[pyfunction]\nfn double(x: i64) -> i64 {\n    x * 2\n}\n\n#[pyfunction]\nfn pick<'py>(d: &'py \
               PyDict, keys: &'py PyList, out: &'py PyDict) -> PyResult<()> {\n    for key in keys.iter() {\n        if let Some(value) = d.get_item(key)? {\n            \
               out.set_item(key, value)?;\n        }\n    }\n    Ok(())\n}\n\n#[pymodule]\nfn ext(_py: Python<'_>, m: &PyModule) \
               -> PyResult<()> {\n    m.add_function(wrap_pyfunction!(double, m)?)?;\n    Ok(())\n}\n";
    let manifest = cargo("[dependencies]\npyo3 = \"0.20\"\n");
    let dir = project(&[("Cargo.toml", &manifest), ("src/lib.rs", old), (".cargo/config.toml", &config)]);
    let run = migrate(dir.path(), &["--verify", "--output-format", "json"]);
    let document = run.json();
    assert_eq!(run.code, 0, "{}", run.out);
    assert_eq!(
        (&document["verdict"], &document["compiler"]["before"], &document["compiler"]["after"]),
        (&"done".into(), &0.into(), &0.into())
    );
    assert!(!dir.path().join("Cargo.lock").exists(), "a project without a lock file gets none");
    assert!(read(&dir, "src/lib.rs").contains("m: &Bound<'_, PyModule>"));
    assert!(read(&dir, "src/lib.rs").contains("d.get_item(&key)?"), "what is used again is borrowed: {}", document["repairs"]);

    let broken = "[dependencies]\npyo3 = \"0.20\"\nitoa = \"=99.0.0\"\n";
    let dir = project(&[("Cargo.toml", &cargo(broken)), ("src/lib.rs", old), (".cargo/config.toml", &config)]);
    let run = migrate(dir.path(), &["--output-format", "json"]);
    assert_eq!((run.code, &run.json()["state"]), (2, &"restored".into()), "{}", run.out);
    assert_eq!((read(&dir, "src/lib.rs"), read(&dir, "Cargo.toml")), (old.to_owned(), cargo(broken)));
}

#[test]
fn the_measuring_script_can_be_read_by_python() {
    let script: PathBuf = repository().join("tests/corpus/run.py");
    let answer = hognose::toolchain::command::Invocation::new("python3").arg(script).arg("--help").capture().expect("Python");
    assert!(answer.success, "{}", answer.stderr);
    let list: Value =
        serde_json::from_str(&fs::read_to_string(repository().join("tests/corpus/projects.json")).expect("file")).expect("JSON");
    let keys = ["name", "version", "pyo3", "sdist", "sha256", "manifest", "python", "lock"];
    for project in list.as_array().expect("a list") {
        assert!(keys.iter().all(|key| project[key].is_string()), "{project}");
    }
}
