//! A set of fixes that can be applied together: their edits are disjoint and their imports can all be carried out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::rc::Rc;

use super::comments::around_comments;
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
    import_edits: BTreeSet<Edit>,
}

/// Why a fix was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// It needs bytes that an accepted fix changes; it may fit in the next round.
    Overlap,
    /// It cannot be carried out at all.
    Impossible(String),
}

/// What was added to a selection last, so that it can be taken back.
#[derive(Debug, Default)]
pub(super) struct Added {
    edits: Vec<(FileId, Edit)>,
    requests: Vec<(FileId, ImportEdit)>,
    /// The edits of imports that were replaced.
    import_edits: Vec<(FileId, BTreeSet<Edit>)>,
}

impl Selection {
    /// Adds all of `fix`, or nothing.
    pub(super) fn add(&mut self, sources: &Sources, cache: &mut ImportCache, fix: &Fix) -> Result<(), Clash> {
        let mut added = Added::default();
        let result = self.add_each(sources, cache, &[fix], &mut added);
        if result.is_err() {
            self.undo(added);
        }
        result
    }

    /// Adds `fixes` up to the first that does not fit, and puts down in `added` what to undo then. What their imports come to is told once for
    /// all of them: it takes all imports of a file together, and there may be thousands.
    pub(super) fn add_each(&mut self, sources: &Sources, cache: &mut ImportCache, fixes: &[&Fix], added: &mut Added) -> Result<(), Clash> {
        for fix in fixes {
            self.add_edits(sources, fix, added)?;
            for request in &fix.imports {
                let file = file_of(request);
                let request = cache.of(sources, file).map_err(Clash::Impossible)?.normalized(request);
                if self.files.entry(file).or_default().requests.insert(request.clone()) {
                    added.requests.push((file, request));
                }
            }
        }
        let files: BTreeSet<FileId> = added.requests.iter().map(|(file, _)| *file).collect();
        files.into_iter().try_for_each(|file| self.plan_imports(sources, cache, file, added))
    }

    /// Takes back what was added.
    pub(super) fn undo(&mut self, added: Added) {
        for (file, edit) in added.edits {
            self.files.entry(file).or_default().edits.remove(&edit);
        }
        for (file, request) in added.requests {
            self.files.entry(file).or_default().requests.remove(&request);
        }
        for (file, import_edits) in added.import_edits {
            self.files.entry(file).or_default().import_edits = import_edits;
        }
        self.files.retain(|_, state| !state.edits.is_empty() || !state.requests.is_empty());
    }

    fn add_edits(&mut self, sources: &Sources, fix: &Fix, added: &mut Added) -> Result<(), Clash> {
        let nothing = FileEdits::default();
        let mut new: BTreeMap<FileId, BTreeSet<Edit>> = BTreeMap::new();
        for (file, edit) in edits_around_comments(sources, fix)? {
            let accepted = self.files.get(&file).unwrap_or(&nothing);
            let own = new.entry(file).or_default();
            if !is_apart(&accepted.edits, &edit) || ![&accepted.import_edits, own].into_iter().all(|edits| is_disjoint(edits, &edit)) {
                return Err(Clash::Overlap);
            }
            own.insert(edit);
        }
        for (file, own) in new {
            let state = self.files.entry(file).or_default();
            for edit in own {
                if state.edits.insert(edit.clone()) {
                    added.edits.push((file, edit));
                }
            }
        }
        Ok(())
    }

    /// Tells what all requests of a file come to.
    fn plan_imports(&mut self, sources: &Sources, cache: &mut ImportCache, file: FileId, added: &mut Added) -> Result<(), Clash> {
        let imports = cache.of(sources, file).map_err(Clash::Impossible)?;
        let state = self.files.entry(file).or_default();
        let requests: Vec<ImportEdit> = state.requests.iter().cloned().collect();
        let edits = imports.edits(&sources.get(file).text, &requests).map_err(Clash::Impossible)?;
        if !edits.iter().all(|edit| is_disjoint(&state.edits, edit)) {
            return Err(Clash::Overlap);
        }
        added.import_edits.push((file, std::mem::replace(&mut state.import_edits, edits.into_iter().collect())));
        Ok(())
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

/// The edits of a fix by file.
fn edits_around_comments(sources: &Sources, fix: &Fix) -> Result<Vec<(FileId, Edit)>, Clash> {
    let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for (file, edit) in &fix.edits {
        if sources.get(*file).text.get(edit.range.start..edit.range.end).is_none() {
            return Err(Clash::Impossible("an edit lies outside the text".to_owned()));
        }
        by_file.entry(*file).or_default().push(edit.clone());
    }
    let around = |(file, edits)| around_comments(sources.get(file), edits).into_iter().map(move |edit| (file, edit));
    Ok(by_file.into_iter().flat_map(around).collect())
}

/// Whether `edit` can be applied together with `accepted`, those of other fixes: an insertion beside a bracket that another fix opens or closes waits for
/// the next round, which shows what stands there then.
fn is_apart(accepted: &BTreeSet<Edit>, edit: &Edit) -> bool {
    neighbours(accepted, edit).all(|neighbour| !neighbour.conflicts_with(edit) && !neighbour.touches(edit))
}

/// Whether `edit` can be applied together with `accepted`, which are disjoint: then only its neighbours can conflict with it.
fn is_disjoint(accepted: &BTreeSet<Edit>, edit: &Edit) -> bool {
    neighbours(accepted, edit).all(|neighbour| !neighbour.conflicts_with(edit))
}

fn neighbours<'e>(accepted: &'e BTreeSet<Edit>, edit: &Edit) -> impl Iterator<Item = &'e Edit> {
    let before = accepted.range((Bound::Unbounded, Bound::Included(edit))).next_back();
    let after = accepted.range((Bound::Included(edit), Bound::Unbounded)).next();
    before.into_iter().chain(after)
}
