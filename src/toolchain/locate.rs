//! What the surroundings are, and finding cargo, maturin, pip and others in them; a search remembers what it passed over and why.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use super::command::Invocation;
use super::platform::Platform;

/// What a search depends on, apart from the disk: the one place that reads the environment of this process.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// PATH.
    pub path: OsString,
    /// `VIRTUAL_ENV`.
    pub virtual_env: Option<PathBuf>,
    /// `CONDA_PREFIX`.
    pub conda_prefix: Option<PathBuf>,
    /// The user's own folder.
    pub home: Option<PathBuf>,
    /// The variables that PyO3, Python, pyenv and rustc go by: those whose name has one of the beginnings in [`WATCHED`].
    pub variables: BTreeMap<String, OsString>,
    /// The current folder; relative paths start from it.
    pub dir: PathBuf,
    /// The system.
    pub platform: Platform,
}

/// How the names of the variables begin that [`Surroundings::variables`] holds.
pub const WATCHED: [&str; 7] = ["PYO3_", "UNSAFE_PYO3_", "PYTHON", "PYENV_", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_HOME"];

/// Why a program was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The user named it.
    Asked,
    /// It is in the environment that is active in this shell.
    ActiveEnvironment,
    /// It is in the conda environment that is active in this shell.
    CondaEnvironment,
    /// It is in the project's `.venv`.
    ProjectEnvironment,
    /// uv takes it for this project.
    Uv,
    /// It is the first good one on PATH.
    OnPath,
    /// pyenv has installed it.
    Pyenv,
    /// It is installed beside the chosen Python.
    BesidePython,
    /// hognose installed it for itself.
    Private,
}

/// A program that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// What it calls its version.
    pub version: Version,
    /// Why this one.
    pub reason: Reason,
}

/// A program that was looked at and not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The file, or what was asked for.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// The outcome of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The program, if one fits.
    pub found: Option<Found>,
    /// What was tried before.
    pub passed_over: Vec<PassedOver>,
}

/// A program's version: its leading numbers, and the text as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Major and minor number.
    pub series: (u16, u16),
    /// As printed.
    pub text: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked => "asked for",
            Self::ActiveEnvironment => "active environment",
            Self::CondaEnvironment => "active conda environment",
            Self::ProjectEnvironment => "the project's `.venv`",
            Self::Uv => "chosen by uv",
            Self::OnPath => "first on PATH",
            Self::Pyenv => "installed by pyenv",
            Self::BesidePython => "beside this Python",
            Self::Private => "installed by hognose",
        })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ({})", self.version.text, self.path.display(), self.reason)
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path.display(), self.why)
    }
}

impl Version {
    /// Reads the first word of `text` that starts with a digit.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let word = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut numbers = word.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else { return None };
        Some(Self { series: (major, minor), text: word.to_owned() })
    }
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self {
            path: std::env::var_os("PATH").unwrap_or_default(),
            virtual_env: folder("VIRTUAL_ENV"),
            conda_prefix: folder("CONDA_PREFIX"),
            home: std::env::home_dir(),
            variables: named.filter(|(name, _)| WATCHED.iter().any(|start| name.starts_with(start))).collect(),
            dir: std::env::current_dir().unwrap_or_default(),
            platform: Platform::current(),
        }
    }

    /// Nothing but a PATH and a current folder, on Linux.
    #[must_use]
    pub fn bare(path: impl Into<OsString>, dir: &Path) -> Self {
        Self {
            path: path.into(),
            virtual_env: None,
            conda_prefix: None,
            home: None,
            variables: BTreeMap::new(),
            dir: dir.to_owned(),
            platform: Platform::Linux,
        }
    }

    /// The virtual environment and the conda environment, when both are active and not the same: maturin and PyO3 then take neither.
    #[must_use]
    pub fn rival_environments(&self) -> Option<(&Path, &Path)> {
        let (venv, conda) = (self.virtual_env.as_deref()?, self.conda_prefix.as_deref()?);
        (venv != conda).then_some((venv, conda))
    }

    /// A watched variable that is set to something.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(name).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Finds a maturin of at least this series: beside `python`, on PATH, or in the environment that hognose keeps for its tools.
    #[must_use]
    pub fn maturin(&self, python: &Path, tools: &Path, at_least: (u16, u16)) -> Search {
        let mut search = Search::default();
        let name = format!("maturin{}", self.platform.exe_suffix());
        let beside = python.parent().map(|dir| (dir.join(&name), Reason::BesidePython));
        let on_path = self.on_path(OsStr::new("maturin")).map(|path| (path, Reason::OnPath));
        let private = (self.platform.venv_program(tools, "maturin"), Reason::Private);
        for (path, reason) in beside.into_iter().chain(on_path).chain([private]).filter(|(path, _)| path.is_file()) {
            search.try_program(path, &["--version"], reason, at_least);
        }
        search
    }

    /// Finds a pip of at least this series in the environment that hognose keeps for its tools; the result is the interpreter to run it with.
    #[must_use]
    pub fn pip(&self, tools: &Path, at_least: (u16, u16)) -> Search {
        let mut search = Search::default();
        let python = self.platform.venv_python(tools);
        if python.is_file() {
            search.try_program(python, &["-m", "pip", "--version"], Reason::Private, at_least);
        }
        search
    }

    /// Finds cargo on PATH.
    #[must_use]
    pub fn cargo(&self) -> Search {
        self.first_on_path("cargo")
    }

    /// Finds rustc on PATH, as it is in the folder `project`: rustup looks for a toolchain file there.
    #[must_use]
    pub fn rustc(&self, project: &Path) -> Search {
        let mut search = Search::default();
        match self.on_path(OsStr::new("rustc")) {
            Some(path) => search.ask(path.clone(), Invocation::new(path).arg("--version").in_dir(project), Reason::OnPath, (0, 0)),
            None => search.pass_over(PathBuf::from("rustc"), "is not on PATH"),
        }
        search
    }

    /// Finds git on PATH.
    #[must_use]
    pub fn git(&self) -> Search {
        self.first_on_path("git")
    }

    fn first_on_path(&self, name: &str) -> Search {
        let mut search = Search::default();
        match self.on_path(OsStr::new(name)) {
            Some(path) => search.try_program(path, &["--version"], Reason::OnPath, (0, 0)),
            None => search.pass_over(PathBuf::from(name), "is not on PATH"),
        }
        search
    }

    /// The file that the shell would run.
    #[must_use]
    pub fn on_path(&self, name: &OsStr) -> Option<PathBuf> {
        which::which_in(name, Some(&self.path), &self.dir).ok()
    }
}

impl Search {
    fn pass_over(&mut self, path: PathBuf, why: impl Into<String>) {
        self.passed_over.push(PassedOver { path, why: why.into() });
    }

    fn try_program(&mut self, path: PathBuf, question: &[&str], reason: Reason, at_least: (u16, u16)) {
        let question = Invocation::new(&path).args(question);
        self.ask(path, question, reason, at_least);
    }

    fn ask(&mut self, path: PathBuf, question: Invocation, reason: Reason, at_least: (u16, u16)) {
        if self.found.is_some() {
            return;
        }
        let version = match question.capture() {
            Ok(answer) if answer.success => Version::read(&answer.stdout),
            Ok(answer) => {
                return self.pass_over(path, format!("cannot run: {}", answer.stderr.trim().lines().next().unwrap_or("no message")));
            }
            Err(error) => return self.pass_over(path, format!("cannot run: {error}")),
        };
        match version {
            Some(version) => self.take(path, version, reason, at_least),
            None => self.pass_over(path, "did not tell its version"),
        }
    }

    fn take(&mut self, path: PathBuf, version: Version, reason: Reason, at_least: (u16, u16)) {
        if version.series < at_least {
            let why = format!("is {}, which is older than {}.{}", version.text, at_least.0, at_least.1);
            return self.pass_over(path, why);
        }
        self.found = Some(Found { path, version, reason });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        let read = |text| Version::read(text).map(|version| (version.series, version.text));
        assert_eq!(read("maturin 1.16.0"), Some(((1, 16), "1.16.0".to_owned())));
        assert_eq!(read("cargo 1.95.0 (f2d3ce0bd 2026-03-21)"), Some(((1, 95), "1.95.0".to_owned())));
        assert_eq!(read("3.14.0rc1"), Some(((3, 14), "3.14.0rc1".to_owned())));
        assert_eq!(read("hello"), None);
    }

    #[cfg(unix)]
    mod with_programs {
        use std::fs;

        use super::*;

        /// Writes a program that answers every call with `answer`.
        ///
        /// A shell writes it: a file that this process has open for writing cannot be run, and a program that another test starts meanwhile inherits what is open.
        fn program(path: &Path, answer: &str) {
            fs::create_dir_all(path.parent().expect("programs are in folders")).expect("folder");
            let script = format!("#!/bin/sh\n{answer}\n");
            let write = "printf '%s' \"$1\" > \"$0\" && chmod 755 \"$0\"";
            let shell = Invocation::new("/bin/sh").arg("-c").arg(write).arg(path).arg(script);
            assert!(shell.capture().expect("a shell").success);
        }

        fn surroundings(root: &Path) -> Surroundings {
            Surroundings::bare(root.join("path"), root)
        }

        fn chosen(search: &Search) -> Option<(&str, &Reason)> {
            search.found.as_ref().map(|found| (found.version.text.as_str(), &found.reason))
        }

        #[test]
        fn a_launcher_without_its_program_is_passed_over() {
            let dir = tempfile::tempdir().expect("folder");
            let root = dir.path();
            program(&root.join("path/maturin"), "echo 'maturin: command not found' >&2; exit 127");
            program(&root.join("tools/bin/maturin"), "echo maturin 1.16.0");
            let search = surroundings(root).maturin(Path::new("/nowhere/python"), &root.join("tools"), (1, 9));
            assert_eq!(chosen(&search), Some(("1.16.0", &Reason::Private)));
            assert_eq!(search.passed_over[0].why, "cannot run: maturin: command not found");
            assert_eq!(surroundings(root).git().passed_over[0].to_string(), "`git` is not on PATH");
        }
    }
}
