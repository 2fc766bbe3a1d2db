//! `hognose doctor`: looks at what a project is built with, and says what stands in the way and how to fix it. It changes nothing.

mod checks;
mod facts;
mod project_facts;
mod report;
mod sources;

use std::io::{self, Write};
use std::path::PathBuf;

use crate::project;
use crate::report::one_line;
use crate::toolchain::locate::Surroundings;

use checks::Level;
use facts::Facts;
use project_facts::ProjectFacts;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct DoctorOptions {
    /// A folder of a project, or any other.
    pub path: PathBuf,
    /// How the result is shown.
    pub format: Format,
    /// Columns of a line.
    pub width: usize,
}

/// How the result is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Lines for people.
    #[default]
    Human,
    /// A JSON document.
    Json,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// There are no problems.
    Good,
    /// There is at least one.
    Problems,
    /// It could not look.
    CouldNotRun,
}

/// Looks at the surroundings of this process.
///
/// # Errors
/// `out` or `err` cannot be written to.
pub fn run(options: &DoctorOptions, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Health> {
    run_in(options, &Surroundings::of_this_process(), out, err)
}

/// Looks at the given surroundings.
///
/// # Errors
/// As [`run`].
pub fn run_in(options: &DoctorOptions, around: &Surroundings, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Health> {
    let path = around.dir.join(&options.path);
    let project = match project::load(std::slice::from_ref(&path)) {
        Ok(project) => project,
        Err(error) => {
            match options.format {
                Format::Human => writeln!(err, "error: {}", one_line(&error.to_string()))?,
                Format::Json => report::write_json_error(&error.to_string(), out)?,
            }
            return Ok(Health::CouldNotRun);
        }
    };
    let facts = Facts::gather(around, &project.root, ProjectFacts::read(&project, &project.root, around));
    let report = checks::run(&facts);
    match options.format {
        Format::Human => report::write_human(&facts, &report, &project.root, options.width, out)?,
        Format::Json => report::write_json(&facts, &report, out)?,
    }
    let has_problems = report.findings.iter().any(|finding| finding.level == Level::Problem);
    Ok(if has_problems { Health::Problems } else { Health::Good })
}
