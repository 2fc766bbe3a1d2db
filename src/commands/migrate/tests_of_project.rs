//! The project's own tests, before and after: those that `verify` runs.

use std::io;
use std::path::Path;

use super::Migration;
use super::record::{TestRun, When};
use crate::commands::verify;

impl Migration<'_> {
    /// Builds the wheel, installs it into a clean environment and runs both kinds of tests.
    pub(super) fn test(&mut self, root: &Path, when: When) -> io::Result<()> {
        writeln!(self.out, "the project's own tests, {}", when.word())?;
        let steps = verify::steps_of(root, &self.options.cargo_flags, self.options.progress, self.around, self.out)?;
        self.record.tests.push(TestRun { when, steps });
        Ok(())
    }
}
