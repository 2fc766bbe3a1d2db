//! From paths on the command line to a loaded project.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::dependencies::{self, main_dependency, uses_pyo3};
use super::files;
use super::manifest::{LibrarySource, Manifest};
use super::reader::Reader;
use super::scope::{Scope, common_folder};
use super::settings::{self, Exclusions};
use super::walk::{Found, walk, walk_package};
use super::{Package, Project, Settings, Target, TargetKind, broken, era, linked, lock, targets};
use crate::diagnostic::SkippedKind;
use crate::text::{FileId, Sources, clean};

/// A path on the command line that cannot be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The path as it was given.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for LoadError {}

/// Reads every package below `paths` that uses PyO3; the current folder for no path. A path is a folder, a Rust file, a Cargo.toml or a pyproject.toml.
///
/// # Errors
/// [`LoadError`] when a path does not exist or is something else. What is wrong inside the project becomes [`Project::skipped`].
pub fn load(paths: &[PathBuf]) -> Result<Project, LoadError> {
    load_with(paths, Sources::default())
}

/// Loads the project again with `sources` in the place of what is on disk, as after a fix that is not written yet. Files keep their ids.
///
/// # Errors
/// As [`load`].
pub fn load_with(paths: &[PathBuf], sources: Sources) -> Result<Project, LoadError> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let scopes = paths.iter().map(|path| Scope::new(path)).collect::<Result<Vec<_>, _>>()?;
    let root = common_folder(&scopes);
    Ok(Loading {
        reader: Reader::new(root, sources),
        scopes,
        found: Found::default(),
        contexts: BTreeMap::new(),
        silent: BTreeSet::new(),
        named_by: BTreeMap::new(),
    }
    .run())
}

struct Loading {
    reader: Reader,
    scopes: Vec<Scope>,
    found: Found,
    /// The rest of the packages of which only some is asked for, by their folders.
    contexts: BTreeMap<PathBuf, Context>,
    /// Folders of manifests whose files are nobody's gap: packages without PyO3, and manifests that are reported themselves.
    silent: BTreeSet<PathBuf>,
    /// Folders of the pyproject.toml files that name a Cargo.toml, by the latter.
    named_by: BTreeMap<PathBuf, PathBuf>,
}

impl Loading {
    fn run(mut self) -> Project {
        let is_partial = self.walk_scopes();
        self.add_named_manifests();
        let manifests: Vec<PathBuf> = self.found.cargo_manifests.iter().cloned().collect();
        let exclusions = self.exclusions(&manifests);
        let mut packages = BTreeMap::new();
        for path in manifests {
            if let Some(package) = self.package(&path, &exclusions) {
                packages.insert(package.dir.clone(), package);
            }
        }
        self.assign_rust_files(&mut packages, &exclusions);
        era::settle(&mut packages, &self.reader.files.sources);
        self.reader.mark_dependencies(&mut packages, &self.found.cargo_manifests);
        let broken = broken::assign(self.reader.files.take_broken(), &mut packages, &self.reader.files.sources);
        let packages = packages.into_values().collect();
        let read = self.reader.files.sources.iter();
        let is_excluded = |path: &Path| exclusions.contains(path) && !self.scopes.contains(&Scope::File(path.to_owned()));
        let excluded = read.filter(|(_, file)| is_excluded(&file.path)).map(|(id, _)| id).collect();
        let root = self.reader.files.root.clone();
        let scopes = self.scopes;
        let (sources, skipped) = self.reader.files.into_parts();
        let in_scope = |path: &Path| scopes.iter().any(|scope| scope.contains(path));
        let only = is_partial.then(|| sources.iter().filter(|(_, file)| in_scope(&file.path)).map(|(id, _)| id).collect());
        Project { root, sources, packages, skipped, broken, only, excluded }
    }

    /// Walks the folders that were named, and of the packages around them what is theirs alone. Tells whether only parts of packages are asked for.
    fn walk_scopes(&mut self) -> bool {
        let mut is_partial = false;
        for scope in self.scopes.clone() {
            if let Scope::Folder(folder) = &scope {
                walk(folder, &mut self.found);
            }
            let Some(manifest) = self.reader.enclosing_package(scope.folder()) else {
                self.add_file(&scope);
                continue;
            };
            let is_whole = matches!(&scope, Scope::Folder(folder) if folder == manifest.dir());
            if is_whole {
                continue;
            }
            let workspace = self.reader.workspace_of(&manifest);
            if uses_pyo3(&dependencies::read(&manifest, workspace.as_deref())) {
                is_partial = true;
                self.add_context(&manifest);
            } else {
                self.silent.insert(manifest.dir().to_owned());
            }
            self.add_file(&scope);
        }
        is_partial || self.scopes.iter().any(|scope| matches!(scope, Scope::File(_)))
    }

    /// A package that nothing named holds as a whole: its files are looked at where a module leads to them.
    fn add_context(&mut self, manifest: &Manifest) {
        let dir = manifest.dir();
        let is_named = self.scopes.iter().any(|scope| matches!(scope, Scope::Folder(folder) if dir.starts_with(folder)));
        if is_named || self.contexts.contains_key(dir) {
            return;
        }
        let mut around = Found::default();
        walk_package(dir, &mut around);
        self.found.cargo_manifests.insert(manifest.path.clone());
        self.found.pyprojects_around.append(&mut around.pyprojects);
        let scopes = &self.scopes;
        let named = around.errors.into_iter().filter(|(path, _)| scopes.iter().any(|scope| scope.contains(path)));
        self.found.errors.extend(named);
        self.contexts.insert(dir.to_owned(), Context::new(around.rust_files));
    }

    /// A file that was named is looked at even where an ignore file would hide it.
    fn add_file(&mut self, scope: &Scope) {
        if let Scope::File(file) = scope {
            self.found.rust_files.insert(file.clone());
        }
    }

    /// A pyproject.toml may name a Cargo.toml beside the folder that was asked for.
    fn add_named_manifests(&mut self) {
        for path in self.found.all_pyprojects() {
            let Some((_, pyproject)) = self.reader.pyproject(&path) else { continue };
            let folder = path.parent().unwrap_or(&path);
            let named = pyproject.maturin.iter().filter_map(|maturin| maturin.manifest_path.as_ref());
            let named = named.chain(pyproject.setuptools_rust.iter().filter_map(|module| module.path.as_ref()));
            for text in named {
                let manifest = clean(&folder.join(&text.value));
                self.named_by.insert(manifest.clone(), folder.to_owned());
                if self.found.cargo_manifests.contains(&manifest) || self.found.pyprojects_around.contains(&path) {
                    continue;
                }
                if !manifest.is_file() {
                    let reason = format!("names `{}`, which does not exist", text.value);
                    if let Some(id) = self.reader.files.read(&path) {
                        self.reader.files.skip_at(id, text.range.start, SkippedKind::Missing, reason);
                    }
                    continue;
                }
                if let Some(package) = manifest.parent() {
                    walk(package, &mut self.found);
                    self.found.cargo_manifests.insert(manifest.clone());
                    self.scopes.push(Scope::Folder(package.to_owned()));
                }
            }
        }
    }

    /// What the settings of all manifests exclude.
    fn exclusions(&mut self, manifests: &[PathBuf]) -> Exclusions {
        let mut exclusions = Exclusions::default();
        for path in manifests {
            let Some(manifest) = self.reader.manifest(path) else { continue };
            let workspace = self.reader.workspace_of(&manifest);
            for manifest in [Some(manifest), workspace].into_iter().flatten() {
                let settings = settings::read(&self.reader.cargo_settings(&manifest));
                exclusions.add(manifest.dir(), settings.exclude.iter().map(|pattern| pattern.value.as_str()));
            }
        }
        for path in self.found.all_pyprojects() {
            let Some(toml) = self.reader.pyproject_toml(&path) else { continue };
            let Some(table) = toml.1.get(&["tool", "hognose"]) else { continue };
            let settings = settings::read(&[(toml.0, table.value)]);
            exclusions.add(path.parent().unwrap_or(&path), settings.exclude.iter().map(|pattern| pattern.value.as_str()));
        }
        exclusions
    }

    /// Reads the package of a Cargo.toml if it uses PyO3.
    fn package(&mut self, path: &Path, exclusions: &Exclusions) -> Option<Package> {
        let dir = path.parent().unwrap_or(path).to_owned();
        if exclusions.contains(path) {
            self.silent.insert(dir);
            return None;
        }
        let Some(manifest) = self.reader.manifest(path) else {
            self.silent.insert(dir);
            return None;
        };
        if !manifest.is_package() {
            self.reader.note_missing_members(&manifest);
            return None;
        }
        let workspace = self.reader.workspace_of(&manifest);
        let mut pyo3 = dependencies::read(&manifest, workspace.as_deref());
        if !uses_pyo3(&pyo3) {
            self.silent.insert(dir);
            return None;
        }
        // The workspace of a package without PyO3, such as vendored code, may be as incomplete as it likes.
        for root in workspace.iter().filter(|root| self.found.cargo_manifests.contains(&root.path)) {
            self.reader.note_missing_members(root);
        }
        let name = manifest.package_name();
        let root = workspace.as_ref().map_or(dir.as_path(), |workspace| workspace.dir());
        let lock = self.reader.lock(&dir, root);
        if let Some(main) = main_dependency(&pyo3.dependencies) {
            let (lock, requirement) = (lock.as_deref(), main.requirement.as_deref());
            pyo3.builds = lock::release_in_use(lock, &name, &main.package, requirement);
            pyo3.release = lock::release_left_behind(lock, &name, &main.package, requirement).or(pyo3.builds);
        }
        let (pyproject, backend) = self.reader.packaging(&manifest, root, self.named_by.get(path).map(PathBuf::as_path));
        let settings = self.settings(&manifest, workspace.as_deref(), pyproject);
        let targets = self.targets(&manifest, workspace.as_deref());
        let source = LibrarySource::of(&targets);
        Some(Package {
            name,
            edition: manifest.edition(workspace.as_deref()),
            for_rust: manifest.is_for_rust(),
            library: manifest.library(source),
            is_dependency: false,
            allows_deprecated: manifest.allows_deprecated(workspace.as_deref()),
            manifest: manifest.file,
            workspace_manifest: workspace.map(|workspace| workspace.file).filter(|&file| file != manifest.file),
            dir,
            pyproject,
            backend,
            pyo3,
            targets,
            rust_files: Vec::new(),
            broken: Vec::new(),
            lock,
            settings,
        })
    }

    fn settings(&mut self, manifest: &Manifest, workspace: Option<&Manifest>, pyproject: Option<FileId>) -> Settings {
        let python = pyproject.map(|file| self.reader.files.path(file).to_owned()).and_then(|path| self.reader.pyproject_toml(&path));
        let mut tables = Vec::new();
        if let Some((file, toml)) = python.as_deref() {
            tables.extend(toml.get(&["tool", "hognose"]).map(|table| (*file, table.value)));
        }
        tables.extend(manifest.settings_of_package());
        tables.extend(workspace.unwrap_or(manifest).settings_of_workspace());
        settings::read(&tables)
    }

    fn targets(&mut self, manifest: &Manifest, workspace: Option<&Manifest>) -> Vec<Target> {
        let (roots, missing) = targets::find(manifest);
        for missing in missing {
            let reason = format!("target file `{}` does not exist", missing.written);
            self.reader.files.skip_at(manifest.file, missing.at.start, SkippedKind::Missing, reason);
        }
        let macros = self.reader.macro_roots(manifest, workspace).into_iter().map(|path| (TargetKind::Macros, path));
        let roots = roots.into_iter().map(|root| (root.kind, root.path)).chain(macros);
        roots.filter_map(|(kind, path)| Some(Target { kind, root: self.reader.files.read_named(&path, manifest.dir())? })).collect()
    }

    /// Gives every Rust file to the package whose folder is nearest above it.
    fn assign_rust_files(&mut self, packages: &mut BTreeMap<PathBuf, Package>, exclusions: &Exclusions) {
        for path in std::mem::take(&mut self.found.rust_files) {
            if exclusions.contains(&path) && !self.scopes.contains(&Scope::File(path.clone())) {
                continue;
            }
            match self.owner(&path, packages) {
                Owner::Package(dir) => {
                    let Some(id) = self.reader.files.read(&path) else { continue };
                    if let Some(package) = packages.get_mut(&dir) {
                        package.rust_files.push(id);
                    }
                }
                Owner::Silent => {}
                Owner::Nobody => self.note_outside(&path),
            }
        }
        self.note_unreadable(packages, exclusions);
        for package in packages.values_mut() {
            self.add_linked_files(package, exclusions);
        }
    }

    fn owner(&self, path: &Path, packages: &BTreeMap<PathBuf, Package>) -> Owner {
        for folder in path.ancestors().skip(1) {
            if packages.contains_key(folder) {
                return Owner::Package(folder.to_owned());
            }
            if self.silent.contains(folder) {
                return Owner::Silent;
            }
        }
        Owner::Nobody
    }

    /// A Rust file of no package is a gap only if it is about PyO3.
    fn note_outside(&mut self, path: &Path) {
        match files::read_text(path) {
            Ok(text) if memchr::memmem::find(text.as_bytes(), b"pyo3").is_some() => {
                let reason = "mentions pyo3, but belongs to no package: no Cargo.toml above it declares one";
                self.reader.files.skip(path, SkippedKind::OutsidePackage, reason);
            }
            Ok(_) => {}
            Err(unread) if self.scopes.contains(&Scope::File(path.to_owned())) => {
                self.reader.files.skip(path, SkippedKind::Unreadable, unread.reason);
            }
            Err(_) => {}
        }
    }

    /// Gaps in the folders of packages: folders named like files, and what permissions hide.
    fn note_unreadable(&mut self, packages: &BTreeMap<PathBuf, Package>, exclusions: &Exclusions) {
        let folders = std::mem::take(&mut self.found.folders_like_files);
        let folders = folders.into_iter().map(|path| (path, "is a folder, not a file".to_owned()));
        let errors: Vec<_> = std::mem::take(&mut self.found.errors).into_iter().chain(folders).collect();
        for (path, reason) in errors {
            let is_file = path.extension().is_some_and(|extension| extension == "rs");
            let is_owned = matches!(self.owner(&path, packages), Owner::Package(_)) && !packages.contains_key(&path);
            // A folder that nobody may enter could hold a package.
            if !exclusions.contains(&path) && (is_owned || !is_file && !path.is_file()) {
                self.reader.files.skip(&path, SkippedKind::Unreadable, reason);
            }
        }
    }

    /// Adds what the files of the package name outside its folder: target roots, `#[path]`, `include!`, and the modules of those.
    fn add_linked_files(&mut self, package: &mut Package, exclusions: &Exclusions) {
        let mut seen: BTreeSet<FileId> = package.rust_files.iter().copied().collect();
        let roots: Vec<FileId> = package.targets.iter().map(|target| target.root).collect();
        let context = self.contexts.remove(&package.dir).unwrap_or_default();
        // Without targets, any file could be the root.
        let roots = roots
            .into_iter()
            .chain(context.files().filter(|_| package.targets.is_empty()).filter_map(|path| self.reader.files.read_around(path)));
        package.rust_files.extend(roots.filter(|&root| seen.insert(root)));
        let mut next = 0;
        while let Some(&id) = package.rust_files.get(next) {
            next += 1;
            let file = self.reader.files.sources.get(id);
            let mut named = linked::named_files(&file.path, &file.text, &package.dir);
            named.extend(context.declared_in(&file.path, &file.text));
            if !file.path.starts_with(&package.dir) {
                named.extend(linked::child_modules(&file.path, &file.text));
            }
            for path in named {
                if exclusions.contains(&path) {
                    continue;
                }
                let is_around = context.contains(&path);
                let read = if is_around { self.reader.files.read_around(&path) } else { self.reader.files.read_named(&path, &package.dir) };
                if let Some(id) = read
                    && seen.insert(id)
                {
                    package.rust_files.push(id);
                }
            }
        }
        package.rust_files.sort_by(|&a, &b| self.reader.files.path(a).cmp(self.reader.files.path(b)));
    }
}

enum Owner {
    Package(PathBuf),
    Silent,
    Nobody,
}
