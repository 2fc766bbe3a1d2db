//! A compiled module of a wheel: its name, the Python that its file name is for, and what the linker left for others to define.

use std::collections::BTreeSet;

use object::read::NameOrOrdinal;
use object::{BinaryFormat, Object as _};

use super::tags::series;
use crate::catalog::Series;

/// Folders of a wheel whose shared objects are no modules: what repair tools put beside the package, and data.
const LIBRARIES: [&str; 3] = [".libs", ".dylibs", ".data"];

/// A compiled module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path in the wheel.
    pub path: String,
    /// Its dotted name.
    pub name: String,
    /// What the end of its file name says.
    pub abi: ModuleAbi,
    /// What it needs; `None` if the file is in a format that is not understood.
    pub needs: Option<Needs>,
}

/// The Pythons that look for a module under a file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleAbi {
    /// All that know the stable ABI: `x.abi3.so`.
    Stable,
    /// One: `x.cpython-311-x86_64-linux-gnu.so`, `x.cp311-win_amd64.pyd`.
    Of(Series),
    /// All, or others than CPython: `x.so`.
    Open,
}

/// What a shared object needs of others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The libraries that it is linked to.
    pub libraries: Vec<String>,
    /// The symbols that must be defined elsewhere for it to load.
    pub symbols: BTreeSet<String>,
}

impl Module {
    /// Whether the file at this path of a wheel is a module that Python can import.
    pub(super) fn is_at(path: &str) -> bool {
        let is_library = |part: &str| LIBRARIES.iter().any(|end| part.ends_with(end));
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let is_shared = file.ends_with(".so") || file.ends_with(".pyd");
        is_shared && !file.starts_with("lib") && !folders.split('/').any(is_library)
    }

    /// Reads the file at this path of a wheel.
    pub(super) fn read(path: &str, bytes: &[u8]) -> Self {
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, ending) = file.split_once('.').unwrap_or((file, ""));
        let packages = folders.split('/').filter(|part| !part.is_empty());
        let name = packages.chain([stem]).collect::<Vec<_>>().join(".");
        Self { path: path.to_owned(), name, abi: ModuleAbi::read(ending), needs: Needs::read(bytes) }
    }
}

impl ModuleAbi {
    fn read(ending: &str) -> Self {
        let tag = ending.split('.').next().unwrap_or_default();
        if tag == "abi3" {
            return Self::Stable;
        }
        let mut parts = tag.split('-');
        let python = match parts.next() {
            Some("cpython") => parts.next().map(|digits| format!("cp{digits}")),
            python => python.map(str::to_owned),
        };
        python.and_then(|python| series(&python)).map_or(Self::Open, Self::Of)
    }
}

impl Needs {
    fn read(bytes: &[u8]) -> Option<Self> {
        let file = object::File::parse(bytes).ok()?;
        // C names begin with an underscore in this format.
        let prefix = if file.format() == BinaryFormat::MachO { "_" } else { "" };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let libraries = file.import_libraries().ok()?.filter_map(Result::ok).map(|library| text(library.name())).collect();
        let strong = file.imports().ok()?.filter_map(Result::ok).filter(|import| !import.is_weak());
        let symbols = strong.filter_map(|import| match import.name() {
            NameOrOrdinal::Name(name) => text(name).strip_prefix(prefix).map(str::to_owned),
            NameOrOrdinal::Ordinal(_) => None,
        });
        Some(Self { libraries, symbols: symbols.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_say_what_a_module_is_for() {
        let read = |path: &str| {
            let module = Module::read(path, b"");
            (module.name, module.abi)
        };
        assert_eq!(read("pkg/_core.abi3.so"), ("pkg._core".to_owned(), ModuleAbi::Stable));
        assert_eq!(read("core.cpython-311-x86_64-linux-gnu.so"), ("core".to_owned(), ModuleAbi::Of(Series(3, 11))));
        assert_eq!(read("a/b/c.cp314t-win_amd64.pyd"), ("a.b.c".to_owned(), ModuleAbi::Of(Series(3, 14))));
        for open in ["x.so", "x.pyd", "x.pypy311-pp73-x86_64-linux-gnu.so"] {
            assert_eq!(read(open), ("x".to_owned(), ModuleAbi::Open));
        }
    }

    #[test]
    fn not_every_shared_object_is_a_module() {
        assert!(Module::is_at("x.so") && Module::is_at("pkg/_core.abi3.so") && Module::is_at("pkg/_core.pyd"));
        for other in ["x.libs/a.so", "pkg/.dylibs/a.so", "x-1.0.data/purelib/a.so", "pkg/libfoo.so", "pkg/a.py", "pkg/libz.so.1"] {
            assert!(!Module::is_at(other), "{other}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_program_needs_is_read_from_it() {
        let program = std::env::current_exe().and_then(std::fs::read).expect("this program");
        let needs = Needs::read(&program).expect("a format that is understood");
        assert!(needs.libraries.iter().any(|library| library.starts_with("libc.")), "{:?}", needs.libraries);
        assert!(needs.symbols.contains("malloc"));
        assert_eq!(Needs::read(b"#!/bin/sh"), None);
    }
}
