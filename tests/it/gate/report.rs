//! What ran, as a table of Markdown, and what failed, whole.

use std::fmt::Write as _;

use super::run::{Ending, Passage, StepResult};
use super::tools::{self, Tools};
use crate::workshop;

impl StepResult {
    /// The result in a line.
    pub(super) fn line(&self) -> String {
        let seconds = self.duration.as_secs_f64();
        match &self.ending {
            Ending::Passed(note) if note.is_empty() => format!("{}: ok {seconds:.1} s", self.step),
            Ending::Passed(note) => format!("{}: ok {seconds:.1} s, {note}", self.step),
            Ending::NotHere(why) => format!("{}: {why}", self.step),
            Ending::Failed(_) => format!("{}: FAILED after {seconds:.1} s", self.step),
            Ending::Skipped(need) => format!("{}: skipped, `{need}` did not pass", self.step),
        }
    }

    fn cell(&self) -> String {
        let seconds = self.duration.as_secs_f64();
        match &self.ending {
            Ending::Passed(_) => format!("ok {seconds:.1} s"),
            Ending::NotHere(_) => "–".to_owned(),
            Ending::Failed(_) => "**failed**".to_owned(),
            Ending::Skipped(_) => "skipped".to_owned(),
        }
    }
}

/// Writes the table to `target/gate/REPORT.md` and to standard output.
pub(super) fn write(passages: &[Passage], tools: &Tools) {
    let mut text = format!("Wheels were built with CPython {}, and run with it", tools.python.version);
    for other in &tools.others {
        let _ = write!(text, " and with {}", other.version);
    }
    let _ = writeln!(text, ".\n{}\n", tools.rustc.lines().next().unwrap_or_default());
    let steps: Vec<&str> = passages.iter().max_by_key(|passage| passage.results.len()).map_or_else(Vec::new, step_names);
    let names = passages.iter().map(|passage| if passage.reused { format!("{} ¹", passage.subject) } else { passage.subject.clone() });
    let _ = writeln!(text, "| step | {} |", names.collect::<Vec<_>>().join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(passages.len()));
    for step in steps {
        let result =
            |passage: &Passage| passage.results.iter().find(|result| result.step == step).map_or_else(String::new, StepResult::cell);
        let _ = writeln!(text, "| {step} | {} |", passages.iter().map(result).collect::<Vec<_>>().join(" | "));
    }
    let total = |passage: &Passage| format!("{:.1} s", passage.results.iter().map(|result| result.duration.as_secs_f64()).sum::<f64>());
    let _ = writeln!(text, "| together | {} |", passages.iter().map(total).collect::<Vec<_>>().join(" | "));
    if passages.iter().any(|passage| passage.reused) {
        let _ = writeln!(text, "\n¹ unchanged since it passed: these are the results of that run");
    }
    println!("{text}");
    workshop::write(&tools::gate_dir().join("REPORT.md"), &text);
}

/// The failures, each with its command and output.
pub(super) fn failures(passages: &[Passage]) -> String {
    let mut text = String::new();
    for passage in passages {
        for result in &passage.results {
            if let Ending::Failed(output) = &result.ending {
                let _ = writeln!(text, "\n== {}: {}\n{output}", passage.subject, result.step);
            }
        }
    }
    text
}

fn step_names(passage: &Passage) -> Vec<&str> {
    passage.results.iter().map(|result| result.step.as_str()).collect()
}
