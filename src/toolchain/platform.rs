//! Every difference between Linux, macOS and Windows that matters to a build.

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

    /// What the file name of a module compiled for the stable ABI ends with.
    #[must_use]
    pub const fn stable_abi_suffix(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => ".abi3.so",
            Self::Windows => ".pyd",
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

    /// The file name of the dynamic library that cargo builds from the library target `name`.
    #[must_use]
    pub fn cdylib_name(self, name: &str) -> String {
        match self {
            Self::Linux => format!("lib{name}.so"),
            Self::MacOs => format!("lib{name}.dylib"),
            Self::Windows => format!("{name}.dll"),
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

    /// What to type to activate a virtual environment.
    #[must_use]
    pub fn activate(self, venv: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!(". {venv}/bin/activate"),
            Self::Windows => format!("{venv}\\Scripts\\activate"),
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
    fn libraries_are_named_in_three_ways() {
        assert_eq!(Platform::ALL.map(|platform| platform.cdylib_name("core")), ["libcore.so", "libcore.dylib", "core.dll"]);
        assert_eq!(Platform::ALL.map(Platform::module_suffix), [".so", ".so", ".pyd"]);
        assert_eq!(Platform::ALL.map(Platform::stable_abi_suffix), [".abi3.so", ".abi3.so", ".pyd"]);
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
