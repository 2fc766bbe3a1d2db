//! What `verify` must know of a project before it can build it.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use serde_json::Value;
use toml::Table;

use super::backend::Backend;
use super::extension::Extension;
use super::plan::TEST_GROUPS;
use super::python_tests;
use crate::project::pyproject;
use crate::toolchain::command::Invocation;
use crate::toolchain::platform::{same_file, without_verbatim_prefix};

/// A project that builds an extension.
#[derive(Debug)]
pub(super) struct Target {
    /// The folder of pyproject.toml; absolute.
    pub(super) root: PathBuf,
    /// The folder of the Cargo package.
    pub(super) package: PathBuf,
    /// Where cargo builds.
    pub(super) build_dir: PathBuf,
    /// Name of the distribution.
    pub(super) distribution: String,
    /// What builds it; `None` is maturin.
    pub(super) backend: Option<Backend>,
    /// The compiled module that the wheel should hold, if the project says so; only its first part matters if the name is a guess.
    pub(super) module: Option<String>,
    /// `[tool.maturin] editable-profile`: building with it shares its artefacts with `maturin develop`.
    pub(super) profile: Option<String>,
    /// `[project] requires-python`.
    pub(super) requires_python: Option<VersionSpecifiers>,
    /// What `cargo test` is told, for the tests of every crate that goes into the wheel.
    pub(super) tested_crates: Vec<String>,
    /// Files or folders with tests in Python, or why there are none.
    pub(super) tests: Result<Vec<PathBuf>, String>,
    /// What the tests need beside pytest.
    pub(super) test_requirements: Vec<String>,
}

impl Target {
    /// Reads the manifests of the project in `root`.
    ///
    /// # Errors
    /// What is missing, for the user.
    pub(super) fn read(root: &Path, cargo: &Path) -> Result<Self, String> {
        let root = root.canonicalize().map_err(|error| format!("cannot open `{}`: {error}", root.display()))?;
        let root = without_verbatim_prefix(root);
        let pyproject = read_pyproject(&root)?;
        let backend = backend(&root, pyproject.as_ref())?;
        let maturin = pyproject.as_ref().and_then(|table| at(table, &["tool", "maturin"])).filter(|_| backend.is_none());
        let extension = match &backend {
            None => None,
            Some(_) => Some(Extension::find(&root).ok_or_else(|| format!("there is no crate that uses PyO3 in `{}`", root.display()))?),
        };
        let manifest = match &extension {
            None => manifest(&root, text_at(maturin, "manifest-path"))?,
            Some(extension) => extension.manifest.clone(),
        };
        let package = manifest.parent().map_or_else(|| root.clone(), Path::to_owned);
        let metadata = cargo_metadata(cargo, &manifest)?;
        let cargo_package = member_in(&metadata, &package).ok_or_else(|| {
            format!("`{}` describes a workspace, not a package; name the package with `[tool.maturin] manifest-path`", manifest.display())
        })?;
        let library = cargo_package["targets"].as_array().into_iter().flatten().find(|target| is_library(target));
        let library = library.and_then(|library| library["name"].as_str());
        let library = library.ok_or_else(|| format!("`{}` has no library target, so there is no module to build", manifest.display()))?;
        let project = pyproject.as_ref().and_then(|table| at(table, &["project"]));
        let distribution = text_at(project, "name").or(cargo_package["name"].as_str()).unwrap_or(library).to_owned();
        let module = match extension {
            None => Some(text_at(maturin, "module-name").map_or_else(|| library.replace('-', "_"), str::to_owned)),
            Some(extension) => extension.module,
        };
        Ok(Self {
            build_dir: PathBuf::from(metadata["target_directory"].as_str().unwrap_or("target")),
            distribution,
            backend,
            module,
            profile: text_at(maturin, "editable-profile").map(str::to_owned),
            requires_python: text_at(project, "requires-python").and_then(|text| VersionSpecifiers::from_str(text).ok()),
            tested_crates: tested_crates(&metadata, cargo_package),
            tests: python_tests::find(&root, pyproject.as_ref()),
            test_requirements: pyproject.as_ref().map(group).unwrap_or_default(),
            package,
            root,
        })
    }

    /// The folder for what `verify` makes for this project.
    pub(super) fn work_dir(&self) -> PathBuf {
        self.build_dir.join("hognose").join(self.distribution.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
    }

    /// The folder for tools, which all projects that share a build folder share.
    pub(super) fn tools_dir(&self) -> PathBuf {
        self.build_dir.join("hognose").join("tools")
    }
}

fn read_pyproject(root: &Path) -> Result<Option<Table>, String> {
    let path = root.join("pyproject.toml");
    match fs::read_to_string(&path) {
        Ok(text) => text.parse().map(Some).map_err(|error| format!("cannot read `{}`: {error}", path.display())),
        Err(_) if root.join("setup.py").is_file() => Ok(None),
        Err(_) => Err(format!("there is no readable pyproject.toml in `{}`, and no setup.py", root.display())),
    }
}

/// The backend that builds it unless maturin does.
fn backend(root: &Path, table: Option<&Table>) -> Result<Option<Backend>, String> {
    let text = table.map(toml::to_string).and_then(Result::ok).unwrap_or_default();
    let pyproject = pyproject::read(&text).unwrap_or_default();
    let has_backend = pyproject.build_backend.is_some() || !pyproject.build_requires.is_empty() || root.join("setup.py").is_file();
    match pyproject.is_for_maturin() {
        true => Ok(None),
        false if has_backend => Ok(Some(Backend::read(table))),
        false => Err("pyproject.toml has no `[build-system] build-backend = \"maturin\"`, so pip would not build the extension".to_owned()),
    }
}

/// The Cargo.toml that maturin builds.
fn manifest(root: &Path, named: Option<&str>) -> Result<PathBuf, String> {
    if let Some(named) = named {
        let path = root.join(named);
        if path.is_file() {
            return Ok(path);
        }
        return Err(format!("`[tool.maturin] manifest-path` names `{named}`, which does not exist"));
    }
    // The places that maturin itself looks at.
    let places = ["Cargo.toml", "rust/Cargo.toml", "native/Cargo.toml"];
    places
        .iter()
        .map(|place| root.join(place))
        .find(|path| path.is_file())
        .ok_or_else(|| format!("there is no Cargo.toml in `{}`", root.display()))
}

fn cargo_metadata(cargo: &Path, manifest: &Path) -> Result<Value, String> {
    let dir = manifest.parent().unwrap_or(Path::new("."));
    let answer = Invocation::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .in_dir(dir)
        .capture()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !answer.success {
        return Err(format!("cargo cannot read `{}`:\n{}", manifest.display(), answer.stderr.trim_end()));
    }
    serde_json::from_str(&answer.stdout).map_err(|error| format!("cargo described the package in a way that is not understood: {error}"))
}

fn is_library(target: &Value) -> bool {
    target["kind"].as_array().into_iter().flatten().any(|kind| kind.as_str().is_some_and(|kind| kind.ends_with("lib")))
}

/// The member of the workspace in this folder.
fn member_in<'a>(metadata: &'a Value, dir: &Path) -> Option<&'a Value> {
    let is_here = |member: &&Value| {
        let manifest = member["manifest_path"].as_str().map(Path::new);
        manifest.and_then(Path::parent).is_some_and(|parent| same_file(parent, dir))
    };
    members(metadata).iter().find(is_here)
}

fn members(metadata: &Value) -> &[Value] {
    metadata["packages"].as_array().map_or(&[], Vec::as_slice)
}

/// What `cargo test` needs to be told to test a package and the members of its workspace that it is built from; `cargo test` by itself tests
/// the package in its folder only. Members that do not go into the wheel are not the business of `verify`.
fn tested_crates(metadata: &Value, package: &Value) -> Vec<String> {
    let mut tested = vec![package];
    let mut next = 0;
    while let Some(package) = tested.get(next) {
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let paths = dependencies.filter(|dependency| dependency["kind"] != "dev").filter_map(|dependency| dependency["path"].as_str());
        let found: Vec<&Value> = paths.filter_map(|path| member_in(metadata, Path::new(path))).collect();
        for member in found {
            if !tested.contains(&member) {
                tested.push(member);
            }
        }
        next += 1;
    }
    match tested.len() {
        1 => Vec::new(),
        all if all == members(metadata).len() => vec!["--workspace".to_owned()],
        _ => tested.iter().filter_map(|package| package["name"].as_str()).flat_map(|name| ["-p".to_owned(), name.to_owned()]).collect(),
    }
}

fn group(pyproject: &Table) -> Vec<String> {
    let groups = at(pyproject, &["dependency-groups"]);
    let name = TEST_GROUPS.iter().find(|name| groups.is_some_and(|groups| groups.contains_key(**name)));
    let mut requirements = Vec::new();
    if let (Some(groups), Some(name)) = (groups, name) {
        collect_group(groups, name, &mut Vec::new(), &mut requirements);
    }
    // maturin would be installed for nothing: the wheel is built already.
    requirements.retain(|requirement| requirement_name(requirement) != "maturin");
    requirements
}

fn collect_group<'a>(groups: &'a Table, name: &'a str, seen: &mut Vec<&'a str>, requirements: &mut Vec<String>) {
    if seen.contains(&name) {
        return;
    }
    seen.push(name);
    for entry in groups.get(name).and_then(toml::Value::as_array).into_iter().flatten() {
        match entry {
            toml::Value::String(requirement) => requirements.push(requirement.clone()),
            toml::Value::Table(table) => {
                if let Some(included) = text_at(Some(table), "include-group") {
                    collect_group(groups, included, seen, requirements);
                }
            }
            _ => {}
        }
    }
}

/// The name at the start of a requirement, in lower case.
fn requirement_name(requirement: &str) -> String {
    let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(requirement.len());
    requirement[..end].to_ascii_lowercase()
}

fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Table> {
    keys.iter().try_fold(table, |table, key| table.get(*key)?.as_table())
}

fn text_at<'a>(table: Option<&'a Table>, key: &str) -> Option<&'a str> {
    table?.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(text: &str) -> Table {
        text.parse().expect("good TOML")
    }

    #[test]
    fn what_builds_a_project_is_told_by_its_files() {
        let dir = tempfile::tempdir().expect("folder");
        let of = |text: &str| backend(dir.path(), Some(&table(text)));
        for maturin in ["[build-system]\nbuild-backend = 'maturin'", "[tool.maturin]\nmodule-name = 'x'"] {
            assert_eq!(of(maturin), Ok(None), "{maturin}");
        }
        assert_eq!(of("[build-system]\nrequires = ['maturin>=1']\nbuild-backend = 'own'"), Ok(None));
        let setuptools = of("[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'");
        assert!(setuptools.expect("a backend").is_some());
        let refusal = "pyproject.toml has no `[build-system] build-backend = \"maturin\"`, so pip would not build the extension";
        assert_eq!(of("[project]\nname = 'x'"), Err(refusal.to_owned()));
        fs::File::create(dir.path().join("setup.py")).expect("file");
        assert!(of("[project]\nname = 'x'").expect("a backend").is_some());
    }

    #[test]
    fn crates_are_tested_that_the_package_is_built_from() {
        let member = |name: &str, dependencies: &[(&str, &str)]| {
            let dependencies: Vec<Value> =
                dependencies.iter().map(|(name, kind)| json!({ "path": format!("/ws/{name}"), "kind": kind })).collect();
            json!({ "name": name, "manifest_path": format!("/ws/{name}/Cargo.toml"), "dependencies": dependencies })
        };
        let tested = |members: &[Value]| tested_crates(&json!({ "packages": members }), &members[0]);
        let (core, base) = (member("core", &[("base", "build")]), member("base", &[]));
        assert_eq!(tested(&[member("py", &[])]), Vec::<String>::new());
        assert_eq!(tested(&[member("py", &[("core", "")]), core.clone(), base.clone()]), ["--workspace"]);
        let unrelated = member("cli", &[("core", "")]);
        let some = tested(&[member("py", &[("core", ""), ("outside", "")]), core, base, unrelated.clone()]);
        assert_eq!(some, ["-p", "py", "-p", "core", "-p", "base"]);
        assert_eq!(tested(&[member("py", &[("cli", "dev")]), unrelated]), Vec::<String>::new());
    }

    #[test]
    fn test_requirements_follow_included_groups_once() {
        let pyproject = table(
            "[dependency-groups]\ndev = ['maturin>=1.9', 'pytest>=8', {include-group = 'extra'}]\nextra = ['numpy', {include-group = 'dev'}]\n",
        );
        assert_eq!(group(&pyproject), ["pytest>=8", "numpy"]);
        let pyproject = table("[dependency-groups]\ndev = ['sphinx']\ntest = ['hypothesis']\n");
        assert_eq!(group(&pyproject), ["hypothesis"]);
    }
}
