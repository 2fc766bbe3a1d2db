//! Running `cargo check`: the user's own command as far as it goes, and no crate left out because another one is broken.

use std::path::{Path, PathBuf};

use super::lints::{Lints, RustFlags};
use super::outcome::Answer;
use super::read::read_answer;
use super::workspace::{Member, MemberTargetKind, Workspace};
use crate::toolchain::command::Invocation;
use crate::toolchain::rustup::with_any_toolchain;

/// The folder for builds with another Python, below the user's target folder.
pub(super) const OWN_TARGET: &str = "hognose";

/// How packages of one workspace are checked.
#[derive(Clone, Debug)]
pub struct CheckPlan {
    /// The program.
    pub cargo: PathBuf,
    /// The workspace.
    pub workspace: Workspace,
    /// The members to check.
    pub members: Vec<Member>,
    /// The kinds of targets to check besides libraries and programs.
    pub extras: Vec<MemberTargetKind>,
    /// Features to switch on, each with the name of its package.
    pub features: Vec<(String, String)>,
    /// Whether the packages' default features are off.
    pub default_features: DefaultFeatures,
    /// The interpreter that PyO3's build script is to look at.
    pub python: PythonOfBuild,
    /// Where the project's flags for rustc come from.
    pub rustflags: RustFlags,
    /// What becomes of the project's lints.
    pub lints: Lints,
    /// What else cargo is told: `--offline`, `--locked`.
    pub flags: Vec<&'static str>,
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

/// Which Python the build of PyO3 looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonOfBuild {
    /// The one that it takes by itself in this shell: what is built is what the user's own `cargo check` builds, in the same folder.
    OfShell,
    /// Another one. Cargo would build again what the user has, and the user's next command once more: so this goes to a folder of its own.
    Other(PathBuf),
}

/// Runs `cargo check`. `on_progress` gets what cargo says meanwhile, line by line.
///
/// # Errors
/// cargo cannot be started.
pub fn check(plan: &CheckPlan, on_progress: &mut dyn FnMut(&str)) -> std::io::Result<Answer> {
    let mut answer = with_any_toolchain(invocation(plan, &["--keep-going"]), |cargo| cargo.capture_with(on_progress))?;
    // Cargo has it since 1.74; a Rust that the project pins may be older.
    if !answer.success && answer.stdout.is_empty() && answer.stderr.contains("--keep-going") {
        answer = with_any_toolchain(invocation(plan, &[]), |cargo| cargo.capture_with(on_progress))?;
    }
    let complaint = if answer.success { String::new() } else { complaint(&answer.stderr) };
    Ok(read_answer(&answer.stdout, plan, &complaint))
}

/// Lets cargo choose versions for what the manifests of a workspace ask for, and write them into the lock file.
///
/// # Errors
/// cargo cannot be started.
pub fn resolve(plan: &CheckPlan) -> std::io::Result<()> {
    update(plan, &["--workspace"])
}

/// Lets cargo raise one version of a dependency as far as the requirements on it allow. That it cannot be raised shows in the lock file.
///
/// # Errors
/// cargo cannot be started.
pub fn raise(plan: &CheckPlan, name: &str, version: &str) -> std::io::Result<()> {
    update(plan, &["-p", &format!("{name}@{version}")])
}

fn update(plan: &CheckPlan, what: &[&str]) -> std::io::Result<()> {
    let cargo = Invocation::new(&plan.cargo).args(["update", "--color=never"]).args(what).args(&plan.flags);
    let cargo = cargo.arg("--manifest-path").arg(plan.workspace.root.join("Cargo.toml")).in_dir(&plan.workspace.root);
    with_any_toolchain(cargo, Invocation::capture).map(|_| ())
}

fn invocation(plan: &CheckPlan, going_on: &[&str]) -> Invocation {
    let manifest = manifest(plan);
    let mut cargo = Invocation::new(&plan.cargo)
        .arg("check")
        .args(going_on)
        .args(["--message-format=json", "--color=never", "--manifest-path"])
        .arg(&manifest)
        .in_dir(manifest.parent().unwrap_or(Path::new(".")))
        .args(&plan.flags);
    for member in &plan.members {
        cargo = cargo.arg("-p").arg(member.spec());
    }
    if !plan.extras.is_empty() {
        cargo = cargo.args(plan.members.iter().any(Member::has_library).then_some("--lib"));
        cargo = cargo.arg("--bins").args(plan.extras.iter().map(|kind| match kind {
            MemberTargetKind::Example => "--examples",
            MemberTargetKind::Bench => "--benches",
            _ => "--tests",
        }));
    }
    if !plan.features.is_empty() {
        cargo = cargo.arg("--features").arg(features(plan, &manifest).join(","));
    }
    if plan.default_features == DefaultFeatures::Off {
        cargo = cargo.arg("--no-default-features");
    }
    let target = &plan.workspace.target;
    let cargo = match &plan.python {
        PythonOfBuild::OfShell => cargo.as_in_shell(),
        PythonOfBuild::Other(python) => cargo.env("PYO3_PYTHON", python),
    };
    match (plan.lints, &plan.python) {
        (Lints::Capped, _) => plan.rustflags.cap(cargo, target),
        (Lints::AsWritten, PythonOfBuild::OfShell) => cargo,
        (Lints::AsWritten, PythonOfBuild::Other(_)) => cargo.arg("--target-dir").arg(target.join(OWN_TARGET)),
    }
}

/// The Cargo.toml that cargo is run for.
fn manifest(plan: &CheckPlan) -> PathBuf {
    match plan.members.as_slice() {
        [member] => member.manifest.clone(),
        _ => plan.workspace.root.join("Cargo.toml"),
    }
}

/// The features as cargo takes them: of the package that it runs for by their names alone, which the first resolver insists on.
fn features(plan: &CheckPlan, manifest: &Path) -> Vec<String> {
    let current = plan.members.iter().find(|member| member.manifest == manifest);
    let is_current = |package: &str| current.is_some_and(|member| member.name == package);
    let told = |(package, feature): &(String, String)| {
        // A feature of a dependency has no room for the package's name.
        if is_current(package) || feature.contains('/') { feature.clone() } else { format!("{package}/{feature}") }
    };
    plan.features.iter().map(told).collect()
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
