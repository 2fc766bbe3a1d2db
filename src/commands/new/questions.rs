//! The questions that `new` asks on a terminal.

use std::io;

use crate::scaffold::answers::{Choices, Ci, License, Python};
use crate::scaffold::names::Names;
use crate::scaffold::template;

/// Somebody who answers: a terminal, or a test.
pub trait Asker {
    /// Asks for a line of text until `check` finds nothing wrong with it.
    ///
    /// # Errors
    /// There is no answer; `ErrorKind::Interrupted` when the user gives up.
    fn text(&mut self, prompt: &str, check: &dyn Fn(&str) -> Result<(), String>) -> io::Result<String>;

    /// Asks for one of `items`; answers its index, and `default` for a bare Enter.
    ///
    /// # Errors
    /// As [`Asker::text`].
    fn choose(&mut self, prompt: &str, items: &[String], default: usize) -> io::Result<usize>;
}

/// Asks for the project's name; `is_free` says what is wrong with the folder of that name.
///
/// # Errors
/// As [`Asker::text`].
pub fn name(choices: &Choices, is_free: &dyn Fn(&str) -> Result<(), String>, asker: &mut dyn Asker) -> io::Result<String> {
    let check = |name: &str| {
        Names::new(name, choices.module.as_deref()).map_err(|refusal| refusal.to_string())?;
        is_free(name)
    };
    asker.text("Name of the project", &check)
}

/// Asks for what is still open and deserves a question: what a project starts from, whom it serves, who may use it, and where it is tested.
///
/// The rest has a default that is right for most, and an option: the module follows from the name, the author is git's, and one wheel for every
/// Python is what somebody who has to ask wants.
///
/// # Errors
/// As [`Asker::text`].
pub fn complete(choices: &mut Choices, asker: &mut dyn Asker) -> io::Result<()> {
    if choices.template.is_none() {
        let width = template::ALL.iter().map(|template| template.name.len()).max().unwrap_or_default();
        let items = template::ALL.iter().map(|template| format!("{:width$}  {}", template.name, template.summary)).collect::<Vec<_>>();
        choices.template = Some(template::ALL[asker.choose("Template", &items, 0)?]);
    }
    if choices.python.is_none() {
        let pythons: Vec<Python> = Python::all().collect();
        let items: Vec<String> = pythons.iter().map(Python::to_string).collect();
        let default = pythons.iter().position(|python| *python == Python::default()).unwrap_or_default();
        choices.python = Some(pythons[asker.choose("Oldest Python to support", &items, default)?]);
    }
    if choices.license.is_none() {
        let items = License::ALL.map(|license| license.spdx().unwrap_or("none: all rights reserved").to_owned());
        choices.license = Some(License::ALL[asker.choose("Licence", &items, 0)?]);
    }
    if choices.ci.is_none() {
        let ways = [Ci::GitHub, Ci::None];
        let items = ["GitHub Actions", "none"].map(str::to_owned);
        choices.ci = Some(ways[asker.choose("Tests and wheels on", &items, 0)?]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers from a list; an index that is not there is a bare Enter. Keeps what it was asked.
    struct Script {
        answers: Vec<&'static str>,
        asked: Vec<String>,
    }

    impl Script {
        fn new(answers: &[&'static str]) -> Self {
            Self { answers: answers.iter().rev().copied().collect(), asked: Vec::new() }
        }

        fn next(&mut self) -> io::Result<&'static str> {
            self.answers.pop().ok_or_else(|| io::ErrorKind::Interrupted.into())
        }
    }

    impl Asker for Script {
        fn text(&mut self, prompt: &str, check: &dyn Fn(&str) -> Result<(), String>) -> io::Result<String> {
            self.asked.push(prompt.to_owned());
            loop {
                let answer = self.next()?;
                match check(answer) {
                    Ok(()) => return Ok(answer.to_owned()),
                    Err(fault) => self.asked.push(fault),
                }
            }
        }

        fn choose(&mut self, prompt: &str, items: &[String], default: usize) -> io::Result<usize> {
            self.asked.push(format!("{prompt} [{}]", items[default]));
            let answer = self.next()?;
            Ok(if answer.is_empty() { default } else { items.iter().position(|item| item.starts_with(answer)).expect("an item") })
        }
    }

    #[test]
    fn enter_takes_the_defaults() {
        let mut script = Script::new(&["", "", "", ""]);
        let mut choices = Choices::default();
        complete(&mut choices, &mut script).expect("answered");
        let expected = Choices {
            template: Some(template::ALL[0]),
            python: Some(Python::default()),
            license: Some(License::default()),
            ci: Some(Ci::default()),
            ..Choices::default()
        };
        assert_eq!(choices, expected);
        assert_eq!(script.asked[1..], ["Oldest Python to support [3.9]", "Licence [MIT]", "Tests and wheels on [GitHub Actions]"]);
    }

    #[test]
    fn what_is_given_is_not_asked() {
        let mut script = Script::new(&["none"]);
        let python = Python::read("3.12").ok();
        let mut choices = Choices { template: Some(template::ALL[0]), python, license: Some(License::Mpl), ..Choices::default() };
        complete(&mut choices, &mut script).expect("answered");
        assert_eq!((choices.ci, choices.python, script.asked.len()), (Some(Ci::None), python, 1));
    }

    #[test]
    fn names_are_asked_for_until_one_is_good() {
        let mut script = Script::new(&["json", "taken", "good"]);
        let is_free = |name: &str| if name == "taken" { Err("`taken` exists".to_owned()) } else { Ok(()) };
        assert_eq!(name(&Choices::default(), &is_free, &mut script).expect("answered"), "good");
        assert!(script.asked[1].ends_with("try `json-ext`"), "{:?}", script.asked);
        assert_eq!(script.asked[2], "`taken` exists");
    }

    #[test]
    fn giving_up_ends_the_questions() {
        let error = complete(&mut Choices::default(), &mut Script::new(&[""])).expect_err("no answer");
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }
}
