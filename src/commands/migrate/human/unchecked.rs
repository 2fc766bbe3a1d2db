//! What the compiler did not see, in those words: nothing is said to be right that nobody looked at.

use std::io::{self, Write};

use crate::commands::migrate::record::{Compilation, Record, Unchecked, When};
use crate::report::one_line;

/// Says what was not checked, as it was and as it is now.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let mut told: Vec<&str> = Vec::new();
    for Compilation { when, package, result, .. } in record.compiled(When::Before).chain(record.compiled(When::Repaired)) {
        if let Err(Unchecked::Stopped(complaint)) = result {
            writeln!(out, "`{}` could not be checked ({}); cargo says:", one_line(package), when.word())?;
            // Cargo says the same of all packages that it checks at once.
            if told.contains(&complaint.as_str()) {
                writeln!(out, "    | the same")?;
                continue;
            }
            complaint.lines().try_for_each(|line| writeln!(out, "    | {}", one_line(line)))?;
            told.push(complaint);
        }
    }
    let behind = record.compiled(When::Repaired).filter_map(|compilation| match &compilation.result {
        Err(reason @ (Unchecked::Behind(_) | Unchecked::WithoutPyo3)) => Some((&compilation.package, reason.reason())),
        _ => None,
    });
    let mut lines: Vec<String> = behind.map(|(package, reason)| format!("`{package}`: {reason}")).collect();
    lines.extend(record.unreached(When::Repaired).map(|(package, target)| format!("`{package}`: {target}")));
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "not checked by the compiler")?;
    lines.iter().try_for_each(|line| writeln!(out, "  {}", one_line(line)))?;
    writeln!(out)
}
