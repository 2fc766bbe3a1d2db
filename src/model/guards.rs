//! What a file says about guards: variables that kept the thread attached while they lived.

use std::collections::BTreeSet;

use super::facts::Source;
use crate::text::TextRange;

/// `let gil = Python::acquire_gil();` or `let pool = unsafe { py.new_pool() };`, and what follows in the same block.
#[derive(Clone, Debug)]
pub struct GuardFact {
    /// The variable.
    pub name: String,
    /// Where the guard comes from.
    pub origin: GuardOrigin,
    /// The path or the method's name that makes it.
    pub call: TextRange,
    /// The whole `let`.
    pub statement: TextRange,
    /// The statements behind it.
    pub following: Vec<Following>,
    /// What the block is.
    pub surrounding: Surrounding,
    /// Index of the function around it.
    pub function: Option<usize>,
    /// How it was read.
    pub source: Source,
}

/// What made a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardOrigin {
    /// The thread was attached.
    Acquired,
    /// Memory was set apart, of a thread that is attached: the place of its token.
    Pool {
        /// The receiver of `new_pool`.
        token: TextRange,
    },
}

/// What the block around a guard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surrounding {
    /// The body of a function.
    Function,
    /// The body of a closure.
    Closure,
    /// A block inside of a function's body, in no closure: `?` leaves the function.
    InFunction,
    /// A block inside of a closure's body, or of an `async` block.
    InClosure,
}

/// A statement behind a guard.
#[derive(Clone, Debug, Default)]
pub struct Following {
    /// Its place.
    pub range: TextRange,
    /// Whether it is an expression without `;`.
    pub is_value: bool,
    /// What it does with the guard.
    pub uses: Vec<(TextRange, GuardUse)>,
    /// The variable, of `let py = gil.python();`.
    pub names_token: Option<String>,
    /// The variables that a `let` declares.
    pub declared: Vec<Declared>,
    /// Every name in it.
    pub words: BTreeSet<String>,
    /// `return` leaves the function or closure around the block.
    pub returns: bool,
    /// `?` does.
    pub tries: bool,
    /// `break` or `continue` leaves the block.
    pub jumps: bool,
    /// It has `.await` in it.
    pub awaits: bool,
}

/// A variable that is declared behind a guard.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Whether it is `mut`.
    pub mutable: bool,
    /// Whether its value depends on the token; `None` when its type is not known.
    pub holds_token: Option<bool>,
}

/// What is done with a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardUse {
    /// `gil.python()`.
    Token,
    /// `&gil`.
    Borrowed,
    /// `drop(gil)`.
    Dropped,
    /// Anything else.
    Other,
}

/// A guard that lives for one statement only: `call(Python::acquire_gil().python())`.
#[derive(Clone, Debug)]
pub struct MomentaryGuard {
    /// The path that makes it.
    pub call: TextRange,
    /// The whole `Python::acquire_gil().python()`.
    pub token: TextRange,
    /// The expression that has to run attached; nothing in it leaves the function.
    pub whole: TextRange,
}
