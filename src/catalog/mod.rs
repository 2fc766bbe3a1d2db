//! What each PyO3 release renamed, moved, removed and changed, as data: one TOML file per release in `data/`.

mod change;
mod signatures;
mod symbols;
#[cfg(test)]
mod tests;
mod toolchains;

pub use change::{Change, Matcher, ReleaseText, RowSafety, changes};
pub use signatures::{Era, Signature, method_signature};
pub use symbols::{Symbols, symbols};
pub use toolchains::{CPython, Pythons, Series, StableAbi, Support, Threading, Toolchain, releases_for, toolchain};
