//! Manifests and lock files, each read once, and the searches upwards from a package.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::Backend;
use super::files::{Files, read_text};
use super::lock::Lock;
use super::manifest::Manifest;
use super::packaging::{BuildFiles, Claim};
use super::pyproject::{self, Pyproject};
use super::toml::{self, Node, Toml};
use crate::diagnostic::SkippedKind;
use crate::text::{FileId, Sources, clean};

/// A parsed file with its id.
type Parsed = Rc<(FileId, Toml)>;

/// Reads manifests; what cannot be read or parsed is noted once and is `None` from then on.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) files: Files,
    manifests: BTreeMap<PathBuf, Option<Rc<Manifest>>>,
    pyprojects: BTreeMap<PathBuf, Option<Parsed>>,
    locks: BTreeMap<PathBuf, Option<Arc<Lock>>>,
}

impl Reader {
    pub(super) fn new(root: PathBuf, sources: Sources) -> Self {
        Self { files: Files::new(root, sources), manifests: BTreeMap::new(), pyprojects: BTreeMap::new(), locks: BTreeMap::new() }
    }

    /// The Cargo.toml at this path, if there is one that can be read.
    pub(super) fn manifest(&mut self, path: &Path) -> Option<Rc<Manifest>> {
        if let Some(known) = self.manifests.get(path) {
            return known.clone();
        }
        let parsed = self.parse(path);
        let manifest = parsed.map(|(file, toml)| Rc::new(Manifest { file, path: path.to_owned(), toml }));
        self.manifests.insert(path.to_owned(), manifest.clone());
        manifest
    }

    /// The pyproject.toml at this path as a tree.
    pub(super) fn pyproject_toml(&mut self, path: &Path) -> Option<Parsed> {
        if let Some(known) = self.pyprojects.get(path) {
            return known.clone();
        }
        let parsed = self.parse(path).map(Rc::new);
        self.pyprojects.insert(path.to_owned(), parsed.clone());
        parsed
    }

    /// The pyproject.toml at this path.
    pub(super) fn pyproject(&mut self, path: &Path) -> Option<(FileId, Pyproject)> {
        let parsed = self.pyproject_toml(path)?;
        Some((parsed.0, pyproject::from_toml(&parsed.1)))
    }

    fn parse(&mut self, path: &Path) -> Option<(FileId, Toml)> {
        if !path.exists() {
            return None;
        }
        let file = self.files.read(path)?;
        match toml::parse(self.files.text(file)) {
            Ok(toml) => Some((file, toml)),
            Err(error) => {
                self.files.skip_manifest(file, error.range.start, error.message);
                None
            }
        }
    }

    /// The Cargo.toml with a `[package]` in this folder or the nearest one above it, within the repository.
    pub(super) fn enclosing_package(&mut self, folder: &Path) -> Option<Rc<Manifest>> {
        upwards(folder).find_map(|folder| self.manifest(&folder.join("Cargo.toml")).filter(|manifest| manifest.is_package()))
    }

    /// The workspace that the package belongs to; the manifest itself when it is the root.
    pub(super) fn workspace_of(&mut self, manifest: &Rc<Manifest>) -> Option<Rc<Manifest>> {
        if manifest.workspace().is_some() {
            return Some(Rc::clone(manifest));
        }
        let written = manifest.package().and_then(|package| package.get("workspace")).and_then(|path| path.value.as_str());
        if let Some(written) = written {
            return self.manifest(&clean(&manifest.dir().join(written).join("Cargo.toml"))).filter(|root| root.workspace().is_some());
        }
        let above = upwards(manifest.dir()).skip(1);
        let root =
            above.into_iter().find_map(|folder| self.manifest(&folder.join("Cargo.toml")).filter(|found| found.workspace().is_some()))?;
        (!root.excludes(manifest.dir())).then_some(root)
    }

    /// The Cargo.lock nearest above `dir`, up to the workspace's `root`.
    pub(super) fn lock(&mut self, dir: &Path, root: &Path) -> Option<Arc<Lock>> {
        let folders = dir.ancestors().take_while(|folder| folder.starts_with(root));
        let path = folders.chain([root]).map(|folder| folder.join("Cargo.lock")).find(|path| path.is_file())?;
        if let Some(known) = self.locks.get(&path) {
            return known.clone();
        }
        let lock = match read_text(&path).map(|text| toml::parse(&text)) {
            Ok(Ok(toml)) => Some(Arc::new(Lock::from_toml(&toml))),
            Ok(Err(error)) => {
                self.files.skip(&path, SkippedKind::Unparsable, error.message);
                None
            }
            Err(unread) => {
                self.files.skip(&path, SkippedKind::Unreadable, unread.reason);
                None
            }
        };
        self.locks.insert(path, lock.clone());
        lock
    }

    /// Notes the members of a workspace that are not there.
    pub(super) fn note_missing_members(&mut self, manifest: &Manifest) {
        for (dir, range, written) in manifest.named_members() {
            if dir.join("Cargo.toml").exists() {
                continue;
            }
            let reason = if dir.exists() { "has no Cargo.toml" } else { "does not exist" };
            let reason = format!("workspace member `{written}` {reason}");
            self.files.skip_at(manifest.file, range.start, SkippedKind::Missing, reason);
        }
    }

    /// The tables of settings in a Cargo.toml.
    pub(super) fn cargo_settings<'a>(&self, manifest: &'a Manifest) -> Vec<(FileId, Node<'a>)> {
        manifest.settings_of_package().into_iter().chain(manifest.settings_of_workspace()).collect()
    }

    /// What builds the Python module of this package; `root` is the folder of its workspace, `named_by` that of a pyproject.toml that names it.
    pub(super) fn packaging(&mut self, manifest: &Manifest, root: &Path, named_by: Option<&Path>) -> (Option<FileId>, Backend) {
        let ceiling = if self.files.root.starts_with(root) { root.to_owned() } else { self.files.root.clone() };
        let mut beside = None;
        let mut may_be_open = true;
        for folder in named_by.map(Path::to_owned).into_iter().chain(upwards(manifest.dir())) {
            let (file, build) = self.build_files(&folder, &ceiling);
            if build.is_empty() {
                continue;
            }
            let is_own = folder == manifest.dir();
            let is_near = is_own || folder.starts_with(&ceiling) && may_be_open && build.may_build_rust() && !self.has_package(&folder);
            match build.claim(&folder, &manifest.path) {
                Claim::Named => return (file, build.backend()),
                Claim::Open if is_near => return (file, build.backend()),
                Claim::Open | Claim::No => {}
            }
            if is_own && build.backend() == Backend::None {
                beside = file;
            }
            // Only the nearest project above may build the package without naming it.
            may_be_open = may_be_open && build.backend() == Backend::None;
        }
        (beside, Backend::None)
    }

    /// The text of a file that may be there, and then takes part in migrations.
    fn script(&mut self, path: &Path) -> Option<String> {
        if self.files.sources.find(path).is_none() {
            read_text(path).ok()?;
        }
        self.files.read(path).map(|id| self.files.text(id).to_owned())
    }

    fn has_package(&mut self, folder: &Path) -> bool {
        self.manifest(&folder.join("Cargo.toml")).is_some_and(|manifest| manifest.is_package())
    }

    fn build_files(&mut self, folder: &Path, ceiling: &Path) -> (Option<FileId>, BuildFiles) {
        let path = folder.join("pyproject.toml");
        // What lies above the project is none of its business unless it can be read and names the package.
        let is_foreign = !folder.starts_with(ceiling) && read_text(&path).map_or(true, |text| toml::parse(&text).is_err());
        let pyproject = if is_foreign { None } else { self.pyproject(&path) };
        let (file, pyproject) = pyproject.unzip();
        let (setup_py, setup_cfg) = (self.script(&folder.join("setup.py")), self.script(&folder.join("setup.cfg")));
        for pin in ["rust-toolchain.toml", "rust-toolchain"] {
            self.script(&folder.join(pin));
        }
        (file, BuildFiles { pyproject, setup_py, setup_cfg })
    }
}

/// The folder and those above it, up to the root of the repository.
fn upwards(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut folders = Vec::new();
    for ancestor in folder.ancestors() {
        folders.push(ancestor.to_owned());
        if ancestor.join(".git").exists() {
            break;
        }
    }
    folders.into_iter()
}
