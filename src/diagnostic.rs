//! What a rule reports: findings with their places, levels and fixes, and what could not be analysed.

use crate::release::Release;
use crate::text::{Edit, FileId, TextRange};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; nothing is wrong yet.
    Note,
    /// Works today and will hurt: deprecated, or dangerous under conditions.
    Warning,
    /// Does not build, or does the wrong thing, on the target release.
    Error,
}

impl Level {
    /// A check fails from this level up unless somebody says otherwise.
    pub const FAILING: Self = Self::Warning;
    /// The names of all levels, as settings and documents have them.
    pub const NAMES: [&'static str; 3] = ["note", "warning", "error"];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Error].into_iter().find(|level| level.name() == name)
    }
}

/// Where the target PyO3 release stands towards the old form that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The target release still has it, with a deprecation.
    Deprecated,
    /// The target release does not have it any more.
    Gone,
}

/// The two names of a rule; both work wherever a rule is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// Short code, `HG101`.
    pub code: &'static str,
    /// The defect in kebab case, `missing-cdylib`.
    pub name: &'static str,
}

/// A place in a file, with what it shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The bytes that are underlined.
    pub range: TextRange,
    /// The words at the underline; may be empty for the primary place.
    pub label: String,
}

/// Whether a fix keeps what the program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// The program means the same afterwards.
    Safe,
    /// The meaning could change, or a comment would be lost; applied only when asked for.
    Unsafe,
}

/// Whether the text that a fix writes compiles on the PyO3 release that its package is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Readiness {
    /// It does.
    Ready,
    /// It needs a newer release, and the user asked for that one: the manifest has to follow.
    Requested,
    /// It needs a newer release, so it is shown and not applied.
    AfterUpgrade,
}

/// A change to the `use` declarations that a fix needs. The engine carries these out once per file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImportEdit {
    /// Make the item `path` (`pyo3::types::PyAnyMethods`) available under its own last name in the module that holds `at`.
    Add {
        /// The file.
        file: FileId,
        /// Any offset inside the module that needs the name.
        at: usize,
        /// Full path as it is to be written.
        path: String,
    },
    /// Take this leaf (its byte range) out of its `use` declaration, and the declaration with it when nothing is left.
    Remove {
        /// The file.
        file: FileId,
        /// Byte range of the leaf, an `as` part included.
        leaf: TextRange,
    },
    /// Import `path` in the place of this leaf: in the same group where the path allows it.
    Replace {
        /// The file.
        file: FileId,
        /// Byte range of the leaf, an `as` part included.
        leaf: TextRange,
        /// Full path as it is to be written, without an `as` part.
        path: String,
    },
}

/// A change that removes the finding. All or nothing, possibly over several files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether behaviour stays.
    pub safety: Safety,
    /// What the fix does, as an imperative: "rename to `detach`".
    pub title: String,
    /// Why the fix is not safe; `None` for safe ones.
    pub reason: Option<String>,
    /// The first PyO3 release on which the new text compiles and means what the old one did; [`Release::OLDEST`] for text that has nothing
    /// to do with PyO3.
    pub needs: Release,
    /// Where that stands towards the release in use; the engine decides it.
    pub readiness: Readiness,
    /// Replacements, each with its file.
    pub edits: Vec<(FileId, Edit)>,
    /// Changes to imports.
    pub imports: Vec<ImportEdit>,
    /// Whether it moves text that other fixes change: it then goes first, in a round without them.
    pub moves: bool,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that reports it.
    pub rule: RuleId,
    /// The row of the catalogue behind it, by id.
    pub change: Option<&'static str>,
    /// How much it matters for the target release.
    pub level: Level,
    /// Whether the exit code tells of it: its level is one that the settings of its package, or the command line, let a check fail on.
    pub fails: bool,
    /// Set where a PyO3 release removes something.
    pub status: Option<Status>,
    /// Whether nothing is wrong on the release in use: it is for when the project upgrades.
    pub ahead: bool,
    /// What is wrong: lower case, no full stop, code in backticks.
    pub message: String,
    /// What to do next: one line that ends in an action.
    pub help: Option<String>,
    /// Where it is.
    pub primary: Span,
    /// Further places that explain it, in reading order.
    pub secondary: Vec<Span>,
    /// The change that removes it.
    pub fix: Option<Fix>,
    /// Where the fault lies, if that is another place of the file: what the rule of this name finds there tells of this one as well.
    pub cause: Option<(&'static str, TextRange)>,
}

/// Something that was not analysed, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Path as shown to people.
    pub path: String,
    /// 1-based line and column where the reason lies, if it has a place.
    pub place: Option<(usize, usize)>,
    /// Which kind of gap this is.
    pub kind: SkippedKind,
    /// What stood in the way: lower case, no full stop.
    pub reason: String,
}

/// The kinds of gaps in what a run has looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkippedKind {
    /// The file is no valid Rust or TOML.
    Unparsable,
    /// The file could not be read: permissions, not UTF-8, too large, a folder with a file's name.
    Unreadable,
    /// A macro whose body is not Rust syntax that hognose knows.
    OpaqueMacro,
    /// A Rust file that no package of the project reaches.
    OutsidePackage,
    /// A manifest names something that is not there.
    Missing,
    /// hognose itself failed on the file.
    InternalError,
}

impl SkippedKind {
    /// Its name in JSON documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unparsable => "unparsable",
            Self::Unreadable => "unreadable",
            Self::OpaqueMacro => "opaque-macro",
            Self::OutsidePackage => "outside-package",
            Self::Missing => "missing",
            Self::InternalError => "internal-error",
        }
    }
}

/// Collects what one rule reports.
#[derive(Debug)]
pub struct Findings {
    rule: RuleId,
    /// The findings so far.
    pub found: Vec<Diagnostic>,
}

impl Findings {
    /// An empty collection for `rule`.
    #[must_use]
    pub fn new(rule: RuleId) -> Self {
        Self { rule, found: Vec::new() }
    }

    /// Reports a finding; the answer takes what else there is to say about it.
    pub fn report(&mut self, file: FileId, range: TextRange, level: Level, message: impl Into<String>) -> &mut Diagnostic {
        self.found.push(Diagnostic {
            rule: self.rule,
            change: None,
            level,
            fails: level >= Level::FAILING,
            status: None,
            ahead: false,
            message: message.into(),
            help: None,
            primary: Span { file, range, label: String::new() },
            secondary: Vec::new(),
            fix: None,
            cause: None,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

impl Diagnostic {
    /// What to do next: one line that ends in an action.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Words at the primary underline.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.primary.label = label.into();
        self
    }

    /// A further place that explains the finding.
    pub fn also(&mut self, file: FileId, range: TextRange, label: impl Into<String>) -> &mut Self {
        self.secondary.push(Span { file, range, label: label.into() });
        self
    }

    /// The change that removes it.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }
}

impl Fix {
    /// A fix that keeps behaviour, whose text compiles from the PyO3 release `needs` on.
    pub fn safe(title: impl Into<String>, needs: Release) -> Self {
        Self {
            safety: Safety::Safe,
            title: title.into(),
            reason: None,
            needs,
            readiness: Readiness::Ready,
            edits: Vec::new(),
            imports: Vec::new(),
            moves: false,
        }
    }

    /// A fix that could change behaviour, and why.
    pub fn risky(title: impl Into<String>, reason: impl Into<String>, needs: Release) -> Self {
        Self { safety: Safety::Unsafe, reason: Some(reason.into()), ..Self::safe(title, needs) }
    }

    /// Says that the text needs at least this release.
    #[must_use]
    pub fn needing(mut self, release: Release) -> Self {
        self.needs = self.needs.max(release);
        self
    }

    /// Whether it may be applied to the package as it is.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.readiness != Readiness::AfterUpgrade
    }

    /// Adds an edit.
    #[must_use]
    pub fn edit(mut self, file: FileId, edit: Edit) -> Self {
        self.edits.push((file, edit));
        self
    }

    /// Adds a change of the imports.
    #[must_use]
    pub fn import(mut self, import: ImportEdit) -> Self {
        self.imports.push(import);
        self
    }
}
