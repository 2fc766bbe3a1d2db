//! The arguments that lift the guard before files are written.

use clap::Args;

use crate::commands::guard::{Dirty, Guard, Outside};

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct GuardArgs {
    /// Write files even if they have uncommitted changes, or are not tracked by git.
    #[arg(long)]
    allow_dirty: bool,
    /// Write files even if they have staged changes.
    #[arg(long)]
    allow_staged: bool,
    /// Write files that lie outside of the checked folder and its package, too: linked, included, or by `#[path]`.
    #[arg(long)]
    allow_outside: bool,
}

impl GuardArgs {
    pub(super) const fn guard(self) -> Guard {
        let dirty = match (self.allow_dirty, self.allow_staged) {
            (true, _) => Dirty::Allow,
            (false, true) => Dirty::AllowStaged,
            (false, false) => Dirty::Refuse,
        };
        Guard { dirty, outside: if self.allow_outside { Outside::Allow } else { Outside::Refuse } }
    }
}
