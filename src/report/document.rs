//! What the JSON documents of all commands have in common.

use std::io::{self, Write};

use serde::Serialize;

/// The program that wrote a document.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
}

/// This program.
pub const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

/// Writes a document with a line end, all of it or up to the error.
///
/// # Errors
/// What `out` answers.
pub fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    out.write_all(b"\n")
}
