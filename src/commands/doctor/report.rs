//! What `doctor` has found: lines for people, a document for programs.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::checks::{Finding, Level, Report};
use super::facts::Facts;
use crate::catalog::releases_for;
use crate::commands::needs::cpython;
use crate::report::{TOOL, Tool, one_line, write_document};
use crate::toolchain::python::Interpreter;

/// Writes what is in order, the findings and their number.
pub(super) fn write_human(facts: &Facts, report: &Report, folder: &Path, width: usize, out: &mut dyn Write) -> io::Result<()> {
    match &facts.project {
        Some(project) => {
            let pyo3 = project.needs.pyo3.map(|release| format!(", PyO3 {release}")).unwrap_or_default();
            writeln!(out, "{}\n", one_line(&format!("`{}` in {}{pyo3}", project.name, project.root.display())))?;
        }
        None => {
            let folder = one_line(&folder.display().to_string());
            writeln!(out, "no project that uses PyO3 in {folder}: only general things are checked\n")?;
        }
    }
    for line in &report.healthy {
        write!(out, "{}", wrapped("  ok  ", "      ", line, width))?;
    }
    for line in &report.aside {
        write!(out, "{}", wrapped("  –   ", "      ", line, width))?;
    }
    for finding in &report.findings {
        write_finding(finding, width, out)?;
    }
    let [problems, notes] = [Level::Problem, Level::Note].map(|level| count(report, level));
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    writeln!(out, "\nfound {} and {}", plural(problems, "problem"), plural(notes, "note"))
}

fn write_finding(finding: &Finding, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let start = format!("{}[{}]: ", level(finding.level), finding.check);
    write!(out, "\n{}", wrapped(&start, "  ", &finding.message, width))?;
    write!(out, "{}", wrapped("  why: ", "       ", &finding.why, width))?;
    // A line that is to be copied is not broken.
    for (index, line) in finding.fix.iter().enumerate() {
        writeln!(out, "  {} {}", if index == 0 { "fix:" } else { "    " }, one_line(line))?;
    }
    Ok(())
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Problem => "problem",
        Level::Note => "note",
    }
}

fn count(report: &Report, level: Level) -> usize {
    report.findings.iter().filter(|finding| finding.level == level).count()
}

/// The text in lines of at most `width` columns where words allow it. Control characters of names and paths are made visible.
fn wrapped(first: &str, next: &str, text: &str, width: usize) -> String {
    let text = one_line(text);
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push_str(line.trim_end());
            lines.push('\n');
            next.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines + line.trim_end() + "\n"
}

/// Writes the document, version 1: fields are added without a new version, never renamed, removed or given another meaning.
pub(super) fn write_json(facts: &Facts, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        tool: TOOL,
        error: None,
        project: facts.project.as_ref().map(|project| Project {
            name: &project.name,
            path: project.root.display().to_string(),
            pyo3: project.needs.pyo3.map(|release| release.to_string()),
        }),
        problems: count(report, Level::Problem),
        notes: count(report, Level::Note),
        findings: report.findings.iter().map(Entry::of).collect(),
        pythons: facts.pythons.iter().map(|python| Python::of(python, facts)).collect(),
        healthy: &report.healthy,
    };
    write_document(&document, out)
}

/// Writes the document of a run that could not look.
pub(super) fn write_json_error(message: &str, out: &mut dyn Write) -> io::Result<()> {
    let nothing = Document {
        version: 1,
        tool: TOOL,
        error: Some(Problem { message }),
        project: None,
        problems: 0,
        notes: 0,
        findings: Vec::new(),
        pythons: Vec::new(),
        healthy: &[],
    };
    write_document(&nothing, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    /// Why nothing could be looked at.
    error: Option<Problem<'a>>,
    project: Option<Project<'a>>,
    problems: usize,
    notes: usize,
    findings: Vec<Entry<'a>>,
    pythons: Vec<Python<'a>>,
    healthy: &'a [String],
}

#[derive(Serialize)]
struct Problem<'a> {
    message: &'a str,
}

#[derive(Serialize)]
struct Project<'a> {
    name: &'a str,
    path: String,
    pyo3: Option<String>,
}

#[derive(Serialize)]
struct Entry<'a> {
    check: &'static str,
    level: &'static str,
    message: &'a str,
    why: &'a str,
    fix: &'a [String],
}

impl<'a> Entry<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self { check: finding.check, level: level(finding.level), message: &finding.message, why: &finding.why, fix: &finding.fix }
    }
}

#[derive(Serialize)]
struct Python<'a> {
    version: &'a str,
    path: String,
    reason: String,
    implementation: &'a str,
    free_threaded: bool,
    /// The first and the last PyO3 release that support it.
    pyo3: Option<[String; 2]>,
    /// Whether the project can use it; null without a project.
    fits: Option<bool>,
}

impl<'a> Python<'a> {
    fn of(python: &'a Interpreter, facts: &Facts) -> Self {
        let is_known = python.implementation == "CPython";
        Self {
            version: &python.version.text,
            path: python.path.display().to_string(),
            reason: python.reason.to_string(),
            implementation: &python.implementation,
            free_threaded: python.free_threaded,
            pyo3: releases_for(cpython(python)).filter(|_| is_known).map(|(first, last)| [first.to_string(), last.to_string()]),
            fits: facts.project.as_ref().map(|project| project.needs.unfit(python).is_none()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words_and_show_no_control_characters() {
        assert_eq!(wrapped("  ok  ", "      ", "one two three", 14), "  ok  one two\n      three\n");
        assert_eq!(wrapped("", "", "a\u{1b}[2Kb", 80), "a␛[2Kb\n");
        assert_eq!(wrapped("", "", "unbreakable", 4), "unbreakable\n");
    }
}
