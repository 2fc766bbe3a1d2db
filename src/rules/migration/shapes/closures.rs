//! Closures that Python calls from any thread.

use super::Hit;
use crate::catalog::Change;
use crate::rules::FileContext;

/// `PyCFunction::new_closure` with a closure that is known not to be `Sync`.
pub(super) fn unshared_captures(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let hit = |capture: &crate::model::UnsharedCapture| Hit {
        also: Some((capture.closure, format!("captures a `{}`, which is not `Sync`", capture.ty))),
        ..Hit::at(capture.place)
    };
    context.facts.unshared_captures.iter().map(hit).collect()
}
