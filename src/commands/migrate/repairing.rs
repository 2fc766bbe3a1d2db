//! The compiler's errors, repaired round by round; a change that does not help is taken back alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use super::compile::{Compiler, Stage, Watch};
use crate::commands::fixing::{parses, rewrites};
use crate::compiler::{Checked, CompilerError};
use crate::engine::write::write_files;
use crate::migrate::{Concern, Course, Files, Group, Repair, View, in_templates, py_clone, repair};
use crate::rust::Nodes;
use crate::text::{Edit, FileId, Sources, TextRange, apply_edits};

/// After so many rounds mending stops: each round can uncover the errors that the ones before it hid.
const MAX_ROUNDS: usize = 30;

/// So many repairs may follow each other at one place, each mending what the one before it uncovered.
const MAX_CHAIN: usize = 6;

/// How mending went.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The repairs that stand, in their order.
    pub(super) repairs: Vec<Repaired>,
    /// How often the compiler was asked.
    pub(super) rounds: usize,
    /// What the compiler says of the rules' work.
    pub(super) first: Vec<(String, Checked)>,
    /// What the compiler says in the end.
    pub(super) last: Vec<(String, Checked)>,
}

/// A repair that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repaired {
    /// The file.
    pub(super) file: FileId,
    /// The line of its first edit, from 1, in the text as it is in the end.
    pub(super) line: usize,
    /// What it does.
    pub(super) title: String,
    /// The name of what knows it.
    pub(super) id: &'static str,
    /// What it repairs.
    pub(super) group: Group,
    /// What somebody has to look at.
    pub(super) concern: Option<Concern>,
}

/// The project as it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<'a> {
    /// What the compiler said of it: warnings from then are none of the migration's business.
    pub(super) checked: &'a [(String, Checked)],
    /// Its functions, and where it goes.
    pub(super) course: Course<'a>,
}

/// Repairs what can be repaired; `sources` and the disk have the new texts. The `untouchable` files stay as they are.
pub(super) fn repair_all(
    (compiler, notes): (&mut Compiler, &mut Vec<String>),
    sources: &mut Sources,
    before: Before<'_>,
    untouchable: BTreeSet<FileId>,
    watch: &mut Watch<'_>,
) -> io::Result<Outcome> {
    let known = before.checked.iter().flat_map(|(_, checked)| checked.warnings()).map(Complaint::of).collect();
    let mut work = Work { known, untouchable, ..Work::default() };
    let mut rounds = 1;
    let first = compiler.check_first(Stage::After, watch, notes)?;
    let mut last = first.clone();
    while rounds < MAX_ROUNDS {
        let chosen = work.choose(&last, sources, before.course);
        if chosen.is_empty() {
            break;
        }
        work.apply(sources, chosen)?;
        last = compiler.check_all(watch)?;
        rounds += 1;
        if work.take_back(&last, sources)? {
            last = compiler.check_all(watch)?;
            rounds += 1;
        }
    }
    Ok(Outcome { repairs: work.standing(sources), rounds, first, last })
}

/// What has been done, and what is not done again.
#[derive(Default)]
struct Work {
    applied: Vec<Applied>,
    /// Complaints in lines whose repair did not help.
    refused: BTreeSet<(Complaint, String)>,
    /// Warnings that were there before.
    known: BTreeSet<Complaint>,
    /// Files that must not be written.
    untouchable: BTreeSet<FileId>,
}

/// A repair in the text as it is now.
struct Applied {
    repaired: Repaired,
    /// What it was to repair, with the line as it was.
    complaint: (Complaint, String),
    /// What stands where now, and what stood there.
    parts: Vec<Part>,
    is_new: bool,
}

impl Applied {
    /// Whether a complaint at this place is about what was changed. One about nothing but inserted text is another one, which may read the
    /// same: a `?` that went from a closure to what takes it can be wrong there, too.
    fn is_at(&self, place: TextRange) -> bool {
        let touches = |part: &Part| part.now.start <= place.end && place.start <= part.now.end;
        let is_inserted = |part: &Part| part.before.is_empty() && part.now.contains(place);
        self.parts.iter().any(touches) && !self.parts.iter().any(is_inserted)
    }
}

struct Part {
    now: TextRange,
    text: String,
    before: String,
}

/// What the compiler complains about, without places, which move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Complaint {
    path: PathBuf,
    message: String,
    label: String,
}

impl Complaint {
    fn of(error: &CompilerError) -> Self {
        let place = error.spans.first();
        Self {
            path: place.map(|place| place.path.clone()).unwrap_or_default(),
            message: error.message.clone(),
            label: place.map(|place| place.label.clone()).unwrap_or_default(),
        }
    }
}

/// The errors; once there are none, the warnings.
fn complaints(checked: &[(String, Checked)]) -> Vec<&CompilerError> {
    let errors: Vec<&CompilerError> = checked.iter().flat_map(|(_, checked)| checked.errors()).collect();
    if errors.is_empty() { checked.iter().flat_map(|(_, checked)| checked.warnings()).collect() } else { errors }
}

impl Work {
    /// The repairs of this round; what changes more than the code only where nothing else is left.
    fn choose(&self, checked: &[(String, Checked)], sources: &Sources, course: Course<'_>) -> Vec<(FileId, Repair, (Complaint, String))> {
        let mut nodes: HashMap<&Path, Option<Nodes>> = HashMap::new();
        let complaints = complaints(checked);
        // What an error explains can stand in another file: the definition of a class that is used here.
        for path in complaints
            .iter()
            .flat_map(|error| error.spans.iter().chain(error.explained.iter().map(|(_, place)| place)))
            .map(|place| place.path.as_path())
        {
            let read = || Nodes::read(&sources.get(sources.find(path)?).text).ok();
            nodes.entry(path).or_insert_with(read);
        }
        let view = |(&path, nodes)| {
            let text = &sources.get(sources.find(path)?).text;
            Some((path, View { text, nodes: Option::as_ref(nodes)? }))
        };
        let files: Files<'_> = nodes.iter().filter_map(view).collect();
        let chosen = self.disjoint(&complaints, sources, |error| repair(error, course, &files));
        if !chosen.is_empty() {
            return chosen;
        }
        let templates = sources.iter().filter(|(_, source)| source.display.ends_with(".rs") && source.text.contains("quote"));
        let templates: Vec<(&Path, &str)> = templates.map(|(_, source)| (source.path.as_path(), source.text.as_str())).collect();
        let chosen = self.disjoint(&complaints, sources, |error| in_templates(error, templates.iter().copied()));
        if !chosen.is_empty() {
            return chosen;
        }
        let manifest = |path: &Path| Some(sources.get(sources.find(path)?).text.as_str());
        self.disjoint(&complaints, sources, |error| py_clone(error, manifest))
    }

    /// The repairs that fit together, and none that did not help before.
    fn disjoint(
        &self,
        complaints: &[&CompilerError],
        sources: &Sources,
        repair: impl Fn(&CompilerError) -> Option<Repair>,
    ) -> Vec<(FileId, Repair, (Complaint, String))> {
        let mut chosen: Vec<(FileId, Repair, (Complaint, String))> = Vec::new();
        for error in complaints {
            let complaint = Complaint::of(error);
            let Some(mark) = mark(error, complaint, sources) else { continue };
            if self.refused.contains(&mark) || self.known.contains(&mark.0) {
                continue;
            }
            let Some(repair) = repair(error) else { continue };
            let Some(file) = sources.find(&repair.path).filter(|file| !self.untouchable.contains(file)) else { continue };
            let clashes = chosen.iter().filter(|(other, _, _)| *other == file).any(|(_, other, _)| clash(other, &repair));
            let source = sources.get(file);
            let stands = || apply_edits(&source.text, &repair.edits).is_ok_and(|text| parses(&source.display, &text).is_ok());
            if !clashes && self.chain(file, &repair) < MAX_CHAIN && stands() {
                chosen.push((file, repair, mark));
            }
        }
        chosen
    }

    /// How many repairs have changed what this one changes.
    fn chain(&self, file: FileId, repair: &Repair) -> usize {
        let touches = |part: &Part| repair.edits.iter().any(|edit| part.now.start <= edit.range.end && edit.range.start <= part.now.end);
        self.applied.iter().filter(|applied| applied.repaired.file == file && applied.parts.iter().any(touches)).count()
    }

    fn apply(&mut self, sources: &mut Sources, chosen: Vec<(FileId, Repair, (Complaint, String))>) -> io::Result<()> {
        let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for (file, repair, _) in &chosen {
            let edits = edits.entry(*file).or_default();
            edits.extend(repair.edits.iter().filter(|edit| !edits.contains(edit)).cloned().collect::<Vec<_>>());
        }
        edits.values_mut().for_each(join_lines);
        self.applied.iter_mut().for_each(|applied| applied.is_new = false);
        for (file, repair, complaint) in chosen {
            let text = &sources.get(file).text;
            let part = |edit: &Edit| Part {
                now: edit.range,
                text: edit.text.clone(),
                before: text.get(edit.range.start..edit.range.end).unwrap_or_default().to_owned(),
            };
            let parts = repair.edits.iter().map(part).collect();
            let Repair { title, id, group, concern, .. } = repair;
            let repaired = Repaired { file, line: 0, title, id, group, concern };
            self.applied.push(Applied { repaired, complaint, parts, is_new: true });
        }
        self.write(sources, &edits)
    }

    /// Applies edits to the files, and moves what earlier repairs did along with them.
    fn write(&mut self, sources: &mut Sources, edits: &BTreeMap<FileId, Vec<Edit>>) -> io::Result<()> {
        let mut before = BTreeMap::new();
        for (file, edits) in edits {
            let text = sources.get(*file).text.clone();
            if let Ok(new) = apply_edits(&text, edits) {
                for part in self.applied.iter_mut().filter(|applied| applied.repaired.file == *file).flat_map(|applied| &mut applied.parts)
                {
                    part.now = moved(part.now, edits);
                }
                before.insert(*file, text);
                sources.set_text(*file, new);
            }
        }
        write_files(&rewrites(sources, &before)).map_err(io::Error::other)
    }

    /// Takes back the new repairs after which the compiler says the same of the same place. Whether there were any.
    fn take_back(&mut self, checked: &[(String, Checked)], sources: &mut Sources) -> io::Result<bool> {
        let said: Vec<(Complaint, TextRange)> =
            complaints(checked).into_iter().filter_map(|error| Some((Complaint::of(error), error.spans.first()?.range))).collect();
        let mut back: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        let mut kept = Vec::new();
        for applied in std::mem::take(&mut self.applied) {
            let text = &sources.get(applied.repaired.file).text;
            let in_vain =
                applied.is_new && said.iter().any(|(complaint, place)| *complaint == applied.complaint.0 && applied.is_at(*place));
            let intact = || applied.parts.iter().all(|part| text.get(part.now.start..part.now.end) == Some(&part.text));
            if !(in_vain && intact()) {
                kept.push(applied);
                continue;
            }
            let edits = applied.parts.iter().map(|part| Edit::replace(part.now, part.before.clone()));
            back.entry(applied.repaired.file).or_default().extend(edits);
            self.refused.insert(applied.complaint);
        }
        self.applied = kept;
        let is_any = !back.is_empty();
        self.write(sources, &back)?;
        Ok(is_any)
    }

    fn standing(&self, sources: &Sources) -> Vec<Repaired> {
        let repaired = |applied: &Applied| {
            let start = applied.parts.iter().map(|part| part.now.start).min()?;
            Some(Repaired { line: sources.get(applied.repaired.file).lines.line(start), ..applied.repaired.clone() })
        };
        self.applied.iter().filter_map(repaired).collect()
    }
}

fn mark(error: &CompilerError, complaint: Complaint, sources: &Sources) -> Option<(Complaint, String)> {
    let place = error.spans.first()?;
    let source = sources.get(sources.find(&place.path)?);
    Some((complaint, source.text.lines().nth(place.line.checked_sub(1)?).unwrap_or_default().to_owned()))
}

/// Whether two repairs cannot both be applied. Whole lines at one place can, in any order: they are imports.
fn clash(one: &Repair, other: &Repair) -> bool {
    let clash = |a: &Edit, b: &Edit| a.conflicts_with(b) && !(is_line(a) && is_line(b) && a.range == b.range);
    one == other || one.edits.iter().any(|a| other.edits.iter().any(|b| clash(a, b)))
}

fn is_line(edit: &Edit) -> bool {
    edit.range.is_empty() && edit.text.ends_with('\n')
}

/// Lines that are inserted at one place become one edit.
fn join_lines(edits: &mut Vec<Edit>) {
    let (lines, mut rest): (Vec<Edit>, Vec<Edit>) = std::mem::take(edits).into_iter().partition(is_line);
    let mut joined: BTreeMap<TextRange, String> = BTreeMap::new();
    for line in lines {
        joined.entry(line.range).or_default().push_str(&line.text);
    }
    rest.extend(joined.into_iter().map(|(range, text)| Edit::replace(range, text)));
    *edits = rest;
}

/// Where a range is after edits: one that an edit replaced spans the new text.
fn moved(range: TextRange, edits: &[Edit]) -> TextRange {
    let shift = |at: usize, counts: &dyn Fn(&Edit) -> bool| {
        edits.iter().filter(|edit| counts(edit)).fold(at, |at, edit| at + edit.text.len() - edit.range.len())
    };
    TextRange::new(
        shift(range.start, &|edit| edit.range.end <= range.start && edit.range != range),
        shift(range.end, &|edit| edit.range.end <= range.end),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_repair_did_moves_with_later_edits() {
        let edits = [Edit::insert(0, "ab"), Edit::replace(TextRange::new(4, 6), "x"), Edit::insert(9, "!")];
        assert_eq!(moved(TextRange::new(4, 6), &edits), TextRange::new(6, 7));
        assert_eq!(moved(TextRange::new(7, 8), &edits), TextRange::new(8, 9));
        assert_eq!(moved(TextRange::empty(9), &edits), TextRange::new(10, 11));
    }

    #[test]
    fn complaints_about_inserted_text_are_new_ones() {
        let part = |start: usize, text: &str, before: &str| Part {
            now: TextRange::new(start, start + text.len()),
            text: text.to_owned(),
            before: before.to_owned(),
        };
        let complaint = Complaint { path: PathBuf::new(), message: String::new(), label: String::new() };
        let applied = Applied {
            repaired: Repaired {
                file: Sources::default().insert(PathBuf::new(), String::new(), String::new()),
                line: 0,
                title: String::new(),
                id: "",
                group: Group::Api,
                concern: None,
            },
            complaint: (complaint, String::new()),
            parts: vec![part(10, "", "?"), part(11, "?", ""), part(20, "cloned", "copied")],
            is_new: true,
        };
        let is_at = |start, end| applied.is_at(TextRange::new(start, end));
        assert!(is_at(8, 10) && is_at(20, 26) && is_at(4, 30));
        assert!(!is_at(11, 12) && !is_at(13, 15));
    }

    #[test]
    fn imports_at_one_place_do_not_clash() {
        let import = |name: &str| Repair {
            id: "",
            group: Group::Api,
            concern: None,
            path: PathBuf::new(),
            edits: vec![Edit::insert(0, format!("use {name};\n"))],
            title: String::new(),
        };
        assert!(!clash(&import("a"), &import("b")));
        assert!(clash(&import("a"), &import("a")));
        let mut edits = [import("a").edits, import("b").edits].concat();
        join_lines(&mut edits);
        assert_eq!(apply_edits("", &edits).as_deref(), Ok("use a;\nuse b;\n"));
    }
}
