//! Imports that go: only when nothing uses the name any more.

use crate::diagnostic::{Fix, ImportEdit, Safety};
use crate::model::{PathUse, Source};
use crate::rules::FileContext;

/// Removes an import. `None` while the file uses the name, which other fixes may see to first, and where others can import it from here.
pub(super) fn removal(context: &FileContext<'_>, import: &PathUse, public: bool, fix: Fix) -> Option<Fix> {
    // The name after `as` is the one that is used.
    let name = context.tokens.inside(import.range).next_back().map_or("", |token| context.tokens.text(token));
    let is_used = context.tokens.is_used(if name == "self" { &import.segments.last()?.0 } else { name });
    (!public && !is_used).then(|| fix.import(ImportEdit::Remove { file: context.file, leaf: import.range }))
}

/// A fix that gives an import another name is not safe where a macro uses the old one: what stands there is left as it is by safe fixes.
pub(super) fn unless_in_macros(context: &FileContext<'_>, name: &str, fix: Fix) -> Fix {
    let is_macros = |path: &PathUse| path.source != Source::Tree && path.segments.first().is_some_and(|(first, _)| first == name);
    if fix.safety == Safety::Unsafe || !context.facts.paths.iter().any(is_macros) {
        return fix;
    }
    Fix { safety: Safety::Unsafe, reason: Some(format!("a macro names `{name}`, too")), ..fix }
}
