//! Python reached from inside of a closure that runs detached.

use crate::text::TextRange;

/// Something of Python that a detached closure reaches.
#[derive(Clone, Debug)]
pub struct DetachedAccess {
    /// What it is.
    pub kind: DetachedAccessKind,
    /// Where.
    pub range: TextRange,
    /// The call that detaches: the method's name.
    pub detach: TextRange,
    /// `allow_threads` or `detach`.
    pub detach_name: String,
}

/// Ways in which Python is reached while detached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetachedAccessKind {
    /// A variable from outside that carries a token: its name and type.
    Captured(String, String),
    /// `Python::assume_attached()` or its older name.
    Assumed(String),
    /// `Python::attach(…)` is all that the closure does.
    Attached(String),
    /// A function of the package that assumes to be attached: its name.
    AssumingHelper(String),
}
