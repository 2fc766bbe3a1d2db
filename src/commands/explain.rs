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
        writeln!(out, "{} {} (group {})", rule.id.code, rule.id.name, rule.group.name())?;
        write_page(rule.page, out)?;
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

/// Writes a page for the terminal: its title is told already, code is indented, and the marks at which the tests expect findings become arrows.
fn write_page(page: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut in_code = false;
    for line in page.lines().skip_while(|line| line.starts_with("# ")) {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code && !line.is_empty() {
            writeln!(out, "    {}", line.replace("//~ ", "// <- ").replace("#~ ", "# <- "))?;
        } else {
            writeln!(out, "{}", line.strip_prefix("## ").map_or_else(|| line.to_owned(), str::to_uppercase))?;
        }
    }
    Ok(())
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
