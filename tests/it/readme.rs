//! What README.md shows is what hognose prints: its example is written to disk and its commands are run.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::support::repository;

const CONSOLE: &str = "```console\n$ hognose ";

/// The first block in this language.
fn block<'a>(readme: &'a str, language: &str) -> &'a str {
    let start = format!("```{language}\n");
    let (_, rest) = readme.split_once(&start).unwrap_or_else(|| panic!("README.md has no block in {language}"));
    rest.split_once("```").expect("the block ends").0
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("file");
}

/// What the command prints when it is run in `dir`.
fn output_of(command: &str, dir: &Path) -> String {
    let mut arguments: Vec<OsString> = ["hognose", "--color", "never"].into_iter().chain(command.split(' ')).map(OsString::from).collect();
    if command.starts_with("check") {
        arguments.push(dir.into());
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    hognose::cli::run(arguments, &mut out, &mut err);
    out.extend(err);
    String::from_utf8(out).expect("text")
}

/// The text with the output of every command under it.
fn rendered(readme: &str, dir: &Path) -> String {
    let mut parts = readme.split(CONSOLE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (shown, rest) = part.split_once("```").expect("the block ends");
        let command = shown.lines().next().unwrap_or_default();
        // What these print depends on the machine, and takes minutes.
        let is_of_machine = ["new", "verify", "doctor"].iter().any(|start| command.starts_with(start));
        let shown = if is_of_machine { shown.to_owned() } else { format!("{command}\n{}", output_of(command, dir)) };
        text.push_str(&format!("{CONSOLE}{shown}```{rest}"));
    }
    text
}

#[test]
fn the_readme_shows_what_hognose_prints() {
    let path = repository().join("README.md");
    let readme = fs::read_to_string(&path).expect("README.md");
    let dir = tempfile::tempdir().expect("folder");
    write(&dir.path().join("Cargo.toml"), block(&readme, "toml"));
    write(&dir.path().join("src/lib.rs"), block(&readme, "rust"));
    let rendered = rendered(&readme, dir.path());
    if std::env::var_os("HOGNOSE_BLESS").is_some() {
        write(&path, &rendered);
        return;
    }
    assert!(rendered == readme, "README.md is out of date; `cargo bless` rewrites it. It should be\n{rendered}");
}
