//! The project's own tests, before and after: those that `verify` runs.

use std::io::{self, Write};
use std::path::Path;

use super::record::{TestRun, When};
use crate::commands::verify;
use crate::toolchain::locate::Surroundings;
use crate::toolchain::steps::Progress;

/// Builds the wheel, installs it into a clean environment and runs both kinds of tests.
pub(super) fn run(root: &Path, when: When, around: &Surroundings, progress: Progress, out: &mut dyn Write) -> io::Result<TestRun> {
    Ok(TestRun { when, steps: verify::steps_of(root, progress, around, out)? })
}
