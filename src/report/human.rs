//! The report for people: every finding with its source, then a table, the total and how much was not checked.

use std::collections::HashMap;
use std::io::{self, Write};

use annotate_snippets::{Group, Level as Mark, Renderer};

use super::snippet::excerpts;
use super::summary::{gap_counts, write_gaps, write_table, write_total};
use super::{Appearance, Gaps, Report, one_line, place};
use crate::diagnostic::{Diagnostic, Fix, Level, RuleId, Safety};
use crate::text::FileId;

/// So many findings of one sort in one file are shown in full.
const SHOWN_IN_FULL: usize = 5;
/// So many further ones are shown as one line each.
const SHOWN_AS_LINE: usize = 10;
/// Where the pages of the rules are.
const PAGES: &str = "https://github.com/hognose-rs/hognose/blob/main/docs/rules";

/// Writes every finding with its source; of many of one sort in a file, those past the fifth come as lines below it.
///
/// # Errors
/// What `out` answers.
pub fn write_human(report: &Report, appearance: Appearance, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.sorted();
    let mut sorts: HashMap<Sort, Vec<&Diagnostic>> = HashMap::new();
    for finding in &findings {
        sorts.entry(sort_of(finding)).or_default().push(finding);
    }
    let renderer = if appearance.colors { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(appearance.width).hyperlink(appearance.hyperlinks);
    let mut shown: HashMap<Sort, usize> = HashMap::new();
    for finding in &findings {
        let sort = sort_of(finding);
        let count = shown.entry(sort).or_default();
        *count += 1;
        if *count > SHOWN_IN_FULL {
            continue;
        }
        writeln!(out, "{}", renderer.render(&[in_full(report, finding, appearance)]))?;
        if *count == SHOWN_IN_FULL {
            write_rest(report, sorts[&sort].get(SHOWN_IN_FULL..).unwrap_or_default(), appearance.width, out)?;
        }
        writeln!(out)?;
    }
    write_table(report, out)?;
    write_total(report, out)?;
    match report.gaps {
        Gaps::Listed => write_gaps(report, out),
        Gaps::Counted => gap_counts(report).map_or(Ok(()), |counts| writeln!(out, "{}", wrapped(&counts, appearance.width))),
    }
}

/// Findings that say the same of different places in a file.
type Sort = (FileId, RuleId, Option<&'static str>);

fn sort_of(finding: &Diagnostic) -> Sort {
    (finding.primary.file, finding.rule, finding.change)
}

fn in_full<'a>(report: &'a Report, finding: &'a Diagnostic, appearance: Appearance) -> Group<'a> {
    let mark = match finding.level {
        Level::Error => Mark::ERROR,
        Level::Warning => Mark::WARNING,
        Level::Note => Mark::NOTE,
    };
    let page = format!("{PAGES}/{}.md", finding.rule.name);
    // `warning[HG101]: ` stands before the first line, and the others are aligned with it.
    let title = wrapped(&finding.message, appearance.width.saturating_sub("warning[HG101]: ".len()));
    let mut group = mark.primary_title(title).id(finding.rule.code).id_url(page.clone()).elements(excerpts(report, finding));
    // Beside the line numbers and `= help: `.
    let width = appearance.width.saturating_sub("12345 = help: ".len());
    if let Some(help) = &finding.help {
        group = group.element(Mark::HELP.message(wrapped(help, width)));
    }
    if let Some(fix) = &finding.fix {
        group = group.element(Mark::HELP.with_name("fix").message(wrapped(&offer(fix), width)));
    }
    let name = finding.rule.name;
    let name = if appearance.hyperlinks { format!("\u{1b}]8;;{page}\u{1b}\\{name}\u{1b}]8;;\u{1b}\\") } else { name.to_owned() };
    group.element(Mark::NOTE.with_name("rule").message(name))
}

fn offer(fix: &Fix) -> String {
    if !fix.is_ready() {
        return format!("{} (needs PyO3 {}; apply with `hognose migrate`)", fix.title, fix.needs);
    }
    match (fix.safety, &fix.reason) {
        (Safety::Safe, _) => format!("{} (safe; apply with --fix)", fix.title),
        (Safety::Unsafe, Some(reason)) => format!("{} (unsafe: {reason}; apply with --unsafe-fixes)", fix.title),
        (Safety::Unsafe, None) => format!("{} (unsafe; apply with --unsafe-fixes)", fix.title),
    }
}

fn write_rest(report: &Report, rest: &[&Diagnostic], width: usize, out: &mut dyn Write) -> io::Result<()> {
    for finding in rest.iter().take(SHOWN_AS_LINE) {
        let file = report.file(&finding.primary);
        let at = place(file, finding.primary.range.start);
        let line = format!("  --> {}:{}:{} {}", one_line(&file.display), at.line, at.column, one_line(&finding.message));
        writeln!(out, "{}", cut(&line, width))?;
    }
    let more = rest.len().saturating_sub(SHOWN_AS_LINE);
    match rest.first() {
        Some(finding) if more > 0 => {
            writeln!(out, "  and {more} more of {} in this file; `--output-format concise` lists all", finding.rule.code)
        }
        _ => Ok(()),
    }
}

/// The beginning of `line` that fits the width.
fn cut(line: &str, width: usize) -> String {
    match line.char_indices().nth(width) {
        None => line.to_owned(),
        Some(_) => line.chars().take(width - 1).chain(['…']).collect(),
    }
}

/// `text` with line ends put at blanks, so that lines have at most `width` characters where words allow it.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut length = 0;
    for word in one_line(text).split(' ') {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            out.push('\n');
            length = 0;
        } else if length > 0 {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += word_length;
    }
    out
}
