//! Lints that a project raises to errors: where they keep cargo from the crates behind, they are held down beside the project's own flags.

use std::ffi::OsString;
use std::path::Path;

use super::check::OWN_TARGET;
use crate::toolchain::command::Invocation;
use crate::toolchain::locate::Surroundings;

/// Makes warnings of all lints, whatever the sources say.
const CAP: &str = "--cap-lints=warn";

/// What becomes of the project's lints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lints {
    /// They are what the project says.
    #[default]
    AsWritten,
    /// They are warnings at most.
    Capped,
}

/// Where the flags for rustc come from: cargo reads one source alone, so that ours have to join them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RustFlags {
    /// A variable, with what is in it.
    Variable(&'static str, OsString),
    /// `[target.…] rustflags` of a configuration file.
    Target,
    /// `[build] rustflags`, if anything.
    Build,
}

impl RustFlags {
    /// Those of a cargo that runs in this folder.
    #[must_use]
    pub fn of(around: &Surroundings, folder: &Path) -> Self {
        let variable = |name: &'static str| Some(Self::Variable(name, around.variable(name)?.to_owned()));
        if let Some(variable) = variable("CARGO_ENCODED_RUSTFLAGS").or_else(|| variable("RUSTFLAGS")) {
            return variable;
        }
        let above = folder.ancestors().map(|folder| folder.join(".cargo"));
        let home = around.variable("CARGO_HOME").map(Into::into).or_else(|| Some(around.home.as_ref()?.join(".cargo")));
        let files = above.chain(home).flat_map(|folder| ["config.toml", "config"].map(|name| folder.join(name)));
        let by_target = |text: String| text.contains("[target") && text.contains("rustflags");
        let is_by_target = files.filter_map(|file| std::fs::read_to_string(file).ok()).any(by_target);
        if is_by_target { Self::Target } else { Self::Build }
    }

    /// Makes warnings of all lints. Other flags build everything anew: in a folder of their own, so that the user's stays as it is.
    pub(super) fn cap(&self, cargo: Invocation, target: &Path) -> Invocation {
        let cargo = cargo.arg("--target-dir").arg(target.join(OWN_TARGET));
        match self {
            Self::Variable(name, value) => {
                let mut flags = value.clone();
                flags.push(if *name == "RUSTFLAGS" { " " } else { "\u{1f}" });
                flags.push(CAP);
                cargo.env(name, flags)
            }
            Self::Target => cargo.arg("--config").arg(format!("target.\"cfg(all())\".rustflags=[\"{CAP}\"]")),
            Self::Build => cargo.arg("--config").arg(format!("build.rustflags=[\"{CAP}\"]")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{File, create_dir_all};
    use std::io::Write;

    use super::*;

    #[test]
    fn flags_join_those_that_cargo_reads() {
        let dir = tempfile::tempdir().expect("folder");
        let below = dir.path().join("a/b");
        create_dir_all(dir.path().join(".cargo")).expect("folder");
        let write = |text: &str| {
            let mut file = File::create(dir.path().join(".cargo/config.toml")).expect("file");
            file.write_all(text.as_bytes()).expect("text");
        };
        let mut around = Surroundings::bare("", dir.path());
        assert_eq!(RustFlags::of(&around, &below), RustFlags::Build);
        write("[build]\nrustflags = [\"--cfg\", \"x\"]\n");
        assert_eq!(RustFlags::of(&around, &below), RustFlags::Build);
        write("[target.'cfg(unix)']\nrustflags = [\"--cfg\", \"x\"]\n");
        assert_eq!(RustFlags::of(&around, &below), RustFlags::Target);
        around.variables.insert("RUSTFLAGS".to_owned(), "--cfg y".into());
        let flags = RustFlags::of(&around, &below);
        assert_eq!(flags, RustFlags::Variable("RUSTFLAGS", "--cfg y".into()));
        let shown = flags.cap(Invocation::new("cargo"), Path::new("/t")).shown();
        assert!(shown.ends_with("--target-dir /t/hognose"), "{shown}");
    }
}
