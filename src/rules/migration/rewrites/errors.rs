//! Errors of casts: `PyDowncastError` had one lifetime, `CastError` has two.

use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{PathUse, PathUsePosition, Source};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// The first release with `CastError`.
const CAST: Release = Release::new(27);
/// The first release with `DowncastError`, which became `CastError`.
const DOWNCAST: Release = Release::new(21);

/// `PyDowncastError<'a>` becomes `CastError<'a, '_>`.
pub(super) fn downcast_error(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let (name, since) = if context.package.writes_newer(CAST, DOWNCAST) { ("CastError", CAST) } else { ("DowncastError", DOWNCAST) };
    let target = as_seen(&format!("pyo3::{name}"), context);
    let fix = fix_of(change, format!("write `{name}`"), path.source)?.needing(since);
    if let PathUsePosition::Import { .. } = path.position {
        return Some(fix.import(ImportEdit::Replace { file: context.file, leaf: path.range, path: target }));
    }
    let (_, last) = path.segments.last()?;
    if path.position != PathUsePosition::Type || path.source != Source::Tree {
        return None;
    }
    let arguments = context.code(TextRange::new(last.end, path.range.end));
    let lifetime = arguments.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let arguments = match lifetime {
        None => String::new(),
        // The lifetime of the object was that of the token: covariance makes one of both.
        Some(lifetime) => format!("<{lifetime}, {lifetime}>"),
    };
    let is_qualified = path.segments.len() > 1;
    let text = if is_qualified { format!("{target}{arguments}") } else { format!("{name}{arguments}") };
    Some(fix.edit(context.file, Edit::replace(path.range, text)))
}
