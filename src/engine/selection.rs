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
        // What the fix brings, apart from what was accepted before: copying that for each of a thousand fixes would be slow.
        let mut new: BTreeMap<FileId, FileEdits> = BTreeMap::new();
        let nothing = FileEdits::default();
        for (file, edit) in edits_around_comments(sources, fix)? {
            let accepted = self.files.get(&file).unwrap_or(&nothing);
            let own = new.entry(file).or_default();
            if !is_apart(&accepted.edits, &edit) || !is_disjoint(&own.edits, &edit) {
                return Err(Clash::Overlap);
            }
            if accepted.import_edits.iter().any(|import| import.conflicts_with(&edit)) {
                return Err(Clash::Overlap);
            }
            own.edits.insert(edit);
        }
        for request in &fix.imports {
            let file = file_of(request);
            let request = cache.of(sources, file).map_err(Clash::Impossible)?.normalized(request);
            let is_new = self.files.get(&file).is_none_or(|accepted| !accepted.requests.contains(&request));
            let own = new.entry(file).or_default();
            if is_new {
                own.requests.insert(request);
            }
        }
        for (file, own) in new.iter_mut().filter(|(_, own)| !own.requests.is_empty()) {
            let accepted = self.files.get(file).unwrap_or(&nothing);
            let requests: Vec<ImportEdit> = accepted.requests.union(&own.requests).cloned().collect();
            let imports = cache.of(sources, *file).map_err(Clash::Impossible)?;
            own.import_edits = imports.edits(&sources.get(*file).text, &requests).map_err(Clash::Impossible)?;
            let fits = |edit: &Edit| is_disjoint(&accepted.edits, edit) && is_disjoint(&own.edits, edit);
            if !own.import_edits.iter().all(fits) {
                return Err(Clash::Overlap);
            }
        }
        for (file, own) in new {
            let accepted = self.files.entry(file).or_default();
            accepted.edits.extend(own.edits);
            if !own.requests.is_empty() {
                accepted.requests.extend(own.requests);
                accepted.import_edits = own.import_edits;
            }
        }
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
