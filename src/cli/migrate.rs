//! The arguments of `migrate`, and what they mean.

use std::path::PathBuf;

use clap::Args;

use super::DocumentFormat;
use super::guard::GuardArgs;
use crate::commands::migrate::{MigrateAction, MigrateFormat, MigrateOptions, Tests};
use crate::diagnostic::Safety;
use crate::release::Release;
use crate::report::Shown;
use crate::toolchain::steps::Progress;

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// The project's folder.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// PyO3 release to go to, 0.23 or later [default: the newest].
    #[arg(long, value_name = "RELEASE", default_value_t = Release::NEWEST, hide_default_value = true)]
    to: Release,
    /// PyO3 release that the sources are of [default: that of Cargo.lock, of the manifest, or of the manifest before it was raised].
    #[arg(long, value_name = "RELEASE")]
    from: Option<Release>,
    /// Show what the rules would change, and write nothing.
    #[arg(long, conflicts_with_all = ["verify", "no_verify", "test"])]
    diff: bool,
    /// Compile before and after, and fix what the compiler complains about [default: if there are cargo and a Python].
    #[arg(long, conflicts_with = "no_verify")]
    verify: bool,
    /// Do not compile.
    #[arg(long)]
    no_verify: bool,
    /// Run the project's own tests before and after, as `verify` does.
    #[arg(long)]
    test: bool,
    /// Let cargo do without the network.
    #[arg(long)]
    offline: bool,
    /// Let cargo leave the lock file as it is, or fail.
    #[arg(long)]
    locked: bool,
    /// Leave out rewrites that could change behaviour.
    #[arg(long)]
    safe_only: bool,
    #[command(flatten)]
    guard: GuardArgs,
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    output_format: DocumentFormat,
}

impl MigrateArgs {
    pub(super) fn options(&self, progress: Progress, shown: Shown) -> MigrateOptions {
        MigrateOptions {
            path: self.path.clone(),
            to: self.to,
            from: self.from,
            action: match (self.diff, self.verify, self.no_verify) {
                (true, ..) => MigrateAction::Diff,
                (false, true, _) => MigrateAction::Verify,
                (false, false, true) => MigrateAction::Write,
                (false, false, false) => MigrateAction::VerifyIfPossible,
            },
            tests: if self.test { Tests::Run } else { Tests::Leave },
            allow: if self.safe_only { Safety::Safe } else { Safety::Unsafe },
            guard: self.guard.guard(),
            cargo_flags: [("--offline", self.offline), ("--locked", self.locked)]
                .into_iter()
                .filter_map(|(flag, is_set)| is_set.then_some(flag))
                .collect(),
            progress,
            shown,
            format: match self.output_format {
                DocumentFormat::Human => MigrateFormat::Human,
                DocumentFormat::Json => MigrateFormat::Json,
            },
        }
    }
}
