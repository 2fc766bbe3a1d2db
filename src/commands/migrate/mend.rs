//! The compiler's errors, mended round by round; a change that does not help is taken back alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use super::compile::{Compiler, Watch};
use crate::commands::fixing::{parses, rewrites};
use crate::compiler::{Checked, CompilerError};
use crate::engine::write::write_files;
use crate::migrate::{Repair, repair};
use crate::text::{Edit, FileId, SourceFile, Sources, apply_edits};

/// After so many rounds mending stops: each round can uncover the errors that the ones before it hid.
const MAX_ROUNDS: usize = 30;

/// How mending went.
#[derive(Debug, Default)]
pub(super) struct Mended {
    /// The repairs that were made: the file as it is shown, the line at that time, what was done.
    pub(super) repairs: Vec<(String, usize, String)>,
    /// What the compiler says of the rules' work.
    pub(super) first: Vec<(String, Checked)>,
    /// What the compiler says in the end.
    pub(super) last: Vec<(String, Checked)>,
}

/// Mends what can be mended; `sources` and the disk have the new texts.
pub(super) fn mend(compiler: &Compiler, sources: &mut Sources, watch: &mut Watch<'_>) -> io::Result<Mended> {
    let first = compiler.check_all(watch)?;
    let mut mended = Mended { last: first.clone(), first, repairs: Vec::new() };
    let mut refused: BTreeSet<Mark> = BTreeSet::new();
    for _ in 0..MAX_ROUNDS {
        let chosen = choose(&errors(&mended.last), sources, &refused);
        if chosen.is_empty() {
            break;
        }
        let before: Vec<Mark> = errors(&mended.last).iter().filter_map(|error| Mark::of(error, sources)).collect();
        mended.repairs.extend(chosen.iter().flat_map(|(file, repairs)| repairs.iter().map(|repair| told(repair, sources.get(*file)))));
        write(sources, &chosen)?;
        mended.last = compiler.check_all(watch)?;
        // What is still wrong in the same way was not helped.
        let after: BTreeSet<Mark> = errors(&mended.last).iter().filter_map(|error| Mark::of(error, sources)).collect();
        refused.extend(before.into_iter().filter(|mark| after.contains(mark)));
    }
    Ok(mended)
}

/// An error by what does not move when text before it grows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    path: PathBuf,
    message: String,
    excerpt: String,
}

impl Mark {
    fn of(error: &CompilerError, sources: &Sources) -> Option<Self> {
        let place = error.spans.first()?;
        let source = sources.get(sources.find(&place.path)?);
        let line = source.text.lines().nth(place.line - 1).unwrap_or_default();
        Some(Self { path: place.path.clone(), message: error.message.clone(), excerpt: line.to_owned() })
    }
}

fn errors(checked: &[(String, Checked)]) -> Vec<&CompilerError> {
    let compiled = checked.iter().filter_map(|(_, checked)| match checked {
        Checked::Compiled(errors) => Some(errors),
        Checked::Stopped(_) => None,
    });
    compiled.flatten().collect()
}

/// The repairs of this round: disjoint, and none that did not help before.
fn choose(errors: &[&CompilerError], sources: &Sources, refused: &BTreeSet<Mark>) -> BTreeMap<FileId, Vec<Repair>> {
    let mut chosen: BTreeMap<FileId, Vec<Repair>> = BTreeMap::new();
    for error in errors {
        if Mark::of(error, sources).is_none_or(|mark| refused.contains(&mark)) {
            continue;
        }
        let text = |path: &PathBuf| sources.find(path).map(|file| sources.get(file).text.as_str());
        let Some(repair) = repair(error, text) else { continue };
        let Some(file) = sources.find(&repair.path) else { continue };
        let taken = chosen.entry(file).or_default();
        let clashes = |edit: &Edit| taken.iter().flat_map(|other| &other.edits).any(|other| other.conflicts_with(edit));
        let source = sources.get(file);
        let stands = apply_edits(&source.text, &repair.edits).is_ok_and(|text| parses(&source.display, &text).is_ok());
        if stands && !repair.edits.iter().any(clashes) && !taken.contains(&repair) {
            taken.push(repair);
        }
    }
    chosen.retain(|_, repairs| !repairs.is_empty());
    chosen
}

fn told(repair: &Repair, source: &SourceFile) -> (String, usize, String) {
    let at = repair.edits.iter().map(|edit| edit.range.start).min().unwrap_or_default();
    (source.display.clone(), source.lines.line(at), repair.title.clone())
}

fn write(sources: &mut Sources, chosen: &BTreeMap<FileId, Vec<Repair>>) -> io::Result<()> {
    let mut before = BTreeMap::new();
    for (file, repairs) in chosen {
        let source = sources.get(*file);
        let edits: Vec<Edit> = repairs.iter().flat_map(|repair| repair.edits.iter().cloned()).collect();
        if let Ok(text) = apply_edits(&source.text, &edits) {
            before.insert(*file, source.text.clone());
            sources.set_text(*file, text);
        }
    }
    write_files(&rewrites(sources, &before)).map_err(io::Error::other)
}
