//! What each PyO3 release renamed, moved, removed and changed, as data: one TOML file per release in `data/`.

mod adjacent;
mod change;
mod companions;
mod names;
mod signatures;
mod stable_abi;
mod symbols;
#[cfg(test)]
mod tests;
mod toolchains;

pub use adjacent::{Adjacent, adjacent};
pub use change::{Change, Matcher, ReleaseText, RowSafety, changes};
pub use companions::{Companion, Newest, companions};
pub use names::name_on;
pub use signatures::{Era, Signature, method_signature};
pub use stable_abi::in_stable_abi_since;
pub use symbols::{Symbols, symbols};
pub use toolchains::{CPython, Pythons, Series, StableAbi, Support, Threading, Toolchain, releases_for, toolchain};
