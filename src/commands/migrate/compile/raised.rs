//! Dependencies that today's rustc refuses, raised within what their requirements allow: an old lock file holds versions that nobody can build any more.

use std::io;
use std::path::{Path, PathBuf};

use crate::compiler::{CheckPlan, Refused};
use crate::engine::write::{Rewrite, write_files};
use crate::toolchain::command::Invocation;
use crate::toolchain::rustup::with_any_toolchain;

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
            let update = Invocation::new(&plan.cargo)
                .args(["update", "--color=never"])
                .args(plan.flags.iter())
                .arg("--manifest-path")
                .arg(plan.workspace.root.join("Cargo.toml"))
                .arg("-p")
                .arg(format!("{}@{}", refused.name, refused.version))
                .in_dir(&plan.workspace.root);
            // That it cannot be raised shows in the lock file.
            with_any_toolchain(update, Invocation::capture)?;
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
        notes.extend(self.refused.iter().map(|raised| {
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
