//! What `doctor` knows of a project: its manifests as far as tools go by them, and the files that builds have left.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::needs::{Needs, pyo3_features};
use super::sources::{dependencies_changed, modified};
use crate::catalog::Series;
use crate::project::pyproject::{self, Requirement};
use crate::project::toml::{self, Toml};
use crate::project::{Backend, Package, Project};
use crate::toolchain::locate::Surroundings;

/// A project that uses PyO3.
#[derive(Clone, Debug, Default)]
pub(super) struct ProjectFacts {
    pub(super) name: String,
    /// The folder of pyproject.toml; of Cargo.toml, if there is none.
    pub(super) root: PathBuf,
    pub(super) needs: Needs,
    /// Whether maturin builds it.
    pub(super) by_maturin: bool,
    /// `[package] rust-version`.
    pub(super) rust_version: Option<Series>,
    /// Whether PyO3's feature `extension-module` is on when maturin builds.
    pub(super) extension_module: bool,
    /// The requirement on maturin in `[build-system] requires`.
    pub(super) maturin: Option<Requirement>,
    /// `[tool.maturin] editable-profile`.
    pub(super) editable_profile: Option<String>,
    /// The names of `[profile.…]` where cargo reads them: in the manifest of the workspace.
    pub(super) profiles: BTreeSet<String>,
    /// `[tool.maturin] use-base-python`.
    pub(super) use_base_python: bool,
    /// Whether uv builds it: there is a uv.lock or a `[tool.uv]`, and not `package = false`.
    pub(super) uses_uv: bool,
    /// The files and folders in `[tool.uv] cache-keys`.
    pub(super) cache_keys: Option<Vec<String>>,
    /// `PYO3_PYTHON` in the nearest `.cargo/config.toml` that sets it, resolved.
    pub(super) cargo_python: Option<PathBuf>,
    /// The settings of an editor below the project, and their text.
    pub(super) editor: Option<(String, String)>,
    /// The dotted name of the compiled module.
    pub(super) module: String,
    /// Whether the Python package lies beside pyproject.toml.
    pub(super) flat_package: bool,
    /// The compiled modules beside the Python sources.
    pub(super) extensions: Vec<Extension>,
    /// When a Rust source or a manifest was changed last, those of path dependencies included.
    pub(super) changed: Option<SystemTime>,
    /// Whether there is a stub beside the compiled module's place.
    pub(super) has_stub: bool,
    /// Files with a line that builds with `--generate-stubs`.
    pub(super) stub_builds: Vec<String>,
    /// Wheels that hold nothing.
    pub(super) empty_wheels: Vec<PathBuf>,
    /// Entries of `PYTHONPATH` that hold something with the name of the package.
    pub(super) shadows: Vec<PathBuf>,
    /// Whether build.rs or the settings of cargo tell the linker of macOS what an extension module needs.
    pub(super) links_on_macos: bool,
}

/// A compiled module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension {
    pub(super) path: PathBuf,
    /// What stands between the module's name and the suffix: `abi3`, `cpython-311-x86_64-linux-gnu`, nothing.
    pub(super) tag: String,
    pub(super) built: SystemTime,
}

/// The bytes of a zip archive without entries: what maturin leaves when the last moment fails.
const EMPTY_WHEEL: u64 = 22;

impl ProjectFacts {
    /// Reads them. `folder` is where `doctor` was pointed to: of several packages, the one whose manifest is there is taken, else the first with a
    /// pyproject.toml.
    pub(super) fn read(project: &Project, folder: &Path, around: &Surroundings) -> Option<Self> {
        let dir_of = |package: &Package| {
            let pyproject = package.pyproject.and_then(|file| Some(project.sources.get(file).path.parent()?.to_owned()));
            pyproject.unwrap_or_else(|| package.dir.clone())
        };
        let rank = |package: &&Package| (dir_of(package) != folder && package.dir != folder, package.pyproject.is_none());
        let package = project.packages.iter().min_by_key(rank)?;
        let text = |file| project.sources.get(file).text.as_str();
        let manifest = toml::parse(text(package.manifest)).ok()?;
        let workspace = package.workspace_manifest.and_then(|file| toml::parse(text(file)).ok());
        let python_text = package.pyproject.map(text).unwrap_or_default();
        let python = pyproject::read(python_text).unwrap_or_default();
        let python_toml = toml::parse(python_text).ok();
        let root = dir_of(package);
        let maturin = python.maturin.as_ref();
        let value = |text: &Option<toml::Text>| text.as_ref().map(|text| text.value.clone());
        let python_source = maturin.and_then(|maturin| value(&maturin.python_source));
        let library = package.library.as_ref().map(|library| library.name.clone()).unwrap_or_default();
        let module = maturin.and_then(|maturin| value(&maturin.module_name)).unwrap_or(library);
        let place = Place::of(&root, python_source.as_deref(), &module);
        let editable = python_toml.as_ref().and_then(|toml| toml.get(&["tool", "maturin", "editable-profile"]));
        let base = python_toml.as_ref().and_then(|toml| toml.get(&["tool", "maturin", "use-base-python"]));
        Some(Self {
            name: package.name.clone(),
            needs: Needs::of(project, package, around),
            by_maturin: matches!(package.backend, Backend::Maturin { .. }),
            rust_version: rust_version(&manifest, workspace.as_ref()),
            extension_module: pyo3_features(project, package).contains("extension-module"),
            maturin: python.build_requirement("maturin").cloned(),
            editable_profile: editable.and_then(|entry| entry.value.as_str()).map(str::to_owned),
            profiles: profiles(workspace.as_ref().unwrap_or(&manifest)),
            use_base_python: base.and_then(|entry| entry.value.as_bool()).unwrap_or(false),
            uses_uv: uses_uv(&root, python_toml.as_ref()),
            cache_keys: python_toml.as_ref().and_then(cache_keys),
            cargo_python: cargo_configs(&package.dir).iter().find_map(|(dir, toml)| configured_python(dir, toml, around)),
            editor: editor(&root),
            flat_package: place.is_flat,
            extensions: place.extensions(around),
            has_stub: place.folder.join(format!("{}.pyi", place.stem)).is_file(),
            changed: package
                .rust_files
                .iter()
                .chain([&package.manifest])
                .filter_map(|&file| modified(&project.sources.get(file).path))
                .chain(dependencies_changed(&package.dir))
                .max(),
            stub_builds: stub_builds(&root),
            empty_wheels: empty_wheels(&root),
            shadows: shadows(around, place.package),
            links_on_macos: links_on_macos(&package.dir),
            module: module.clone(),
            root,
        })
    }
}

fn rust_version(manifest: &Toml, workspace: Option<&Toml>) -> Option<Series> {
    let entry = manifest.get(&["package", "rust-version"])?;
    let inherited = || workspace.unwrap_or(manifest).get(&["workspace", "package", "rust-version"])?.value.as_str();
    let text = entry.value.as_str().or_else(inherited)?;
    let mut numbers = text.split('.').map(str::parse);
    Some(Series(numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn profiles(manifest: &Toml) -> BTreeSet<String> {
    let table = manifest.get(&["profile"]);
    table.iter().flat_map(|table| table.value.entries()).map(|entry| entry.key.to_owned()).collect()
}

fn uses_uv(root: &Path, pyproject: Option<&Toml>) -> bool {
    let package = pyproject.and_then(|toml| toml.get(&["tool", "uv", "package"])).and_then(|flag| flag.value.as_bool());
    let is_named = || root.join("uv.lock").is_file() || pyproject.is_some_and(|toml| toml.get(&["tool", "uv"]).is_some());
    package.unwrap_or(true) && is_named()
}

fn cache_keys(pyproject: &Toml) -> Option<Vec<String>> {
    let keys = pyproject.get(&["tool", "uv", "cache-keys"])?;
    let text = |node: toml::Node<'_>| {
        let named = ["file", "dir"].iter().find_map(|key| node.get(key)?.value.as_str());
        named.or_else(|| node.as_str()).map(str::to_owned)
    };
    Some(keys.value.elements().into_iter().filter_map(text).collect())
}

/// The settings of cargo for this folder, nearest first, each with the folder that it stands for.
fn cargo_configs(dir: &Path) -> Vec<(PathBuf, Toml)> {
    let read = |dir: &Path| {
        let text = ["config.toml", "config"].iter().find_map(|name| fs::read_to_string(dir.join(".cargo").join(name)).ok())?;
        Some((dir.to_owned(), toml::parse(&text).ok()?))
    };
    dir.ancestors().filter_map(read).collect()
}

fn configured_python(dir: &Path, config: &Toml, around: &Surroundings) -> Option<PathBuf> {
    let entry = config.get(&["env", "PYO3_PYTHON"])?.value;
    if let Some(plain) = entry.as_str() {
        return Some(around.on_path(OsStr::new(plain)).unwrap_or_else(|| PathBuf::from(plain)));
    }
    let value = entry.get("value")?.value.as_str()?;
    let is_relative = entry.get("relative").and_then(|flag| flag.value.as_bool()).unwrap_or(false);
    Some(if is_relative { dir.join(value) } else { PathBuf::from(value) })
}

fn editor(root: &Path) -> Option<(String, String)> {
    let files = [".vscode/settings.json", ".zed/settings.json", ".helix/languages.toml"];
    files.iter().find_map(|file| Some(((*file).to_owned(), fs::read_to_string(root.join(file)).ok()?)))
}

/// Where the compiled module goes when it is built in place.
struct Place<'a> {
    /// The package that people import.
    package: &'a str,
    /// The module's own name.
    stem: &'a str,
    /// The folder beside the Python sources.
    folder: PathBuf,
    is_flat: bool,
}

impl<'a> Place<'a> {
    fn of(root: &Path, python_source: Option<&str>, module: &'a str) -> Self {
        let (parents, stem) = module.rsplit_once('.').unwrap_or((module, module));
        let package = parents.split('.').next().unwrap_or(parents);
        let base = python_source.map_or_else(|| root.to_owned(), |source| root.join(source));
        let is_flat = python_source.is_none() && base.join(package).join("__init__.py").is_file();
        Self { package, stem, folder: base.join(parents.replace('.', "/")), is_flat }
    }

    fn extensions(&self, around: &Surroundings) -> Vec<Extension> {
        let read = |path: PathBuf| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            let tag = name.strip_prefix(self.stem)?.strip_suffix(around.platform.module_suffix())?;
            let tag = if tag.is_empty() { "" } else { tag.strip_prefix('.')? };
            Some(Extension { tag: tag.to_owned(), built: modified(&path)?, path })
        };
        let mut found: Vec<Extension> = files_in(&self.folder).into_iter().filter_map(read).collect();
        found.sort_by(|left, right| left.path.cmp(&right.path));
        found
    }
}

fn stub_builds(root: &Path) -> Vec<String> {
    let names = ["Makefile", "justfile", "noxfile.py", "tox.ini", "Taskfile.yml"].map(|name| root.join(name));
    let files = names.into_iter().chain(files_in(&root.join(".github/workflows")));
    let builds =
        |line: &str| line.contains("--generate-stubs") && !line.contains("develop") && (line.contains("build") || line.contains("args:"));
    files
        .filter(|path| fs::read_to_string(path).is_ok_and(|text| text.lines().any(builds)))
        .filter_map(|path| Some(path.strip_prefix(root).ok()?.to_string_lossy().into_owned()))
        .collect()
}

fn empty_wheels(root: &Path) -> Vec<PathBuf> {
    let files = files_in(&root.join("target/wheels")).into_iter().chain(files_in(&root.join("dist")));
    let is_empty =
        |path: &PathBuf| path.extension().is_some_and(|end| end == "whl") && fs::metadata(path).is_ok_and(|file| file.len() <= EMPTY_WHEEL);
    files.filter(is_empty).collect()
}

fn shadows(around: &Surroundings, package: &str) -> Vec<PathBuf> {
    let Some(value) = around.variable("PYTHONPATH") else { return Vec::new() };
    let starts = [format!("{package}."), package.to_owned()];
    let is_named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name == starts[1] && path.is_dir()
            || name.starts_with(&starts[0]) && (name.ends_with(".py") || name.ends_with(around.platform.module_suffix()))
    };
    let entries = std::env::split_paths(value).map(|entry| around.dir.join(entry));
    entries.filter(|entry| fs::read_dir(entry).is_ok_and(|list| list.flatten().any(|found| is_named(&found.path())))).collect()
}

fn links_on_macos(dir: &Path) -> bool {
    let build = fs::read_to_string(dir.join("build.rs")).unwrap_or_default();
    build.contains("add_extension_module_link_args") || cargo_configs(dir).iter().any(|(_, toml)| toml.text().contains("dynamic_lookup"))
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).ok();
    entries.into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}
