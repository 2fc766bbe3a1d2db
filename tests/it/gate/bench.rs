//! A project under test: where its parts lie, and how a program is run on it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hognose::toolchain::command::Invocation;
use hognose::toolchain::platform::Platform;
use toml::Table;

use super::tools::{Interpreter, Tools, constraints};
use crate::support::repository;
use crate::workshop;

/// What a step says: a note for the report, or why there is none.
pub(super) type Outcome = Result<String, Stop>;

/// Why a step did not pass.
pub(super) enum Stop {
    /// Something is wrong: the command and what it wrote.
    Failed(String),
    /// The step makes no sense for this project, and why.
    NotHere(&'static str),
}

/// How wheels are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// As `maturin develop` does, without debug information.
    Develop,
    /// As they are released.
    Release,
}

impl Profile {
    /// Its name in Cargo.toml.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Develop => "maturin-dev",
            Self::Release => "release",
        }
    }
}

/// A project that was written into a folder of its own, with everything that is made of it beside it.
pub(super) struct Bench<'a> {
    pub(super) tools: &'a Tools,
    pub(super) profile: Profile,
    /// The template that the project is made of, or its name.
    kind: &'a str,
    root: &'a Path,
}

impl<'a> Bench<'a> {
    /// The project lies in `project` below `root`.
    pub(super) fn new(tools: &'a Tools, profile: Profile, kind: &'a str, root: &'a Path) -> Self {
        Self { tools, profile, kind, root }
    }

    /// The project itself.
    pub(super) fn project(&self) -> PathBuf {
        self.root.join("project")
    }

    /// A folder beside the project.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A manifest of the project.
    pub(super) fn manifest(&self, name: &str) -> Table {
        let text = fs::read_to_string(self.project().join(name)).expect("the manifest is there");
        text.parse().expect("good TOML")
    }

    /// The name that Python imports.
    pub(super) fn module(&self) -> String {
        let pyproject = self.manifest("pyproject.toml");
        let module = pyproject["tool"]["maturin"]["module-name"].as_str().expect("a module name");
        module.split('.').next().expect("a part").to_owned()
    }

    /// The only file with this suffix in a folder beside the project.
    pub(super) fn artifact(&self, folder: &str, suffix: &str) -> Result<PathBuf, Stop> {
        let entries = fs::read_dir(self.beside(folder)).into_iter().flatten().flatten();
        let mut files = entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(suffix));
        match (files.next(), files.next()) {
            (Some(file), None) => Ok(file),
            _ => Err(Stop::Failed(format!("`{folder}` holds no or several `*{suffix}`"))),
        }
    }

    /// The wheel that was built from the project's folder.
    pub(super) fn wheel(&self) -> Result<PathBuf, Stop> {
        self.artifact("dist", ".whl")
    }

    /// The folder of a user of the package: the project's Python tests with their settings, and `uses.py`, which uses it well and wrongly.
    pub(super) fn consumer(&self) -> Result<PathBuf, Stop> {
        let consumer = self.beside("consumer");
        if !consumer.exists() {
            workshop::copy(&self.project().join("tests"), &consumer.join("tests"));
            fs::copy(self.project().join("pyproject.toml"), consumer.join("pyproject.toml")).map_err(failed)?;
            let uses = repository().join(format!("tests/it/gate/uses/{}.py", self.kind));
            let uses = fs::read_to_string(&uses).map_err(|error| failed(format!("{}: {error}", uses.display())))?;
            workshop::write(&consumer.join("uses.py"), &uses.replace("from package import", &format!("from {} import", self.module())));
        }
        Ok(consumer)
    }

    /// The environment of an interpreter that holds the wheel and what it and its tests ask for.
    pub(super) fn venv(&self, interpreter: &Interpreter) -> PathBuf {
        self.beside(&format!("venv-3.{}", interpreter.minor))
    }

    /// The interpreter of that environment, in the folder of the user.
    pub(super) fn venv_python(&self, interpreter: &Interpreter) -> Result<Invocation, Stop> {
        let venv = self.venv(interpreter);
        let python = Invocation::new(Platform::current().venv_python(&venv));
        Ok(python.in_venv(venv, Platform::current()).in_dir(self.consumer()?))
    }

    /// Makes that environment.
    pub(super) fn install(&self, interpreter: &Interpreter) -> Outcome {
        let venv = self.venv(interpreter);
        self.run(&Invocation::new(&interpreter.path).args(["-m", "venv", "--without-pip", "--clear"]).arg(&venv))?;
        let pip = self.tools.venv_python().args(["-m", "pip", "--python"]).arg(Platform::current().venv_python(&venv));
        let group = format!("{}:test", self.project().join("pyproject.toml").display());
        let pip = pip.args(["install", "--disable-pip-version-check", "--no-compile", "--constraint"]).arg(constraints());
        self.run(&pip.arg(self.wheel()?).args(["--group", &group]))?;
        Ok(String::new())
    }

    /// Runs a program; answers what it wrote.
    pub(super) fn run(&self, invocation: &Invocation) -> Outcome {
        let done = invocation.run(&mut |_| {}).map_err(failed)?;
        if done.success { Ok(done.output) } else { Err(refused(invocation, &done.output, &done.status)) }
    }
}

/// A failure whose reason is more than an exit status: the command, its output, and what is wrong with it.
pub(super) fn refused(invocation: &Invocation, output: &str, reason: &str) -> Stop {
    let dir = invocation.dir().map(|dir| format!("in {}\n", dir.display())).unwrap_or_default();
    Stop::Failed(format!("$ {}\n{dir}{}\n{reason}", invocation.shown(), output.trim_end()))
}

/// A failure without a command.
pub(super) fn failed(error: impl std::fmt::Display) -> Stop {
    Stop::Failed(error.to_string())
}

/// Makes all files below a folder new, so that cargo compiles them: those of an sdist bear a date long past.
pub(super) fn touch(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            touch(&path)?;
        } else {
            File::options().append(true).open(&path)?.set_modified(SystemTime::now())?;
        }
    }
    Ok(())
}
