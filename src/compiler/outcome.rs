//! What came out of a check, crate by crate: errors, and what the compiler did not get to.

use super::CompilerError;

/// What cargo and the compiler say of the packages that were asked for, and of those that these have by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// By the name of each package.
    pub packages: Vec<(String, Checked)>,
    /// Dependencies from elsewhere that rustc refuses.
    pub refused: Vec<Refused>,
    /// Whether lints that the project raises to errors kept cargo from something.
    pub hidden_by_lints: bool,
}

/// What came out for one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The package's code was compiled.
    Compiled {
        /// Its errors, if any.
        errors: Vec<CompilerError>,
        /// Its warnings; rustc gives most of them only where there are no errors.
        warnings: Vec<CompilerError>,
        /// How far the compiler came.
        depth: Depth,
        /// The targets that it did not get to: ``example `demo` ``.
        unreached: Vec<String>,
    },
    /// Cargo did not get to the package, as something that it needs does not compile, though it compiled others. What that is.
    NotReached(String),
    /// The code was compiled, and PyO3 was no part of it: whatever uses PyO3 was left out.
    WithoutPyo3,
    /// Cargo compiled nothing: no versions that fit together, a dependency that does not build. What cargo says.
    Stopped(String),
}

/// How far the compiler came with a crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Types were checked.
    #[default]
    Types,
    /// It complains of syntax, macros and names alone: types may not have been checked.
    Names,
}

/// A dependency from a registry or a repository that does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The compiler's first line about it.
    pub message: String,
}

impl Checked {
    /// A package that was compiled to its end without a complaint.
    #[must_use]
    pub const fn clean() -> Self {
        Self::Compiled { errors: Vec::new(), warnings: Vec::new(), depth: Depth::Types, unreached: Vec::new() }
    }

    /// The errors; none where the code was not compiled.
    #[must_use]
    pub fn errors(&self) -> &[CompilerError] {
        if let Self::Compiled { errors, .. } = self { errors } else { &[] }
    }

    /// The warnings; none where the code was not compiled.
    #[must_use]
    pub fn warnings(&self) -> &[CompilerError] {
        if let Self::Compiled { warnings, .. } = self { warnings } else { &[] }
    }

    /// Whether the compiler has seen the types of the package's library and programs: what it says nothing of is right then.
    #[must_use]
    pub const fn is_seen(&self) -> bool {
        matches!(self, Self::Compiled { depth: Depth::Types, .. })
    }

    /// Whether everything that was asked for was compiled without errors.
    #[must_use]
    pub fn is_green(&self) -> bool {
        matches!(self, Self::Compiled { errors, unreached, .. } if errors.is_empty() && unreached.is_empty())
    }
}
