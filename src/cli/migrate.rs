//! The arguments of `migrate`, and what they mean.

use std::path::PathBuf;

use clap::Args;

use crate::commands::check::Dirty;
use crate::commands::migrate::{MigrateAction, MigrateOptions};
use crate::diagnostic::Safety;
use crate::release::Release;

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// The project's folder.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// PyO3 release to go to [default: the newest].
    #[arg(long, value_name = "RELEASE", default_value_t = Release::NEWEST, hide_default_value = true)]
    to: Release,
    /// Show what would change, and write nothing.
    #[arg(long)]
    diff: bool,
    /// Do not compile.
    #[arg(long)]
    no_verify: bool,
    /// Leave out rewrites that could change behaviour.
    #[arg(long)]
    safe_only: bool,
    /// Migrate even if the working tree has uncommitted changes.
    #[arg(long)]
    allow_dirty: bool,
}

impl MigrateArgs {
    pub(super) fn options(&self) -> MigrateOptions {
        MigrateOptions {
            path: self.path.clone(),
            to: self.to,
            action: match (self.diff, self.no_verify) {
                (true, _) => MigrateAction::Diff,
                (false, true) => MigrateAction::Write,
                (false, false) => MigrateAction::Verify,
            },
            allow: if self.safe_only { Safety::Safe } else { Safety::Unsafe },
            dirty: if self.allow_dirty { Dirty::Allow } else { Dirty::Refuse },
        }
    }
}
