//! What the steps of a verification share: the project, the programs, the folders, and the wheel once it is built.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use super::target::Target;
use super::{Profile, Scope};
use crate::catalog::{CPython, StableAbi};
use crate::commands::needs::cpython;
use crate::scaffold::versions::PIP_SERIES;
use crate::toolchain::command::Invocation;
use crate::toolchain::locate::{Found, Surroundings};
use crate::toolchain::platform::Platform;
use crate::toolchain::python::Interpreter;
use crate::toolchain::steps::Step;
use crate::wheel::{Tags, Wheel};

/// What pip says when it cannot reach a registry, the reason in its warnings first; the last one also when the registry has no such thing.
pub(super) const PIP_FOUND_NOTHING: [&str; 5] =
    ["NewConnectionError", "Could not connect to proxy", "Cannot connect to proxy", "Read timed out", "No matching distribution found"];

/// What cargo says when it cannot reach a registry or a repository.
pub(super) const CARGO_FOUND_NOTHING: [&str; 6] = [
    "failed to download from `",
    "download of config.json failed",
    "Could not resolve host",
    "you're using offline mode (--offline)",
    "--offline was specified",
    "failed to get `",
];

/// What to do about it.
pub(super) const NO_NETWORK: &str = "cargo could not download a dependency: look at the network and its proxy (`CARGO_HTTP_PROXY`), run \
                                     `cargo fetch` where there is one, or vendor the dependencies with `cargo vendor`";

/// The programs that take part.
pub(super) struct Tools {
    pub(super) cargo: Found,
    pub(super) python: Interpreter,
    /// None: hognose's own has to be installed first, if maturin builds the project.
    pub(super) maturin: Option<Found>,
    /// The interpreter of hognose's own pip, if that is installed or will be. It installs into environments that have no pip, and not to
    /// make one there saves most of the time that they take.
    pub(super) pip: Option<PathBuf>,
    pub(super) platform: Platform,
}

/// Everything that steps share. `outside` is an empty folder outside of the tree.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) target: &'a Target,
    pub(super) tools: &'a Tools,
    pub(super) profile: Profile,
    pub(super) scope: Scope,
    pub(super) cargo_flags: &'a [&'static str],
    pub(super) stable_abi: StableAbi,
    pub(super) outside: &'a Path,
    pub(super) built: &'a Built,
}

/// The wheel that is built, read when it is first needed.
#[derive(Debug)]
pub(super) struct Built {
    dist: PathBuf,
    python: CPython,
    wheel: OnceCell<Result<(PathBuf, Wheel), String>>,
}

impl Tools {
    /// The programs for a project, of which some may have to be installed.
    pub(super) fn new(cargo: Found, python: Interpreter, maturin: Option<Found>, target: &Target, around: &Surroundings) -> Self {
        let will_be_installed = target.backend.is_none() && maturin.is_none();
        let own = || around.pip(&target.tools_dir(), PIP_SERIES).found.filter(|pip| pip.version.series == PIP_SERIES).map(|pip| pip.path);
        let pip = if will_be_installed { Some(around.platform.venv_python(&target.tools_dir())) } else { own() };
        Self { cargo, python, maturin, pip, platform: around.platform }
    }
}

impl Job<'_> {
    /// Where wheels are built.
    pub(super) fn dist(&self) -> PathBuf {
        self.target.work_dir().join("dist")
    }

    /// The clean environment.
    pub(super) fn venv(&self) -> PathBuf {
        self.target.work_dir().join("venv")
    }

    /// Its interpreter.
    pub(super) fn venv_python(&self) -> PathBuf {
        self.tools.platform.venv_python(&self.venv())
    }

    /// Makes an environment.
    pub(super) fn new_venv(&self, venv: &Path) -> Invocation {
        Invocation::new(&self.tools.python.path).args(["-m", "venv", "--clear"]).arg(venv)
    }

    /// Makes one that pip installs into.
    pub(super) fn new_venv_for_pip(&self, venv: &Path) -> Invocation {
        let invocation = self.new_venv(venv);
        if self.tools.pip.is_some() { invocation.arg("--without-pip") } else { invocation }
    }

    /// pip as it installs into the environment of this interpreter.
    pub(super) fn pip_install(&self, python: &Path) -> Invocation {
        let pip = match &self.tools.pip {
            Some(pip) => Invocation::new(pip).args(["-m", "pip", "--python"]).arg(python),
            None => Invocation::new(python).args(["-m", "pip"]),
        };
        self.without_index(pip.args(["install", "--disable-pip-version-check"]))
    }

    /// The same pip without its index, if the network is out of bounds; folders of wheels that it is set up with stay.
    pub(super) fn without_index(&self, pip: Invocation) -> Invocation {
        if self.is_offline() { pip.arg("--no-index") } else { pip }
    }

    /// A program that runs cargo by itself, told what its command line cannot be told.
    pub(super) fn reaching_cargo(&self, program: Invocation) -> Invocation {
        if self.is_offline() { program.env("CARGO_NET_OFFLINE", "true") } else { program }
    }

    /// The interpreter that PyO3 is compiled for. To name another one to each program would compile it again for each.
    pub(super) fn python_of_build(&self) -> PathBuf {
        match &self.target.backend {
            None => self.tools.python.path.clone(),
            Some(_) => self.tools.platform.venv_python(&self.build_venv()),
        }
    }

    /// The environment that the build backend is installed into.
    pub(super) fn build_venv(&self) -> PathBuf {
        self.target.work_dir().join("build-venv")
    }

    /// Whether the network is out of bounds.
    pub(super) fn is_offline(&self) -> bool {
        self.cargo_flags.contains(&"--offline")
    }
}

impl Built {
    pub(super) fn new(target: &Target, python: &Interpreter) -> Self {
        Self { dist: target.work_dir().join("dist"), python: cpython(python), wheel: OnceCell::new() }
    }

    /// The wheel and its file.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub(super) fn wheel(&self) -> Result<&(PathBuf, Wheel), String> {
        let read = || {
            let path = the_wheel(&self.dist, self.python)?;
            let wheel = Wheel::read(&path)?;
            Ok((path, wheel))
        };
        self.wheel.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

/// Gives the same advice for each of these texts.
pub(super) fn advise_each<'a>(step: Step<'a>, texts: &[&'static str], say: &str) -> Step<'a> {
    texts.iter().fold(step, |step, text| step.advise(text, say))
}

pub(super) fn advise_on_venv(step: Step<'_>) -> Step<'_> {
    step.advise(
        "ensurepip",
        "this Python comes without ensurepip: on Debian install `python3-venv`, or name another Python with `--python`",
    )
}

/// What a step prints last.
pub(super) fn last_line(output: &str) -> Option<String> {
    output.trim_end().lines().last().map(str::to_owned)
}

/// The wheel that a build has left; of several, the only one for this Python.
pub(super) fn the_wheel(dist: &Path, python: CPython) -> Result<PathBuf, String> {
    let entries = fs::read_dir(dist).map_err(|error| format!("cannot read `{}`: {error}", dist.display()))?;
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|suffix| suffix == "whl");
    let mut wheels: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_wheel).collect();
    wheels.sort();
    if let [wheel] = wheels.as_slice() {
        return Ok(wheel.clone());
    }
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fitting: Vec<&PathBuf> = wheels.iter().filter(|wheel| Tags::read(&name(wheel)).is_some_and(|tags| tags.fit(python))).collect();
    match fitting.as_slice() {
        [wheel] => Ok((*wheel).clone()),
        _ if wheels.is_empty() => Err(format!("the build left no wheel in `{}`", dist.display())),
        _ => {
            let names: Vec<String> = wheels.iter().map(name).collect();
            let (count, series) = (fitting.len(), python.series);
            Err(format!("the build left several wheels, and {count} of them are for Python {series}: {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Series, Threading};

    #[test]
    fn of_several_wheels_the_one_for_this_python_is_taken() {
        let dir = tempfile::tempdir().expect("folder");
        let python = |minor, threading| CPython { series: Series(3, minor), threading };
        let chosen = |minor| {
            let wheel = the_wheel(dir.path(), python(minor, Threading::Gil));
            wheel.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        };
        assert!(chosen(11).expect_err("nothing").starts_with("the build left no wheel in `"));
        let add = |name: &str| fs::File::create(dir.path().join(name)).expect("file");
        add("x-1.0-cp39-abi3-linux_x86_64.whl");
        assert_eq!(chosen(8).as_deref(), Ok("x-1.0-cp39-abi3-linux_x86_64.whl"));
        add("x-1.0-cp315-abi3.abi3t-linux_x86_64.whl");
        add("x-1.0-cp314-cp314t-linux_x86_64.whl");
        assert_eq!(chosen(11).as_deref(), Ok("x-1.0-cp39-abi3-linux_x86_64.whl"));
        let free = the_wheel(dir.path(), python(14, Threading::Free)).expect("one");
        assert!(free.ends_with("x-1.0-cp314-cp314t-linux_x86_64.whl"));
        let both = chosen(15).expect_err("two fit");
        assert!(both.starts_with("the build left several wheels, and 2 of them are for Python 3.15: x-1.0-cp314-cp314t"), "{both}");
    }
}
