//! A migration for people: the plan before, the report after.

mod unchecked;

use std::io::{self, Write};

use super::record::{Left, Record, Review, State, TestRun, Voice, When};
use crate::commands::fixing::counted;
use crate::commands::newer;
use crate::report::{Shown, one_line};
use crate::toolchain::steps::{Status, StepReport};

/// From so many rewrites with one reason on, only their lines are told.
const MANY_PLACES: usize = 4;

/// Says what is going to be done.
pub(super) fn write_plan(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let Some(to) = record.to else { return Ok(()) };
    for package in &record.packages {
        match package.from {
            Some(from) if from == to => writeln!(out, "`{}`: on PyO3 {to}, and does not compile: going on", one_line(&package.name))?,
            Some(from) => writeln!(out, "`{}`: PyO3 {from} → {to}", one_line(&package.name))?,
            None => writeln!(out, "`{}`: → PyO3 {to}", one_line(&package.name))?,
        }
    }
    let planned = record.planned;
    let findings = counted(planned.safe + planned.risky + planned.by_hand, "finding", "findings");
    writeln!(out, "  {findings}: {} with a safe rewrite, {} to review, {} without", planned.safe, planned.risky, planned.by_hand)?;
    for (path, what) in &record.manifests {
        writeln!(out, "  {}: {}", one_line(path), one_line(what))?;
    }
    Ok(())
}

/// Says what was done, and what is left; to `err` why nothing was.
pub(super) fn write(record: &Record, shown: Shown, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<()> {
    newer::warn(record.newer.iter().map(|(name, release)| (name.as_str(), Some(*release))), err)?;
    for note in &record.notes {
        writeln!(out, "note: {}", one_line(note))?;
    }
    if let Some(error) = &record.error {
        let lines: Vec<String> = error.lines().map(one_line).collect();
        return writeln!(err, "error: {}", lines.join("\n"));
    }
    if let Some(diff) = &record.diff {
        out.write_all(shown.show(diff).as_bytes())?;
        let files = diff.lines().filter(|line| line.starts_with("+++ ")).count();
        return writeln!(err, "{}; nothing was written", counted(files, "file", "files"));
    }
    if record.state != State::Written {
        return unchecked::write(record, out);
    }
    write_changes(record, out)?;
    write_tests(&record.tests, &record.worse_tests(), out)?;
    for (voice, title) in SECTIONS {
        write_left(&record.left, voice, title, out)?;
    }
    write_skipped(record, out)?;
    write_end(record, out)
}

const SECTIONS: [(Voice, &str); 7] = [
    (Voice::Versions, "left: crates in two versions"),
    (Voice::Compiler, "left: the compiler's errors"),
    (Voice::Rule, "left: gone in the new release"),
    (Voice::Behaviour, "left: compiles, and does something else"),
    (Voice::Unseen, "to look at: seems gone, and the compiler does not complain of it, or does not see it behind a `cfg`"),
    (Voice::Later, "for later: works, and is on its way out"),
    (Voice::Elsewhere, "to look at: files that are not changed, and name what is gone"),
];

fn write_changes(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let rewrites: usize = record.rewrites.iter().map(|(_, count)| count).sum();
    let repairs = record.repairs.len();
    let files = counted(record.changed.len(), "file", "files");
    let by_compiler =
        if repairs > 0 { format!(", {} after errors of the compiler", counted(repairs, "repair", "repairs")) } else { String::new() };
    writeln!(out, "\nchanged {files}: {} by rule{by_compiler}", counted(rewrites, "rewrite", "rewrites"))?;
    for (rule, count) in &record.rewrites {
        writeln!(out, "  {count:>5}  {} {}", rule.code, rule.name)?;
    }
    let mut titles: Vec<&str> = record.repairs.iter().map(|repair| repair.title.as_str()).collect();
    titles.sort_unstable();
    for same in titles.chunk_by(|a, b| a == b) {
        writeln!(out, "  {:>5}  repair: {}", same.len(), one_line(same[0]))?;
    }
    if record.review.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nto review: these changes could change behaviour or the public API")?;
    let mut reasons: Vec<&str> = record.review.iter().map(|review| review.reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let reviews: Vec<&Review> = record.review.iter().filter(|review| review.reason == reason).collect();
        writeln!(out, "  {}", one_line(reason))?;
        write_places(&reviews, out)?;
    }
    Ok(())
}

/// Few places with what happened there; of many, which share their reason, the lines file by file.
fn write_places(reviews: &[&Review], out: &mut dyn Write) -> io::Result<()> {
    if reviews.len() <= MANY_PLACES {
        for review in reviews {
            writeln!(out, "    {}:{}: {}", one_line(&review.path), review.line, one_line(&review.title))?;
        }
        return Ok(());
    }
    for file in reviews.chunk_by(|a, b| a.path == b.path) {
        let lines: Vec<String> = file.iter().map(|review| review.line.to_string()).collect();
        writeln!(out, "    {}: line {}", one_line(&file[0].path), lines.join(", "))?;
    }
    Ok(())
}

fn write_tests(tests: &[TestRun], worse: &[&str], out: &mut dyn Write) -> io::Result<()> {
    if tests.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nthe project's own tests")?;
    for run in tests {
        let told = match &run.steps {
            Ok(steps) => steps.iter().filter(|step| is_test(step)).map(told_step).collect::<Vec<_>>().join("; "),
            Err(why) => format!("did not run: {}", one_line(why)),
        };
        writeln!(out, "  {}: {told}", run.when.word())?;
    }
    for name in worse {
        writeln!(out, "  `{name}` passed before and does not any more")?;
    }
    Ok(())
}

/// Steps that say something about the project, and steps whose failure keeps them from being run.
fn is_test(step: &StepReport) -> bool {
    matches!(step.name, "import" | "cargo test" | "pytest") || step.status == Status::Failed
}

fn told_step(step: &StepReport) -> String {
    let word = match step.status {
        Status::Passed => "ok",
        Status::Failed => "failed",
        Status::Skipped => "skipped",
        Status::Idle => "nothing to do",
    };
    let detail = step.detail.as_deref().filter(|detail| !detail.is_empty()).map(|detail| format!(" ({})", one_line(detail)));
    format!("{} {word}{}", step.name, detail.unwrap_or_default())
}

fn write_left(left: &[Left], voice: Voice, title: &str, out: &mut dyn Write) -> io::Result<()> {
    let left: Vec<&Left> = left.iter().filter(|left| left.voice == voice).collect();
    if left.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for left in left {
        let code = left.code.as_ref().map(|code| format!(" [{code}]")).unwrap_or_default();
        let message = left.message.lines().next().unwrap_or_default();
        writeln!(out, "  {}:{}: {}{code}", one_line(&left.path), left.line, one_line(message))?;
        if let Some(help) = &left.help {
            writeln!(out, "      {}", one_line(help.lines().next().unwrap_or_default()))?;
        }
        if let Some(page) = &left.explained_by {
            writeln!(out, "      `hognose explain {page}`")?;
        }
    }
    Ok(())
}

fn write_skipped(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    if record.skipped.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nnot looked at")?;
    for skipped in &record.skipped {
        let line = skipped.place.map(|(line, _)| format!(":{line}")).unwrap_or_default();
        writeln!(out, "  {}{line}: {}", one_line(&skipped.path), one_line(&skipped.reason))?;
    }
    Ok(())
}

fn write_end(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    unchecked::write(record, out)?;
    let count = |when: When| match record.errors(when) {
        Some(count) if record.is_lower_bound(when) => format!("at least {count}"),
        Some(count) => count.to_string(),
        None => "?".to_owned(),
    };
    if record.compiled(When::Repaired).next().is_some() {
        let (before, rewritten, after) = (count(When::Before), count(When::Rewritten), count(When::Repaired));
        writeln!(out, "compiler errors: {before} as it was, {rewritten} after the rewrites, {after} after the repairs")?;
        let is_broken = |when: When| record.errors(when).is_some_and(|count| count > 0);
        if is_broken(When::Before) && is_broken(When::Repaired) {
            writeln!(out, "it did not compile before either: what was wrong then may be wrong still")?;
        }
    }
    let to_do = record.left.iter().filter(|left| left.voice < Voice::Unseen).count();
    let review = if record.review.is_empty() { "" } else { ", after a look at what is to review" };
    let is_hidden = record.is_lower_bound(When::Repaired);
    match (record.errors(When::Repaired), to_do) {
        (Some(0), 0) if is_hidden => {
            writeln!(out, "what was checked compiles{review}, and not everything was; `git diff` shows what changed")
        }
        (Some(0), 0) => writeln!(out, "done: it compiles{review}; `git diff` shows what changed"),
        (None, 0) => writeln!(out, "rewritten, and not checked by the compiler; `git diff` shows what changed"),
        _ => {
            let at_least = if is_hidden { "at least " } else { "" };
            writeln!(out, "{at_least}{} left to do by hand; `git diff` shows what changed", counted(to_do, "thing is", "things are"))
        }
    }
}
