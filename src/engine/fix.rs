//! Chooses fixes that fit together, applies them, checks that the text still parses, and repeats until nothing changes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::comments::{drops_comment, replaces_code};
use super::isolate::{Fault, isolated};
use super::selection::{Added, Clash, ImportCache, Selection, file_of};
use crate::diagnostic::{Diagnostic, Fix, ImportEdit, Readiness, RuleId, Safety, Span};
use crate::release::Release;
use crate::text::{Edit, FileId, LineIndex, Shifts, Sources};

/// After so many rounds fixing stops, even if fixes are left.
pub const MAX_ROUNDS: usize = 10;

/// What the reason of a fix says that drops a comment.
const DROPS: &str = "would drop a comment";

/// Says whether a text parses: display path and text in, the complaint out.
pub type Parses<'a> = &'a dyn Fn(&str, &str) -> Result<(), String>;

/// Says whether the file of this path may get another text.
pub type MayWrite<'a> = &'a dyn Fn(&Path) -> bool;

/// How to fix.
#[derive(Clone, Copy)]
pub struct FixOptions<'a> {
    /// The least safe kind of fix to apply: `Safe` applies safe ones, `Unsafe` both kinds.
    pub allow: Safety,
    /// Whether a text parses.
    pub parses: Parses<'a>,
    /// Which files may change; a fix that needs another one is left out as a whole.
    pub may_write: MayWrite<'a>,
}

/// What fixing has done. The new texts are in the sources.
#[derive(Debug, Default)]
pub struct FixOutcome {
    /// Rounds that changed something.
    pub rounds: usize,
    /// How often a fix of each rule was applied, ordered by rule.
    pub applied: Vec<(RuleId, usize)>,
    /// How many of them were for a finding that fails the check.
    pub failing: usize,
    /// The applied fixes that could change behaviour, in the order in which they were applied.
    pub risky: Vec<Risky>,
    /// The newest PyO3 release that an applied fix needs, where the one in use is older and the target was asked for.
    pub needs: Option<Release>,
    /// The files whose text is another now, with the text that they had.
    pub changed: BTreeMap<FileId, String>,
    /// Fixes that could not be carried out.
    pub rejected: Vec<Rejected>,
    /// How many of the fixes that are left need a file that may not be written.
    pub kept_out: usize,
    /// Those files.
    pub untouchable: BTreeSet<PathBuf>,
    /// What hognose itself failed at while it completed and chose fixes, with every file of each.
    pub faults: BTreeSet<Fault>,
    /// What the last check found.
    pub remaining: Vec<Diagnostic>,
    /// Whether the last round had nothing left to apply; false when fixes undo each other or [`MAX_ROUNDS`] was not enough.
    pub stable: bool,
}

/// An applied fix that could change behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risky {
    /// The rule that offered it.
    pub rule: RuleId,
    /// The row of the catalogue behind it.
    pub change: Option<&'static str>,
    /// The file of the finding.
    pub file: FileId,
    /// Its line in the new text, from 1.
    pub line: usize,
    /// What the fix did, as an imperative.
    pub title: String,
    /// Why it is not safe.
    pub reason: String,
}

/// A fix that could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejected {
    /// The rule that offered it.
    pub rule: RuleId,
    /// Display path of the file of the finding.
    pub path: String,
    /// Line of the finding in the text at that time.
    pub line: usize,
    /// Why not: lower case, no full stop.
    pub reason: String,
}

/// Completes fixes, one at a time, for one state of the sources.
#[derive(Debug)]
pub struct Completer<'a> {
    sources: &'a Sources,
    cache: RefCell<ImportCache>,
}

impl<'a> Completer<'a> {
    /// Completes fixes for these texts.
    #[must_use]
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, cache: RefCell::default() }
    }

    /// Every edit of a fix, those of its imports included.
    ///
    /// # Errors
    /// Says why the fix cannot be carried out.
    pub fn edits(&self, fix: &Fix) -> Result<Vec<(FileId, Edit)>, String> {
        edits_alone(self.sources, &mut self.cache.borrow_mut(), fix)
    }
}

/// Makes every fix say what it really is: one that would drop a comment becomes unsafe, one that cannot be carried out is removed. Answers what
/// hognose itself failed at.
pub fn settle_fixes(sources: &Sources, diagnostics: &mut [Diagnostic]) -> BTreeSet<Fault> {
    let mut cache = ImportCache::default();
    let mut faults = BTreeSet::new();
    for diagnostic in diagnostics {
        let Some(fix) = &mut diagnostic.fix else { continue };
        let settled = isolated(sources, diagnostic.primary.file, diagnostic.rule.name, || {
            let edits = edits_alone(sources, &mut cache, fix)?;
            Ok::<_, String>(drops_any_comment(sources, &edits))
        });
        match settled {
            Ok(Ok(true)) => {
                fix.safety = Safety::Unsafe;
                fix.reason = Some(match fix.reason.take() {
                    Some(reason) if reason.ends_with(DROPS) => reason,
                    Some(reason) => format!("{reason}; {DROPS}"),
                    None => DROPS.to_owned(),
                });
            }
            Ok(Ok(false)) => {}
            Ok(Err(_)) => diagnostic.fix = None,
            Err(fault) => {
                faults.extend(files_of(fix).into_iter().map(|file| Fault { file, ..fault.clone() }));
                diagnostic.fix = None;
            }
        }
    }
    faults
}

/// Applies the fixes of what `check` finds, checks again, and so on until nothing changes.
pub fn fix_until_stable(sources: &mut Sources, mut check: impl FnMut(&Sources) -> Vec<Diagnostic>, options: FixOptions) -> FixOutcome {
    let mut outcome = FixOutcome::default();
    let mut applied: BTreeMap<RuleId, usize> = BTreeMap::new();
    let mut refused = HashSet::new();
    loop {
        let mut found = check(sources);
        outcome.faults.extend(settle_fixes(sources, &mut found));
        let round = Round { sources, options, refused: &mut refused, rejected: &mut outcome.rejected, faults: &mut outcome.faults };
        let (texts, fixed) = round.run(&found);
        outcome.stable = texts.is_empty();
        if texts.is_empty() || outcome.rounds == MAX_ROUNDS {
            outcome.note_untouchable(sources, &found, options);
            outcome.remaining = found;
            break;
        }
        outcome.rounds += 1;
        for (diagnostic, fix) in fixed {
            *applied.entry(diagnostic.rule).or_default() += 1;
            outcome.failing += usize::from(diagnostic.fails);
            outcome.risky.extend(risky(sources, diagnostic, fix));
            outcome.needs = outcome.needs.max((fix.readiness == Readiness::Requested).then_some(fix.needs));
        }
        for (file, (text, shifts)) in texts {
            let (lines, new_lines) = (&sources.get(file).lines, LineIndex::new(&text));
            for risky in outcome.risky.iter_mut().filter(|risky| risky.file == file) {
                risky.line = new_lines.line(shifts.after(lines.line_start(risky.line)));
            }
            outcome.changed.entry(file).or_insert_with(|| sources.get(file).text.clone());
            sources.set_text(file, text);
        }
    }
    outcome.changed.retain(|file, original| sources.get(*file).text != *original);
    outcome.applied = applied.into_iter().collect();
    outcome.rejected.sort();
    outcome.rejected.dedup();
    outcome
}

impl FixOutcome {
    fn note_untouchable(&mut self, sources: &Sources, found: &[Diagnostic], options: FixOptions) {
        for fix in found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).filter(|fix| fix.safety <= options.allow) {
            let files: Vec<&Path> = untouchable(sources, fix, options).collect();
            self.kept_out += usize::from(!files.is_empty());
            self.untouchable.extend(files.into_iter().map(Path::to_owned));
        }
    }
}

fn risky(sources: &Sources, diagnostic: &Diagnostic, fix: &Fix) -> Option<Risky> {
    let Span { file, range, .. } = diagnostic.primary;
    (fix.safety == Safety::Unsafe).then(|| Risky {
        rule: diagnostic.rule,
        change: diagnostic.change,
        file,
        line: sources.get(file).lines.line(range.start),
        title: fix.title.clone(),
        reason: fix.reason.clone().unwrap_or_default(),
    })
}

fn edits_alone(sources: &Sources, cache: &mut ImportCache, fix: &Fix) -> Result<Vec<(FileId, Edit)>, String> {
    let mut alone = Selection::default();
    match alone.add(sources, cache, fix) {
        Ok(()) => Ok(alone.files().flat_map(|file| alone.edits_of(file).into_iter().map(move |edit| (file, edit))).collect()),
        Err(Clash::Overlap) => Err("its edits overlap".to_owned()),
        Err(Clash::Impossible(reason)) => Err(reason),
    }
}

/// Whether the edits leave fewer comments in a file than there are. What removes a comment and nothing else means to.
fn drops_any_comment(sources: &Sources, edits: &[(FileId, Edit)]) -> bool {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for (file, edit) in edits.iter().filter(|(file, edit)| replaces_code(sources.get(*file), edit) || !edit.text.is_empty()) {
        by_file.entry(*file).or_default().push(edit);
    }
    by_file.iter().any(|(file, edits)| drops_comment(sources.get(*file), edits))
}

/// What a fix does, without the place where: a fix that broke a file is not tried again when text before it has moved it.
type Signature = (RuleId, Vec<(FileId, String, String)>, Vec<ImportEdit>);

fn signature(sources: &Sources, rule: RuleId, fix: &Fix) -> Signature {
    let edits = fix.edits.iter().map(|(file, edit)| (*file, sources.get(*file).slice(edit.range).to_owned(), edit.text.clone()));
    (rule, edits.collect(), fix.imports.clone())
}

struct Round<'a> {
    sources: &'a Sources,
    options: FixOptions<'a>,
    refused: &'a mut HashSet<Signature>,
    rejected: &'a mut Vec<Rejected>,
    faults: &'a mut BTreeSet<Fault>,
}

type Offer<'d> = (&'d Diagnostic, &'d Fix);

impl Round<'_> {
    /// The new texts with where what was is now, and each fix in them.
    fn run<'d>(mut self, found: &'d [Diagnostic]) -> (BTreeMap<FileId, (String, Shifts)>, Vec<Offer<'d>>) {
        let offers = self.offers(found);
        let mut cache = ImportCache::default();
        let mut selection = Selection::default();
        let mut chosen = self.choose(&mut selection, &mut cache, &offers);
        if !self.broken_files(&selection, selection.files()).is_empty() {
            (selection, chosen) = self.without_culprits(&mut cache, &selection, &chosen);
        }
        let texts = selection.files().map(|file| (file, selection.text_of(self.sources, file)));
        let changed = texts.filter(|(file, text)| self.sources.get(*file).text != *text);
        let shifted = changed.map(|(file, text)| (file, (text, Shifts::new(&selection.edits_of(file))))).collect();
        (shifted, chosen)
    }

    /// Adds the offers that fit together, as if one by one; in fact by halves, of which most fit at once.
    fn choose<'d>(&mut self, selection: &mut Selection, cache: &mut ImportCache, offers: &[Offer<'d>]) -> Vec<Offer<'d>> {
        match (self.add(selection, cache, offers), offers) {
            (Ok(()), offers) => offers.to_vec(),
            (Err(Clash::Overlap), [_] | []) => Vec::new(),
            (Err(Clash::Impossible(reason)), [only]) => {
                self.reject(*only, reason);
                Vec::new()
            }
            (Err(_), offers) => {
                let (first, second) = offers.split_at(offers.len() / 2);
                let mut chosen = self.choose(selection, cache, first);
                chosen.extend(self.choose(selection, cache, second));
                chosen
            }
        }
    }

    /// The fixes to choose from, in the order of their places.
    fn offers<'d>(&self, found: &'d [Diagnostic]) -> Vec<Offer<'d>> {
        let offers = found.iter().filter_map(|diagnostic| Some((diagnostic, diagnostic.fix.as_ref()?)));
        let allowed = offers.filter(|(diagnostic, fix)| {
            fix.is_ready()
                && fix.safety <= self.options.allow
                && !self.refused.contains(&signature(self.sources, diagnostic.rule, fix))
                && untouchable(self.sources, fix, self.options).next().is_none()
        });
        let mut offers: Vec<Offer> = allowed.collect();
        // A fix of the imports would leave the uses inside of text that moves without them.
        if offers.iter().any(|(_, fix)| fix.moves) {
            offers.retain(|(_, fix)| fix.moves);
        }
        offers.sort_by_key(|(diagnostic, _)| (diagnostic.primary.file, diagnostic.primary.range, diagnostic.rule));
        offers
    }

    /// Files that parsed before and would not any more, with the complaint.
    fn broken_files(&self, selection: &Selection, files: impl Iterator<Item = FileId>) -> BTreeMap<FileId, String> {
        let breaks = |file: FileId| {
            let source = self.sources.get(file);
            let complaint = (self.options.parses)(&source.display, &selection.text_of(self.sources, file)).err()?;
            (self.options.parses)(&source.display, &source.text).is_ok().then_some((file, complaint))
        };
        files.filter_map(breaks).collect()
    }

    /// Adds the fixes again one by one; one that breaks a file together with those before it waits, one that does so alone is refused.
    fn without_culprits<'d>(&mut self, cache: &mut ImportCache, all: &Selection, chosen: &[Offer<'d>]) -> (Selection, Vec<Offer<'d>>) {
        let suspect_files: BTreeSet<FileId> = self.broken_files(all, all.files()).into_keys().collect();
        let is_suspect = |offer: &Offer| files_of(offer.1).iter().any(|file| suspect_files.contains(file));
        let (suspects, innocent): (Vec<Offer>, Vec<Offer>) = chosen.iter().copied().partition(is_suspect);
        let mut selection = Selection::default();
        let mut kept = Vec::with_capacity(chosen.len());
        for offer in innocent {
            if self.add(&mut selection, cache, &[offer]).is_ok() {
                kept.push(offer);
            }
        }
        for offer in suspects {
            let mut with = selection.clone();
            if self.add(&mut with, cache, &[offer]).is_err() {
                continue;
            }
            if self.broken_files(&with, files_of(offer.1).into_iter()).is_empty() {
                selection = with;
                kept.push(offer);
                continue;
            }
            // One that is good by itself waits for the next round.
            let mut alone = Selection::default();
            let broken = alone.add(self.sources, cache, offer.1).map(|()| self.broken_files(&alone, files_of(offer.1).into_iter()));
            let Some((file, complaint)) = broken.unwrap_or_default().into_iter().next() else { continue };
            let path = &self.sources.get(file).display;
            self.reject(offer, format!("`{path}` would no longer parse: {complaint}"));
        }
        (selection, kept)
    }

    /// Adds all of these, or nothing.
    fn add(&mut self, selection: &mut Selection, cache: &mut ImportCache, offers: &[Offer]) -> Result<(), Clash> {
        let Some((first, _)) = offers.first() else { return Ok(()) };
        let fixes: Vec<&Fix> = offers.iter().map(|(_, fix)| *fix).collect();
        let mut added = Added::default();
        let add = || selection.add_each(self.sources, cache, &fixes, &mut added);
        let result = isolated(self.sources, first.primary.file, first.rule.name, add).unwrap_or_else(|fault| {
            // Of several, the one that it is about will show it alone.
            if let [only] = fixes.as_slice() {
                self.faults.extend(files_of(only).into_iter().map(|file| Fault { file, ..fault.clone() }));
            }
            Err(Clash::Impossible("an internal error".to_owned()))
        });
        if result.is_err() {
            selection.undo(added);
        }
        result
    }

    fn reject(&mut self, (diagnostic, fix): Offer, reason: String) {
        let source = self.sources.get(diagnostic.primary.file);
        self.refused.insert(signature(self.sources, diagnostic.rule, fix));
        let line = source.lines.line(diagnostic.primary.range.start);
        self.rejected.push(Rejected { rule: diagnostic.rule, path: source.display.clone(), line, reason });
    }
}

/// The files that a fix needs and must not have.
fn untouchable<'a>(sources: &'a Sources, fix: &Fix, options: FixOptions<'a>) -> impl Iterator<Item = &'a Path> {
    files_of(fix).into_iter().map(|file| sources.get(file).path.as_path()).filter(move |path| !(options.may_write)(path))
}

/// Every file that a fix changes.
pub(super) fn files_of(fix: &Fix) -> BTreeSet<FileId> {
    fix.edits.iter().map(|(file, _)| *file).chain(fix.imports.iter().map(file_of)).collect()
}

#[cfg(test)]
#[path = "fix_tests.rs"]
mod tests;
