//! What the place that a report is written to can show: colours, links, and how wide it is.

use std::borrow::Cow;
use std::env;
use std::io::{self, IsTerminal};

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// On terminals that can show them, unless `NO_COLOR`, `CLICOLOR` or `CLICOLOR_FORCE` say otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How text of a stranger's project is shown where every byte of it can matter: in a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shown {
    /// As it is, for programs.
    #[default]
    Exactly,
    /// For a terminal, which would obey control characters: they are made visible.
    Visibly,
}

impl Shown {
    /// The text as it is to be written.
    #[must_use]
    pub fn show(self, text: &str) -> Cow<'_, str> {
        if self == Self::Exactly {
            return Cow::Borrowed(text);
        }
        let visible = |line: &str| line.split('\t').map(super::visible).collect::<Vec<_>>().join("\t");
        let lines = text.split_inclusive('\n').map(|line| match line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')) {
            Some(line) => format!("{}\n", visible(line)),
            None => visible(line),
        });
        Cow::Owned(lines.collect())
    }
}

/// How a report for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Whether to write ANSI escape codes.
    pub colors: bool,
    /// Whether to write OSC 8 hyperlinks; only with colours.
    pub hyperlinks: bool,
    /// Columns of a line.
    pub width: usize,
    /// How a diff is shown.
    pub shown: Shown,
}

impl Appearance {
    /// For files, pipes and tests.
    pub const PLAIN: Self = Self { colors: false, hyperlinks: false, width: 80, shown: Shown::Exactly };

    /// For standard output as it is now.
    #[must_use]
    pub fn of_stdout(choice: ColorChoice) -> Self {
        let stdout = io::stdout();
        let colors = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
        };
        let terminal = stdout.is_terminal();
        let columns = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
        let width = columns.filter(|_| terminal).unwrap_or(Self::PLAIN.width);
        let shown = if terminal { Shown::Visibly } else { Shown::Exactly };
        // Narrower than 40 nothing can be laid out; wider than 120 lines are hard to follow.
        Self { colors, hyperlinks: colors && terminal && shows_hyperlinks(), width: width.clamp(40, 120), shown }
    }
}

/// Whether the terminal is one of those known to show OSC 8 hyperlinks; others may print them as text.
fn shows_hyperlinks() -> bool {
    let is = |variable: &str, known: &[&str]| env::var(variable).is_ok_and(|value| known.contains(&value.as_str()));
    let newer_vte = env::var("VTE_VERSION").ok().and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| version >= 5000);
    newer_vte
        || env::var_os("WT_SESSION").is_some()
        || env::var_os("KONSOLE_VERSION").is_some()
        || is("TERM_PROGRAM", &["Hyper", "iTerm.app", "WezTerm", "vscode", "ghostty", "zed", "Tabby", "rio"])
        || is("TERM", &["xterm-kitty", "alacritty", "xterm-ghostty", "foot", "foot-extra", "rio"])
}
