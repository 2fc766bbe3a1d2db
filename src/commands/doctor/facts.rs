//! What `doctor` knows of a machine: programs, interpreters, virtual environments; gathered once, before any check looks at it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::project_facts::ProjectFacts;
use crate::toolchain::locate::{Reason, Search, Surroundings};
use crate::toolchain::platform::{Platform, same_file};
use crate::toolchain::python::Interpreter;

/// Everything that the checks look at.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) platform: Platform,
    /// The current folder, where commands are typed.
    pub(super) here: PathBuf,
    pub(super) cargo: Search,
    pub(super) rustc: Search,
    /// Whether there is a program that cargo links with.
    pub(super) has_linker: bool,
    pub(super) maturin: Search,
    pub(super) has_uv: bool,
    /// Every interpreter that was found.
    pub(super) pythons: Vec<Interpreter>,
    /// The interpreter that cargo's build of PyO3 takes, or the file that should be one and what is wrong with it.
    pub(super) of_cargo: Option<Result<Interpreter, (PathBuf, String)>>,
    /// The environment that `VIRTUAL_ENV` names.
    pub(super) active: Option<Venv>,
    /// The project's `.venv`, which may be in a folder above; none if it is the active one.
    pub(super) own: Option<Venv>,
    /// The environment that `CONDA_PREFIX` names.
    pub(super) conda: Option<Venv>,
    /// A virtual environment and a conda environment that are both active.
    pub(super) rivals: Option<(PathBuf, PathBuf)>,
    /// The variables that PyO3, Python and pyenv go by, those that are set to something.
    pub(super) variables: BTreeMap<String, OsString>,
    /// Of the files that variables name, those that exist.
    pub(super) existing: Vec<PathBuf>,
    /// None outside of a project that uses PyO3.
    pub(super) project: Option<ProjectFacts>,
}

/// A virtual environment, or one of conda.
#[derive(Clone, Debug)]
pub(super) struct Venv {
    pub(super) path: PathBuf,
    /// Its interpreter, or what is wrong with it.
    pub(super) python: Result<Interpreter, String>,
    pub(super) has_pip: bool,
    /// Whether uv has made it.
    pub(super) by_uv: bool,
    pub(super) maker: Maker,
}

/// What has made an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    /// `venv`, or uv in its way.
    Venv,
    /// conda.
    Conda,
    /// Nothing: the folder is not there, or is another one.
    Nobody,
}

impl Facts {
    /// Looks at everything. `folder` is where `doctor` was pointed to.
    pub(super) fn gather(around: &Surroundings, folder: &Path, project: Option<ProjectFacts>) -> Self {
        let root = project.as_ref().map_or(folder, |project| project.root.as_path());
        let conda = around.conda_prefix.as_ref().map(|path| Venv::of_conda(path, around.platform));
        // Both variables may name the same folder.
        let active = around.virtual_env.as_ref().filter(|path| around.conda_prefix.as_ref() != Some(path));
        let active = active.map(|path| Venv::read(path, around.platform));
        // As maturin does: the nearest `.venv` upwards.
        let is_active = |path: &PathBuf| active.as_ref().is_some_and(|active| same_file(&active.path, path));
        let own = root.ancestors().map(|dir| dir.join(".venv")).find(|venv| venv.is_dir()).filter(|path| !is_active(path));
        let own = own.map(|path| Venv::read(&path, around.platform));
        let venv = active.as_ref().or(conda.as_ref()).or(own.as_ref());
        let (venv, venv_python) = match venv {
            Some(Venv { path, maker: Maker::Conda, .. }) => (path.clone(), around.platform.conda_python(path)),
            Some(Venv { path, .. }) => (path.clone(), around.platform.venv_python(path)),
            None => (root.join(".venv"), around.platform.venv_python(&root.join(".venv"))),
        };
        let by_config =
            project.as_ref().and_then(|project| project.cargo_python.clone()).filter(|_| around.variable("PYO3_PYTHON").is_none());
        let of_cargo = by_config.or_else(|| around.python_of_cargo());
        let files = ["PYO3_PYTHON", "PYO3_CONFIG_FILE"].iter().filter_map(|name| around.variable(name));
        Self {
            platform: around.platform,
            here: around.dir.clone(),
            cargo: around.cargo(),
            rustc: around.rustc(root),
            has_linker: around.platform == Platform::Windows || around.on_path(OsStr::new("cc")).is_some(),
            maturin: around.maturin(&venv_python, &venv, (0, 0)),
            has_uv: around.on_path(OsStr::new("uv")).is_some(),
            pythons: around.pythons(root),
            of_cargo: of_cargo.map(|path| {
                let why = |why| if path.exists() { why } else { "is not there".to_owned() };
                Interpreter::ask(&path, Reason::OnPath).map_err(why).map_err(|why| (path, why))
            }),
            active,
            own,
            conda,
            rivals: around.rival_environments().map(|(venv, conda)| (venv.to_owned(), conda.to_owned())),
            existing: files.filter_map(|value| around.on_path(value).or_else(|| existing(Path::new(value)))).collect(),
            variables: around
                .variables
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            project,
        }
    }

    /// The environment that `maturin develop` installs into.
    pub(super) fn venv(&self) -> Option<&Venv> {
        self.active.as_ref().or(self.conda.as_ref()).or(self.own.as_ref()).filter(|_| self.rivals.is_none())
    }

    /// A variable as text.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// A path as one types it in the current folder, not quoted.
    pub(super) fn seen_here(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.here).ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path).to_owned()
    }

    /// Commands that have to run in the project's folder, after the one that leads there.
    pub(super) fn in_project(&self, commands: &[&str]) -> Vec<String> {
        let root = self.project.as_ref().map(|project| project.root.as_path()).filter(|root| *root != self.here);
        let enter = root.map(|root| format!("cd {}", self.platform.quote(self.seen_here(root))));
        enter.into_iter().chain(commands.iter().map(|command| (*command).to_owned())).collect()
    }

    /// The first interpreter that the project can use.
    pub(super) fn fitting(&self) -> Option<&Interpreter> {
        let project = self.project.as_ref();
        self.pythons.iter().find(|python| project.is_none_or(|project| project.needs.unfit(python).is_none()))
    }
}

fn existing(path: &Path) -> Option<PathBuf> {
    path.exists().then(|| path.to_owned())
}

impl Venv {
    fn read(path: &Path, platform: Platform) -> Self {
        let python = platform.venv_python(path);
        let config = fs::read_to_string(path.join("pyvenv.cfg")).unwrap_or_default();
        let home = config.lines().find_map(|line| line.strip_prefix("home = ")).unwrap_or("a folder that it does not name");
        let python = if !path.is_dir() {
            Err("is not there".to_owned())
        } else if config.is_empty() {
            Err("holds no pyvenv.cfg, so it is no virtual environment".to_owned())
        } else if !python.is_file() {
            Err(format!("was made by a Python in `{home}` that is gone"))
        } else {
            Interpreter::ask(&python, Reason::ProjectEnvironment)
        };
        Self {
            path: path.to_owned(),
            python,
            has_pip: has_pip(path, platform),
            by_uv: config.lines().any(|line| line.starts_with("uv = ")),
            maker: if config.is_empty() { Maker::Nobody } else { Maker::Venv },
        }
    }

    fn of_conda(path: &Path, platform: Platform) -> Self {
        let python = platform.conda_python(path);
        let python = if !path.is_dir() {
            Err("is not there".to_owned())
        } else if !python.is_file() {
            Err("holds no Python".to_owned())
        } else {
            Interpreter::ask(&python, Reason::CondaEnvironment)
        };
        Self { path: path.to_owned(), python, has_pip: has_pip(path, platform), by_uv: false, maker: Maker::Conda }
    }
}

fn has_pip(environment: &Path, platform: Platform) -> bool {
    ["pip", "pip3"].iter().any(|name| platform.venv_program(environment, name).is_file())
}
