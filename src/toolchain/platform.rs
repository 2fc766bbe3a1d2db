//! Every difference between Linux, macOS and Windows that matters to a build.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The systems that hognose tells apart. Every function takes the value, so that all three are tested on any host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux, and every other Unix that behaves like it.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Platform {
    /// All of them, for tests and tables.
    pub const ALL: [Self; 3] = [Self::Linux, Self::MacOs, Self::Windows];

    /// The system that hognose was built for.
    #[must_use]
    pub const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }

    /// What an executable's file name ends with.
    #[must_use]
    pub const fn exe_suffix(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "",
            Self::Windows => ".exe",
        }
    }

    /// The folder of a virtual environment that holds its programs.
    #[must_use]
    pub fn venv_programs(self, venv: &Path) -> PathBuf {
        match self {
            Self::Linux | Self::MacOs => venv.join("bin"),
            Self::Windows => venv.join("Scripts"),
        }
    }

    /// A program of a virtual environment, by its name without suffix.
    #[must_use]
    pub fn venv_program(self, venv: &Path, name: &str) -> PathBuf {
        self.venv_programs(venv).join(format!("{name}{}", self.exe_suffix()))
    }

    /// The interpreter of a virtual environment.
    #[must_use]
    pub fn venv_python(self, venv: &Path) -> PathBuf {
        self.venv_program(venv, "python")
    }

    /// The interpreter of a conda environment.
    #[must_use]
    pub fn conda_python(self, prefix: &Path) -> PathBuf {
        match self {
            Self::Linux | Self::MacOs => prefix.join("bin").join("python"),
            Self::Windows => prefix.join("python.exe"),
        }
    }

    /// The names under which Python is looked for on PATH, in this order.
    #[must_use]
    pub const fn python_names(self) -> &'static [&'static str] {
        match self {
            Self::Linux | Self::MacOs => &["python3", "python"],
            // `python` first: an activated environment or an installer's PATH entry is a choice, the launcher only a fallback.
            Self::Windows => &["python", "python3", "py"],
        }
    }

    /// What the file name of every compiled Python module ends with.
    #[must_use]
    pub const fn module_suffix(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => ".so",
            Self::Windows => ".pyd",
        }
    }

    /// What separates the folders of PATH.
    #[must_use]
    pub const fn path_separator(self) -> char {
        match self {
            Self::Linux | Self::MacOs => ':',
            Self::Windows => ';',
        }
    }

    /// A word as the shell takes it: PowerShell on Windows.
    #[must_use]
    pub fn quote(self, word: impl AsRef<OsStr>) -> String {
        let word = word.as_ref().to_string_lossy();
        let plain = |c: char| c.is_alphanumeric() || "-_./:=+%".contains(c) || self == Self::Windows && c == '\\';
        if !word.is_empty() && word.chars().all(plain) {
            return word.into_owned();
        }
        match self {
            Self::Linux | Self::MacOs => format!("'{}'", word.replace('\'', r"'\''")),
            Self::Windows => format!("'{}'", word.replace('\'', "''")),
        }
    }

    /// A program as the first word of a command.
    #[must_use]
    pub fn call(self, program: impl AsRef<OsStr>) -> String {
        match (self, self.quote(program)) {
            (Self::Windows, quoted) if quoted.starts_with('\'') => format!("& {quoted}"),
            (_, quoted) => quoted,
        }
    }

    /// What to type to activate a virtual environment.
    #[must_use]
    pub fn activate(self, venv: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!(". {}", self.quote(format!("{venv}/bin/activate"))),
            Self::Windows => self.call(format!("{venv}\\Scripts\\activate")),
        }
    }

    /// What to type to set a variable.
    #[must_use]
    pub fn set(self, name: &str, value: impl AsRef<OsStr>) -> String {
        match (self, self.quote(&value)) {
            (Self::Linux | Self::MacOs, quoted) => format!("export {name}={quoted}"),
            (Self::Windows, quoted) if quoted.starts_with('\'') => format!("$env:{name} = {quoted}"),
            (Self::Windows, plain) => format!("$env:{name} = '{plain}'"),
        }
    }

    /// What to type to unset a variable.
    #[must_use]
    pub fn unset(self, name: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("unset {name}"),
            Self::Windows => format!("Remove-Item Env:{name}"),
        }
    }

    /// What to type to remove a file.
    #[must_use]
    pub fn remove(self, file: impl AsRef<OsStr>) -> String {
        let file = self.quote(file);
        match self {
            Self::Linux | Self::MacOs => format!("rm -- {file}"),
            // Brackets would be a pattern without the option.
            Self::Windows => format!("Remove-Item -LiteralPath {file}"),
        }
    }

    /// The interpreter's name in instructions for people.
    #[must_use]
    pub const fn python_in_prose(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "python3",
            Self::Windows => "python",
        }
    }
}

/// Whether two paths lead to the same file or folder.
#[must_use]
pub fn same_file(left: &Path, right: &Path) -> bool {
    left == right || left.canonicalize().is_ok_and(|left| right.canonicalize().is_ok_and(|right| left == right))
}

/// Windows' `canonicalize` answers `\\?\C:\…`, which several build tools do not take.
#[must_use]
pub fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(rest) if !rest.starts_with("UNC") => PathBuf::from(rest),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last components of a path, whatever this host's separator is.
    fn parts(path: &Path) -> Vec<String> {
        path.iter().map(|part| part.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn environments_have_their_programs_in_two_places() {
        let venv = Path::new("venv");
        assert_eq!(parts(&Platform::Linux.venv_python(venv)), ["venv", "bin", "python"]);
        assert_eq!(parts(&Platform::MacOs.venv_program(venv, "maturin")), ["venv", "bin", "maturin"]);
        assert_eq!(parts(&Platform::Windows.venv_python(venv)), ["venv", "Scripts", "python.exe"]);
        assert_eq!(parts(&Platform::Linux.conda_python(venv)), ["venv", "bin", "python"]);
        assert_eq!(parts(&Platform::Windows.conda_python(venv)), ["venv", "python.exe"]);
        assert_eq!(Platform::Linux.activate(".venv"), ". .venv/bin/activate");
        assert_eq!(Platform::Windows.activate(".venv"), ".venv\\Scripts\\activate");
    }

    #[test]
    fn commands_are_typed_as_their_shell_takes_them() {
        let [linux, macos, windows] = Platform::ALL;
        assert_eq!(linux.remove("dist/$(id).whl"), "rm -- 'dist/$(id).whl'");
        assert_eq!(windows.remove(r"dist\$(id).whl"), r"Remove-Item -LiteralPath 'dist\$(id).whl'");
        assert_eq!([linux.quote("it's"), windows.quote("it's"), linux.quote("")], [r"'it'\''s'", "'it''s'", "''"]);
        assert_eq!([linux.quote(r"a\b"), windows.quote(r"a\b"), linux.quote("~me")], [r"'a\b'", r"a\b", "'~me'"]);
        assert_eq!([macos.call("/a b/python"), windows.call(r"C:\a b\python")], ["'/a b/python'", r"& 'C:\a b\python'"]);
        assert_eq!(linux.activate("my envs/x"), ". 'my envs/x/bin/activate'");
        assert_eq!([linux.set("A", "x"), windows.set("A", "x"), windows.set("A", "x y")], ["export A=x", "$env:A = 'x'", "$env:A = 'x y'"]);
        assert_eq!([linux.unset("A"), windows.unset("A")], ["unset A", "Remove-Item Env:A"]);
        assert_eq!(Platform::ALL.map(Platform::module_suffix), [".so", ".so", ".pyd"]);
    }

    #[test]
    fn paths_of_windows_lose_the_prefix_that_tools_do_not_take() {
        let plain = |path: &str| without_verbatim_prefix(PathBuf::from(path));
        assert_eq!(plain(r"\\?\C:\demo"), Path::new(r"C:\demo"));
        assert_eq!(plain(r"\\?\UNC\host\demo"), Path::new(r"\\?\UNC\host\demo"));
    }

    #[test]
    fn windows_differs_in_suffix_and_path() {
        assert_eq!(Platform::ALL.map(Platform::exe_suffix), ["", "", ".exe"]);
        assert_eq!(Platform::ALL.map(Platform::path_separator), [':', ':', ';']);
        assert_eq!(Platform::ALL.map(Platform::python_in_prose), ["python3", "python3", "python"]);
        assert!(Platform::Windows.python_names().contains(&"py"));
        assert!(Platform::ALL.iter().all(|platform| platform.python_names().contains(&"python3")));
    }

    #[test]
    fn this_host_is_one_of_them() {
        let host = Platform::current();
        assert!(Platform::ALL.contains(&host));
        assert_eq!(host.exe_suffix(), std::env::consts::EXE_SUFFIX);
    }
}
