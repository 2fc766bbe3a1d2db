//! Loading projects from disk: every way to declare PyO3, every file that cannot be read.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hognose::diagnostic::SkippedKind;
use hognose::engine::{CheckOptions, check};
use hognose::project::{Backend, Package, Project, TargetKind, load};
use hognose::text::{FileId, TextRange};
use tempfile::TempDir;

/// A folder of files that a test has written.
struct Tree {
    dir: TempDir,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self { dir: TempDir::new().unwrap() };
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    fn path(&self, path: &str) -> PathBuf {
        // The folder's path, not a joined "", so that no slash is left at its end.
        if path.is_empty() { self.dir.path().to_owned() } else { self.dir.path().join(path) }
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(bytes).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn load(&self, path: &str) -> Project {
        load(&[self.path(path)]).unwrap()
    }
}

fn display(project: &Project, id: FileId) -> &str {
    &project.sources.get(id).display
}

fn slice(project: &Project, place: (FileId, TextRange)) -> &str {
    project.sources.get(place.0).slice(place.1)
}

fn rust_files<'a>(project: &'a Project, package: &Package) -> Vec<&'a str> {
    package.rust_files.iter().map(|&id| display(project, id)).collect()
}

fn skipped(project: &Project) -> Vec<(SkippedKind, &str, &str)> {
    project.skipped.iter().map(|skipped| (skipped.kind, skipped.path.as_str(), skipped.reason.as_str())).collect()
}

fn only_package(project: &Project) -> &Package {
    assert_eq!(project.packages.len(), 1, "{:?} {:?}", project.packages, project.skipped);
    &project.packages[0]
}

const PACKAGE: &str = "[package]\nname = \"my-ext\"\nedition = \"2021\"\n";

fn package(rest: &str) -> Tree {
    Tree::new(&[("Cargo.toml", &format!("{PACKAGE}{rest}")), ("src/lib.rs", "use pyo3::prelude::*;\n")])
}

#[test]
fn every_notation_of_the_dependency_is_seen() {
    let rows = [
        ("[dependencies]\npyo3 = \"0.19\"\n", "pyo3", "dependencies"),
        ("[dependencies]\npyo3 = { version = \"0.19\", features = [\"abi3\"] }\n", "pyo3", "dependencies"),
        ("[dependencies.pyo3]\nversion = \"0.19\"\n", "pyo3", "dependencies"),
        ("[dependencies]\npyo3.version = \"0.19\"\npyo3.features = [\"abi3\"]\n", "pyo3", "dependencies"),
        ("dependencies.pyo3.version = \"0.19\"\n", "pyo3", "dependencies"),
        ("[target.'cfg(not(windows))'.dependencies]\npyo3 = \"0.19\"\n", "pyo3", "dependencies"),
        ("[target.x86_64-unknown-linux-gnu.dependencies.pyo3]\nversion = \"0.19\"\n", "pyo3", "dependencies"),
        ("[dev-dependencies]\npyo3 = \"0.19\"\n", "pyo3", "dev-dependencies"),
        ("[dev_dependencies]\npyo3 = \"0.19\"\n", "pyo3", "dev-dependencies"),
        ("[build-dependencies]\npyo3 = \"0.19\"\n", "pyo3", "build-dependencies"),
        ("[dependencies]\npyo3 = { version = \"0.19\", optional = true }\n[features]\npy = [\"dep:pyo3\"]\n", "pyo3", "dependencies"),
        ("[dependencies]\npy-o3 = { package = \"pyo3\", version = \"0.19\" }\n", "py_o3", "dependencies"),
    ];
    for (rest, extern_name, table) in rows {
        // Dotted keys of the root table stand before every header.
        let text = if rest.starts_with('[') { format!("{PACKAGE}{rest}") } else { format!("{rest}{PACKAGE}") };
        for text in [text.clone(), format!("\u{feff}{text}")] {
            let tree = Tree::new(&[("Cargo.toml", &text), ("src/lib.rs", "")]);
            let project = tree.load("");
            let package = only_package(&project);
            assert_eq!(package.name, "my-ext", "{text}");
            assert_eq!(package.pyo3.extern_names, [extern_name], "{text}");
            assert_eq!(package.pyo3.requirement.as_deref(), Some("0.19"), "{text}");
            assert_eq!(package.pyo3.release, "0.19".parse().ok(), "{text}");
            assert_eq!(slice(&project, package.pyo3.requirement_at.unwrap()), "\"0.19\"", "{text}");
            assert_eq!(slice(&project, package.pyo3.declared.unwrap()).replace('-', "_"), extern_name, "{text}");
            assert_eq!(package.pyo3.dependencies[0].table, table, "{text}");
            assert!(project.skipped.is_empty(), "{:?}", project.skipped);
        }
    }
}

#[test]
fn packages_without_pyo3_are_silent() {
    for rest in ["", "[dependencies]\nserde = \"1\"\n", "[build-dependencies]\npyo3-build-config = \"0.19\"\n"] {
        let project = package(rest).load("");
        assert!(project.packages.is_empty() && project.skipped.is_empty(), "{rest}: {project:?}");
    }
}

#[test]
fn ffi_alone_counts() {
    let project = package("[dependencies]\npyo3-ffi = \"0.22\"\n").load("");
    let pyo3 = &only_package(&project).pyo3;
    assert!(pyo3.extern_names.is_empty());
    assert_eq!(pyo3.ffi_extern_names, ["pyo3_ffi"]);
    assert_eq!(pyo3.release, "0.22".parse().ok());
}

#[test]
fn workspace_members_inherit() {
    let tree = Tree::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"crates/*\"]\n[workspace.package]\nedition = \"2024\"\n\
             [workspace.dependencies]\npy = { package = \"pyo3\", version = \"0.21\", features = [\"abi3\"] }\n",
        ),
        ("Cargo.lock", "[[package]]\nname = \"pyo3\"\nversion = \"0.21.2\"\n"),
        (
            "a/Cargo.toml",
            "[package]\nname = \"a\"\nedition.workspace = true\n[dependencies]\npy = { workspace = true, features = [\"num-bigint\"] }\n",
        ),
        ("a/src/lib.rs", ""),
        ("crates/b/Cargo.toml", "[package]\nname = \"b\"\n[dependencies]\npy.workspace = true\n"),
        ("crates/b/src/lib.rs", ""),
        ("crates/c/Cargo.toml", "[package]\nname = \"c\"\n"),
        ("crates/c/src/lib.rs", "// pyo3\n"),
    ]);
    let project = tree.load("");
    assert_eq!(project.packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(project.skipped.is_empty(), "{:?}", project.skipped);
    assert_eq!(project.packages[1].edition, "2015");

    // A member alone finds the workspace above it.
    for path in ["a", "a/src", "a/src/lib.rs", "a/Cargo.toml"] {
        let project = tree.load(path);
        let package = only_package(&project);
        assert_eq!(package.pyo3.extern_names, ["py"]);
        assert_eq!(package.pyo3.release, "0.21".parse().ok());
        assert_eq!(package.edition, "2024");
        assert_eq!(slice(&project, package.pyo3.requirement_at.unwrap()), "\"0.21\"");
        assert!(display(&project, package.workspace_manifest.unwrap()).starts_with("../"));
        let features: Vec<_> = package.pyo3.features.iter().map(|feature| feature.name.as_str()).collect();
        assert_eq!(features.len(), 2, "{features:?}");
        assert_eq!(slice(&project, (package.pyo3.declared.unwrap().0, package.pyo3.declared.unwrap().1)), "py");
    }
}

#[test]
fn features_tell_whether_they_are_always_on() {
    let project = package(
        "[dependencies]\npyo3 = { version = \"0.22\", features = [\"abi3\"] }\nother = { package = \"numpy\", version = \"0.22\", optional = true }\n\
         [features]\ndefault = [\"ext\"]\next = [\"pyo3/extension-module\"]\nslow = [\"pyo3?/abi3-py38\", \"other/x\", \"serde/y\"]\n",
    )
    .load("");
    let package = only_package(&project);
    let rows: Vec<_> =
        package.pyo3.features.iter().map(|feature| (feature.of.as_str(), feature.name.as_str(), feature.unconditional)).collect();
    let expected = [("pyo3", "abi3", true), ("pyo3", "extension-module", true), ("pyo3", "abi3-py38", false), ("numpy", "x", false)];
    assert_eq!(rows, expected);
    let extension_module = &package.pyo3.features[1];
    assert_eq!(slice(&project, (extension_module.file, extension_module.range)), "\"pyo3/extension-module\"");
    assert_eq!(slice(&project, (extension_module.file, extension_module.array)), "[\"pyo3/extension-module\"]");
}

#[test]
fn the_lock_file_counts_and_an_old_one_tells_what_the_sources_are_of() {
    let text = "pub fn f() {}\n";
    let locked_with = |requirement: &str, lock: &str, text: &str| {
        let tree = package(&format!("[dependencies]\npyo3 = {requirement}\n"));
        tree.write("Cargo.lock", lock.as_bytes());
        tree.write("src/lib.rs", text.as_bytes());
        let project = tree.load("");
        let pyo3 = &only_package(&project).pyo3;
        (pyo3.release.map(|release| release.minor()), pyo3.builds.map(|release| release.minor()))
    };
    let locked = |requirement: &str, lock: &str| locked_with(requirement, lock, text);
    let lock = "version = 4\n\n[[package]]\nname = \"pyo3\"\nversion = \"0.20.3\"\n";
    assert_eq!(locked("\">=0.18\"", lock), (Some(20), Some(20)));
    assert_eq!(locked("\"0.22\"", lock), (Some(20), Some(22)), "the requirement was raised, and nobody has compiled since");
    assert_eq!(locked("\"0.19\"", lock), (Some(19), Some(19)));
    assert_eq!(locked("{ git = \"https://example.org/pyo3\" }", lock), (Some(20), Some(20)));
    assert_eq!(locked("{ path = \"../pyo3\" }", "version = 4\n"), (None, None));
    assert_eq!(locked("\"0.22\"", "no toml"), (Some(22), Some(22)));
    let migrated = locked_with("\"0.22\"", lock, "pub fn f(m: &pyo3::Bound<'_, pyo3::types::PyModule>) {}\n");
    assert_eq!(migrated, (Some(22), Some(22)), "0.20 has no `Bound`");
}

#[test]
fn targets_follow_the_rules_of_cargo() {
    let files = [
        "src/lib.rs",
        "src/main.rs",
        "src/bin/a.rs",
        "src/bin/b/main.rs",
        "src/bin/b/other.rs",
        "tests/t.rs",
        "tests/u/main.rs",
        "benches/b.rs",
        "examples/e.rs",
        "build.rs",
    ];
    let manifest = format!("{PACKAGE}[dependencies]\npyo3 = \"0.25\"\n");
    let mut tree: Vec<(&str, &str)> = files.iter().map(|&file| (file, "")).collect();
    tree.push(("Cargo.toml", &manifest));
    let kinds = |project: &Project| -> Vec<(TargetKind, String)> {
        let package = only_package(project);
        package.targets.iter().map(|target| (target.kind, display(project, target.root).to_owned())).collect()
    };
    let of = |kind, path: &str| (kind, path.to_owned());
    let project = Tree::new(&tree).load("");
    assert_eq!(
        kinds(&project),
        [
            of(TargetKind::Library, "src/lib.rs"),
            of(TargetKind::Binary, "src/main.rs"),
            of(TargetKind::Binary, "src/bin/a.rs"),
            of(TargetKind::Binary, "src/bin/b/main.rs"),
            of(TargetKind::Test, "tests/t.rs"),
            of(TargetKind::Test, "tests/u/main.rs"),
            of(TargetKind::Bench, "benches/b.rs"),
            of(TargetKind::Example, "examples/e.rs"),
            of(TargetKind::BuildScript, "build.rs"),
        ]
    );
    assert_eq!(rust_files(&project, only_package(&project)).len(), files.len());

    let manifest = "[package]\nname = \"m\"\nautobins = false\nautotests = false\nautobenches = false\nautoexamples = false\nbuild = false\n\
                    [lib]\nname = \"py_m\"\npath = \"src/main.rs\"\ncrate-type = [\"cdylib\"]\n[[bin]]\nname = \"a\"\n[[test]]\nname = \"gone\"\npath = \"tests/gone.rs\"\n\
                    [dependencies]\npyo3 = \"0.25\"\n";
    tree.pop();
    tree.push(("Cargo.toml", manifest));
    let project = Tree::new(&tree).load("");
    assert_eq!(kinds(&project), [of(TargetKind::Library, "src/main.rs"), of(TargetKind::Binary, "src/bin/a.rs")]);
    let library = only_package(&project).library.as_ref().unwrap();
    assert_eq!((library.name.as_str(), library.crate_types.as_slice()), ("py_m", ["cdylib".to_owned()].as_slice()));
    assert_eq!(skipped(&project), [(SkippedKind::Missing, "Cargo.toml", "target file `tests/gone.rs` does not exist")]);
}

#[test]
fn sources_are_those_of_the_package_and_what_they_name() {
    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    tree.write("src/lib.rs", b"#[path = \"../../shared/s.rs\"]\nmod s;\ninclude!(\"gen.in\");\n#[path = \"gone.rs\"]\nmod gone;\n");
    let root = tree.path("");
    let write = |path: &str, text: &str| tree.write(path, text.as_bytes());
    write("src/gen.in", "");
    write("nested/Cargo.toml", "[package]\nname = \"nested\"\n");
    write("nested/src/lib.rs", "// pyo3");
    write("target/debug/build/x.rs", "pyo3");
    write("build/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
    write("build/x.rs", "pyo3");
    write("env/pyvenv.cfg", "");
    write("env/x.rs", "pyo3");
    write("vendor/pyo3/.cargo-checksum.json", "{}");
    write("vendor/pyo3/Cargo.toml", "[package]\nname = \"pyo3\"\n");
    write("vendor/pyo3/src/lib.rs", "pyo3");
    write("node_modules/x.rs", "pyo3");
    write("py/site-packages/x.rs", "pyo3");
    write(".hidden/x.rs", "pyo3");
    write("ignored/x.rs", "pyo3");
    write(".gitignore", "/ignored\n");
    let project = load(&[root]).unwrap();
    assert_eq!(rust_files(&project, only_package(&project)), ["src/gen.in", "src/lib.rs"]);
    assert!(project.skipped.is_empty(), "{:?}", project.skipped);

    let tree = Tree::new(&[
        ("ext/Cargo.toml", &format!("{PACKAGE}[lib]\npath = \"../core/lib.rs\"\n[dependencies]\npyo3 = \"0.25\"\n")),
        ("ext/src/other.rs", "#[path = \"../../shared/s.rs\"] mod s;"),
        ("core/lib.rs", "mod a;"),
        ("core/a/mod.rs", "mod b;"),
        ("core/a/b.rs", "use pyo3::prelude::*;"),
        ("core/unused.rs", "use pyo3::prelude::*;"),
        ("shared/s.rs", ""),
    ]);
    let project = tree.load("ext");
    let files = ["../core/a/b.rs", "../core/a/mod.rs", "../core/lib.rs", "src/other.rs", "../shared/s.rs"];
    assert_eq!(rust_files(&project, only_package(&project)), files);
}

#[test]
fn a_path_inside_a_package_restricts_what_is_checked() {
    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    tree.write("src/lib.rs", b"mod a;\n");
    tree.write("src/a/mod.rs", b"mod b;\n");
    tree.write("src/a/b.rs", b"");
    let checked = |path: &str| {
        let project = tree.load(path);
        let package = only_package(&project);
        assert_eq!(package.rust_files.len(), 3);
        let files = project.sources.iter().filter(|(id, _)| project.is_checked(*id));
        files.map(|(_, file)| file.path.strip_prefix(tree.path("")).unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(checked("src/a/b.rs"), ["src/a/b.rs"]);
    assert_eq!(checked("src/a").len(), 2);
    assert_eq!(checked("").len(), 4);
    assert_eq!(checked("Cargo.toml").len(), 4);
}

/// A workspace with many members and one package at its root, and many files that no module reaches.
fn crowd() -> Tree {
    let member = package("[dependencies]\npyo3 = { workspace = true }\n").read("Cargo.toml");
    let root = package("[dependencies]\npyo3 = \"0.25\"\n").read("Cargo.toml");
    let tree = Tree::new(&[
        ("Cargo.toml", &format!("{root}[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\npyo3 = \"0.25\"\n")),
        ("src/lib.rs", "mod a;\nmod part { mod inner; }\n#[path = \"odd/name.rs\"]\nmod odd;\n"),
        ("src/a.rs", "use pyo3::prelude::*;\nfn f(x: crate::part::X) { Python::with_gil(|_| x.extract()) }\n"),
        ("src/part/inner.rs", "fn g() { pyo3::Python::with_gil(|_| 1) }\n"),
        ("src/odd/name.rs", "fn h() { pyo3::Python::with_gil(|_| 1) }\n"),
        ("tests/t.rs", "#[test] fn t() { pyo3::Python::with_gil(|_| 1) }\n"),
    ]);
    for index in 0..30 {
        tree.write(&format!("crates/c{index}/Cargo.toml"), member.as_bytes());
        tree.write(&format!("crates/c{index}/src/lib.rs"), b"mod a;\nfn f() { pyo3::Python::with_gil(|_| 1) }\n");
        tree.write(&format!("crates/c{index}/src/a.rs"), b"fn f() { pyo3::Python::with_gil(|_| 1) }\n");
        tree.write(&format!("corpus/x{index}.rs"), b"fn f() { pyo3::Python::with_gil(|_| 1) }\n");
    }
    tree
}

/// The files that are read, by name.
fn files_read(project: &Project) -> Vec<&str> {
    let mut files: Vec<&str> = project.sources.iter().map(|(_, source)| source.path.file_name().unwrap().to_str().unwrap()).collect();
    files.sort_unstable();
    files
}

#[test]
fn what_is_named_is_read_with_the_package_around_it_and_not_its_neighbours() {
    let tree = crowd();
    let whole = tree.load("");
    assert_eq!(whole.packages.len(), 31);
    assert_eq!(whole.sources.iter().count(), 31 + 5 + 30 * 3);
    // A file of the package at the root, one of a member, a folder of a member, and one that is no part of a package's modules.
    let own = ["Cargo.toml", "a.rs", "inner.rs", "lib.rs", "name.rs", "t.rs"];
    assert_eq!(files_read(&tree.load("src/a.rs")), own);
    assert_eq!(files_read(&tree.load("src")), own);
    assert_eq!(files_read(&tree.load("crates/c7/src/a.rs")), ["Cargo.toml", "Cargo.toml", "a.rs", "lib.rs"]);
    assert_eq!(files_read(&tree.load("crates/c7")), ["Cargo.toml", "Cargo.toml", "a.rs", "lib.rs"]);
    assert_eq!(files_read(&tree.load("corpus/x3.rs")), [&own[..], &["x3.rs"]].concat());
    let both = load(&[tree.path("src/a.rs"), tree.path("tests/t.rs"), tree.path("crates/c1/src/lib.rs")]).unwrap();
    assert_eq!(both.sources.iter().count(), own.len() + 3);
    assert_eq!(both.packages.len(), 2);
}

#[test]
fn a_file_alone_has_the_findings_that_it_has_in_the_whole_tree() {
    let tree = crowd();
    let found = |path: &str| {
        let project = tree.load(path);
        let findings = check(&project, &CheckOptions::default()).findings;
        let found = findings
            .iter()
            .map(|finding| (project.sources.get(finding.primary.file).path.clone(), finding.primary.range, finding.message.clone()));
        found.collect::<Vec<_>>()
    };
    let whole = found("");
    for path in ["src/a.rs", "src/part/inner.rs", "src/odd/name.rs", "tests/t.rs", "crates/c3/src/a.rs", "crates/c3/src/lib.rs"] {
        let alone = found(path);
        assert!(!alone.is_empty(), "{path}");
        assert_eq!(alone, whole.iter().filter(|(of, ..)| *of == tree.path(path)).cloned().collect::<Vec<_>>(), "{path}");
    }
}

#[test]
fn a_package_without_targets_is_read_whole() {
    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    tree.write("sources/lib.rs", b"mod a;\nfn f() { pyo3::Python::with_gil(|_| 1) }\n");
    tree.write("sources/a.rs", b"fn f() { pyo3::Python::with_gil(|_| 1) }\n");
    fs::remove_dir_all(tree.path("src")).unwrap();
    assert_eq!(files_read(&tree.load("sources/a.rs")), ["Cargo.toml", "a.rs", "lib.rs"]);
}

#[test]
fn a_pyproject_inside_a_package_still_builds_it_when_only_a_file_is_named() {
    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    tree.write(
        "python/pyproject.toml",
        b"[build-system]\nrequires = [\"maturin>=1\"]\nbuild-backend = \"maturin\"\n[tool.maturin]\nmanifest-path = \"../Cargo.toml\"\n",
    );
    for path in ["", "src/lib.rs"] {
        let project = tree.load(path);
        assert_eq!(only_package(&project).backend, Backend::Maturin { at_least_one: true }, "{path}");
    }
}

#[test]
fn several_paths_share_their_common_folder() {
    let manifest = format!("{PACKAGE}[dependencies]\npyo3 = \"0.25\"\n");
    let tree = Tree::new(&[("x/a/Cargo.toml", &manifest), ("x/b/Cargo.toml", &manifest), ("x/c/Cargo.toml", &manifest)]);
    let project = load(&[tree.path("x/b"), tree.path("x/a"), tree.path("x/a/../b")]).unwrap();
    assert_eq!(project.root, tree.path("x"));
    let shown: Vec<_> = project.packages.iter().map(|package| display(&project, package.manifest)).collect();
    assert_eq!(shown, ["a/Cargo.toml", "b/Cargo.toml"]);
    assert!(project.only.is_none());
}

#[test]
fn the_build_backend_is_found() {
    let manifest = format!("{PACKAGE}[dependencies]\npyo3 = \"0.25\"\n");
    let backend = |dir: &str, files: &[(&str, &str)]| {
        let mut all = files.to_vec();
        let path = format!("{dir}Cargo.toml");
        all.push((&path, &manifest));
        let project = Tree::new(&all).load("");
        let package = only_package(&project);
        (package.pyproject.map(|id| display(&project, id).to_owned()), package.backend)
    };
    let maturin = |at_least_one| Backend::Maturin { at_least_one };
    let beside = Some("pyproject.toml".to_owned());
    let build = |requires: &str, rest: &str| format!("[build-system]\nrequires = [{requires}]\n{rest}");
    let one = |dir: &str, text: &str| backend(dir, &[("pyproject.toml", text)]);

    assert_eq!(one("", &build("\"maturin>=1.0,<2.0\"", "build-backend = \"maturin\"\n")), (beside.clone(), maturin(true)));
    assert_eq!(one("", &build("\"maturin\"", "")), (beside.clone(), maturin(false)));
    assert_eq!(one("", &build("\"maturin>=0.14,<0.15\"", "")), (beside.clone(), maturin(false)));
    assert_eq!(one("", &build("\"setuptools\", \"setuptools_rust\"", "")), (beside.clone(), Backend::SetuptoolsRust));
    assert_eq!(one("", &build("\"hatchling\"", "")), (beside.clone(), Backend::Other));
    assert_eq!(one("", "[tool.black]\n"), (beside.clone(), Backend::None));
    assert_eq!(backend("", &[]), (None, Backend::None));

    let manifest_path = build("\"maturin>=1\"", "[tool.maturin]\nmanifest-path = \"rust/ext/Cargo.toml\"\n");
    assert_eq!(one("rust/ext/", &manifest_path), (beside.clone(), maturin(true)));
    assert_eq!(one("rust/other/", &manifest_path), (None, Backend::None));
    assert_eq!(one("rust/", &build("\"maturin>=1\"", "")), (beside.clone(), maturin(true)));
    assert_eq!(one("rust/", &build("\"hatchling\"", "build-backend = \"hatchling.build\"\n")), (None, Backend::None));
    let modules = build("\"setuptools\"", "[[tool.setuptools-rust.ext-modules]]\ntarget = \"m._m\"\npath = \"rust/Cargo.toml\"\n");
    assert_eq!(one("rust/", &modules), (beside.clone(), Backend::SetuptoolsRust));

    assert_eq!(backend("", &[("setup.py", "from setuptools_rust import RustExtension")]), (None, Backend::SetuptoolsRust));
    assert_eq!(backend("", &[("setup.py", "from setuptools import setup")]), (None, Backend::Other));
    let setup = "RustExtension(\"m._m\", path=os.path.join(\"rust\", \"Cargo.toml\"))";
    assert_eq!(backend("rust/", &[("setup.py", setup)]), (None, Backend::SetuptoolsRust));
    let setup_cfg = ("setup.cfg", "[options]\nsetup_requires = setuptools-rust\n");
    assert_eq!(backend("", &[("pyproject.toml", &build("\"setuptools\"", "")), setup_cfg]), (beside, Backend::SetuptoolsRust));
}

#[test]
fn a_manifest_path_may_lead_out_of_the_folder() {
    let tree = Tree::new(&[
        ("python/pyproject.toml", "[build-system]\nrequires = [\"maturin\"]\n[tool.maturin]\nmanifest-path = \"../rust/Cargo.toml\"\n"),
        ("rust/Cargo.toml", &format!("{PACKAGE}[dependencies]\npyo3 = \"0.25\"\n")),
        ("rust/src/lib.rs", ""),
    ]);
    let project = tree.load("python");
    let package = only_package(&project);
    assert_eq!(rust_files(&project, package), ["../rust/src/lib.rs"]);
    assert_eq!(package.pyproject.map(|id| display(&project, id)), Some("pyproject.toml"));
}

#[test]
fn settings_come_from_the_nearest_table() {
    let tree = Tree::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"m\"\n[package.metadata.hognose]\nignore = [\"HG101\"]\ntarget = \"0.26\"\n\
             [workspace]\n[workspace.metadata.hognose]\nignore = [\"HG999\"]\nexclude = [\"/src/gen\"]\n[dependencies]\npyo3 = \"0.25\"\n",
        ),
        ("pyproject.toml", "[tool.hognose]\ntarget = \"newest\"\nselect = [\"HG1\", 2]\nselct = []\n"),
        ("src/lib.rs", ""),
        ("src/gen/x.rs", ""),
    ]);
    let project = tree.load("");
    let package = only_package(&project);
    let values = |list: &[hognose::project::Setting]| list.iter().map(|setting| setting.value.clone()).collect::<Vec<_>>();
    let settings = &package.settings;
    assert_eq!(settings.target.as_ref().map(|target| target.value.as_str()), Some("newest"));
    assert_eq!(values(&settings.select), ["HG1"]);
    assert_eq!(values(&settings.ignore), ["HG101"]);
    assert_eq!(values(&settings.unknown), ["selct"]);
    assert_eq!(values(&settings.malformed), ["`select` must hold strings, not an integer"]);
    assert_eq!(slice(&project, (settings.malformed[0].file, settings.malformed[0].range)), "2");
    assert_eq!(rust_files(&project, package), ["src/lib.rs"]);
}

#[test]
fn what_cannot_be_read_is_skipped_with_its_reason() {
    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    tree.write("src/latin1.rs", b"// caf\xe9\n");
    fs::create_dir(tree.path("src/folder.rs")).unwrap();
    File::create(tree.path("src/huge.rs")).unwrap().set_len(20 << 20).unwrap();
    tree.write("broken/Cargo.toml", b"[package]\nname = \n");
    tree.write("broken/src/lib.rs", b"use pyo3::prelude::*;");
    tree.write("latin1/Cargo.toml", b"# caf\xe9\n");
    tree.write("ws/Cargo.toml", b"[workspace]\nmembers = [\n    \"gone\",\n]\n");
    let project = tree.load("");
    assert_eq!(rust_files(&project, only_package(&project)), ["src/lib.rs"]);
    assert_eq!(
        skipped(&project),
        [
            (SkippedKind::Unparsable, "broken/Cargo.toml", "string values must be quoted, expected literal string"),
            (SkippedKind::Unreadable, "latin1/Cargo.toml", "not UTF-8 (byte 0xE9 at offset 5)"),
            (SkippedKind::Unreadable, "src/folder.rs", "is a folder, not a file"),
            (SkippedKind::Unreadable, "src/huge.rs", "is larger than 8 MB (20 MB)"),
            (SkippedKind::Unreadable, "src/latin1.rs", "not UTF-8 (byte 0xE9 at offset 6)"),
            (SkippedKind::Missing, "ws/Cargo.toml", "workspace member `gone` does not exist"),
        ]
    );
    assert_eq!(project.skipped[0].place, Some((2, 8)));
    assert_eq!(project.skipped[5].place, Some((3, 5)));
}

#[test]
fn files_of_no_package_are_a_gap_if_they_mention_pyo3() {
    let tree = Tree::new(&[("a.rs", "use pyo3::prelude::*;"), ("b.rs", "fn main() {}"), ("pyproject.toml", "[broken")]);
    let project = tree.load("");
    let kinds: Vec<_> = project.skipped.iter().map(|skipped| (skipped.kind, skipped.path.as_str())).collect();
    assert_eq!(kinds, [(SkippedKind::OutsidePackage, "a.rs"), (SkippedKind::Unparsable, "pyproject.toml")]);
    assert_eq!(tree.load("a.rs").skipped.len(), 1);
    assert_eq!(tree.load("b.rs").skipped.len(), 0);
}

#[test]
fn empty_and_missing_paths() {
    let tree = Tree::new(&[("README.md", "")]);
    let project = tree.load("");
    assert!(project.packages.is_empty() && project.skipped.is_empty());
    let error = load(&[tree.path("gone")]).unwrap_err();
    assert!(error.to_string().ends_with("gone` does not exist"), "{error}");
    assert!(load(&[tree.path("README.md/x")]).is_err());
    let error = load(&[tree.path("README.md")]).unwrap_err();
    assert!(error.to_string().contains("neither"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_neither_loop_nor_count_twice() {
    use std::os::unix::fs::symlink;

    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    let outside = Tree::new(&[("o.rs", "")]);
    symlink(tree.path(""), tree.path("src/loop")).unwrap();
    symlink(tree.path("src/lib.rs"), tree.path("src/same.rs")).unwrap();
    symlink(outside.path("o.rs"), tree.path("src/o1.rs")).unwrap();
    symlink(outside.path("o.rs"), tree.path("src/o2.rs")).unwrap();
    symlink(Path::new("self.rs"), tree.path("src/self.rs")).unwrap();
    let project = tree.load("");
    let files = rust_files(&project, only_package(&project));
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.contains(&"src/lib.rs"));
    assert_eq!(skipped(&project), [(SkippedKind::Unreadable, "src/self.rs", "is a link to a file that does not exist")]);
}

#[cfg(unix)]
#[test]
fn what_permissions_hide_is_skipped() {
    use std::os::unix::fs::PermissionsExt as _;

    let tree = package("[dependencies]\npyo3 = \"0.25\"\n");
    tree.write("src/secret.rs", b"");
    fs::set_permissions(tree.path("src/secret.rs"), fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(tree.path("src/secret.rs")).is_ok() {
        // The superuser may read everything.
        return;
    }
    assert_eq!(skipped(&tree.load("")), [(SkippedKind::Unreadable, "src/secret.rs", "permission denied")]);
}

#[test]
fn procedural_macros_that_write_pyo3_are_read_with_the_package_that_uses_them() {
    let library = "[lib]\nproc-macro = true\n";
    let package = |name: &str, rest: &str| format!("[package]\nname = \"{name}\"\nedition = \"2021\"\n{rest}");
    let tree = Tree::new(&[
        (
            "ext/Cargo.toml",
            &package(
                "ext",
                "[dependencies]\npyo3 = \"0.20\"\nderive = { path = \"../derive\" }\nother = { path = \"../other\" }\nown = { path = \"../own\" }\n",
            ),
        ),
        ("ext/src/lib.rs", ""),
        ("derive/Cargo.toml", &package("derive", library)),
        ("derive/src/lib.rs", "mod emit;\n"),
        ("derive/src/emit.rs", "fn emit() { quote! { pyo3::PyObject } }\n"),
        // It writes no PyO3 code.
        ("other/Cargo.toml", &package("other", library)),
        ("other/src/lib.rs", "mod emit;\n"),
        ("other/src/emit.rs", "fn emit() { quote! { serde::Value } }\n"),
        // A package of its own.
        ("own/Cargo.toml", &package("own", &format!("{library}[dependencies]\npyo3 = \"0.20\"\n"))),
        ("own/src/lib.rs", "fn emit() { quote! { pyo3::PyObject } }\n"),
    ]);
    let project = tree.load("");
    let [ext, own] = project.packages.as_slice() else { panic!("{:?}", project.packages) };
    assert_eq!(rust_files(&project, ext), ["derive/src/emit.rs", "derive/src/lib.rs", "ext/src/lib.rs"]);
    assert_eq!(rust_files(&project, own), ["own/src/lib.rs"]);
    let macros = ext.targets.iter().filter(|target| target.kind == TargetKind::Macros);
    assert_eq!(macros.map(|target| display(&project, target.root)).collect::<Vec<_>>(), ["derive/src/lib.rs"]);
}
