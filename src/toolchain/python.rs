//! Finding Python: the places in their order, what an interpreter says of itself, and the choice among those that a project can use.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::asked::AskedVersion;
use super::command::Invocation;
use super::locate::{PassedOver, Reason, Surroundings, Version};
use super::platform::same_file;

/// What an interpreter is asked. What is on PATH may be a launcher, so it names the file that it really is.
const QUESTION: &str = "import sys, platform, sysconfig
print(platform.python_version())
print(sys.executable)
print(platform.python_implementation())
print('free-threaded' if sysconfig.get_config_var('Py_GIL_DISABLED') else 'gil')";

/// An interpreter that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// The file.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
    /// `CPython`, `PyPy`, …
    pub implementation: String,
    /// Whether it runs without the global lock.
    pub free_threaded: bool,
    /// Why it was looked at.
    pub reason: Reason,
}

/// What a project makes of an interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It fits.
    Fits,
    /// It may do when there is no better one, and this is to be said.
    Doubtful(String),
    /// It does not fit, and why.
    Unfit(String),
}

/// The outcome of a search for Python.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PythonSearch {
    /// The interpreter, if one fits.
    pub found: Option<Interpreter>,
    /// What is to be said of it.
    pub remark: Option<String>,
    /// What was tried before.
    pub passed_over: Vec<PassedOver>,
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ({})", self.label(), self.path.display(), self.reason)
    }
}

impl Interpreter {
    /// The version with what sets it apart: `3.14.0 free-threaded`, `3.11.11 PyPy`.
    #[must_use]
    pub fn label(&self) -> String {
        let threading = if self.free_threaded { " free-threaded" } else { "" };
        let implementation = if self.implementation == "CPython" { String::new() } else { format!(" {}", self.implementation) };
        format!("{}{threading}{implementation}", self.version.text)
    }

    /// Asks the program at `path` what it is.
    ///
    /// # Errors
    /// Why it is no interpreter that runs, in words that follow its name.
    pub fn ask(path: &Path, reason: Reason) -> Result<Self, String> {
        let mut invocation = Invocation::new(path);
        if path.file_stem().is_some_and(|name| name == "py") {
            invocation = invocation.arg("-3");
        }
        // Through a pipe, Windows' Python would write paths in the code page of the machine.
        let answer = invocation.args(["-X", "utf8", "-I", "-c", QUESTION]).capture().map_err(|error| format!("cannot run: {error}"))?;
        if !answer.success {
            let lines: Vec<&str> = answer.stderr.trim().lines().collect();
            // pyenv's shims explain themselves over many lines; the first one tells it.
            let shim = lines.first().filter(|line| line.starts_with("pyenv: "));
            return Err(format!("cannot run: {}", shim.or(lines.last()).unwrap_or(&"no message")));
        }
        let mut lines = answer.stdout.lines();
        let version = lines.next().and_then(Version::read);
        let (Some(version), Some(path)) = (version, lines.next().filter(|line| !line.is_empty())) else {
            return Err("did not tell its version".to_owned());
        };
        Ok(Self {
            path: PathBuf::from(path),
            version,
            implementation: lines.next().unwrap_or("CPython").to_owned(),
            free_threaded: lines.next() == Some("free-threaded"),
            reason,
        })
    }
}

impl Surroundings {
    /// Finds a Python that fits: the one asked for and no other, by its file, its name on PATH or its version;
    /// else that of the active environment, the project's `.venv`, uv, PATH, pyenv.
    #[must_use]
    pub fn python(&self, asked: Option<&Path>, project: &Path, judge: &dyn Fn(&Interpreter) -> Judgement) -> PythonSearch {
        let mut search = PythonSearch::default();
        let mut doubtful = None;
        let mut seen = BTreeSet::new();
        let named = asked.and_then(|asked| self.on_path(asked.as_os_str())).map(|path| (path, Reason::Asked));
        let version = asked.and_then(|asked| AskedVersion::read(asked.as_os_str()));
        let is_searched = asked.is_none() || version.is_some();
        let searched = is_searched.then(|| self.candidates(project)).into_iter().flatten();
        for (path, reason) in named.into_iter().chain(searched) {
            let is_named = reason == Reason::Asked;
            let interpreter = match Interpreter::ask(&path, reason) {
                Ok(interpreter) => interpreter,
                Err(why) => {
                    search.pass_over(path, why);
                    continue;
                }
            };
            // What was asked for by name and answers is meant, whatever its version is.
            if !is_named && version.is_some_and(|version| !version.is_of(&interpreter)) || !seen.insert(interpreter.path.clone()) {
                continue;
            }
            match judge(&interpreter) {
                Judgement::Fits => {
                    search.found = Some(interpreter);
                    break;
                }
                Judgement::Doubtful(why) if doubtful.is_none() => doubtful = Some((interpreter, why)),
                Judgement::Doubtful(why) | Judgement::Unfit(why) => {
                    search.pass_over(interpreter.path.clone(), format!("({}) {why}", interpreter.label()));
                }
            }
            if is_named {
                break;
            }
        }
        if let Some(asked) = asked.filter(|_| seen.is_empty()) {
            match version {
                Some(_) => search.pass_over(asked.to_owned(), "is not among the Pythons that were found; `hognose doctor` lists them"),
                None if search.passed_over.is_empty() => search.pass_over(asked.to_owned(), "is not there"),
                None => {}
            }
        }
        match (doubtful, &search.found) {
            (Some((interpreter, why)), None) => {
                search.remark = Some(why);
                search.found = Some(interpreter);
            }
            (Some((interpreter, why)), Some(_)) => search.pass_over(interpreter.path.clone(), format!("({}) {why}", interpreter.label())),
            (None, _) => {}
        }
        search
    }

    /// Every Python that is found, each once, in the order of the search.
    #[must_use]
    pub fn pythons(&self, project: &Path) -> Vec<Interpreter> {
        let candidates: Vec<(PathBuf, Reason)> = self.candidates(project).collect();
        let answers: Vec<Interpreter> =
            candidates.into_par_iter().filter_map(|(path, reason)| Interpreter::ask(&path, reason).ok()).collect();
        let mut found: Vec<Interpreter> = Vec::new();
        for interpreter in answers {
            if !found.iter().any(|other| is_same(&other.path, &interpreter.path)) {
                found.push(interpreter);
            }
        }
        found
    }

    /// The interpreter that cargo's build of PyO3 takes by itself: `PYO3_PYTHON`, the active environment, the first of `python` and `python3` on PATH
    /// that is a Python 3 and runs.
    #[must_use]
    pub fn python_of_cargo(&self) -> Option<PathBuf> {
        if let Some(named) = self.variable("PYO3_PYTHON") {
            return self.on_path(named);
        }
        let environment = match (&self.virtual_env, &self.conda_prefix) {
            (Some(venv), None) => Some(self.platform.venv_python(venv)),
            (None, Some(conda)) => Some(self.platform.conda_python(conda)),
            _ => None,
        };
        let on_path = || ["python", "python3"].iter().filter_map(|name| self.on_path(OsStr::new(name)));
        environment.or_else(|| on_path().find(|path| Interpreter::ask(path, Reason::OnPath).is_ok()))
    }
}

impl PythonSearch {
    fn pass_over(&mut self, path: PathBuf, why: impl Into<String>) {
        self.passed_over.push(PassedOver { path, why: why.into() });
    }
}

fn is_same(left: &Path, right: &Path) -> bool {
    left == right || same_file(left, right) && !is_in_venv(left) && !is_in_venv(right)
}

/// The interpreter of a virtual environment is a link to another one, and still not the same.
fn is_in_venv(python: &Path) -> bool {
    python.ancestors().nth(2).is_some_and(|root| root.join("pyvenv.cfg").is_file())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;

    use super::*;

    /// Writes an interpreter that reports this version, and itself as the executable. A shell writes it: see the tests of `locate`.
    fn python(path: &Path, version: &str) {
        script(path, &format!("echo {version}; echo {}", path.display()));
    }

    fn script(path: &Path, answer: &str) {
        fs::create_dir_all(path.parent().expect("programs are in folders")).expect("folder");
        let write = "printf '%s' \"$1\" > \"$0\" && chmod 755 \"$0\"";
        let shell = Invocation::new("/bin/sh").arg("-c").arg(write).arg(path).arg(format!("#!/bin/sh\n{answer}\n"));
        assert!(shell.capture().expect("a shell").success);
    }

    fn around(root: &Path) -> Surroundings {
        Surroundings::bare(root.join("path"), root)
    }

    fn at_least(minor: u16) -> impl Fn(&Interpreter) -> Judgement {
        move |python| {
            if python.version.series < (3, minor) { Judgement::Unfit(format!("is older than 3.{minor}")) } else { Judgement::Fits }
        }
    }

    fn chosen(search: &PythonSearch) -> Option<(&str, &Reason)> {
        search.found.as_ref().map(|found| (found.version.text.as_str(), &found.reason))
    }

    #[test]
    fn environments_come_before_path_and_old_ones_are_passed_over() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path();
        python(&root.join("path/python3"), "3.8.1");
        python(&root.join("path/python"), "3.12.0");
        let mut around = around(root);

        let search = around.python(None, root, &at_least(9));
        assert_eq!(chosen(&search), Some(("3.12.0", &Reason::OnPath)));
        assert_eq!(search.passed_over[0].why, "(3.8.1) is older than 3.9");

        python(&root.join("found/python"), "3.10.0");
        script(&root.join("path/uv"), &format!("echo {}", root.join("found/python").display()));
        assert_eq!(chosen(&around.python(None, root, &at_least(9))), Some(("3.10.0", &Reason::Uv)));

        python(&root.join(".venv/bin/python"), "3.11.0");
        assert_eq!(chosen(&around.python(None, root, &at_least(9))), Some(("3.11.0", &Reason::ProjectEnvironment)));

        python(&root.join("conda/bin/python"), "3.9.0");
        around.conda_prefix = Some(root.join("conda"));
        assert_eq!(chosen(&around.python(None, root, &at_least(9))), Some(("3.9.0", &Reason::CondaEnvironment)));
        assert_eq!(around.rival_environments(), None);

        python(&root.join("active/bin/python"), "3.13.0");
        around.virtual_env = Some(root.join("active"));
        assert_eq!(chosen(&around.python(None, root, &at_least(9))), Some(("3.13.0", &Reason::ActiveEnvironment)));
        assert_eq!(around.rival_environments(), Some((root.join("active").as_path(), root.join("conda").as_path())));
    }

    #[test]
    fn what_does_not_fit_makes_way_for_versions_by_name_and_for_pyenv() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path();
        python(&root.join("path/python3"), "3.9.1");
        python(&root.join("path/python3.10"), "3.10.2");
        python(&root.join("home/.pyenv/versions/3.9.18/bin/python"), "3.9.18");
        python(&root.join("home/.pyenv/versions/3.13.0/bin/python"), "3.13.0");
        let around = Surroundings { home: Some(root.join("home")), ..around(root) };
        assert_eq!(chosen(&around.python(None, root, &at_least(10))), Some(("3.10.2", &Reason::OnPath)));
        assert_eq!(chosen(&around.python(None, root, &at_least(11))), Some(("3.13.0", &Reason::Pyenv)));
        assert_eq!(around.python(None, root, &at_least(14)).passed_over.len(), 4);
        let all: Vec<String> = around.pythons(root).into_iter().map(|python| python.version.text).collect();
        assert_eq!(all, ["3.9.1", "3.10.2", "3.13.0", "3.9.18"]);
    }

    #[test]
    fn what_is_doubtful_is_taken_last_and_with_its_remark() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path();
        python(&root.join("path/python3"), "3.14.0");
        let judge = |python: &Interpreter| match python.version.series {
            (3, 13) => Judgement::Fits,
            _ => Judgement::Doubtful("is new".to_owned()),
        };
        let search = around(root).python(None, root, &judge);
        assert_eq!((chosen(&search), search.remark.as_deref()), (Some(("3.14.0", &Reason::OnPath)), Some("is new")));
        python(&root.join("path/python"), "3.13.0");
        let search = around(root).python(None, root, &judge);
        assert_eq!((chosen(&search), &search.remark), (Some(("3.13.0", &Reason::OnPath)), &None));
        assert_eq!(search.passed_over[0].why, "(3.14.0) is new");
    }

    #[test]
    fn what_is_asked_for_has_no_substitute() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path();
        python(&root.join("path/python3"), "3.12.0");
        let around = around(root);
        let search = around.python(Some(Path::new("pypy3")), root, &at_least(9));
        assert_eq!(search.found, None);
        assert_eq!(search.passed_over[0].to_string(), "`pypy3` is not there");
        assert_eq!(chosen(&around.python(Some(Path::new("python3")), root, &at_least(9))), Some(("3.12.0", &Reason::Asked)));
        assert_eq!(around.python(Some(Path::new("python3")), root, &at_least(13)).found, None);
    }

    #[test]
    fn a_version_that_is_asked_for_is_found_wherever_it_is() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path();
        python(&root.join("path/python3"), "3.11.2");
        python(&root.join("home/.pyenv/versions/3.12.1/bin/python"), "3.12.1");
        let around = Surroundings { home: Some(root.join("home")), ..around(root) };
        let asked = |asked: &str| around.python(Some(Path::new(asked)), root, &at_least(9));
        for name in ["3.12", "3.12.1", "python3.12"] {
            assert_eq!(chosen(&asked(name)), Some(("3.12.1", &Reason::Pyenv)), "{name}");
            assert_eq!(asked(name).passed_over, [], "{name}");
        }
        assert_eq!(chosen(&asked("3.11")), Some(("3.11.2", &Reason::OnPath)));
        let missing = asked("3.13").passed_over[0].to_string();
        assert_eq!(missing, "`3.13` is not among the Pythons that were found; `hognose doctor` lists them");
        // A shim stands for a version that is not switched on here.
        script(&root.join("path/python3.12"), "echo 'pyenv: python3.12: command not found' >&2; exit 127");
        assert_eq!(chosen(&asked("python3.12")), Some(("3.12.1", &Reason::Pyenv)));
        assert_eq!(asked("python3.12").passed_over[0].why, "cannot run: pyenv: python3.12: command not found");
        // A program of this name that answers is the one that is meant.
        python(&root.join("path/python3.12"), "3.12.9");
        assert_eq!(chosen(&asked("python3.12")), Some(("3.12.9", &Reason::Asked)));
        assert_eq!(around.python(Some(Path::new("python3.12")), root, &at_least(13)).found, None);
    }

    #[test]
    fn cargo_takes_the_first_name_that_answers() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path();
        let around = around(root);
        script(&root.join("path/python"), "echo 'pyenv: python: command not found' >&2; exit 127");
        assert_eq!(around.python_of_cargo(), None);
        python(&root.join("path/python3"), "3.12.0");
        assert_eq!(around.python_of_cargo(), Some(root.join("path/python3")));
        python(&root.join("path/python"), "3.11.0");
        assert_eq!(around.python_of_cargo(), Some(root.join("path/python")));
        let named = Surroundings { variables: [("PYO3_PYTHON".to_owned(), "python3".into())].into(), ..around };
        assert_eq!(named.python_of_cargo(), Some(root.join("path/python3")));
    }

    #[test]
    fn interpreters_tell_what_sets_them_apart() {
        let dir = tempfile::tempdir().expect("folder");
        let path = dir.path().join("python3");
        script(&path, "echo 3.14.0; echo /x/python3; echo CPython; echo free-threaded");
        let free = Interpreter::ask(&path, Reason::OnPath).expect("an answer");
        assert_eq!(free.to_string(), "3.14.0 free-threaded at /x/python3 (first on PATH)");
        script(&path, "printf 'pyenv: python3.10: command not found\\n\\nhint\\n' >&2; exit 127");
        assert_eq!(Interpreter::ask(&path, Reason::OnPath), Err("cannot run: pyenv: python3.10: command not found".to_owned()));
    }
}
