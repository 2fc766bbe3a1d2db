//! The programs that the gate runs: one environment of pinned tools below `target/gate`, made once, and the interpreters of this machine.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hognose::scaffold::versions::{PYTHON_FLOOR, PYTHON_NEWEST};
use hognose::toolchain::command::Invocation;
use hognose::toolchain::locate::Surroundings;
use hognose::toolchain::platform::Platform;
use hognose::toolchain::python::{self, Judgement};

use crate::support::repository;
use crate::workshop;

/// The oldest Python that all of the tools run in.
const TOOLS_NEED: (u16, u16) = (3, 11);

/// An installed CPython with a GIL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Interpreter {
    /// The number after `3.`.
    pub(super) minor: u16,
    /// The interpreter itself, below all environments and shims.
    pub(super) path: PathBuf,
    /// As it describes itself, compiler and date included.
    pub(super) version: String,
}

/// Everything that the gate runs.
pub(super) struct Tools {
    venv: PathBuf,
    /// The first Python on PATH: wheels are built with it.
    pub(super) python: Interpreter,
    /// The oldest and the newest other Python: they run the wheels for the stable ABI, too.
    pub(super) others: Vec<Interpreter>,
    /// What `rustc` says about itself.
    pub(super) rustc: String,
}

impl Tools {
    /// Finds the interpreters, and makes the environment of tools unless it is there and of the pinned versions.
    pub(super) fn ready() -> Self {
        let judge = |python: &python::Interpreter| match python.version.series < TOOLS_NEED || python.free_threaded {
            true => Judgement::Unfit("cannot run all tools of the gate".to_owned()),
            false => Judgement::Fits,
        };
        let found = surroundings().python(None, &repository(), &judge).found.expect("a Python for the tools of the gate");
        let python = interpreter(&found.path).expect("a Python that can be asked");
        let venv = gate_dir().join("tools");
        let rustc = captured(&Invocation::new("rustc").arg("-vV")).expect("rustc");
        let others = others(&python);
        let tools = Self { venv, python, others, rustc };
        tools.install();
        tools
    }

    /// Cargo in this folder, building against the same Python as maturin.
    pub(super) fn cargo(&self, dir: &Path) -> Invocation {
        Invocation::new("cargo").env("PYO3_PYTHON", &self.python.path).in_dir(dir)
    }

    /// One of the pinned tools.
    pub(super) fn program(&self, name: &str) -> Invocation {
        Invocation::new(Platform::current().venv_program(&self.venv, name)).in_venv(&self.venv, Platform::current())
    }

    /// The interpreter of the tools.
    pub(super) fn venv_python(&self) -> Invocation {
        self.program("python")
    }

    /// Where the tools' packages lie.
    pub(super) fn site_packages(&self) -> PathBuf {
        let lib = if cfg!(windows) { PathBuf::from("Lib") } else { Path::new("lib").join(format!("python3.{}", self.python.minor)) };
        self.venv.join(lib).join("site-packages")
    }

    fn install(&self) {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock();
        let stamp = gate_dir().join("tools.txt");
        let wanted = format!("{}\n{}\n{}", self.python.version, text(&requirements()), text(&constraints()));
        if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
            return;
        }
        println!("gate: installing the tools below {}", self.venv.display());
        let venv = Invocation::new(&self.python.path).args(["-m", "venv", "--clear"]).arg(&self.venv);
        let pip = self.venv_python().args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements());
        for invocation in [venv, pip.arg("--constraint").arg(constraints())] {
            let done = invocation.run(&mut |_| {}).expect("Python runs");
            assert!(done.success, "$ {}\n{}", invocation.shown(), done.output);
        }
        // Written last: an interrupted installation is begun again.
        workshop::write(&stamp, &wanted);
    }
}

/// What the gate keeps between runs, and its report.
pub(super) fn gate_dir() -> PathBuf {
    repository().join("target/gate")
}

/// The pins of everything that pip installs for the gate.
pub(super) fn constraints() -> PathBuf {
    repository().join("tests/it/gate/constraints.txt")
}

fn requirements() -> PathBuf {
    repository().join("tests/it/gate/requirements.txt")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn surroundings() -> Surroundings {
    Surroundings { virtual_env: None, ..Surroundings::of_this_process() }
}

/// The oldest and the newest Python that PyO3 supports, other than this one.
fn others(python: &Interpreter) -> Vec<Interpreter> {
    let mut found: BTreeMap<u16, Interpreter> = BTreeMap::new();
    for path in candidates() {
        if let Some(interpreter) = interpreter(&path).filter(|other| (PYTHON_FLOOR.1..=PYTHON_NEWEST.1).contains(&other.minor)) {
            found.entry(interpreter.minor).or_insert(interpreter);
        }
    }
    found.remove(&python.minor);
    let oldest = found.pop_first();
    oldest.into_iter().chain(found.pop_last()).map(|(_, interpreter)| interpreter).collect()
}

/// Programs that may be a Python: those on PATH, and those that pyenv has built.
fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = (PYTHON_FLOOR.1..=PYTHON_NEWEST.1).map(|minor| OsString::from(format!("python3.{minor}")));
    let on_path = names.filter_map(|name| which::which_in(name, Some(&path), repository()).ok());
    let home = std::env::home_dir().map(|home| home.join(".pyenv"));
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or(home);
    let versions = pyenv.and_then(|root| fs::read_dir(root.join("versions")).ok()).into_iter().flatten().flatten();
    let mut built: Vec<PathBuf> = versions.map(|version| Platform::current().venv_python(&version.path())).collect();
    built.sort();
    on_path.chain(built).collect()
}

/// What lies below this program; none if it does not run, as shims of pyenv do not, or has no GIL.
fn interpreter(path: &Path) -> Option<Interpreter> {
    let script = "import sys, sysconfig\n\
                  print(sys.version_info[1], sysconfig.get_config_var('Py_GIL_DISABLED') or 0, sys.implementation.name)\n\
                  print(getattr(sys, '_base_executable', sys.executable))\n\
                  print(' '.join(sys.version.split()))";
    let answer = captured(&Invocation::new(path).args(["-c", script]))?;
    let mut lines = answer.lines();
    let mut numbers = lines.next()?.split(' ');
    let minor = numbers.next()?.parse().ok()?;
    if (numbers.next(), numbers.next()) != (Some("0"), Some("cpython")) {
        return None;
    }
    Some(Interpreter { minor, path: PathBuf::from(lines.next()?), version: lines.next()?.to_owned() })
}

fn captured(invocation: &Invocation) -> Option<String> {
    invocation.capture().ok().filter(|captured| captured.success).map(|captured| captured.stdout)
}
