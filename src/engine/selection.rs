//! A set of fixes that can be applied together: their edits are disjoint and their imports can all be carried out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::rc::Rc;

use super::imports::Imports;
use crate::diagnostic::{Fix, ImportEdit};
use crate::text::{Edit, FileId, Sources, apply_edits};

/// The imports of the files of one state of the sources, each read when first asked for.
#[derive(Debug, Default)]
pub(super) struct ImportCache {
    files: HashMap<FileId, Option<Rc<Imports>>>,
}

impl ImportCache {
    fn of(&mut self, sources: &Sources, file: FileId) -> Result<Rc<Imports>, String> {
        let read = || Imports::read(&sources.get(file).text).map(Rc::new);
        let imports = self.files.entry(file).or_insert_with(read).clone();
        imports.ok_or_else(|| format!("`{}` does not parse, so its imports cannot be changed", sources.get(file).display))
    }
}

/// Fixes that were accepted so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    files: BTreeMap<FileId, FileEdits>,
}

#[derive(Clone, Debug, Default)]
struct FileEdits {
    edits: BTreeSet<Edit>,
    requests: BTreeSet<ImportEdit>,
    /// What `requests` come to.
    import_edits: Vec<Edit>,
}

/// Why a fix was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// It needs bytes that an accepted fix changes; it may fit in the next round.
    Overlap,
    /// It cannot be carried out at all.
    Impossible(String),
}

impl Selection {
    /// Adds all of `fix`, or nothing.
    pub(super) fn add(&mut self, sources: &Sources, cache: &mut ImportCache, fix: &Fix) -> Result<(), Clash> {
        let mut touched: BTreeMap<FileId, FileEdits> = BTreeMap::new();
        for (file, edit) in &fix.edits {
            let text = &sources.get(*file).text;
            if text.get(edit.range.start..edit.range.end).is_none() {
                return Err(Clash::Impossible("an edit lies outside the text".to_owned()));
            }
            let state = self.state(&mut touched, *file);
            if !is_disjoint(&state.edits, edit) || state.import_edits.iter().any(|import| import.conflicts_with(edit)) {
                return Err(Clash::Overlap);
            }
            state.edits.insert(edit.clone());
        }
        let mut stale = BTreeSet::new();
        for request in &fix.imports {
            let file = file_of(request);
            let request = cache.of(sources, file).map_err(Clash::Impossible)?.normalized(request);
            if self.state(&mut touched, file).requests.insert(request) {
                stale.insert(file);
            }
        }
        for file in stale {
            let imports = cache.of(sources, file).map_err(Clash::Impossible)?;
            let state = self.state(&mut touched, file);
            let requests: Vec<ImportEdit> = state.requests.iter().cloned().collect();
            state.import_edits = imports.edits(&sources.get(file).text, &requests).map_err(Clash::Impossible)?;
            if state.import_edits.iter().any(|edit| !is_disjoint(&state.edits, edit)) {
                return Err(Clash::Overlap);
            }
        }
        self.files.extend(touched);
        Ok(())
    }

    fn state<'a>(&self, touched: &'a mut BTreeMap<FileId, FileEdits>, file: FileId) -> &'a mut FileEdits {
        touched.entry(file).or_insert_with(|| self.files.get(&file).cloned().unwrap_or_default())
    }

    /// All edits of a file, those of imports included.
    pub(super) fn edits_of(&self, file: FileId) -> Vec<Edit> {
        let edits = self.files.get(&file).map(|state| state.edits.iter().chain(&state.import_edits).cloned().collect::<BTreeSet<Edit>>());
        edits.unwrap_or_default().into_iter().collect()
    }

    /// The files that change.
    pub(super) fn files(&self) -> impl Iterator<Item = FileId> {
        self.files.keys().copied()
    }

    /// The new text of a file.
    pub(super) fn text_of(&self, sources: &Sources, file: FileId) -> String {
        let text = &sources.get(file).text;
        // `add` keeps the edits disjoint and inside the text.
        apply_edits(text, &self.edits_of(file)).unwrap_or_else(|_| text.clone())
    }
}

/// The file that a request is about.
pub(super) fn file_of(request: &ImportEdit) -> FileId {
    match request {
        ImportEdit::Add { file, .. } | ImportEdit::Remove { file, .. } | ImportEdit::Replace { file, .. } => *file,
    }
}

/// Whether `edit` can be applied together with `accepted`, which are disjoint: then only its neighbours can conflict with it.
fn is_disjoint(accepted: &BTreeSet<Edit>, edit: &Edit) -> bool {
    let before = accepted.range((Bound::Unbounded, Bound::Included(edit))).next_back();
    let after = accepted.range((Bound::Included(edit), Bound::Unbounded)).next();
    before.into_iter().chain(after).all(|neighbour| !neighbour.conflicts_with(edit))
}
