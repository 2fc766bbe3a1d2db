//! What several test modules need.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hognose::toolchain::command::Invocation;

/// What a run printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// What it printed, as a JSON document.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

/// The folder of hognose's own Cargo.toml.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs git in `dir` with nothing but its own settings, and answers what it printed.
pub(crate) fn git(dir: &Path, arguments: &[&str]) -> String {
    try_git(dir, arguments).unwrap_or_else(|complaint| panic!("git {arguments:?}\n{complaint}"))
}

/// The same, where git may refuse: `Err` is what it complained of.
#[expect(clippy::disallowed_methods, reason = "the tests ask git itself")]
pub(crate) fn try_git(dir: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut git = Command::new("git");
    git.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    git.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "safe.directory=*"]).args(arguments).current_dir(dir);
    let output = git.output().expect("git");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8(output.stdout).expect("text"))
}

/// Writes a program: a shell script with this text.
///
/// A shell writes it: a file that this process has open for writing cannot be run, and a program that another test starts meanwhile inherits what is open.
pub(crate) fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().expect("programs are in folders")).expect("folder");
    let write = "printf '%s' \"$1\" > \"$0\" && chmod 755 \"$0\"";
    let shell = Invocation::new("/bin/sh").arg("-c").arg(write).arg(path).arg(format!("#!/bin/sh\n{script}\n"));
    assert!(shell.capture().expect("a shell").success);
}

/// Writes an interpreter that says it is of this version, makes environments, installs, unpacks, and passes every test.
pub(crate) fn python(path: &Path, version: &str) {
    let script = format!(
        r#"case "$1 $2" in
"-X utf8") echo {version}; echo "$0";;
"-I -c") echo demo;;
"-m venv") for dir; do :; done; mkdir -p "$dir/bin"; cp "$0" "$dir/bin/python"; echo "home = /usr/bin" > "$dir/pyvenv.cfg";;
"-m pytest") echo "== 3 passed in 0.01s ==";;
"-m tarfile") mkdir -p "$5/unpacked";;
esac"#
    );
    program(path, &script);
}

/// Writes a file unless it says that already, so that cargo has nothing to do again.
pub(crate) fn put(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    let mut file = fs::File::create(path).expect("file");
    std::io::Write::write_all(&mut file, text.as_bytes()).expect("written");
}
