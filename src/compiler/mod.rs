//! The compiler as a second opinion: what `cargo check` says of a package, error by error, with places as bytes of the files.

mod diagnosis;
mod read;

use std::path::{Path, PathBuf};

pub use diagnosis::{
    Borrow, Diagnosis, Fault, Generics, Items, Kind, Label, Leaving, Mismatched, Mutation, Note, Origin, Outliving, Proposal, Types,
};
pub use read::read_messages;

use crate::text::TextRange;
use crate::toolchain::command::Invocation;
use crate::toolchain::rustup::with_any_toolchain;

/// How a package is checked.
#[derive(Clone, Debug)]
pub struct CheckPlan {
    /// The program.
    pub cargo: PathBuf,
    /// The Cargo.toml of the package.
    pub manifest: PathBuf,
    /// The folder of the workspace: the compiler names files from there.
    pub workspace: PathBuf,
    /// Features to switch on.
    pub features: Vec<String>,
    /// Whether the package's default features are off.
    pub default_features: DefaultFeatures,
    /// The interpreter that PyO3's build script is to look at.
    pub python: PathBuf,
}

/// What becomes of a package's default features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultFeatures {
    /// They are on, as for everybody.
    #[default]
    On,
    /// They are off, as the project's packaging asks.
    Off,
}

/// What came out of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The package's code was compiled.
    Compiled {
        /// Its errors, if any.
        errors: Vec<CompilerError>,
        /// Its warnings; rustc gives most of them only where there are no errors.
        warnings: Vec<CompilerError>,
    },
    /// It did not get that far: no versions that fit together, a dependency that does not build. What cargo says.
    Stopped(String),
}

impl Checked {
    /// The errors; none where the code was not compiled.
    #[must_use]
    pub fn errors(&self) -> &[CompilerError] {
        if let Self::Compiled { errors, .. } = self { errors } else { &[] }
    }

    /// The warnings; none where the code was not compiled.
    #[must_use]
    pub fn warnings(&self) -> &[CompilerError] {
        if let Self::Compiled { warnings, .. } = self { warnings } else { &[] }
    }
}

/// One error or warning of rustc about the package's own code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompilerError {
    /// `E0308` or the name of a lint, if it has one.
    pub code: Option<String>,
    /// Its first line.
    pub message: String,
    /// The places it points at, those that matter most first.
    pub spans: Vec<Span>,
    /// Its notes and helps, and what they say at the places they point at.
    pub notes: Vec<String>,
    /// The notes and helps that point at places of the package: definitions, for the most part.
    pub explained: Vec<(String, Span)>,
    /// What it suggests.
    pub suggestions: Vec<Suggestion>,
    /// As shown to people.
    pub rendered: String,
    /// What all of that means.
    pub diagnosis: Diagnosis,
}

/// A place in the package's own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub range: TextRange,
    /// Its first line, from 1.
    pub line: usize,
    /// What is said about it.
    pub label: String,
    /// What that means.
    pub said: Label,
    /// Whether the error is here, and not only explained here.
    pub is_primary: bool,
    /// Whether a macro produced the code; the place is then what the macro was given.
    pub in_macro: bool,
}

/// A change that rustc suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// In its words: `consider borrowing here`.
    pub message: String,
    /// What that means.
    pub kind: Proposal,
    /// What to put where; several edits are one suggestion.
    pub edits: Vec<(PathBuf, TextRange, String)>,
    /// Whether rustc is sure of it.
    pub certainty: Certainty,
}

/// How sure rustc is of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It compiles and is what was meant.
    MachineApplicable,
    /// It may not be what was meant.
    MaybeIncorrect,
    /// It has gaps to fill, or is not classified.
    Incomplete,
}

/// Runs `cargo check` on the package. `on_progress` gets what cargo says meanwhile, line by line.
///
/// # Errors
/// cargo cannot be started.
pub fn check(plan: &CheckPlan, on_progress: &mut dyn FnMut(&str)) -> std::io::Result<Checked> {
    let mut cargo = Invocation::new(&plan.cargo)
        .args(["check", "--message-format=json", "--color=never", "--manifest-path"])
        .arg(&plan.manifest)
        .in_dir(plan.manifest.parent().unwrap_or(Path::new(".")))
        .env("PYO3_PYTHON", &plan.python)
        // A project that denies warnings is to be measured by errors all the same.
        .env("RUSTFLAGS", "--cap-lints=warn");
    if !plan.features.is_empty() {
        cargo = cargo.arg("--features").arg(plan.features.join(","));
    }
    if plan.default_features == DefaultFeatures::Off {
        cargo = cargo.arg("--no-default-features");
    }
    let answer = with_any_toolchain(cargo, |cargo| cargo.capture_with(on_progress))?;
    let (errors, warnings) = read_messages(&answer.stdout, &plan.workspace);
    Ok(if answer.success || !errors.is_empty() {
        Checked::Compiled { errors, warnings }
    } else {
        Checked::Stopped(complaint(&answer.stderr))
    })
}

/// Lets cargo choose versions for what the manifests of a package and its workspace ask for, and write them into the lock file.
///
/// # Errors
/// cargo cannot be started.
pub fn resolve(plan: &CheckPlan) -> std::io::Result<()> {
    let cargo = Invocation::new(&plan.cargo).args(["update", "--workspace", "--color=never", "--manifest-path"]).arg(&plan.manifest);
    let cargo = cargo.in_dir(plan.manifest.parent().unwrap_or(Path::new(".")));
    with_any_toolchain(cargo, |cargo| cargo.capture()).map(|_| ())
}

/// What stands in backticks in a message of rustc, in order: names, types and code.
pub fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

/// What cargo complains of, without what it says of its work: lines that begin with a word in a column of twelve.
fn complaint(stderr: &str) -> String {
    let is_progress = |line: &str| {
        let word = line.trim_start();
        let end = word.find(' ').unwrap_or(word.len());
        line.len() - word.len() + end == 12 && word.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let lines: Vec<&str> = stderr.lines().filter(|line| !is_progress(line)).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_does_is_no_complaint() {
        let stderr = "    Updating crates.io index\n     Locking 3 packages to latest\n   Compiling pyo3 v0.30.1\nerror: failed to select a version\n    \
                      ... required by package `x`\n";
        assert_eq!(complaint(stderr), "error: failed to select a version\n    ... required by package `x`");
    }
}
