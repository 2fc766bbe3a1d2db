//! One fault, one finding: what another finding explains becomes a place of that one.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Span};
use crate::text::FileId;

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
