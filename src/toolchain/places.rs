//! The places where a Python may be.

use std::ffi::OsStr;
use std::fs;
use std::iter::once_with;
use std::path::{Path, PathBuf};

use super::command::Invocation;
use super::locate::{Reason, Surroundings};

/// The minor numbers of Python 3 that are looked for by name, newest first: `python3.14`.
const MINORS: std::ops::RangeInclusive<u16> = 7..=20;

impl Surroundings {
    /// The places where a Python may be, lazily: uv and pyenv are asked only if what comes before does not fit.
    pub(super) fn candidates<'a>(&'a self, project: &'a Path) -> impl Iterator<Item = (PathBuf, Reason)> + 'a {
        let platform = self.platform;
        let active = self.virtual_env.iter().map(move |venv| (platform.venv_python(venv), Reason::ActiveEnvironment));
        let conda = self.conda_prefix.iter().map(move |conda| (platform.conda_python(conda), Reason::CondaEnvironment));
        let own = once_with(move || (platform.venv_python(&project.join(".venv")), Reason::ProjectEnvironment));
        let environments = active.chain(conda).chain(own).filter(|(path, _)| path.is_file());
        let uv = once_with(|| self.uv_python(project)).flatten().map(|path| (path, Reason::Uv));
        // pyenv's shims for single versions run only where that version is switched on, and its versions are looked at by themselves.
        let shims = self.pyenv_root().map(|root| root.join("shims"));
        let is_shim = move |path: &PathBuf| shims.as_ref().is_some_and(|shims| path.starts_with(shims));
        let names = platform.python_names().iter().filter_map(|name| self.on_path(OsStr::new(name)));
        let versions = MINORS.rev().filter_map(|minor| self.on_path(OsStr::new(&format!("python3.{minor}"))));
        let on_path = names.chain(versions.filter(move |path| !is_shim(path))).map(|path| (path, Reason::OnPath));
        let pyenv = once_with(|| self.pyenv_pythons()).flatten().map(|path| (path, Reason::Pyenv));
        environments.chain(uv).chain(on_path).chain(pyenv)
    }

    /// The Python that uv would run this project with.
    fn uv_python(&self, project: &Path) -> Option<PathBuf> {
        let uv = self.on_path(OsStr::new("uv"))?;
        // The folder may be new, and uv needs one that exists.
        let dir = project.ancestors().find(|dir| dir.is_dir())?;
        let answer = Invocation::new(uv).args(["python", "find", "--offline", "--no-python-downloads"]).in_dir(dir).capture().ok()?;
        answer.success.then(|| PathBuf::from(answer.stdout.trim())).filter(|path| path.is_file())
    }

    fn pyenv_root(&self) -> Option<PathBuf> {
        self.variable("PYENV_ROOT").map(PathBuf::from).or_else(|| Some(self.home.as_ref()?.join(".pyenv")))
    }

    /// What pyenv has installed, newest first as far as names tell.
    fn pyenv_pythons(&self) -> Vec<PathBuf> {
        let entries = self.pyenv_root().and_then(|root| fs::read_dir(root.join("versions")).ok());
        let mut folders: Vec<PathBuf> = entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        let numbers = |path: &PathBuf| -> Vec<u16> {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
        };
        folders.sort_by_key(|path| std::cmp::Reverse(numbers(path)));
        folders.iter().map(|folder| self.platform.venv_python(folder)).filter(|path| path.is_file()).collect()
    }
}
