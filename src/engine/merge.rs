//! One fault, one finding: what another finding explains becomes a place of that one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diagnostic::{Diagnostic, RuleId, Span};
use crate::model::FileModel;
use crate::text::{FileId, TextRange};

/// Joins findings with those at their causes. What has a fix of its own stays, and so does what nothing explains.
pub(super) fn merge(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_effect = |finding: &Diagnostic| finding.cause.is_some() && finding.fix.is_none();
    let (effects, mut told): (Vec<Diagnostic>, Vec<Diagnostic>) = findings.into_iter().partition(is_effect);
    let (direct, rest) = explained_by(&told, effects);
    // The cause can be the effect of another one.
    let causes: Vec<Diagnostic> = direct.iter().map(|(_, effect)| effect.clone()).collect();
    let (indirect, mut alone) = explained_by(&causes, rest);
    let indirect: Vec<(usize, Diagnostic)> = indirect.into_iter().map(|(at, effect)| (direct[at].0, effect)).collect();
    let mut joined: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for (index, effect) in direct.into_iter().chain(indirect) {
        joined.entry(index).or_default().push(effect.primary);
    }
    for (index, spans) in joined {
        told[index].secondary.extend(labelled(spans));
    }
    told.append(&mut alone);
    told
}

/// Joins findings at the calls of a macro of the package with the one at its definition: there the fault is.
pub(super) fn merge_expansions(findings: Vec<Diagnostic>, files: &[(FileId, FileModel)]) -> Vec<Diagnostic> {
    let expansions: HashMap<(FileId, TextRange), &str> =
        files.iter().flat_map(|(file, facts)| facts.expansions.iter().map(move |(place, name)| ((*file, *place), name.as_str()))).collect();
    if expansions.is_empty() {
        return findings;
    }
    let definitions: BTreeMap<(FileId, usize), (&str, TextRange)> = files
        .iter()
        .flat_map(|(file, facts)| facts.macro_definitions.iter().map(move |(name, range)| ((*file, range.start), (name.as_str(), *range))))
        .collect();
    let name_at = |finding: &Diagnostic| expansions.get(&(finding.primary.file, finding.primary.range)).copied();
    let (brought, mut told): (Vec<Diagnostic>, Vec<Diagnostic>) =
        findings.into_iter().partition(|finding| finding.fix.is_none() && name_at(finding).is_some());
    let mut faults: BTreeMap<(&str, RuleId, Option<&'static str>), usize> = BTreeMap::new();
    for (index, finding) in told.iter().enumerate() {
        let Span { file, range, .. } = finding.primary;
        let before = definitions.range(..=(file, range.start)).next_back().filter(|((home, _), _)| *home == file);
        if let Some((_, (name, _))) = before.filter(|(_, (_, definition))| definition.contains(range)) {
            faults.entry((name, finding.rule, finding.change)).or_insert(index);
        }
    }
    let mut calls: BTreeMap<usize, BTreeSet<Span>> = BTreeMap::new();
    let mut alone = Vec::new();
    for finding in brought {
        match name_at(&finding).and_then(|name| faults.get(&(name, finding.rule, finding.change))) {
            Some(index) => {
                calls.entry(*index).or_default().insert(Span { label: "called here".to_owned(), ..finding.primary });
            }
            None => alone.push(finding),
        }
    }
    for (index, places) in calls {
        let (count, fault) = (places.len(), &mut told[index]);
        if fault.primary.label.is_empty() {
            fault.primary.label = format!("in a macro that is called at {count} {}", if count == 1 { "place" } else { "places" });
        }
        fault.secondary.extend(places);
    }
    told.append(&mut alone);
    told
}

/// The effects that one of `causes` explains, each with the index of that one, and the others.
fn explained_by(causes: &[Diagnostic], effects: Vec<Diagnostic>) -> (Vec<(usize, Diagnostic)>, Vec<Diagnostic>) {
    let places = Places::of(causes);
    let (mut explained, mut alone) = (Vec::new(), Vec::new());
    for effect in effects {
        match places.cause_of(causes, &effect) {
            Some(index) => explained.push((index, effect)),
            None => alone.push(effect),
        }
    }
    (explained, alone)
}

/// Indices of findings by rule, file and start.
struct Places(BTreeMap<(&'static str, FileId, usize), usize>);

impl Places {
    fn of(findings: &[Diagnostic]) -> Self {
        let key = |finding: &Diagnostic| (finding.rule.name, finding.primary.file, finding.primary.range.start);
        Self(findings.iter().enumerate().map(|(index, finding)| (key(finding), index)).collect())
    }

    /// The first finding inside of the place that the effect names as its cause.
    fn cause_of(&self, findings: &[Diagnostic], effect: &Diagnostic) -> Option<usize> {
        let (rule, range) = effect.cause?;
        let file = effect.primary.file;
        let (_, index) = self.0.range((rule, file, range.start)..=(rule, file, range.end)).next()?;
        range.contains(findings[*index].primary.range).then_some(*index)
    }
}

/// The places in reading order, each with a label.
fn labelled(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    spans.iter_mut().for_each(|span| "used here".clone_into(&mut span.label));
    spans
}
