//! `hognose new`: writes a project from a template and says what to do next.

pub mod questions;
pub mod terminal;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::unreported::reporting;
use super::verify::{self, Lint, Verdict, VerifyOptions};
use crate::engine::git::REPOSITORY_VARIABLES;
use crate::report::one_line;
use crate::scaffold::answers::{Answers, Author, Choices};
use crate::scaffold::names::Names;
use crate::scaffold::render::{self, Rendered};
use crate::scaffold::versions::VERSIONS;
use crate::scaffold::write;
use crate::toolchain::command::Invocation;
use crate::toolchain::locate::Surroundings;
use crate::toolchain::steps::Progress;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct NewOptions {
    /// Name of the distribution and of the Cargo package.
    pub name: String,
    /// The folder to write; else one with the project's name in the current folder.
    pub dir: Option<PathBuf>,
    /// What the project is to be.
    pub choices: Choices,
    /// Whether to make a repository.
    pub vcs: Vcs,
    /// What to do afterwards.
    pub then: Then,
    /// How progress is shown.
    pub progress: Progress,
}

/// The version control of a new project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vcs {
    /// A git repository, if git is there and the folder is not inside of one.
    #[default]
    Git,
    /// None.
    None,
}

/// What follows the writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// The next commands are shown.
    #[default]
    Show,
    /// The project is verified.
    Verify,
}

/// Writes a new project.
///
/// # Errors
/// `out` or `err` cannot be written to.
pub fn run(options: &NewOptions, lint: &Lint<'_>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Verdict> {
    run_in(options, &Surroundings::of_this_process(), lint, out, err)
}

/// The same, in given surroundings.
///
/// # Errors
/// As [`run`].
pub fn run_in(
    options: &NewOptions,
    around: &Surroundings,
    lint: &Lint<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Verdict> {
    let destination = around.dir.join(shown_folder(options));
    let (answers, files) = match create(options, &destination, around) {
        Ok(created) => created,
        Err(message) => {
            writeln!(err, "error: {message}")?;
            return Ok(Verdict::CouldNotRun);
        }
    };
    let note = if options.vcs == Vcs::Git { init_repository(&destination, around) } else { None };
    reporting("the project was written", out, |out| {
        tell(options, (&answers, &files), out)?;
        note.map_or(Ok(()), |note| writeln!(err, "{note}"))?;
        if options.then == Then::Show {
            writeln!(
                out,
                "
next
{}",
                next_commands(&shown_folder(options), around)
            )
        } else {
            Ok(())
        }
    })?;
    if options.then == Then::Show {
        return Ok(Verdict::Passed);
    }
    writeln!(out)?;
    let options = VerifyOptions::new(destination, options.progress);
    verify::run_in(&options, around, lint, out, err)
}

/// Says what was written.
fn tell(options: &NewOptions, (answers, files): (&Answers, &[Rendered]), out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "created `{}` from the template `{}`; Python imports it as `{}`",
        answers.names.name,
        options.choices.template().name,
        answers.names.module
    )?;
    write!(out, "\n{}\n{}", shown_folder(options).display(), tree(files))
}

fn shown_folder(options: &NewOptions) -> PathBuf {
    options.dir.clone().unwrap_or_else(|| PathBuf::from(&options.name))
}

/// Checks the names, renders, writes.
fn create(options: &NewOptions, destination: &Path, around: &Surroundings) -> Result<(Answers, Vec<Rendered>), String> {
    let names = Names::new(&options.name, options.choices.module.as_deref()).map_err(|refusal| refusal.to_string())?;
    let author = options.choices.author.clone().or_else(|| author_of_git(around));
    let answers = Choices { author, ..options.choices.clone() }.answers(names);
    let files = render::render(options.choices.template(), &answers).map_err(|broken| broken.to_string())?;
    write::write(&files, destination).map_err(|refused| refused.to_string())?;
    Ok((answers, files))
}

/// Whom git's settings name, if there is git and it names somebody.
pub(super) fn author_of_git(around: &Surroundings) -> Option<Author> {
    let git = around.git().found?;
    let setting = |name: &str| {
        let answer = Invocation::new(&git.path).args(["config", "--get", name]).in_dir(&around.dir).capture().ok()?;
        Some(answer.stdout.trim().to_owned()).filter(|value| answer.success && !value.is_empty())
    };
    let name = setting("user.name")?;
    let with_address = setting("user.email").and_then(|email| Author::read(&format!("{name} <{email}>")).ok());
    with_address.or_else(|| Author::read(&name).ok())
}

/// The files as a tree, each folder before its contents.
pub(super) fn tree(files: &[Rendered]) -> String {
    let mut paths: Vec<Vec<&str>> = files.iter().map(|file| file.path.split('/').collect()).collect();
    paths.sort();
    let mut text = String::new();
    branch(&paths.iter().map(Vec::as_slice).collect::<Vec<_>>(), "", &mut text);
    text
}

fn branch(paths: &[&[&str]], indent: &str, text: &mut String) {
    let groups: Vec<&[&[&str]]> = paths.chunk_by(|left, right| left[0] == right[0]).collect();
    for (index, group) in groups.iter().enumerate() {
        let last = index + 1 == groups.len();
        let (corner, below) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let inner: Vec<&[&str]> = group.iter().map(|path| &path[1..]).filter(|path| !path.is_empty()).collect();
        let slash = if inner.is_empty() { "" } else { "/" };
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{indent}{corner}{}{slash}", one_line(group[0][0]));
        branch(&inner, &format!("{indent}{below}"), text);
    }
}

/// Makes a git repository, unless there is no git or already a repository; tells what went wrong.
fn init_repository(destination: &Path, around: &Surroundings) -> Option<String> {
    if destination.ancestors().any(|folder| folder.join(".git").exists()) {
        return None;
    }
    let git = around.git().found?;
    // The workflow runs on pushes to `main`.
    let init = Invocation::new(git.path).args(["-c", "init.defaultBranch=main", "init", "--quiet"]).in_dir(destination);
    // In a hook of git's they name the repository of the hook, which would be initialised again.
    let init = init.without(&REPOSITORY_VARIABLES);
    match init.capture() {
        Ok(answer) if answer.success => None,
        Ok(answer) => Some(format!("note: no git repository was made: {}", answer.stderr.trim_end())),
        Err(error) => Some(format!("note: no git repository was made: {error}")),
    }
}

fn next_commands(shown: &Path, around: &Surroundings) -> String {
    let (platform, versions) = (around.platform, VERSIONS);
    let activate = platform.activate(".venv");
    let change = (shown != Path::new(".")).then(|| format!("cd {}", shown.display()));
    let lines = [
        format!("{} -m venv .venv", platform.python_in_prose()),
        activate,
        format!("pip install \"maturin>={},<{}\" \"pytest>={}\"", versions.maturin_floor, versions.maturin_ceiling, versions.pytest_floor),
        "maturin develop".to_owned(),
        "pytest".to_owned(),
    ];
    let mut text: String = change.into_iter().chain(lines).map(|line| format!("  {line}\n")).collect();
    text.push_str("\nor, all of it in a clean environment: hognose verify");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_drawn_with_folders_before_their_contents() {
        let files = ["src/lib.rs", "Cargo.toml", "src/a/b.rs", "tests/t.py"];
        let files = files.map(|path| Rendered { path: path.to_owned(), contents: Vec::new() });
        let expected = "├── Cargo.toml\n├── src/\n│   ├── a/\n│   │   └── b.rs\n│   └── lib.rs\n└── tests/\n    └── t.py\n";
        assert_eq!(tree(&files), expected);
        let hostile = [Rendered { path: "a\u{1b}[31m/b".to_owned(), contents: Vec::new() }];
        assert!(!tree(&hostile).contains('\u{1b}'));
    }
}
