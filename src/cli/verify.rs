//! The arguments of `verify`, and what they mean.

use std::path::PathBuf;

use clap::Args;

use super::DocumentFormat;
use crate::commands::verify::{Format, Profile, VerifyOptions};
use crate::toolchain::steps::Progress;

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Folder of the project.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Python to build for and test with: a file, a program, or a version such as 3.12 or 3.14t of those that `doctor` finds [default: the
    /// active or the project's environment, else uv's, else the first on PATH that fits].
    #[arg(long)]
    python: Option<PathBuf>,
    /// Build the wheel as for a release.
    #[arg(long)]
    release: bool,
    /// Let cargo and pip do without the network.
    #[arg(long)]
    offline: bool,
    /// Let cargo leave the lock file as it is, or fail.
    #[arg(long)]
    locked: bool,
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    output_format: DocumentFormat,
}

impl VerifyArgs {
    pub(super) fn options(&self, progress: Progress) -> VerifyOptions {
        let flags = [("--offline", self.offline), ("--locked", self.locked)];
        VerifyOptions {
            python: self.python.clone(),
            profile: if self.release { Profile::Release } else { Profile::Dev },
            cargo_flags: flags.into_iter().filter_map(|(flag, is_set)| is_set.then_some(flag)).collect(),
            format: match self.output_format {
                DocumentFormat::Human => Format::Human,
                DocumentFormat::Json => Format::Json,
            },
            ..VerifyOptions::new(self.path.clone(), progress)
        }
    }
}
