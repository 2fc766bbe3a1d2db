//! Questions on a terminal, and a terminal that is as before when the user gives up.

use std::io;

use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Input, Select};

use super::questions::Asker;
use crate::commands::interrupt;

/// The terminal behind standard error, so that standard output stays free for the report.
pub struct Terminal {
    term: Term,
    theme: Box<dyn Theme>,
}

/// Whether prompts have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// They have.
    Coloured,
    /// They have not.
    Plain,
}

impl Terminal {
    /// The terminal of this process. From now on, Ctrl-C makes the cursor visible, which lists hide.
    #[must_use]
    pub fn open(look: Look) -> Self {
        interrupt::show_cursor_at_the_end();
        let theme: Box<dyn Theme> = match look {
            Look::Coloured => Box::new(ColorfulTheme::default()),
            Look::Plain => Box::new(SimpleTheme),
        };
        Self { term: Term::stderr(), theme }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A read that Ctrl-C broke off leaves the cursor hidden; a terminal that is gone does not matter.
        let _ = self.term.show_cursor();
    }
}

impl Asker for Terminal {
    fn text(&mut self, prompt: &str, check: &dyn Fn(&str) -> Result<(), String>) -> io::Result<String> {
        let input = Input::<String>::with_theme(&*self.theme).with_prompt(prompt);
        Ok(input.validate_with(|answer: &String| check(answer.trim())).interact_text_on(&self.term)?.trim().to_owned())
    }

    fn choose(&mut self, prompt: &str, items: &[String], default: usize) -> io::Result<usize> {
        Ok(Select::with_theme(&*self.theme).with_prompt(prompt).items(items).default(default).interact_on(&self.term)?)
    }
}
