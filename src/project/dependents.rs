//! Which libraries other packages of the tree build on, so that one of those may be the Python module.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::dependencies;
use super::manifest::Manifest;
use super::reader::Reader;
use super::{Library, Package};
use crate::text::{Sources, clean};

impl Reader {
    /// Marks the packages whose library another one has by path. `manifests` are those of the tree; the workspaces around them count as well.
    ///
    /// Nothing more is read unless an answer matters: for a library with a module of Python that is no `cdylib`.
    pub(super) fn mark_dependencies(&mut self, packages: &mut BTreeMap<PathBuf, Package>, manifests: &BTreeSet<PathBuf>) {
        let is_open = |package: &Package| is_open(package, &self.files.sources);
        if !packages.values().any(is_open) {
            return;
        }
        let folders = self.folders_depended_on(manifests);
        for (dir, package) in packages {
            package.is_dependency = folders.contains(dir);
        }
    }

    /// The folders that `[dependencies]` of these manifests, of their workspaces and of what they depend on name.
    fn folders_depended_on(&mut self, manifests: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let mut next: Vec<PathBuf> = manifests.iter().cloned().collect();
        let (mut seen, mut folders) = (BTreeSet::new(), BTreeSet::new());
        while let Some(path) = next.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let Some(manifest) = self.manifest(&path) else { continue };
            next.extend(members(&manifest).into_iter().map(|folder| folder.join("Cargo.toml")));
            let workspace = self.workspace_of(&manifest);
            next.extend(workspace.iter().map(|workspace| workspace.path.clone()));
            let named = dependencies::folders(&manifest, workspace.as_deref());
            for (_, folder) in named.into_iter().filter(|(table, _)| *table == "dependencies") {
                next.push(folder.join("Cargo.toml"));
                folders.insert(folder);
            }
        }
        folders
    }
}

/// Whether it is open who builds the module of a library.
fn is_open(package: &Package, sources: &Sources) -> bool {
    let is_plain = |library: &Library| !library.proc_macro && !library.crate_types.iter().any(|kind| kind == "cdylib");
    let mut files = package.rust_files.iter().map(|file| &sources.get(*file).text);
    package.library.as_ref().is_some_and(is_plain) && files.any(|text| text.contains("pymodule"))
}

/// The folders of the members of a workspace; where a pattern stands, all folders of that depth.
fn members(manifest: &Manifest) -> Vec<PathBuf> {
    let written = manifest.workspace().and_then(|workspace| workspace.get("members")).map(|members| members.value.texts());
    written.unwrap_or_default().iter().flat_map(|member| expand(manifest.dir(), &member.value)).collect()
}

fn expand(base: &Path, pattern: &str) -> Vec<PathBuf> {
    pattern.split('/').fold(vec![base.to_owned()], |folders, segment| {
        let step =
            |folder: PathBuf| if segment.contains(['*', '?', '[']) { subfolders(&folder) } else { vec![clean(&folder.join(segment))] };
        folders.into_iter().flat_map(step).collect()
    })
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
