//! What is wrong with a wheel: tags that promise what the code does not keep, what it links to, files that are missing or too many.

use std::collections::BTreeMap;

use super::{Module, ModuleAbi, Wheel};
use crate::catalog::{CPython, Series, StableAbi, Threading, in_stable_abi_since};

/// What a wheel has to keep.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    /// The stable ABI that the features of PyO3 ask for.
    pub stable_abi: StableAbi,
    /// The Python that it was built with; `None` for others than CPython.
    pub python: Option<CPython>,
    /// The types of the tree.
    pub stubs: &'a [Stub],
}

/// A file with types, or one that says that there are some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// Its path in the tree.
    pub source: String,
    /// Where it has to be in a wheel: `pkg/__init__.pyi`.
    pub place: String,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What, in words for people.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Names at the top of a wheel that every distribution might use: they land beside the packages of all others.
const TOO_GENERAL: [&str; 14] = [
    "benchmarks",
    "build",
    "conftest.py",
    "dist",
    "doc",
    "docs",
    "example",
    "examples",
    "python",
    "scripts",
    "setup.py",
    "src",
    "test",
    "tests",
];

/// Ends of the names of files that programs leave behind.
const LEFTOVERS: [&str; 9] = [".pyc", ".pyo", "/.DS_Store", "/Thumbs.db", "~", ".swp", ".orig", ".rej", "/.coverage"];

/// Folders that programs leave behind.
const LEFTOVER_FOLDERS: [&str; 6] = ["__pycache__", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv"];

/// Symbols that one message names.
const NAMED: usize = 5;

/// Everything that is wrong with a wheel.
#[must_use]
pub fn faults(wheel: &Wheel, promise: Promise<'_>) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    faults.extend(tag_of_features(wheel, promise));
    for module in &wheel.modules {
        faults.extend(file_name(wheel, module));
        faults.extend(libpython(module));
        faults.extend(unstable_symbols(wheel, module));
        faults.extend(windows_library(wheel, module));
    }
    faults.extend(twice(wheel));
    faults.extend(missing_types(wheel, promise.stubs));
    faults.extend(surplus(wheel));
    faults
}

impl Fault {
    fn new(message: String, help: impl Into<String>) -> Self {
        Self { message, help: help.into() }
    }
}

/// The features of PyO3 promise one wheel for many Pythons, and the tag does not.
fn tag_of_features(wheel: &Wheel, promise: Promise<'_>) -> Option<Fault> {
    let StableAbi::From(floor) = promise.stable_abi else { return None };
    // Free-threaded Pythons do not know this ABI.
    promise.python.filter(|python| python.threading == Threading::Gil)?;
    let is_right = wheel.tags.abi3_floor() == Some(floor) || wheel.modules.is_empty();
    let feature = format!("abi3-py{}{}", floor.0, floor.1);
    let help = format!(
        "maturin sets the tag by itself; with setuptools, write `py_limited_api = cp{}{}` below `[bdist_wheel]` in setup.cfg, and \
         `py_limited_api=True` at the `RustExtension`",
        floor.0, floor.1
    );
    (!is_right).then(|| {
        Fault::new(
            format!("the feature `{feature}` promises one wheel for Python {floor} and all later ones, and its tag is `{}`", wheel.tags),
            help,
        )
    })
}

/// The file name of a module is one that some of the promised Pythons do not look for.
fn file_name(wheel: &Wheel, module: &Module) -> Option<Fault> {
    let ModuleAbi::Of(only) = module.abi else { return None };
    let threads = [Threading::Gil, Threading::Free];
    let help = "remove what an earlier build has left in the tree; a stable ABI needs `.abi3.so`, which setuptools writes with \
                `py_limited_api=True` at the `RustExtension`";
    let message = if let Some(floor) = wheel.tags.abi3_floor() {
        format!("the tag `{}` promises every Python from {floor} on, and `{}` is found by Python {only} alone", wheel.tags, module.path)
    } else if threads.iter().any(|threading| wheel.tags.fit(CPython { series: only, threading: *threading })) {
        return None;
    } else {
        format!("`{}` is for Python {only}, and the tag of the wheel is `{}`", module.path, wheel.tags)
    };
    Some(Fault::new(message, help))
}

/// Linked to libpython, which most Pythons do not have as a library of its own.
fn libpython(module: &Module) -> Option<Fault> {
    let needs = module.needs.as_ref()?;
    let is_libpython = |library: &&String| {
        let file = library.rsplit('/').next().unwrap_or(library);
        file.starts_with("libpython") || library.contains("Python.framework/")
    };
    let library = needs.libraries.iter().find(is_libpython)?;
    let help = "build with maturin 1.9.4 or setuptools-rust 1.12, or later, or switch PyO3's feature `extension-module` on for wheels; a build \
                script must not link to Python either";
    Some(Fault::new(
        format!("`{}` links to `{library}`, which a Python that was built without a shared library does not have", module.path),
        help,
    ))
}

/// Symbols that the promised Pythons do not all have.
fn unstable_symbols(wheel: &Wheel, module: &Module) -> Option<Fault> {
    let floor = wheel.tags.abi3_floor()?;
    let needs = module.needs.as_ref()?;
    let is_of_python = |name: &&String| {
        let rest = name.trim_start_matches('_').strip_prefix("Py");
        rest.is_some_and(|rest| rest.starts_with(|c: char| c == '_' || c.is_ascii_uppercase()))
    };
    let is_there = |name: &&String| in_stable_abi_since(name).is_some_and(|since| since <= floor);
    let missing: Vec<String> =
        needs.symbols.iter().filter(is_of_python).filter(|name| !is_there(name)).map(|name| described(name)).collect();
    let rest = missing.len().saturating_sub(NAMED);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    let named = missing.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    (!missing.is_empty()).then(|| {
        Fault::new(
            format!("the tag promises the stable ABI of Python {floor}, and `{}` needs {named}{rest}", module.path),
            format!(
                "set the feature `abi3-py…` of PyO3 to the Python that has them, or do without; the wheel does not load in Python {floor}"
            ),
        )
    })
}

fn described(symbol: &str) -> String {
    match in_stable_abi_since(symbol) {
        Some(Series(major, minor)) => format!("`{symbol}` (from {major}.{minor} on)"),
        None => format!("`{symbol}` (in no stable ABI)"),
    }
}

/// Windows has one library with the stable ABI, and one for each Python.
fn windows_library(wheel: &Wheel, module: &Module) -> Option<Fault> {
    let floor = wheel.tags.abi3_floor()?;
    let is_of_one = |library: &&String| {
        let name = library.to_ascii_lowercase();
        let digits = name.strip_prefix("python3").and_then(|rest| rest.strip_suffix(".dll"));
        digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
    };
    let library = module.needs.as_ref()?.libraries.iter().find(is_of_one)?;
    let message = format!("the tag promises the stable ABI of Python {floor}, and `{}` is linked to `{library}`", module.path);
    Some(Fault::new(message, "link to `python3.dll`: switch PyO3's feature `abi3` on in the crate that is built"))
}

/// Two files for one module: the one that an earlier build has left may be the one that is imported.
fn twice(wheel: &Wheel) -> Vec<Fault> {
    let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for module in &wheel.modules {
        paths.entry(&module.name).or_default().push(format!("`{}`", module.path));
    }
    let several = paths.into_iter().filter(|(_, paths)| paths.len() > 1);
    let help = "remove from the tree what `maturin develop` or an earlier build has left there, and name it in .gitignore";
    several.map(|(name, paths)| Fault::new(format!("the module `{name}` is there more than once: {}", paths.join(", ")), help)).collect()
}

/// Types of the tree that are not in the wheel.
fn missing_types(wheel: &Wheel, stubs: &[Stub]) -> Option<Fault> {
    let missing: Vec<&Stub> = stubs.iter().filter(|stub| !wheel.files.contains_key(&stub.place)).collect();
    let named = missing.iter().map(|stub| format!("`{}`", stub.source)).collect::<Vec<_>>().join(", ");
    let first = missing.first()?;
    let source = first.source.strip_suffix(&first.place).unwrap_or_default().trim_end_matches('/');
    let source = if source.is_empty() { "." } else { source };
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let help = format!(
        "with maturin, name the folder that holds the package, `python-source = \"{source}\"` below `[tool.maturin]`, and give the package an \
         `__init__.py`; with setuptools, list them in `package_data`; look into .gitignore and `exclude`, too"
    );
    Some(Fault::new(format!("{named} {verb} not in the wheel, so type checkers do not see the types"), help))
}

/// Files that nobody wants to install.
fn surplus(wheel: &Wheel) -> Vec<Fault> {
    let is_leftover = |path: &str| {
        let absolute = format!("/{path}");
        LEFTOVERS.iter().any(|end| absolute.ends_with(end)) || path.split('/').any(|part| LEFTOVER_FOLDERS.contains(&part))
    };
    let leftovers = wheel.files.keys().filter(|path| is_leftover(path)).map(|path| {
        Fault::new(format!("`{path}` should not be in the wheel"), "remove it, or leave it out with `exclude` of the build backend")
    });
    let is_own = |name: &str| wheel.modules.iter().any(|module| module.name.split('.').next() == Some(name));
    let top: std::collections::BTreeSet<&str> = wheel.files.keys().filter_map(|path| path.split('/').next()).collect();
    let general = top.into_iter().filter(|name| TOO_GENERAL.contains(name) && !is_own(name)).map(|name| {
        let message = format!("the wheel installs `{name}` at the top, beside all other packages of the environment");
        Fault::new(message, "move it into the package, or leave it out of the wheel")
    });
    leftovers.chain(general).collect()
}

#[cfg(test)]
mod tests;
