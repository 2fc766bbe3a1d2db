//! Fixes that a row's own keys cannot say, each by a function of its own.

mod attach;
pub(super) mod c_strings;
pub(super) mod calls;
mod casts;
mod errors;
mod guards;
pub(super) mod pointers;

use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{MethodCall, PathUse};
use crate::rules::FileContext;

type OfPath = fn(&FileContext<'_>, &Change, &PathUse) -> Option<Fix>;
type OfMethod = fn(&FileContext<'_>, &Change, &MethodCall) -> Option<Fix>;

/// Rows by id, with what rewrites a path that they match.
static PATHS: &[(&str, OfPath)] = &[
    ("acquire-gil", attach::acquired),
    ("gilguard", guards::guard_type),
    ("gilpool", guards::pool_path),
    ("py-from-ptr", pointers::of_py),
    ("aspypointer", pointers::trait_import),
    ("intopypointer", pointers::trait_import),
    ("frompypointer", pointers::trait_import),
    ("toborrowedobject", pointers::trait_import),
    ("pydowncasterror", errors::downcast_error),
    ("pycell", casts::cell),
    ("pytryfrom", casts::try_from),
    ("pytryinto", casts::import_alone),
    ("pynativetype", casts::import_alone),
];

/// Rows by id, with what rewrites a method call that they match.
static METHODS: &[(&str, OfMethod)] = &[
    ("python-new-pool", guards::new_pool),
    ("python-from-ptr", pointers::of_token),
    ("pytype-is-instance", calls::is_instance),
    ("pymodule-call", calls::module_call),
    ("any-is-ellipsis", calls::is_ellipsis),
];

/// What rewrites this path for the row, if code is needed for that.
pub(super) fn of_path(change: &Change) -> Option<OfPath> {
    PATHS.iter().find(|(id, _)| change.id == *id).map(|(_, rewrite)| *rewrite)
}

/// What rewrites this call for the row, if code is needed for that.
pub(super) fn of_method(change: &Change) -> Option<OfMethod> {
    METHODS.iter().find(|(id, _)| change.id == *id).map(|(_, rewrite)| *rewrite)
}
