//! Shows that something goes on while cargo works: a long compilation must not look as if it hung.

use std::io::{self, Write};
use std::time::Instant;

use crate::toolchain::steps::{Progress, progress_line};

/// A running check on the terminal.
pub(in crate::commands::migrate) struct Watch<'a> {
    name: String,
    progress: Progress,
    started: Instant,
    out: &'a mut dyn Write,
}

impl<'a> Watch<'a> {
    /// Begins to watch.
    pub(in crate::commands::migrate) fn new(name: String, progress: Progress, out: &'a mut dyn Write) -> Self {
        Self { name, progress, started: Instant::now(), out }
    }

    /// Ends with what came out.
    pub(in crate::commands::migrate) fn end(self, outcome: &str) -> io::Result<()> {
        let clear = if matches!(self.progress, Progress::InPlace(_)) { "\r\x1b[2K" } else { "" };
        writeln!(self.out, "{clear}  {} … {:.1} s, {outcome}", self.name, self.started.elapsed().as_secs_f64())
    }

    pub(super) fn show(&mut self, line: &str) {
        let Progress::InPlace(columns) = self.progress else { return };
        let shown = progress_line(&self.name, self.started.elapsed(), line, columns);
        // Losing a line of progress harms nobody: the result is written with its error checked.
        let _ = write!(self.out, "\r\x1b[2K{shown}").and_then(|()| self.out.flush());
    }
}
