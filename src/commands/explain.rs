//! `hognose explain RULE`: the rule's page in the terminal.

use std::io::{self, Write};

use crate::catalog;
use crate::rules;

/// Prints the page of a rule, named by code or name, or the row of the catalogue with this id. Tells whether there is one.
///
/// # Errors
/// What `out` or `err` answers.
pub fn run(word: &str, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<bool> {
    if let Some(rule) = rules::find(word) {
        writeln!(out, "{} {} (group {})\n", rule.id.code, rule.id.name, rule.group.name())?;
        out.write_all(rule.page.as_bytes())?;
        return Ok(true);
    }
    if let Some(change) = catalog::changes().iter().find(|change| change.id == word) {
        explain_change(change, out)?;
        return Ok(true);
    }
    writeln!(err, "error: hognose has no rule `{word}`")?;
    match rules::suggest(word) {
        Some(meant) => writeln!(err, "  = help: did you mean `{meant}`?")?,
        None => writeln!(err, "  = help: `hognose rules` lists them")?,
    }
    Ok(false)
}

fn explain_change(change: &catalog::Change, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} (reported by {})\n", change.id, change.rule)?;
    writeln!(out, "old   {}", change.old)?;
    writeln!(out, "new   {}", change.new.as_deref().unwrap_or("-"))?;
    let dates = [("available", change.available), ("deprecated", change.deprecated), ("gone", change.gone)];
    for (word, release) in dates {
        if let Some(release) = release {
            writeln!(out, "{word} in PyO3 {}", release.0)?;
        }
    }
    writeln!(out, "\n{}", change.help)?;
    if let Some(reason) = &change.reason {
        writeln!(out, "caution: {reason}")?;
    }
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        writeln!(out, "\nbefore:\n\n{}\n\nafter:\n\n{}", indent(before), indent(after))?;
    }
    Ok(())
}

fn indent(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}
