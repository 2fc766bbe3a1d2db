//! Finding cargo, maturin, Python and uv, and remembering why each was chosen or passed over.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use super::command::Invocation;
use super::platform::Platform;

/// What the search depends on, apart from the disk.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// PATH.
    pub path: OsString,
    /// `VIRTUAL_ENV`.
    pub virtual_env: Option<PathBuf>,
    /// The current folder; relative paths start from it.
    pub dir: PathBuf,
    /// The system.
    pub platform: Platform,
}

/// Why a program was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The user named it.
    Asked,
    /// It is in the environment that is active in this shell.
    ActiveEnvironment,
    /// It is in the project's `.venv`.
    ProjectEnvironment,
    /// It is the first good one on PATH.
    OnPath,
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
            Self::ProjectEnvironment => "the project's `.venv`",
            Self::OnPath => "first on PATH",
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
        Self {
            path: std::env::var_os("PATH").unwrap_or_default(),
            virtual_env: std::env::var_os("VIRTUAL_ENV").filter(|venv| !venv.is_empty()).map(PathBuf::from),
            dir: std::env::current_dir().unwrap_or_default(),
            platform: Platform::current(),
        }
    }

    /// Finds a Python of at least this series: the one asked for and no other, else the active environment's, the project's, PATH's.
    #[must_use]
    pub fn python(&self, asked: Option<&Path>, project: &Path, at_least: (u16, u16)) -> Search {
        let mut search = Search::default();
        if let Some(asked) = asked {
            match self.on_path(asked.as_os_str()) {
                Some(path) => search.try_python(path, Reason::Asked, at_least),
                None => search.pass_over(asked.to_owned(), "is not there"),
            }
            return search;
        }
        let active = self.virtual_env.iter().map(|venv| (self.platform.venv_python(venv), Reason::ActiveEnvironment));
        let own = std::iter::once((self.platform.venv_python(&project.join(".venv")), Reason::ProjectEnvironment));
        for (path, reason) in active.chain(own).filter(|(path, _)| path.is_file()) {
            search.try_python(path, reason, at_least);
        }
        for name in self.platform.python_names() {
            if search.found.is_none()
                && let Some(path) = self.on_path(OsStr::new(name))
            {
                search.try_python(path, Reason::OnPath, at_least);
            }
        }
        search
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

    /// Finds uv on PATH.
    #[must_use]
    pub fn uv(&self) -> Search {
        self.first_on_path("uv")
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

    fn on_path(&self, name: &OsStr) -> Option<PathBuf> {
        which::which_in(name, Some(&self.path), &self.dir).ok()
    }
}

impl Search {
    fn pass_over(&mut self, path: PathBuf, why: impl Into<String>) {
        self.passed_over.push(PassedOver { path, why: why.into() });
    }

    /// Asks an interpreter for its version and for the file that it really is: what is on PATH may be a launcher.
    fn try_python(&mut self, path: PathBuf, reason: Reason, at_least: (u16, u16)) {
        if self.found.is_some() {
            return;
        }
        const QUESTION: &str = "import sys, platform; print(platform.python_version()); print(sys.executable)";
        let mut invocation = Invocation::new(&path);
        if path.file_stem().is_some_and(|name| name == "py") {
            invocation = invocation.arg("-3");
        }
        let answer = match invocation.args(["-I", "-c", QUESTION]).capture() {
            Ok(answer) if answer.success => answer.stdout,
            Ok(answer) => {
                return self.pass_over(path, format!("cannot run: {}", answer.stderr.trim().lines().last().unwrap_or("no message")));
            }
            Err(error) => return self.pass_over(path, format!("cannot run: {error}")),
        };
        let mut lines = answer.lines();
        let version = lines.next().and_then(Version::read);
        let (Some(version), Some(executable)) = (version, lines.next().filter(|line| !line.is_empty())) else {
            return self.pass_over(path, "did not tell its version");
        };
        self.take(PathBuf::from(executable), version, reason, at_least);
    }

    fn try_program(&mut self, path: PathBuf, question: &[&str], reason: Reason, at_least: (u16, u16)) {
        if self.found.is_some() {
            return;
        }
        let version = match Invocation::new(&path).args(question).capture() {
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

        /// Writes an interpreter that reports this version, and itself as the executable.
        fn python(path: &Path, version: &str) {
            program(path, &format!("echo {version}; echo {}", path.display()));
        }

        fn surroundings(root: &Path) -> Surroundings {
            Surroundings { path: root.join("path").into(), virtual_env: None, dir: root.to_owned(), platform: Platform::Linux }
        }

        fn chosen(search: &Search) -> Option<(&str, &Reason)> {
            search.found.as_ref().map(|found| (found.version.text.as_str(), &found.reason))
        }

        #[test]
        fn environments_come_before_path_and_old_ones_are_passed_over() {
            let dir = tempfile::tempdir().expect("folder");
            let root = dir.path();
            python(&root.join("path/python3"), "3.8.1");
            python(&root.join("path/python"), "3.12.0");
            let mut around = surroundings(root);

            let search = around.python(None, root, (3, 9));
            assert_eq!(chosen(&search), Some(("3.12.0", &Reason::OnPath)));
            assert_eq!(search.passed_over[0].why, "is 3.8.1, which is older than 3.9");

            python(&root.join(".venv/bin/python"), "3.11.0");
            assert_eq!(chosen(&around.python(None, root, (3, 9))), Some(("3.11.0", &Reason::ProjectEnvironment)));

            python(&root.join("active/bin/python"), "3.13.0");
            around.virtual_env = Some(root.join("active"));
            assert_eq!(chosen(&around.python(None, root, (3, 9))), Some(("3.13.0", &Reason::ActiveEnvironment)));
        }

        #[test]
        fn what_is_asked_for_has_no_substitute() {
            let dir = tempfile::tempdir().expect("folder");
            let root = dir.path();
            python(&root.join("path/python3"), "3.12.0");
            let around = surroundings(root);
            let search = around.python(Some(Path::new("python3.99")), root, (3, 9));
            assert_eq!(search.found, None);
            assert_eq!(search.passed_over[0].to_string(), "`python3.99` is not there");
            assert_eq!(chosen(&around.python(Some(Path::new("python3")), root, (3, 9))), Some(("3.12.0", &Reason::Asked)));
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
            assert_eq!(surroundings(root).uv().passed_over[0].to_string(), "`uv` is not on PATH");
        }
    }
}
