//! What several test modules need.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of hognose's own Cargo.toml.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs git in `dir` with nothing but its own settings, and answers what it printed.
#[expect(clippy::disallowed_methods, reason = "the tests ask git itself")]
pub(crate) fn git(dir: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    git.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "safe.directory=*"]).args(arguments).current_dir(dir);
    let output = git.output().expect("git");
    assert!(output.status.success(), "git {arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
