//! Where the Python package and the compiled module of an existing project are, or are to be.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::{Found, Obstacle};
use crate::scaffold::answers::COMPILED;
use crate::scaffold::names::Names;
use crate::scaffold::write::stays_inside;

/// Names and places of the Python side.
#[derive(Debug)]
pub(super) struct Layout {
    /// The names of the distribution and of the package.
    pub(super) names: Names,
    /// What Python loads.
    pub(super) module: Module,
}

/// The compiled module.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Module {
    /// Inside of a Python package.
    Inside {
        /// Its own name: `_core`.
        name: String,
        /// The folder that holds the package, empty for the project's folder.
        source: String,
    },
    /// A module by itself, without Python code around it.
    Alone,
}

/// The folders that may hold the package, in the order of asking.
const SOURCES: [&str; 3] = ["python", "src", ""];

impl Layout {
    pub(super) fn of(
        found: &Found,
        cargo: Option<&Draft>,
        pyproject: Option<&Draft>,
        modules: &[String],
        asked: Option<&str>,
    ) -> Result<Self, Obstacle> {
        let name = pyproject
            .and_then(|draft| draft.text_at(&["project", "name"]))
            .or_else(|| cargo.and_then(|draft| draft.text_at(&["package", "name"])))
            .unwrap_or_else(|| found.name());
        let at = |key: &str| pyproject.and_then(|draft| draft.text_at(&["tool", "maturin", key]));
        if let Some(dotted) = at("module-name") {
            if !is_dotted_name(&dotted) {
                let problem =
                    format!("`[tool.maturin] module-name` is `{dotted}`, which Python cannot import; write names with dots between them");
                return Err(Obstacle::State(problem));
            }
            let source = source_folder(&at("python-source").unwrap_or_default())?;
            return Ok(match dotted.rsplit_once('.') {
                Some((package, module)) => Self::inside(name, package.to_owned(), module, &source),
                None => Self { names: Names { name, module: dotted }, module: Module::Alone },
            });
        }
        // PyO3 crates without packaging: a leading underscore says that a Python package is to stand before it.
        if let Some(module) = modules.first().filter(|module| module.contains('.') || !is_dotted_name(module)) {
            return Err(Obstacle::State(format!("a `#[pymodule]` is named `{module}`, which Python cannot import; give it another name")));
        }
        let compiled = match modules.first() {
            Some(module) if !module.starts_with('_') => {
                return Ok(Self { names: Names { name, module: module.clone() }, module: Module::Alone });
            }
            Some(module) => module,
            None => COMPILED,
        };
        let expected = asked.map_or_else(|| importable(&name), str::to_owned);
        if asked.is_some_and(|asked| !is_dotted_name(asked)) {
            // The refusal comes with a name that passes.
            Names::of_project(&name, &expected).map_err(|refusal| Obstacle::State(refusal.to_string()))?;
        }
        if let Some((source, package)) = package(found, &expected) {
            return Ok(Self::inside(name, package, compiled, source));
        }
        let single = SOURCES.iter().map(|source| join(source, &format!("{expected}.py"))).find(|path| found.has(path));
        if let Some(single) = single {
            let package = single.replace(".py", "/__init__.py");
            return Err(Obstacle::State(format!(
                "`{single}` is a single file, and a compiled module needs a package around it; move it to `{package}`, then run again"
            )));
        }
        let names = Names::of_project(&name, &expected).map_err(|refusal| Obstacle::State(refusal.to_string()))?;
        let source = at("python-source").map_or_else(|| Ok("python".to_owned()), |source| source_folder(&source))?;
        Ok(Self::inside(names.name, names.module, compiled, &source))
    }

    fn inside(name: String, package: String, compiled: &str, source: &str) -> Self {
        Self { names: Names { name, module: package }, module: Module::Inside { name: compiled.to_owned(), source: source.to_owned() } }
    }

    /// How Python imports the compiled module.
    pub(super) fn import(&self) -> String {
        match &self.module {
            Module::Inside { name, .. } => format!("{}.{name}", self.names.module),
            Module::Alone => self.names.module.clone(),
        }
    }

    /// Whether the package is to be made, and where the templates have it.
    pub(super) fn is_new_package(&self, found: &Found) -> bool {
        let in_python = matches!(&self.module, Module::Inside { source, .. } if source == "python");
        in_python && self.in_package("__init__.py").is_some_and(|path| !found.has(&path))
    }

    /// The path of a file of the Python package.
    pub(super) fn in_package(&self, file: &str) -> Option<String> {
        let Module::Inside { source, .. } = &self.module else { return None };
        Some(join(source, &format!("{}/{file}", self.names.module.replace('.', "/"))))
    }

    /// A text about `/python/`, for the folder that it is here.
    pub(super) fn in_source(&self, text: &str) -> String {
        match &self.module {
            Module::Inside { source, .. } if source.is_empty() => text.replace("/python/", "/"),
            Module::Inside { source, .. } => text.replace("/python/", &format!("/{source}/")),
            Module::Alone => text.lines().filter(|line| !line.starts_with("/python/")).map(|line| format!("{line}\n")).collect(),
        }
    }
}

/// Whether Python can import a module of this name: identifiers with dots between them.
fn is_dotted_name(name: &str) -> bool {
    let is_identifier =
        |part: &str| part.starts_with(|c: char| c.is_alphabetic() || c == '_') && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    name.split('.').all(is_identifier)
}

/// `python-source` as a folder inside of the project, empty for the project's own.
fn source_folder(source: &str) -> Result<String, Obstacle> {
    let folder = source.strip_prefix("./").unwrap_or(source).trim_end_matches('/');
    if folder.is_empty() && !source.starts_with('/') || folder == "." {
        return Ok(String::new());
    }
    if !stays_inside(folder) {
        let problem = format!("`[tool.maturin] python-source` is `{source}`, and `init` writes inside of the project only");
        return Err(Obstacle::State(problem));
    }
    Ok(folder.to_owned())
}

/// A distribution's name as Python imports it: case and separators mean nothing to PyPI.
fn importable(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.'], "_")
}

/// The package that is there: the one of the expected name, else the only one in `python` or `src`.
fn package(found: &Found, expected: &str) -> Option<(&'static str, String)> {
    let by_name = SOURCES.into_iter().find(|source| found.has(&join(source, &format!("{expected}/__init__.py"))));
    if let Some(source) = by_name {
        return Some((source, expected.to_owned()));
    }
    SOURCES.into_iter().filter(|source| !source.is_empty()).find_map(|source| {
        let prefix = format!("{source}/");
        let folders = found.below(&prefix).filter_map(|path| path[prefix.len()..].strip_suffix("/__init__.py"));
        let packages: BTreeSet<&str> = folders.filter(|folder| !folder.contains('/')).collect();
        let only = packages.first().filter(|_| packages.len() == 1)?;
        Some((source, (*only).to_owned()))
    })
}

fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}
