//! PyO3 facts about a crate: names resolved, local types inferred, functions and classes joined over all its files.

mod allowances;
mod attributes;
mod block;
mod classes;
mod conversions;
mod detached;
mod extracted;
mod facts;
mod globs;
mod guards;
mod join;
mod lifetimes;
mod lookups;
mod outline;
mod own_methods;
mod resolve;
mod ty;
mod values;
mod walk;

pub use allowances::Allowance;
pub use attributes::{AttributeFact, AttributeOption, Host, OptionValue};
pub use block::Block;
pub use classes::{ClassFact, FieldFact, Form, Style};
pub use conversions::{ConversionFunction, ConversionImpl, Exit, ExitKind};
pub use detached::{DetachedAccess, DetachedAccessKind};
pub use extracted::{OwnType, is_container};
pub use facts::{
    Callee, FileModel, FunctionFact, GilRefType, GilRefUse, Implementation, MethodCall, Nesting, PairFact, ParameterFact, PathUse,
    PathUsePosition, Source, TypePosition,
};
pub use guards::{Declared, Following, GuardFact, GuardOrigin, GuardUse, MomentaryGuard, Surrounding};
pub use join::{CrateModel, JoinInput, ModuleId};
pub use lifetimes::{Clause, Declaration, LentBound, LentBy, LifetimeRole, LifetimeUse, Meaning, SignatureFact, Spelling};
pub use outline::{Outline, OutlineFunction, outline};
pub use resolve::Resolved;
pub use ty::Ty;
pub use values::{Indexing, NamedSubmodule, Part, UnsharedCapture};
pub use walk::analyse;
