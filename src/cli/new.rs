//! The arguments of `new` and `init`, and what they mean.

use std::io;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Command, ValueEnum};

use crate::commands::init::{Action, InitOptions};
use crate::commands::new::questions::{self, Asker};
use crate::commands::new::{NewOptions, Then, Vcs};
use crate::report::Shown;
use crate::scaffold::answers::{Abi, Author, Choices, Ci, License, Python};
use crate::scaffold::names::Names;
use crate::scaffold::template::{self, Template};
use crate::scaffold::write;
use crate::toolchain::steps::Progress;

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// Name of the project: its distribution and its Cargo package.
    name: Option<String>,
    /// Folder to write [default: the name, in the current folder].
    #[arg(long)]
    dir: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArgs,
    /// Version control to start.
    #[arg(long, value_enum, default_value_t)]
    vcs: VcsChoice,
    /// Verify the project afterwards.
    #[arg(long)]
    verify: bool,
    /// Ask nothing: take the default of every option that is not given.
    #[arg(long, short)]
    yes: bool,
}

/// What `init` says of the options that it shares with `new`: its defaults are the project's own, and what contradicts the project is refused.
const OF_INIT: [(&str, &str); 5] = [
    ("template", "What a folder without a project gets [default: function]"),
    ("module", "Name of the Python module, where the project has none [default: the name with `_` for `-`]"),
    ("min_python", "Oldest Python to support, where the project names none [default: the project's, else 3.9]"),
    ("abi3", "One wheel a platform for every Python, with the stable ABI [default, unless the crate uses PyO3 without]"),
    ("license", "Licence, where the project names none [default: the project's, else none; MIT in an empty folder]"),
];

/// The command with its own words for shared options.
pub(super) fn describe_init(command: Command) -> Command {
    OF_INIT.iter().fold(command, |command, (option, help)| command.mut_arg(option, |argument| argument.help(*help)))
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Folder of the project.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Show what would be added, and write nothing.
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

impl InitArgs {
    pub(super) fn options(&self, shown: Shown) -> InitOptions {
        let action = if self.diff { Action::Diff } else { Action::Add };
        InitOptions { path: self.path.clone(), choices: self.project.choices(), action, shown }
    }
}

/// What a project is to be, for `new` and `init`.
#[derive(Debug, Args)]
struct ProjectArgs {
    /// What the project starts from [default: function].
    #[arg(long, value_parser = templates())]
    template: Option<Template>,
    /// Name of the Python module [default: the name with `_` for `-`].
    #[arg(long)]
    module: Option<String>,
    /// Oldest Python to support, from 3.9 on [default: 3.9].
    #[arg(long, value_name = "VERSION", value_parser = Python::read)]
    min_python: Option<Python>,
    /// One wheel a platform for every Python, with the stable ABI [default].
    #[arg(long, overrides_with = "no_abi3")]
    abi3: bool,
    /// One wheel a platform and Python, with the whole C API.
    #[arg(long)]
    no_abi3: bool,
    /// Where to test and to build wheels [default: github].
    #[arg(long, value_enum)]
    ci: Option<CiChoice>,
    /// Licence [default: MIT].
    #[arg(long, value_parser = licenses(), ignore_case = true)]
    license: Option<License>,
    /// Author, as `Name <address>` [default: `user.name` and `user.email` of the settings of git].
    #[arg(long, value_name = "AUTHOR", value_parser = Author::read)]
    author: Option<Author>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CiChoice {
    /// GitHub Actions.
    Github,
    /// Nowhere.
    None,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum VcsChoice {
    /// A git repository, unless the folder is inside one.
    #[default]
    Git,
    /// None.
    None,
}

fn templates() -> impl TypedValueParser<Value = Template> {
    let names = template::ALL.iter().map(|template| PossibleValue::new(template.name).help(template.summary));
    PossibleValuesParser::new(names).try_map(|name| Template::find(&name).ok_or("there is no such template"))
}

fn licenses() -> impl TypedValueParser<Value = License> {
    let names = License::ALL.map(|license| match license.spdx() {
        Some(spdx) => PossibleValue::new(spdx),
        None => PossibleValue::new("none").help("All rights reserved"),
    });
    // Only `none` is no expression.
    PossibleValuesParser::new(names).map(|spdx| License::find(&spdx).unwrap_or(License::None))
}

impl ProjectArgs {
    fn choices(&self) -> Choices {
        Choices {
            template: self.template,
            module: self.module.clone(),
            python: self.min_python,
            abi: match (self.abi3, self.no_abi3) {
                (true, _) => Some(Abi::Stable),
                (false, true) => Some(Abi::PerRelease),
                (false, false) => None,
            },
            ci: self.ci.map(|ci| match ci {
                CiChoice::Github => Ci::GitHub,
                CiChoice::None => Ci::None,
            }),
            license: self.license,
            author: self.author.clone(),
        }
    }
}

impl NewArgs {
    /// The options, completed by asking where somebody answers; `None` without a name.
    ///
    /// # Errors
    /// As [`Asker::text`].
    pub(super) fn options(&self, asker: Option<&mut dyn Asker>, progress: Progress) -> io::Result<Option<NewOptions>> {
        let mut choices = self.project.choices();
        let mut name = self.name.clone();
        if let Some(asker) = asker.filter(|_| !self.yes) {
            let folder = |name: &str| self.dir.clone().unwrap_or_else(|| PathBuf::from(name));
            let is_free = |name: &str| write::check(&folder(name)).map(|_| ()).map_err(|refused| refused.to_string());
            let given = match name {
                Some(name) => name,
                None => questions::name(&choices, &is_free, asker)?,
            };
            // What is refused anyhow is refused before anything is asked.
            if Names::new(&given, choices.module.as_deref()).is_ok() && is_free(&given).is_ok() {
                questions::complete(&mut choices, asker)?;
            }
            name = Some(given);
        }
        let vcs = match self.vcs {
            VcsChoice::Git => Vcs::Git,
            VcsChoice::None => Vcs::None,
        };
        let then = if self.verify { Then::Verify } else { Then::Show };
        Ok(name.map(|name| NewOptions { name, dir: self.dir.clone(), choices, vcs, then, progress }))
    }
}
