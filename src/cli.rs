//! The command line: arguments, and the way from them to a command and an exit code.

mod guard;
mod migrate;
mod new;
mod verify;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use guard::GuardArgs;
use migrate::MigrateArgs;
use new::{InitArgs, NewArgs};
use verify::VerifyArgs;

use crate::commands::check::{Action, CheckCommand, CheckVerdict, lint};
use crate::commands::doctor::{DoctorOptions, Health};
use crate::commands::migrate::MigrateVerdict;
use crate::commands::new::questions::Asker;
use crate::commands::new::terminal::{Look, Terminal};
use crate::commands::rules::TableFormat;
use crate::commands::unreported::says_what_was_done;
use crate::commands::verify::Verdict;
use crate::commands::{self, check, doctor, explain, init, rules};
use crate::diagnostic::{Level, Safety};
use crate::engine::{CheckOptions, TargetChoice};
use crate::report::{Appearance, ColorChoice, Format, Gaps};
use crate::toolchain::steps::Progress;

/// Nothing is wrong.
const CLEAN: u8 = 0;
/// Something was found or failed.
const FINDINGS: u8 = 1;
/// The command could not run, or its report could not be written.
const COULD_NOT_RUN: u8 = 2;
/// The user gave up with Ctrl-C, as shells number it.
const INTERRUPTED: u8 = 130;

/// Scaffold, lint, fix and verify Python extensions written in Rust with PyO3.
#[derive(Debug, Parser)]
#[command(name = "hognose", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t, display_order = 900)]
    color: Color,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lint the packages that use PyO3, and fix what can be fixed.
    ///
    /// Runs nothing of the project. Writes nothing without `--fix` or `--unsafe-fixes`, and then no file that git could not bring back.
    ///
    /// Exit codes: 0 no finding of level warning or above (`--fail-on` sets another level), 1 such findings (with `--diff`: fixes for such
    /// findings), 2 the check could not run.
    Check(CheckArgs),
    /// Bring a project to another PyO3 release: manifests and sources, with the compiler as second opinion.
    ///
    /// RUNS CODE OF THE PROJECT: cargo check, and with it build scripts and procedural macros; with `--test` its tests. With `--no-verify` or `--diff`,
    /// rustfmt alone runs.
    ///
    /// Rewrites that could change behaviour are made and named for review. Each file is written whole or not at all; where no versions of the
    /// dependencies fit together, everything is put back. After an interruption `git diff` shows what was done; undo it and run again.
    ///
    /// Exit codes: 0 done, or nothing to do, 1 something is left to do by hand (with `--diff`: there are changes), 2 nothing was changed.
    Migrate(MigrateArgs),
    /// Start a new project that builds and passes its tests.
    ///
    /// Runs git alone; with `--verify` it builds the project and runs its tests.
    New(NewArgs),
    /// Add to a crate or a Python project what it lacks to be an extension.
    ///
    /// Runs nothing of the project, and follows no link out of it.
    ///
    /// Files that are there stay as they are, but for keys and lines that are inserted; nothing is changed or written over, and a second run finds
    /// nothing to do. An empty folder gets what `new` writes.
    ///
    /// Exit codes: 0 complete, 1 another build backend is in the way (with `--diff`: something is missing), 2 could not run.
    Init(InitArgs),
    /// Build a project end to end: wheel, clean environment, import, tests.
    ///
    /// RUNS CODE OF THE PROJECT: its build, its module, its tests, and what they depend on.
    ///
    /// Exit codes: 0 every step passed, 1 a step failed, 2 nothing could be tried.
    Verify(VerifyArgs),
    /// Look at the programs, interpreters and environments that a project is built with. Changes nothing.
    ///
    /// RUNS THE INTERPRETERS THAT IT FINDS, those of the project's environments included, and cargo, rustc and maturin.
    ///
    /// Exit codes: 0 no problem (notes do not count), 1 problems, 2 could not look.
    Doctor(DoctorArgs),
    /// Show the page of a rule. Runs nothing.
    Explain {
        /// Code or name of a rule, or id of a change in the catalogue.
        rule: String,
    },
    /// List all rules. Runs nothing.
    Rules {
        /// How to print them.
        #[arg(long, value_enum, default_value_t)]
        output_format: DocumentFormat,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DocumentFormat {
    /// Columns.
    #[default]
    Human,
    /// A JSON document.
    Json,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum OutputFormat {
    /// Source excerpts and a summary.
    #[default]
    Human,
    /// One line a finding.
    Concise,
    /// A JSON document.
    Json,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Files and folders to check [default: the current folder].
    paths: Vec<PathBuf>,
    /// PyO3 release to measure against: 0.26, `newest` or `declared` (the one the project is on). Fixes are written for a newer one only if it is
    /// named here or in the settings [default: newest].
    #[arg(long, value_name = "RELEASE")]
    target: Option<TargetChoice>,
    /// Run only these rules: codes, names, groups or beginnings of codes.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = known_rule)]
    select: Vec<String>,
    /// Leave out these rules.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = known_rule)]
    ignore: Vec<String>,
    /// Lowest level of a finding that makes the exit code 1; those below it are shown all the same [default: warning].
    #[arg(long, value_name = "LEVEL", value_parser = PossibleValuesParser::new(Level::NAMES))]
    fail_on: Option<String>,
    /// Apply the safe fixes: those that keep behaviour, and compile on the PyO3 that the project is on.
    #[arg(long)]
    fix: bool,
    /// Apply the fixes that could change behaviour, too.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what fixing would change, and write nothing.
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    guard: GuardArgs,
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    output_format: OutputFormat,
    /// List what was not checked, such as the inside of macros, instead of counting it; JSON documents always do.
    #[arg(long)]
    show_skipped: bool,
}

#[derive(Debug, Args)]
struct DoctorArgs {
    /// Folder of a project; elsewhere only the general things are looked at.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to report.
    #[arg(long, value_enum, default_value_t)]
    output_format: DocumentFormat,
}

fn known_rule(word: &str) -> Result<String, String> {
    if !crate::rules::select(word).is_empty() {
        return Ok(word.to_owned());
    }
    Err(match crate::rules::suggest(word) {
        Some(meant) => format!("hognose has no rule or group of this name; did you mean `{meant}`?"),
        None => "hognose has no rule or group of this name; `hognose rules` lists them".to_owned(),
    })
}

/// Runs hognose with the given arguments, the program's name first, and writes to `out` and `err`. Nothing is asked.
///
/// The answer is 0 for nothing wrong, 1 for findings that fail a check or a failed step, 2 when the command could not run. A reader that closes the pipe early is no failure.
pub fn run(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    run_with(arguments, People::Absent, out, err)
}

/// Whether somebody is there to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum People {
    Present,
    Absent,
}

fn run_with(arguments: impl IntoIterator<Item = OsString>, people: People, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let cli = match command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return report_usage(&error, out, err),
    };
    match dispatch(&cli, people, out, err).and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => INTERRUPTED,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => CLEAN,
        Err(error) => {
            // The output itself is broken: there is nobody to tell but the other stream.
            let what = if says_what_was_done(&error) { "" } else { "could not write the report: " };
            let _ = writeln!(err, "error: {what}{error}");
            COULD_NOT_RUN
        }
    }
}

/// Runs hognose as a process.
#[must_use]
pub fn main() -> ExitCode {
    commands::interrupt::install();
    // Whether there are colours is decided already; this makes old Windows consoles show them.
    let (mut out, mut err) = (anstream::AutoStream::new(io::stdout(), anstream::ColorChoice::AlwaysAnsi), io::stderr());
    let people = if io::stdin().is_terminal() && io::stderr().is_terminal() { People::Present } else { People::Absent };
    ExitCode::from(run_with(std::env::args_os(), people, &mut out, &mut err))
}

fn report_usage(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let text = error.render();
    if error.use_stderr() {
        let _ = write!(err, "{text}");
        return COULD_NOT_RUN;
    }
    let _ = write!(out, "{text}");
    CLEAN
}

fn dispatch(cli: &Cli, people: People, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let appearance = Appearance::of_stdout(match cli.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    });
    let lint = |folder: &Path| lint(folder, appearance);
    let progress = if io::stdout().is_terminal() { Progress::InPlace(appearance.width) } else { Progress::Lines };
    Ok(match &cli.command {
        Command::Check(arguments) => match check::run(&check_command(arguments, appearance), out, err)? {
            CheckVerdict::Clean => CLEAN,
            CheckVerdict::Findings => FINDINGS,
            CheckVerdict::CouldNotRun => COULD_NOT_RUN,
        },
        Command::Migrate(arguments) => match commands::migrate::run(&arguments.options(progress, appearance.shown), out, err)? {
            MigrateVerdict::Done => CLEAN,
            MigrateVerdict::Left => FINDINGS,
            MigrateVerdict::CouldNotRun => COULD_NOT_RUN,
        },
        Command::New(arguments) => {
            let look = if appearance.colors { Look::Coloured } else { Look::Plain };
            let mut terminal = (people == People::Present).then(|| Terminal::open(look));
            let options = arguments.options(terminal.as_mut().map(|terminal| terminal as &mut dyn Asker), progress)?;
            drop(terminal);
            match options {
                Some(options) => code_of(commands::new::run(&options, &lint, out, err)?),
                None => report_usage(&missing("new", "<NAME>"), out, err),
            }
        }
        Command::Init(arguments) => code_of(init::run(&arguments.options(appearance.shown), &lint, out, err)?),
        Command::Verify(arguments) => code_of(commands::verify::run(&arguments.options(progress), &lint, out, err)?),
        Command::Doctor(arguments) => match doctor::run(&doctor_options(arguments, appearance), out, err)? {
            Health::Good => CLEAN,
            Health::Problems => FINDINGS,
            Health::CouldNotRun => COULD_NOT_RUN,
        },
        Command::Explain { rule } => {
            if explain::run(rule, out, err)? {
                CLEAN
            } else {
                COULD_NOT_RUN
            }
        }
        Command::Rules { output_format } => {
            let format = match output_format {
                DocumentFormat::Human => TableFormat::Human,
                DocumentFormat::Json => TableFormat::Json,
            };
            rules::run(format, out)?;
            CLEAN
        }
    })
}

/// The command line, with what a derived one cannot say.
fn command() -> clap::Command {
    Cli::command().mut_subcommand("init", new::describe_init)
}

/// The error of an argument that only a terminal can do without, as clap words it.
fn missing(subcommand: &str, argument: &str) -> clap::Error {
    let mut command = command();
    command.build();
    let command = command.find_subcommand_mut(subcommand).map(std::mem::take).unwrap_or_default();
    let mut error = clap::Error::new(ErrorKind::MissingRequiredArgument).with_cmd(&command);
    error.insert(ContextKind::InvalidArg, ContextValue::Strings(vec![argument.to_owned()]));
    error.insert(ContextKind::Usage, ContextValue::StyledStr(command.clone().render_usage()));
    error
}

fn code_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Passed => CLEAN,
        Verdict::Failed => FINDINGS,
        Verdict::CouldNotRun => COULD_NOT_RUN,
    }
}

fn doctor_options(arguments: &DoctorArgs, appearance: Appearance) -> DoctorOptions {
    let format = match arguments.output_format {
        DocumentFormat::Human => doctor::Format::Human,
        DocumentFormat::Json => doctor::Format::Json,
    };
    DoctorOptions { path: arguments.path.clone(), format, width: appearance.width }
}

fn check_command(arguments: &CheckArgs, appearance: Appearance) -> CheckCommand {
    let safety = if arguments.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    let action = match (arguments.diff, arguments.fix || arguments.unsafe_fixes) {
        (true, _) => Action::Diff(safety),
        (false, true) => Action::Fix(safety),
        (false, false) => Action::Report,
    };
    CheckCommand {
        paths: arguments.paths.clone(),
        options: CheckOptions {
            select: arguments.select.clone(),
            ignore: arguments.ignore.clone(),
            target: arguments.target,
            fail_on: arguments.fail_on.as_deref().and_then(Level::named),
        },
        action,
        guard: arguments.guard.guard(),
        format: match arguments.output_format {
            OutputFormat::Human => Format::Human,
            OutputFormat::Concise => Format::Concise,
            OutputFormat::Json => Format::Json,
        },
        gaps: if arguments.show_skipped { Gaps::Listed } else { Gaps::Counted },
        appearance,
    }
}
