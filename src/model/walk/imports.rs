//! Imports as facts: each leaf of a `use`, with the path that it spells.

use super::Walker;
use crate::catalog::symbols;
use crate::model::facts::{PathUse, PathUsePosition};
use crate::model::outline::{leaf_ranges, read_use};
use crate::model::resolve::Resolved;
use crate::text::TextRange;

impl Walker<'_> {
    pub(super) fn import(&mut self, import: &syn::ItemUse) {
        let mut ranges = Vec::new();
        leaf_ranges(&import.tree, self.spans, &mut ranges);
        let public = !matches!(import.vis, syn::Visibility::Inherited);
        for (leaf, (root, range)) in read_use(import).into_iter().zip(ranges) {
            let Resolved::Pyo3(_) = self.crate_extern(&leaf.path, leaf.absolute) else {
                self.external_import(&leaf.path, (root, range), public);
                continue;
            };
            let spelled = self.spelled(&leaf.path);
            let name = leaf.path.last().cloned().unwrap_or_default();
            self.facts.paths.push(PathUse {
                segments: vec![(name, range)],
                range,
                pyo3: Some(symbols().canonical_start(&spelled)),
                spelled: Some(if leaf.glob { format!("{spelled}::*") } else { spelled }),
                external: None,
                root: Some(root),
                position: PathUsePosition::Import { public },
                call: None,
                module: self.module,
                source: self.source,
                function: self.function,
                signature: None,
                in_test: self.in_test,
            });
        }
    }

    /// An import from another crate than PyO3.
    fn external_import(&mut self, path: &[String], (root, range): (TextRange, TextRange), public: bool) {
        if let Resolved::External(path) = self.resolve_names(path, false) {
            let name = path.last().cloned().unwrap_or_default();
            let resolved = Resolved::External(path);
            self.push_path(vec![(name, range)], range, &resolved, PathUsePosition::Import { public }, None);
            if let Some(import) = self.facts.paths.last_mut() {
                import.root = Some(root);
            }
        }
    }

    /// What a path leads to when its first segment names a crate.
    fn crate_extern(&self, path: &[String], absolute: bool) -> Resolved {
        match path.first() {
            Some(first) if self.crate_model.pyo3_names.contains(first) || self.crate_model.ffi_names.contains(first) => {
                Resolved::Pyo3(first.clone())
            }
            // `use p::types::PyDict` after `use pyo3 as p`.
            Some(_) if path.len() > 1 => self.resolve_names(path, absolute),
            _ => Resolved::Unknown,
        }
    }

    /// The import's path with the crate's own name for PyO3 replaced by `pyo3`.
    fn spelled(&self, path: &[String]) -> String {
        let Some((first, rest)) = path.split_first() else { return String::new() };
        let start = match self.resolve_names(std::slice::from_ref(first), false) {
            Resolved::Pyo3(path) => path,
            _ => match self.resolve_names(path, false) {
                Resolved::Pyo3(path) => return path,
                _ => return String::new(),
            },
        };
        std::iter::once(start.as_str()).chain(rest.iter().map(String::as_str)).collect::<Vec<_>>().join("::")
    }
}
