//! rustup's proxies of cargo, rustc and rustfmt, where the toolchain that a project pins is not installed.

use std::io;
use std::path::Path;

use super::command::{Captured, Invocation};

/// The toolchain that a proxy misses: `toolchain '1.72-x86_64-unknown-linux-gnu' is not installed`.
#[must_use]
pub fn missing_toolchain(complaint: &str) -> Option<&str> {
    let (_, rest) = complaint.split_once("toolchain '")?;
    let (name, rest) = rest.split_once('\'')?;
    rest.starts_with(" is not installed").then_some(name)
}

/// Runs a program of a toolchain, with stable where the one that the project pins is not there: what only looks at code can do with any that
/// is new enough, and stable is there for nearly everyone.
///
/// # Errors
/// Those of `run`.
pub fn with_any_toolchain(program: Invocation, mut run: impl FnMut(&Invocation) -> io::Result<Captured>) -> io::Result<Captured> {
    let answer = run(&program)?;
    let misses = !answer.success && answer.stderr.lines().any(|line| line.starts_with("error: ") && missing_toolchain(line).is_some());
    if misses { run(&program.env("RUSTUP_TOOLCHAIN", "stable")) } else { Ok(answer) }
}

/// Runs a program of a toolchain at the root of the disk that holds `path`: rustup finds no toolchain file there, and runs the user's own program.
/// Nor does it install one, as it would for a proxy that misses its toolchain.
#[must_use]
pub fn away_from_pins(program: Invocation, path: &Path) -> Invocation {
    let root = path.ancestors().last().filter(|root| root.is_absolute());
    let program = program.env("RUSTUP_AUTO_INSTALL", "0");
    match root {
        Some(root) => program.in_dir(root),
        None => program,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_rust_may_be_missing() {
        let stderr =
            "error: toolchain '1.72-x86_64-unknown-linux-gnu' is not installed\nhelp: run `rustup toolchain install` to install it\n";
        assert_eq!(missing_toolchain(stderr), Some("1.72-x86_64-unknown-linux-gnu"));
        assert_eq!(missing_toolchain("error: could not compile `toolchain` (lib)\n"), None);
    }

    #[test]
    fn stable_stands_in_for_what_is_missing() {
        let answer = |success: bool, stderr: &str| Captured { success, stderr: stderr.to_owned(), ..Captured::default() };
        let mut runs = 0;
        let outcome = with_any_toolchain(Invocation::new("cargo"), |_| {
            runs += 1;
            Ok(if runs == 1 { answer(false, "error: toolchain '1.72' is not installed\n") } else { answer(true, "") })
        });
        assert!(outcome.is_ok_and(|answer| answer.success));
        let failed = with_any_toolchain(Invocation::new("cargo"), |_| {
            runs += 1;
            Ok(answer(false, "error: could not compile `a`\n"))
        });
        assert!(failed.is_ok_and(|answer| !answer.success));
        assert_eq!(runs, 3, "nothing else is tried again");
    }
}
