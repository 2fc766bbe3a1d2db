//! Files that a compiler could not read either: which of them a package needs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Broken, Package};
use crate::text::Sources;

/// Gives each file to the packages that need it; the answer holds manifests of no package that mention PyO3.
pub(super) fn assign(broken: Vec<(Broken, Option<PathBuf>)>, packages: &mut BTreeMap<PathBuf, Package>, sources: &Sources) -> Vec<Broken> {
    let mut of_nobody = Vec::new();
    for (broken, named_by) in broken {
        let source = sources.get(broken.file);
        let owners = match named_by {
            Some(folder) => vec![folder],
            None if is_manifest(&source.path) => packages.keys().filter(|dir| is_around(&source.path, dir)).cloned().collect(),
            None => owner(&source.path, packages).into_iter().collect(),
        };
        if owners.is_empty() && is_manifest(&source.path) && source.text.contains("pyo3") {
            of_nobody.push(broken.clone());
        }
        for owner in owners {
            if let Some(package) = packages.get_mut(&owner) {
                package.broken.push(broken.clone());
            }
        }
    }
    of_nobody
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

/// Whether the manifest is in the folder of the package or above it.
fn is_around(manifest: &Path, dir: &Path) -> bool {
    manifest.parent().is_some_and(|folder| dir.starts_with(folder))
}

/// The package that has the file below its `src`. Elsewhere files may be what they like: data of tests, templates.
fn owner(file: &Path, packages: &BTreeMap<PathBuf, Package>) -> Option<PathBuf> {
    let dir = file.ancestors().find(|folder| packages.contains_key(*folder))?;
    file.starts_with(dir.join("src")).then(|| dir.to_owned())
}
