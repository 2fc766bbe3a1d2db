//! `hognose init`: adds to a crate or a Python project what it lacks to be an extension, and says what it did.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::new::{self, NewOptions, Then, Vcs};
use super::unreported::reporting;
use super::verify::{Lint, Verdict};
use crate::engine::diff::{Changed, unified_diff};
use crate::engine::write::{Rewrite, write_files};
use crate::report::{Shown, one_line};
use crate::scaffold::answers::Choices;
use crate::scaffold::init::{self, Found, Obstacle, Plan};
use crate::scaffold::names::{NameOf, Names, Refusal};
use crate::scaffold::versions::VERSIONS;
use crate::scaffold::write;
use crate::temporary::{hold, remove_stale};
use crate::toolchain::locate::Surroundings;
use crate::toolchain::steps::Progress;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// The project's folder.
    pub path: PathBuf,
    /// What the project is to be, as far as it does not say so itself.
    pub choices: Choices,
    /// What to do about what is missing.
    pub action: Action,
    /// How a diff is shown.
    pub shown: Shown,
}

/// What to do about what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Add it.
    Add,
    /// Show it.
    Diff,
}

/// Completes a project.
///
/// # Errors
/// `out` or `err` cannot be written to.
pub fn run(options: &InitOptions, lint: &Lint<'_>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Verdict> {
    run_in(options, &Surroundings::of_this_process(), lint, out, err)
}

/// The same, in given surroundings.
///
/// # Errors
/// As [`run`].
pub fn run_in(
    options: &InitOptions,
    around: &Surroundings,
    lint: &Lint<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Verdict> {
    let folder = around.dir.join(&options.path);
    if !folder.exists() {
        let shown = options.path.display().to_string();
        writeln!(err, "error: there is no folder `{}` to complete; `hognose new` starts a project in a new one", one_line(&shown))?;
        return Ok(Verdict::CouldNotRun);
    }
    if write::check(&folder).is_ok() && options.action == Action::Add {
        return start(options, around, &folder, lint, out, err);
    }
    match plan(options, around, &folder) {
        Ok((found, plan)) => match options.action {
            Action::Add => add(&options.path, &found, &plan, out, err),
            Action::Diff => show(&found, &plan, options.shown, out, err),
        },
        Err(obstacle) => {
            writeln!(err, "error: {}", one_line(&obstacle.to_string()))?;
            let Obstacle::Backend(_) = obstacle else { return Ok(Verdict::CouldNotRun) };
            writeln!(err, "{}", help_with_backend())?;
            Ok(Verdict::Failed)
        }
    }
}

/// The two ways on for a project that another backend builds.
fn help_with_backend() -> String {
    let (floor, ceiling) = (VERSIONS.maturin_floor, VERSIONS.maturin_ceiling);
    format!(
        "  = help: to build it with maturin, write `requires = [\"maturin>={floor},<{ceiling}\"]` and `build-backend = \"maturin\"` into \
         `[build-system]`, delete the settings of the old backend, and run again\n  = help: to keep the backend, start a package for the Rust code \
         with `hognose new` and depend on it"
    )
}

/// A refused name; where it is the folder's, how to choose another.
fn refused(refusal: &Refusal, options: &InitOptions) -> String {
    match refusal.of {
        NameOf::Module => refusal.to_string(),
        NameOf::Project => {
            format!("{refusal}; the name is the folder's, and `--dir {}` of `hognose new` takes another one", options.path.display())
        }
    }
}

/// Starts a project in an empty folder, as `new` does.
fn start(
    options: &InitOptions,
    around: &Surroundings,
    folder: &Path,
    lint: &Lint<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Verdict> {
    let name = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Err(refusal) = Names::new(&name, options.choices.module.as_deref()) {
        writeln!(err, "error: {}", refused(&refusal, options))?;
        return Ok(Verdict::CouldNotRun);
    }
    let (dir, choices) = (Some(options.path.clone()), options.choices.clone());
    let options = NewOptions { name, dir, choices, vcs: Vcs::Git, then: Then::Show, progress: Progress::Lines };
    new::run_in(&options, around, lint, out, err)
}

fn plan(options: &InitOptions, around: &Surroundings, folder: &Path) -> Result<(Found, Plan), Obstacle> {
    let cannot_open = |error| Obstacle::State(format!("cannot open `{}`: {error}", options.path.display()));
    let found = Found::read(folder).map_err(cannot_open)?;
    let author = options.choices.author.clone().or_else(|| new::author_of_git(around));
    let choices = Choices { author, ..options.choices.clone() };
    let plan = if found.is_blank() {
        let names = Names::new(&found.name(), choices.module.as_deref()).map_err(|refusal| Obstacle::State(refused(&refusal, options)))?;
        let license = choices.license.or_else(|| found.license());
        init::plan_from(choices.template(), &found, &Choices { license, ..choices.clone() }.answers(names))?
    } else if let Some(template) = choices.template {
        return Err(Obstacle::State(format!(
            "there is a project in `{}` already, and the template `{}` would be a second one; leave `--template` out",
            options.path.display(),
            template.name
        )));
    } else {
        init::plan(&found, &choices)?
    };
    refuse_links_out(&found, &plan)?;
    Ok((found, plan))
}

/// What a link leads to outside of the project belongs to something else.
fn refuse_links_out(found: &Found, plan: &Plan) -> Result<(), Obstacle> {
    let paths = plan.create.iter().map(|file| &file.path).chain(plan.insert.iter().map(|insertion| &insertion.path));
    let Some((path, (link, target))) = paths.filter_map(|path| Some((path, found.link_out(path)?))).next() else { return Ok(()) };
    let way_on = if link == ".github" { "; `--ci none` does without it" } else { "" };
    let what = if *path == link { "and would be changed" } else { &format!("and `{path}` would be written there") };
    Err(Obstacle::State(format!(
        "`{link}` is a link that leads out of the project, to `{}`, {what}; `init` writes inside of the project only: put a folder or file of its own \
         there{way_on}",
        target.display()
    )))
}

/// Writes all of the plan or nothing, and tells.
fn add(shown: &Path, found: &Found, plan: &Plan, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Verdict> {
    if plan.create.is_empty() && plan.insert.is_empty() {
        remove_stale(found.root());
        let nothing = if plan.left.is_empty() { "nothing is missing in" } else { "nothing can be added to" };
        writeln!(out, "{nothing} `{}`; Python imports it as `{}`", shown.display(), one_line(&plan.import))?;
        tell_left(plan, out)?;
        return Ok(Verdict::Passed);
    }
    if let Err(problem) = write_plan(found, plan) {
        writeln!(err, "error: {}", one_line(&problem))?;
        return Ok(Verdict::CouldNotRun);
    }
    reporting("the project was completed", out, |out| tell(shown, plan, out))?;
    Ok(Verdict::Passed)
}

fn tell(shown: &Path, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "completed `{}`; Python imports it as `{}`", shown.display(), one_line(&plan.import))?;
    if !plan.create.is_empty() {
        write!(out, "\ncreated\n{}", new::tree(&plan.create))?;
    }
    if !plan.insert.is_empty() {
        writeln!(out, "\ninserted")?;
    }
    for insertion in &plan.insert {
        writeln!(out, "{}: {}", one_line(&insertion.path), one_line(&insertion.what.join(", ")))?;
    }
    tell_left(plan, out)?;
    writeln!(out, "\nnext: `hognose verify` builds it and runs its tests in a clean environment")
}

fn tell_left(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    if !plan.left.is_empty() {
        writeln!(out, "\nleft to you")?;
    }
    plan.left.iter().try_for_each(|left| writeln!(out, "- {}", one_line(left)))
}

fn write_plan(found: &Found, plan: &Plan) -> Result<(), String> {
    let paths: Vec<PathBuf> = plan.insert.iter().map(|insertion| found.root().join(&insertion.path)).collect();
    let rewrites: Vec<Rewrite<'_>> = paths
        .iter()
        .zip(&plan.insert)
        .map(|(path, insertion)| Rewrite { path, before: &insertion.before, after: &insertion.after })
        .collect();
    let _hold = hold();
    // In this order a run that is killed in between is carried on by the next: files that are there change what is inserted.
    write_files(&rewrites).map_err(|error| error.to_string())?;
    write::add(&plan.create, found.root()).map_err(|refused| {
        let back: Vec<Rewrite<'_>> =
            rewrites.iter().map(|rewrite| Rewrite { before: rewrite.after, after: rewrite.before, ..*rewrite }).collect();
        match write_files(&back) {
            Ok(()) => refused.to_string(),
            Err(error) => format!("{refused}; and what was inserted stays: {error}"),
        }
    })
}

/// Shows insertions as a diff and new files by name, and writes nothing.
fn show(found: &Found, plan: &Plan, shown: Shown, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Verdict> {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| found.root().strip_prefix(here).map(Path::to_owned).ok()).unwrap_or_default();
    let paths: Vec<PathBuf> = plan.insert.iter().map(|insertion| below.join(&insertion.path)).collect();
    let changes: Vec<Changed<'_>> = paths
        .iter()
        .zip(&plan.insert)
        .map(|(path, insertion)| Changed { path, before: &insertion.before, after: &insertion.after })
        .collect();
    out.write_all(shown.show(&unified_diff(&changes)).as_bytes())?;
    if !plan.create.is_empty() {
        write!(err, "would create\n{}", new::tree(&plan.create))?;
    }
    tell_left(plan, err)?;
    writeln!(err, "nothing was written")?;
    Ok(if plan.create.is_empty() && plan.insert.is_empty() { Verdict::Passed } else { Verdict::Failed })
}
