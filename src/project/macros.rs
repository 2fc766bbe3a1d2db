//! The project's own procedural macros: they write PyO3 code into a package, and need not depend on PyO3 themselves.

use std::path::{Path, PathBuf};

use super::dependencies::{self, uses_pyo3};
use super::linked::child_modules;
use super::manifest::Manifest;
use super::reader::Reader;
use super::{TargetKind, targets};

impl Reader {
    /// The root files of the procedural macros that a package has by path, and that write `pyo3` into it. One that depends on PyO3 itself is a
    /// package of its own.
    pub(super) fn macro_roots(&mut self, manifest: &Manifest, workspace: Option<&Manifest>) -> Vec<PathBuf> {
        let folders = dependencies::folders(manifest, workspace);
        folders.into_iter().filter_map(|(_, folder)| self.macro_root(&folder.join("Cargo.toml"))).collect()
    }

    fn macro_root(&mut self, path: &Path) -> Option<PathBuf> {
        let manifest = path.is_file().then(|| self.manifest(path)).flatten()?;
        let library = manifest.toml.get(&["lib"])?;
        let is_macro = library.value.get_any(&["proc-macro", "proc_macro"]).and_then(|flag| flag.value.as_bool()).unwrap_or(false);
        let workspace = self.workspace_of(&manifest);
        if !is_macro || uses_pyo3(&dependencies::read(&manifest, workspace.as_deref())) {
            return None;
        }
        let root = targets::find(&manifest).0.into_iter().find(|root| root.kind == TargetKind::Library)?.path;
        self.mentions_pyo3(&root).then_some(root)
    }

    /// Whether the file or a module below it does.
    fn mentions_pyo3(&mut self, root: &Path) -> bool {
        let mut files = vec![root.to_owned()];
        let mut next = 0;
        while let Some(path) = files.get(next).cloned() {
            next += 1;
            let Some(id) = self.files.read(&path) else { continue };
            let text = &self.files.sources.get(id).text;
            if text.contains("pyo3") {
                return true;
            }
            let modules = child_modules(&path, text);
            files.extend(modules.into_iter().filter(|module| !files.contains(module)).collect::<Vec<_>>());
        }
        false
    }
}
