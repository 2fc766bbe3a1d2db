//! `hognose rules`: the table of rules.

use std::io::{self, Write};

use serde::Serialize;

use crate::report::write_document;
use crate::rules::ALL;

#[derive(Serialize)]
struct Row {
    code: &'static str,
    name: &'static str,
    group: &'static str,
    summary: &'static str,
}

fn rows() -> Vec<Row> {
    ALL.iter().map(|rule| Row { code: rule.id.code, name: rule.id.name, group: rule.group.name(), summary: rule.summary }).collect()
}

/// The forms of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Columns for people.
    Human,
    /// A JSON document, version 1.
    Json,
}

/// Prints the table.
///
/// # Errors
/// What `out` answers.
pub fn run(format: TableFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        TableFormat::Json => write_document(&serde_json::json!({ "version": 1, "rules": rows() }), out),
        TableFormat::Human => {
            let width = rows().iter().map(|row| row.name.len()).max().unwrap_or(0);
            for row in rows() {
                writeln!(out, "{}  {:width$}  {}", row.code, row.name, row.summary)?;
            }
            Ok(())
        }
    }
}
