//! Sends projects through the steps, two at a time, and remembers which have passed.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bench::{Bench, Profile, Stop};
use super::steps::{self, Alone, Step};
use super::subject::{self, Freshness, Subject};
use super::tools::{self, Tools};
use crate::workshop;

/// Projects that are worked on at the same time: one compiles while the other is looked at.
const AT_ONCE: usize = 2;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    pub(super) profile: Profile,
    pub(super) freshness: Freshness,
    pub(super) reuse: Reuse,
}

/// Whether a project that has passed before, and has not changed, passes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reuse {
    /// It does.
    Unchanged,
    /// Everything is run.
    Nothing,
}

/// What became of a project.
pub(super) struct Passage {
    pub(super) subject: String,
    /// One for each step, in order.
    pub(super) results: Vec<StepResult>,
    /// Whether these are the results of an earlier run.
    pub(super) reused: bool,
}

/// What became of a step.
pub(super) struct StepResult {
    pub(super) step: String,
    pub(super) ending: Ending,
    pub(super) duration: Duration,
}

/// How a step ended.
pub(super) enum Ending {
    Passed(String),
    NotHere(String),
    Failed(String),
    Skipped(&'static str),
}

impl Passage {
    /// Whether no step failed.
    pub(super) fn is_good(&self) -> bool {
        self.results.iter().all(|result| matches!(result.ending, Ending::Passed(_) | Ending::NotHere(_)))
    }
}

/// Sends all through the gate; in the order of `subjects`.
pub(super) fn all(subjects: &[Subject], tools: &Tools, mode: Mode) -> Vec<Passage> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, subject)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, subjects.get(at)?))) {
            done.push((at, pass(subject, tools, mode)));
        }
        done
    };
    let mut passages: Vec<(usize, Passage)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker does not panic")).collect()
    });
    passages.sort_by_key(|(at, _)| *at);
    passages.into_iter().map(|(_, passage)| passage).collect()
}

fn pass(subject: &Subject, tools: &Tools, mode: Mode) -> Passage {
    let root = workshop::outside();
    let bench = Bench::new(tools, mode.profile, subject.kind(), root.path());
    subject.write(&bench.project());
    if let Err(error) = subject::lock(&bench.project(), tools, mode.freshness) {
        let failed = StepResult { step: "resolve".to_owned(), ending: Ending::Failed(error), duration: Duration::ZERO };
        return Passage { subject: subject.name.clone(), results: vec![failed], reused: false };
    }
    let stamp = tools::gate_dir().join(format!("passed/{}.json", subject.name));
    let key = subject::key(&bench.project(), tools);
    if mode.reuse == Reuse::Unchanged
        && let Some(results) = read_stamp(&stamp, key)
    {
        println!("gate: {}: unchanged since it passed", subject.name);
        return Passage { subject: subject.name.clone(), results, reused: true };
    }
    let mut results: Vec<StepResult> = Vec::new();
    for step in steps::all(tools) {
        let result = take(&step, &bench, &results);
        println!("gate: {}: {}", subject.name, result.line());
        results.push(result);
    }
    let passage = Passage { subject: subject.name.clone(), results, reused: false };
    if passage.is_good() {
        write_stamp(&stamp, key, &passage.results);
    }
    passage
}

fn take(step: &Step, bench: &Bench<'_>, before: &[StepResult]) -> StepResult {
    let result = |ending: Ending, duration: Duration| StepResult { step: step.name.clone(), ending, duration };
    let passed = |need: &str| before.iter().any(|result| result.step == need && matches!(result.ending, Ending::Passed(_)));
    if let Some(need) = step.needs.iter().copied().find(|need| !passed(need)) {
        return result(Ending::Skipped(need), Duration::ZERO);
    }
    let _alone = (step.alone == Alone::AmongBuilds).then(|| workshop::ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner));
    let started = Instant::now();
    let ending = match (step.run)(bench) {
        Ok(note) => Ending::Passed(note),
        Err(Stop::NotHere(why)) => Ending::NotHere(why.to_owned()),
        Err(Stop::Failed(text)) => Ending::Failed(text),
    };
    result(ending, started.elapsed())
}

/// The results that were kept under this key, if it is the one that passed last.
fn read_stamp(stamp: &Path, key: u64) -> Option<Vec<StepResult>> {
    let kept: Value = serde_json::from_str(&fs::read_to_string(stamp).ok()?).ok()?;
    if kept["key"].as_u64() != Some(key) {
        return None;
    }
    let results = kept["results"].as_array()?.iter().map(|kept| {
        let note = kept["note"].as_str()?.to_owned();
        let ending = if kept["here"].as_bool()? { Ending::Passed(note) } else { Ending::NotHere(note) };
        Some(StepResult { step: kept["step"].as_str()?.to_owned(), ending, duration: Duration::from_secs_f64(kept["seconds"].as_f64()?) })
    });
    results.collect()
}

fn write_stamp(stamp: &Path, key: u64, results: &[StepResult]) {
    let results: Vec<Value> = results
        .iter()
        .filter_map(|result| match &result.ending {
            Ending::Passed(note) => Some((result, note, true)),
            Ending::NotHere(note) => Some((result, note, false)),
            Ending::Failed(_) | Ending::Skipped(_) => None,
        })
        .map(|(result, note, here)| json!({"step": result.step, "note": note, "here": here, "seconds": result.duration.as_secs_f64()}))
        .collect();
    workshop::write(stamp, &json!({"key": key, "results": results}).to_string());
}
