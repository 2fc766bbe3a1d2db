use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Level, Report, run};
use crate::catalog::{Series, StableAbi};
use crate::commands::doctor::facts::{Facts, Maker, Venv};
use crate::commands::doctor::project_facts::{Extension, ProjectFacts};
use crate::commands::needs::Needs;
use crate::project::pyproject;
use crate::release::Release;
use crate::toolchain::locate::{Found, PassedOver, Reason, Search, Version};
use crate::toolchain::platform::Platform;
use crate::toolchain::python::Interpreter;

fn python(version: &str) -> Interpreter {
    Interpreter {
        path: PathBuf::from(format!("/pythons/{version}/bin/python3")),
        version: Version::read(version).expect("a version"),
        implementation: "CPython".to_owned(),
        free_threaded: false,
        reason: Reason::OnPath,
    }
}

fn program(name: &str, version: &str) -> Search {
    let version = Version::read(version).expect("a version");
    Search { found: Some(Found { path: PathBuf::from("/bin").join(name), version, reason: Reason::OnPath }), passed_over: Vec::new() }
}

fn venv() -> Venv {
    Venv { path: PathBuf::from("/project/.venv"), python: Ok(python("3.13.0")), has_pip: true, by_uv: false, maker: Maker::Venv }
}

fn extension(tag: &str, age: u64) -> Extension {
    let built = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 - age);
    Extension { path: PathBuf::from(format!("/project/python/demo/_core.{tag}.so")), tag: tag.to_owned(), built }
}

/// A machine and a project on which nothing is wrong.
fn healthy() -> Facts {
    let manifest = "[build-system]\nrequires = [\"maturin>=1.9.4,<2\"]\n";
    let project = ProjectFacts {
        name: "demo".to_owned(),
        root: PathBuf::from("/project"),
        needs: Needs {
            pyo3: Some(Release::new(30)),
            stable_abi: StableAbi::None,
            requires_python: ">=3.9".parse().ok(),
            overrides: Vec::new(),
        },
        by_maturin: true,
        rust_version: Some(Series(1, 85)),
        maturin: pyproject::read(manifest).and_then(|read| read.build_requirement("maturin").cloned()),
        editable_profile: Some("maturin-dev".to_owned()),
        profiles: ["maturin-dev".to_owned()].into(),
        use_base_python: true,
        uses_uv: true,
        cache_keys: Some(vec!["pyproject.toml".to_owned(), "src/**/*.rs".to_owned()]),
        module: "demo._core".to_owned(),
        ..ProjectFacts::default()
    };
    Facts {
        platform: Platform::Linux,
        here: PathBuf::from("/project"),
        cargo: program("cargo", "1.95.0"),
        rustc: program("rustc", "1.95.0"),
        has_linker: true,
        maturin: program("maturin", "1.16.0"),
        has_uv: false,
        pythons: vec![python("3.13.0")],
        of_cargo: Some(Ok(python("3.13.0"))),
        active: None,
        own: Some(venv()),
        conda: None,
        rivals: None,
        variables: Default::default(),
        existing: Vec::new(),
        project: Some(project),
    }
}

fn healthy_but(change: impl FnOnce(&mut Facts, &mut ProjectFacts)) -> Report {
    let mut facts = healthy();
    let mut project = facts.project.take().expect("a project");
    change(&mut facts, &mut project);
    facts.project = Some(project);
    run(&facts)
}

/// Every finding as `level check: message`.
fn findings(report: &Report) -> Vec<String> {
    let level = |level| if level == Level::Problem { "problem" } else { "note" };
    report.findings.iter().map(|finding| format!("{} {}: {}", level(finding.level), finding.check, finding.message)).collect()
}

/// Asserts that this change of what is healthy is told in exactly one finding.
#[track_caller]
fn assert_told(expected: &str, change: impl FnOnce(&mut Facts, &mut ProjectFacts)) {
    let report = healthy_but(change);
    assert_eq!(findings(&report), [expected]);
    let finding = &report.findings[0];
    assert!(!finding.why.is_empty() && finding.fix.iter().any(|line| !line.is_empty()), "{finding:?}");
}

#[test]
fn where_all_is_well_nothing_is_found() {
    let report = run(&healthy());
    assert_eq!(findings(&report), Vec::<String>::new());
    assert!(report.healthy.iter().any(|line| line == "environment `.venv` with Python 3.13.0"), "{:?}", report.healthy);
    assert_eq!(findings(&run(&Facts { project: None, own: None, ..healthy() })), Vec::<String>::new());
}

#[test]
fn programs_are_there_and_new_enough() {
    assert_told("problem rust: there is no cargo that runs: `cargo` is not on PATH", |facts, _| {
        let over = PassedOver { path: PathBuf::from("cargo"), why: "is not on PATH".to_owned() };
        facts.cargo = Search { found: None, passed_over: vec![over] };
    });
    let message = "problem rust: the project asks rustup for the toolchain `1.72-x86_64-unknown-linux-gnu`, which is not installed";
    assert_told(message, |facts, _| {
        let why = "cannot run: error: toolchain '1.72-x86_64-unknown-linux-gnu' is not installed".to_owned();
        facts.rustc = Search { found: None, passed_over: vec![PassedOver { path: PathBuf::from("rustc"), why }] };
    });
    assert_told("problem linker: there is no C compiler (`cc`) on PATH", |facts, _| facts.has_linker = false);
    let old = healthy_but(|facts, _| facts.rustc = program("rustc", "1.84.1"));
    let expected = ["PyO3 0.30 asks for 1.85", "`rust-version` of `demo` asks for 1.85"];
    assert_eq!(findings(&old), expected.map(|who| format!("problem rust-version: rustc is 1.84.1, and {who}")));
    assert_told("note rust-version: Cargo.toml says `rust-version = \"1.70\"`, and PyO3 0.30 needs 1.85", |_, project| {
        project.rust_version = Some(Series(1, 70));
    });
    assert_told("note maturin: there is no maturin in the environment or on PATH", |facts, _| facts.maturin = Search::default());
    assert_told("note maturin-version: maturin is 2.0.0, and `[build-system] requires` asks for `maturin>=1.9.4,<2`", |facts, _| {
        facts.maturin = program("maturin", "2.0.0");
    });
    let message = "problem maturin-version: maturin is 1.8.0, and a project without PyO3's `extension-module` feature needs 1.9.4";
    assert_told(message, |facts, project| {
        facts.maturin = program("maturin", "1.8.0");
        project.maturin = None;
    });
    let with_feature = healthy_but(|facts, project| {
        facts.maturin = program("maturin", "1.8.0");
        (project.maturin, project.extension_module) = (None, true);
    });
    assert_eq!(findings(&with_feature), Vec::<String>::new());
}

#[test]
fn interpreters_fit_the_pyo3_of_the_project() {
    let too_new = healthy_but(|facts, project| {
        facts.pythons = vec![python("3.15.0"), python("3.13.0")];
        project.needs.pyo3 = Some(Release::new(22));
        project.rust_version = Some(Series(1, 63));
    });
    assert_eq!(findings(&too_new), Vec::<String>::new());
    let line = "python 3.15.0 at /pythons/3.15.0/bin/python3 (first on PATH): PyO3 0.29 to 0.30; not for this project: is too new for PyO3 0.22, \
                which supports up to 3.13";
    assert_eq!(too_new.aside, [line]);

    let none = healthy_but(|facts, _| facts.pythons = vec![python("3.8.1")]);
    assert_eq!(findings(&none), ["problem no-python: none of the Pythons that were found fits this project"]);
    assert_eq!(none.findings[0].why, "`requires-python` is \">=3.9\", PyO3 0.30 supports 3.9 to 3.15");

    let old = "problem python-of-cargo: cargo compiles PyO3 for Python 3.8.1 at /pythons/3.8.1/bin/python3, which is too old for PyO3 0.30, \
               which needs at least 3.9";
    assert_told(old, |facts, _| facts.of_cargo = Some(Ok(python("3.8.1"))));
    let outside = "note python-of-cargo: cargo compiles PyO3 for Python 3.10.1 at /pythons/3.10.1/bin/python3, which is not in the project's \
                   `requires-python = \">=3.12\"`";
    assert_told(outside, |facts, project| {
        facts.of_cargo = Some(Ok(python("3.10.1")));
        project.needs.requires_python = ">=3.12".parse().ok();
    });
    assert_told("problem python-of-cargo: cargo compiles PyO3 for `/project/.venv/bin/python`, which is not there", |facts, project| {
        let path = PathBuf::from("/project/.venv/bin/python");
        facts.of_cargo = Some(Err((path.clone(), "is not there".to_owned())));
        project.cargo_python = Some(path);
    });
}

#[test]
fn environments_can_be_worked_in() {
    let change = |own: Venv| healthy_but(|facts, _| facts.own = Some(own));
    let rivals = "problem two-environments: `VIRTUAL_ENV` (/v) and `CONDA_PREFIX` (/c) are both set";
    assert_told(rivals, |facts, _| facts.rivals = Some((PathBuf::from("/v"), PathBuf::from("/c"))));
    assert_told("note no-venv: there is no virtual environment", |facts, _| facts.own = None);
    let conda = |version: &str| Venv { path: PathBuf::from("/c"), python: Ok(python(version)), maker: Maker::Conda, ..venv() };
    let only_conda = healthy_but(|facts, _| (facts.own, facts.conda) = (None, Some(conda("3.13.0"))));
    assert_eq!(findings(&only_conda), Vec::<String>::new());
    assert!(only_conda.healthy.iter().any(|line| line == "environment `/c` with Python 3.13.0"), "{:?}", only_conda.healthy);
    // maturin takes conda's before the project's own.
    let both = healthy_but(|facts, _| facts.conda = Some(conda("3.8.1")));
    assert!(findings(&both)[0].starts_with("problem python-of-venv: the environment `/c` has Python 3.8.1"), "{:?}", findings(&both));
    assert_eq!(both.findings[0].fix, ["conda deactivate", ". .venv/bin/activate"]);
    assert_eq!(findings(&both)[1], "note other-venv: the active environment is /c, not the project's `/project/.venv`");
    let gone = change(Venv { python: Err("was made by a Python in `/usr/bin` that is gone".to_owned()), ..venv() });
    assert_eq!(findings(&gone), ["problem broken-venv: the environment `.venv` was made by a Python in `/usr/bin` that is gone"]);
    assert_eq!(gone.findings[0].fix, ["python3 -m venv --clear .venv"]);
    let old = change(Venv { python: Ok(python("3.8.1")), ..venv() });
    let expected =
        "problem python-of-venv: the environment `.venv` has Python 3.8.1, which is too old for PyO3 0.30, which needs at least 3.9";
    assert_eq!(findings(&old), [expected]);

    let by_uv = Venv { has_pip: false, by_uv: true, ..venv() };
    assert_eq!(findings(&change(by_uv.clone())), ["problem no-pip: the environment `.venv` has no pip"]);
    let with_uv = healthy_but(|facts, _| (facts.own, facts.has_uv) = (Some(by_uv), true));
    assert_eq!(findings(&with_uv), Vec::<String>::new());
    let plain = healthy_but(|facts, _| (facts.own, facts.has_uv) = (Some(Venv { has_pip: false, ..venv() }), true));
    assert_eq!(plain.findings[0].fix, ["maturin develop --uv"]);
    assert_told("note other-venv: the active environment is /elsewhere, not the project's `/project/.venv`", |facts, _| {
        facts.active = Some(Venv { path: PathBuf::from("/elsewhere"), ..venv() });
        facts.own = Some(Venv { path: PathBuf::from("/project/.venv"), ..venv() });
    });
}

#[test]
fn only_an_environment_of_the_project_is_made_anew() {
    let broken = |path: &str, maker: Maker| Venv { path: PathBuf::from(path), python: Err("is broken".to_owned()), maker, ..venv() };
    let fix = |active: Venv, own: Option<Venv>| {
        let report = healthy_but(|facts, _| (facts.active, facts.own) = (Some(active), own));
        report.findings.into_iter().find(|finding| finding.check == "broken-venv").expect("a finding").fix
    };
    assert_eq!(fix(broken("/project/my env", Maker::Venv), None), ["deactivate", "python3 -m venv --clear 'my env'"]);
    let new = ["deactivate", "python3 -m venv .venv", ". .venv/bin/activate"];
    assert_eq!(fix(broken("/elsewhere", Maker::Venv), None), new);
    assert_eq!(fix(broken("/project", Maker::Venv), None), new);
    assert_eq!(fix(broken("/project/src", Maker::Nobody), None), new);
    assert_eq!(fix(broken("/elsewhere", Maker::Venv), Some(venv())), ["deactivate", ". .venv/bin/activate"]);
}

#[test]
fn commands_are_for_the_current_folder_and_for_its_shell() {
    let fix = |here: &str, platform: Platform| {
        let report = healthy_but(|facts, project| {
            (facts.here, facts.platform, facts.own) = (PathBuf::from(here), platform, None);
            facts.variables.insert("PYTHONHOME".to_owned(), OsString::from("/x"));
            facts.of_cargo = Some(Ok(python("3.8.1")));
            project.flat_package = true;
            project.empty_wheels = vec![PathBuf::from("/project/dist/$(id).whl")];
        });
        let lines = |check: &str| report.findings.iter().find(|finding| finding.check == check).expect("a finding").fix.clone();
        ["no-venv", "variables", "python-of-cargo", "flat-layout", "empty-wheel"]
            .map(|check| lines(check)[..2.min(lines(check).len())].join("\n"))
    };
    let at_home = [
        "python3 -m venv .venv\n. .venv/bin/activate",
        "unset PYTHONHOME",
        "export PYO3_PYTHON=/pythons/3.13.0/bin/python3\n(or activate an environment of a Python that fits)",
        "mkdir python\ngit mv demo python/",
        "rm -- 'dist/$(id).whl'",
    ];
    assert_eq!(fix("/project", Platform::Linux), at_home);
    let elsewhere = fix("/elsewhere", Platform::MacOs);
    assert_eq!(elsewhere[0], "python3 -m venv /project/.venv\n. /project/.venv/bin/activate");
    assert_eq!([&elsewhere[3], &elsewhere[4]], ["cd /project\nmkdir python", "rm -- '/project/dist/$(id).whl'"]);
    assert_eq!(fix("/", Platform::Linux)[0], "python3 -m venv project/.venv\n. project/.venv/bin/activate");
    let windows = fix("/project", Platform::Windows);
    assert_eq!([&windows[0], &windows[1]], ["python -m venv .venv\n.venv\\Scripts\\activate", "Remove-Item Env:PYTHONHOME"]);
    assert!(windows[2].starts_with("$env:PYO3_PYTHON = '/pythons/3.13.0/bin/python3'\n"), "{}", windows[2]);
    assert_eq!(windows[4], "Remove-Item -LiteralPath 'dist/$(id).whl'");
    let rust = healthy_but(|facts, _| (facts.platform, facts.cargo) = (Platform::Windows, Search::default()));
    assert_eq!(rust.findings[0].fix, ["winget install Rustlang.Rustup"]);
}

#[test]
fn variables_are_explained() {
    let with = |name: &str, value: &str, stable_abi: StableAbi| {
        let report = healthy_but(|facts, project| {
            facts.variables.insert(name.to_owned(), OsString::from(value));
            facts.existing = vec![PathBuf::from("/there")];
            project.needs.stable_abi = stable_abi;
        });
        report.findings.into_iter().map(|finding| (finding.level, finding.why)).collect::<Vec<_>>()
    };
    let floor = StableAbi::From(Series(3, 9));
    let level = |name, value, abi| with(name, value, abi).first().map(|(level, _)| *level);
    assert_eq!(level("PYO3_PYTHON", "/there", floor), Some(Level::Note));
    assert_eq!(level("PYO3_CONFIG_FILE", "there", floor), Some(Level::Problem));
    assert_eq!(level("PYO3_CONFIG_FILE", "/nowhere", floor), Some(Level::Problem));
    assert_eq!(level("PYO3_CONFIG_FILE", "/there", floor), Some(Level::Note));
    assert_eq!(level("PYO3_CROSS_LIB_DIR", "/there", floor), Some(Level::Note));
    assert_eq!(level("PYO3_NO_PYTHON", "1", StableAbi::None), Some(Level::Problem));
    assert_eq!(level("PYO3_NO_PYTHON", "1", StableAbi::OfBuilder), Some(Level::Problem));
    assert_eq!(level("PYO3_NO_PYTHON", "1", floor), Some(Level::Note));
    assert_eq!(level("PYO3_BUILD_EXTENSION_MODULE", "1", floor), Some(Level::Problem));
    assert_eq!(level("PYTHONDONTWRITEBYTECODE", "1", floor), None);
    let forward = |abi| with("PYO3_USE_ABI3_FORWARD_COMPATIBILITY", "1", abi)[0].1.clone();
    assert!(forward(floor).starts_with("it does nothing here"));
    assert!(forward(StableAbi::None).contains("without an `abi3` feature"));
    assert_told(
        "problem python-path: `PYTHONPATH` names /old, which holds something with the same name as the package of `demo._core`",
        |_, project| {
            project.shadows = vec![PathBuf::from("/old")];
        },
    );
}

#[test]
fn nothing_is_compiled_twice_or_missed() {
    assert_told("note editable-profile: `[tool.maturin]` has no `editable-profile`", |_, project| project.editable_profile = None);
    let missing = "problem editable-profile: `editable-profile` names `maturin-dev`, but there is no `[profile.maturin-dev]` where cargo reads profiles";
    assert_told(missing, |_, project| project.profiles.clear());
    assert_told("note use-base-python: `[tool.maturin]` has no `use-base-python = true`", |_, project| project.use_base_python = false);
    assert_told("problem uv-cache-keys: the project is used with uv, and `[tool.uv]` has no `cache-keys`", |_, project| {
        project.cache_keys = None
    });
    assert_told("problem uv-cache-keys: `cache-keys` in `[tool.uv]` names no Rust sources", |_, project| {
        project.cache_keys = Some(vec!["pyproject.toml".to_owned(), "build.rs".to_owned()]);
    });
    assert_told("note uv-cache-keys: `cache-keys` in `[tool.uv]` leaves out pyproject.toml", |_, project| {
        project.cache_keys = Some(vec!["src/**/*.rs".to_owned()]);
    });
    let without_uv = healthy_but(|_, project| (project.cache_keys, project.uses_uv) = (None, false));
    assert_eq!(findings(&without_uv), Vec::<String>::new());
    let editor = |text: &str| Some((".vscode/settings.json".to_owned(), text.to_owned()));
    assert_told(
        "note editor: `.vscode/settings.json` gives rust-analyzer neither a target folder nor a `PYO3_PYTHON` of its own",
        |_, project| {
            project.editor = editor("{}");
        },
    );
    let set = healthy_but(|_, project| project.editor = editor("{\"rust-analyzer.cargo.targetDir\": true}"));
    assert_eq!(findings(&set), Vec::<String>::new());
}

#[test]
fn what_builds_have_left_is_looked_at() {
    let with = |extensions: Vec<Extension>| healthy_but(|_, project| project.extensions = extensions);
    assert_eq!(findings(&with(vec![extension("abi3", 5), extension("cpython-313-x86_64-linux-gnu", 0)])), Vec::<String>::new());
    let hidden = with(vec![extension("abi3", 0), extension("cpython-313-x86_64-linux-gnu", 5)]);
    let expected =
        "problem stale-extension: python/demo/_core.cpython-313-x86_64-linux-gnu.so hides python/demo/_core.abi3.so, which is newer";
    assert_eq!(findings(&hidden), [expected]);
    let other = with(vec![extension("cpython-39-x86_64-linux-gnu", 0)]);
    let expected = "note stale-extension: python/demo/_core.cpython-39-x86_64-linux-gnu.so is not for the environment's Python 3.13.0";
    assert_eq!(findings(&other), [expected]);
    assert_told("note stale-extension: python/demo/_core.abi3.so is older than the Rust sources", |_, project| {
        project.extensions = vec![extension("abi3", 5)];
        project.changed = Some(extension("abi3", 0).built);
    });
    let newest = |free_threaded| {
        let report = healthy_but(|facts, project| {
            let python = Interpreter { free_threaded, ..python("3.15.0") };
            facts.own = Some(Venv { python: Ok(python), ..venv() });
            project.extensions = vec![extension("abi3t", 0)];
        });
        findings(&report)
    };
    assert_eq!([newest(false), newest(true)], [const { Vec::<String>::new() }; 2]);
    let too_old = "note stale-extension: python/demo/_core.abi3t.so is not for the environment's Python 3.13.0";
    assert_eq!(findings(&with(vec![extension("abi3t", 0)])), [too_old]);

    assert_told("note flat-layout: the Python package `demo` is beside pyproject.toml", |_, project| project.flat_package = true);
    assert_told("problem empty-wheel: dist/demo.whl is empty: a failed build has left it", |_, project| {
        project.empty_wheels = vec![Path::new("/project/dist/demo.whl").to_owned()];
    });
    let stubs =
        "problem generate-stubs: .github/workflows/ci.yml builds with `--generate-stubs`, and there is a stub beside the module already";
    assert_told(stubs, |_, project| {
        project.has_stub = true;
        project.stub_builds = vec![".github/workflows/ci.yml".to_owned()];
    });
    assert_told("note macos-linking: nothing tells the linker that Python's symbols are resolved at run time", |facts, project| {
        (facts.platform, project.extension_module) = (Platform::MacOs, true);
    });
    assert_eq!(findings(&healthy_but(|facts, _| facts.platform = Platform::MacOs)), Vec::<String>::new());
}

#[test]
fn a_pyo3_that_came_out_later_is_a_note() {
    let mut facts = healthy();
    let project = facts.project.as_mut().unwrap();
    project.needs.pyo3 = Some(Release::new(Release::NEWEST.minor() + 1));
    let report = run(&facts);
    let found = report.findings.iter().map(|finding| (finding.check, finding.level)).collect::<Vec<_>>();
    assert_eq!(found, [("hognose", Level::Note)]);
    assert!(report.findings[0].message.starts_with("`demo` is on PyO3 0.31, and this version of hognose knows PyO3 only up to 0.30"));
}
