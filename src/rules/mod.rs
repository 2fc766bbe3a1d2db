//! The rules: each looks at facts and reports findings; it never parses, asks no span and prints nothing.

mod companions;
mod concurrency;
mod hognose;
mod migration;
mod setup;

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Findings, RuleId};
use crate::model::{CrateModel, FileModel};
use crate::project::Package;
use crate::release::Release;
use crate::rust::{Tokens, code, with_variables};
use crate::text::{FileId, Sources, TextRange};

/// What a rule is about; the first digit of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// hognose's own settings and comments: HG0.
    Hognose,
    /// APIs that a PyO3 release changed: HG1.
    Migration,
    /// Manifests and packaging: HG2.
    Setup,
    /// Threads, attaching and detaching: HG3.
    Concurrency,
}

impl Group {
    /// Name by which settings select the whole group.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hognose => "hognose",
            Self::Migration => "migration",
            Self::Setup => "setup",
            Self::Concurrency => "concurrency",
        }
    }
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Code and name.
    pub id: RuleId,
    /// What it is about.
    pub group: Group,
    /// One line for the table of rules: lower case, no full stop.
    pub summary: &'static str,
    /// Its page, Markdown.
    pub page: &'static str,
    /// How it looks.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The facts of one Rust file.
    File(fn(&FileContext<'_>, &mut Findings)),
    /// The manifests of one package.
    Package(fn(&PackageContext<'_>, &mut Findings)),
    /// Reported by the engine itself: it is about parsing, settings or suppression.
    Engine,
}

/// A package and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct PackageContext<'a> {
    /// The package.
    pub package: &'a Package,
    /// All files.
    pub sources: &'a Sources,
    /// Its modules, functions and types.
    pub crate_model: &'a CrateModel,
    /// The PyO3 release that findings are measured against.
    pub target: Release,
    /// The PyO3 release that new text has to compile on: the one in use, or a newer target that was asked for.
    pub writes_for: Release,
    /// Whether the library defines a `#[pymodule]` for Python to load, and the crate does not start Python itself.
    pub defines_module: bool,
}

impl PackageContext<'_> {
    /// Which of two ways to write the same is taken, the releases being the first that have each: the newer one where it compiles, and where
    /// neither does.
    #[must_use]
    pub fn writes_newer(&self, newer: Release, older: Release) -> bool {
        self.writes_for >= newer || self.writes_for < older
    }
}

/// One Rust file and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct FileContext<'a> {
    /// The package around it.
    pub package: PackageContext<'a>,
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'a str,
    /// Its facts.
    pub facts: &'a FileModel,
    /// Its tokens.
    pub tokens: &'a Tokens<'a>,
}

impl<'a> FileContext<'a> {
    /// The text of a range, as it is written: to be copied.
    #[must_use]
    pub fn slice(&self, range: TextRange) -> &'a str {
        self.text.get(range.start..range.end).unwrap_or_default()
    }

    /// The tokens of a range in one layout, without comments: to be compared.
    #[must_use]
    pub fn code(&self, range: TextRange) -> String {
        code(self.slice(range))
    }

    /// The tokens before the byte at `at`, the nearest first.
    pub fn before(&self, at: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        let tokens = self.tokens;
        tokens.before(at).map(|token| tokens.text(token))
    }

    /// The tokens behind the byte at `at`.
    pub fn after(&self, at: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        let tokens = self.tokens;
        tokens.after(at).map(|token| tokens.text(token))
    }

    /// The end of the last token in a range; its start, if it holds none.
    #[must_use]
    pub fn end_of_code(&self, range: TextRange) -> usize {
        self.tokens.inside(range).next_back().map_or(range.start, |token| token.end)
    }
}

/// Every rule, by code.
pub static ALL: &[&Rule] = &[
    &hognose::UNPARSABLE_FILE,
    &hognose::UNKNOWN_SETTING,
    &hognose::UNUSED_ALLOW,
    &migration::RENAMED_API,
    &migration::REMOVED_API,
    &migration::CHANGED_SIGNATURE,
    &migration::OUTDATED_ATTRIBUTE,
    &migration::OUTDATED_FEATURE,
    &migration::OUTDATED_CONVERSION,
    &migration::GIL_REF,
    &migration::GIL_REF_METHOD,
    &migration::PYPROTO,
    &migration::BEHAVIOUR_CHANGE,
    &setup::MISSING_CDYLIB,
    &companions::MISMATCHED_COMPANION,
    &concurrency::PYTHON_ACCESS_WHILE_DETACHED,
];

/// The rule of this code or name.
#[must_use]
pub fn find(word: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id.code.eq_ignore_ascii_case(word) || rule.id.name == word)
}

/// The rules that a selector names: a code, a name, a group, the beginning of a code, or `all`.
#[must_use]
pub fn select(selector: &str) -> Vec<&'static Rule> {
    let prefix = selector.to_ascii_uppercase();
    let is_prefix = prefix.starts_with("HG");
    let fits = |rule: &&&Rule| {
        selector == "all" || rule.id.name == selector || rule.group.name() == selector || (is_prefix && rule.id.code.starts_with(&prefix))
    };
    ALL.iter().filter(fits).copied().collect()
}

/// The word that was probably meant by an unknown selector.
#[must_use]
pub fn suggest(unknown: &str) -> Option<&'static str> {
    let groups = [Group::Hognose, Group::Migration, Group::Setup, Group::Concurrency].map(Group::name);
    let words = ALL.iter().flat_map(|rule| [rule.id.name, rule.id.code]).chain(groups);
    let scored = words.map(|word| (strsim::jaro_winkler(word, unknown), word));
    scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

/// Runs one rule on a file.
#[must_use]
pub fn check_file(rule: &Rule, context: &FileContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Findings::new(rule.id);
    if let Check::File(check) = rule.check {
        check(context, &mut findings);
    }
    findings.found.iter_mut().for_each(write_variables);
    findings.found
}

/// Names of the variables of a macro, as they are written.
fn write_variables(finding: &mut Diagnostic) {
    let write = |text: &mut String| {
        if let Cow::Owned(written) = with_variables(text) {
            *text = written;
        }
    };
    write(&mut finding.message);
    if let Some(fix) = &mut finding.fix {
        write(&mut fix.title);
        fix.edits.iter_mut().for_each(|(_, edit)| write(&mut edit.text));
    }
}

/// Runs one rule on a package's manifests.
#[must_use]
pub fn check_package(rule: &Rule, context: &PackageContext<'_>) -> Vec<Diagnostic> {
    let mut findings = Findings::new(rule.id);
    if let Check::Package(check) = rule.check {
        check(context, &mut findings);
    }
    findings.found
}
