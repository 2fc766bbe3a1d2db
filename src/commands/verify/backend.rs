//! Build backends other than maturin: any that PEP 517 calls, in an environment of their own.

use std::path::{Path, PathBuf};

use toml::Table;

use super::Profile;
use super::job::{Job, PIP_FOUND_NOTHING, advise_each, advise_on_venv};
use crate::toolchain::command::Invocation;
use crate::toolchain::steps::{Step, Work};

/// The script that calls a hook.
const CALL: &str = include_str!("backend_call.py");

/// What `[build-system]` says, or what pip takes without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Backend {
    requires: Vec<String>,
    /// The module, and the object in it after a colon.
    object: String,
    /// Folders of the project that hold it.
    path: Vec<String>,
}

/// What a backend is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    Wheel,
    Sdist,
}

impl Hook {
    const fn name(self) -> &'static str {
        match self {
            Self::Wheel => "build_wheel",
            Self::Sdist => "build_sdist",
        }
    }
}

impl Backend {
    /// Reads it from a pyproject.toml, if there is one. Without `[build-system]`, or without a backend in it, it is setuptools with its setup.py.
    pub(super) fn read(pyproject: Option<&Table>) -> Self {
        let system = pyproject.and_then(|table| table.get("build-system")?.as_table());
        let texts = |key: &str| -> Option<Vec<String>> {
            Some(system?.get(key)?.as_array()?.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
        };
        let object = system.and_then(|table| table.get("build-backend")?.as_str());
        Self {
            requires: texts("requires").unwrap_or_else(|| vec!["setuptools>=40.8.0".to_owned()]),
            object: object.unwrap_or("setuptools.build_meta:__legacy__").to_owned(),
            path: texts("backend-path").unwrap_or_default(),
        }
    }

    /// Makes the environment that it runs in.
    pub(super) fn prepare<'a>(&self, job: Job<'a>) -> Vec<Step<'a>> {
        let venv = job.build_venv();
        let install = job.pip_install(&job.python_of_build()).arg("--quiet").args(&self.requires);
        let offline = "pip could not find what `[build-system] requires` names: without a network, point it to a folder of wheels with PIP_FIND_LINKS";
        let install = Step::new("install build backend", Work::Run(install)).needs(&["make build environment"]);
        let mut steps = vec![
            advise_on_venv(Step::new("make build environment", Work::Run(job.new_venv_for_pip(&venv)))),
            advise_each(install, &PIP_FOUND_NOTHING, offline),
        ];
        steps.extend(locked(job));
        steps
    }

    /// Asks it for something to be put into `out`, made of what is in `tree`.
    pub(super) fn call(&self, job: Job<'_>, hook: Hook, out: &Path, tree: &Path) -> Invocation {
        let python = job.python_of_build();
        let pip = job.tools.pip.as_ref().map(|pip| pip.display().to_string()).unwrap_or_default();
        let call = Invocation::new(&python)
            .args(["-c", CALL, hook.name()])
            .arg(out)
            .arg(self.litter(job))
            .args([&pip, &self.object])
            .args(&self.path)
            .in_venv(job.build_venv(), job.tools.platform)
            .in_dir(tree)
            .shown_as(format!("{} -c 'import {}; {}(…)'", python.display(), self.object.replace(':', "."), hook.name()));
        let call = job.reaching_cargo(call).env("PYO3_PYTHON", python);
        match job.profile {
            Profile::Dev => call.env("SETUPTOOLS_RUST_CARGO_PROFILE", "dev"),
            Profile::Release => call,
        }
    }

    /// Where setuptools puts what it would leave in the tree.
    fn litter(&self, job: Job<'_>) -> PathBuf {
        job.target.work_dir().join("setuptools")
    }
}

/// A backend cannot be told to leave the lock file as it is, so cargo is asked before.
fn locked<'a>(job: Job<'a>) -> Option<Step<'a>> {
    job.cargo_flags.contains(&"--locked").then(|| {
        let metadata = Invocation::new(&job.tools.cargo.path).args(["metadata", "--format-version", "1", "--quiet"]).args(job.cargo_flags);
        Step::new("lock file", Work::Run(metadata.in_dir(&job.target.package))).advise("--locked", "run `cargo update --workspace`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pip_would_take_is_taken() {
        let read = |text: &str| Backend::read(Some(&text.parse().expect("good TOML")));
        let legacy = Backend::read(None);
        assert_eq!((legacy.object.as_str(), legacy.requires.len()), ("setuptools.build_meta:__legacy__", 1));
        let named = read("[build-system]\nrequires = ['setuptools', 'setuptools-rust']\n");
        assert_eq!((named.object.as_str(), named.requires.len()), ("setuptools.build_meta:__legacy__", 2));
        let own = read("[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['tools']\n");
        assert_eq!((own.object.as_str(), own.requires.len(), own.path.as_slice()), ("own", 0, ["tools".to_owned()].as_slice()));
    }
}
