//! Dependencies that today's rustc refuses, raised within what their requirements allow: an old lock file holds versions that nobody can build any more.

use std::io;
use std::path::{Path, PathBuf};

use crate::compiler::{CheckPlan, Refused, raise};
use crate::engine::write::{Rewrite, write_files};

/// What became of the lock file.
pub(super) struct Raised {
    lock: PathBuf,
    before: String,
    refused: Vec<Refused>,
}

impl Raised {
    /// Lets cargo raise what is refused, in the lock file that is there; without one, everything is as new as it can be.
    pub(super) fn by_cargo(plan: &CheckPlan, refused: &[Refused]) -> io::Result<Self> {
        let lock = plan.workspace.root.join("Cargo.lock");
        let before = std::fs::read_to_string(&lock).unwrap_or_default();
        let is_fixed = plan.flags.contains(&"--locked") || before.is_empty();
        for refused in refused.iter().filter(|_| !is_fixed) {
            raise(plan, &refused.name, &refused.version)?;
        }
        Ok(Self { lock, before, refused: refused.to_vec() })
    }

    /// Whether the lock file has changed.
    pub(super) fn is_any(&self) -> bool {
        !self.before.is_empty() && read(&self.lock) != self.before
    }

    /// Says what was raised; where nothing came of it, the lock file is put back.
    pub(super) fn keep_or_take_back(self, refused: &[Refused], notes: &mut Vec<String>) -> io::Result<()> {
        let is_still = |raised: &&Refused| refused.iter().any(|other| other.name == raised.name);
        let now = read(&self.lock);
        if self.refused.iter().all(|raised| is_still(&raised)) {
            let back = Rewrite { path: &self.lock, before: &now, after: &self.before };
            return write_files(&[back]).map_err(io::Error::other);
        }
        notes.extend(self.refused.iter().filter(|raised| !is_still(raised)).map(|raised| {
            format!(
                "Cargo.lock: `{}` {} does not compile with this Rust, and was raised within its requirement",
                raised.name, raised.version
            )
        }));
        Ok(())
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
