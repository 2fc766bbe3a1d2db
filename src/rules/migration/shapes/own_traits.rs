//! Conversions between types of Rust by PyO3's traits, which know Python objects only now: the project gets a trait of its own.

use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::PathUse;
use crate::project::TargetKind;
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, FileId, TextRange, newline_of};

/// The trait, whose name the project's own has as well.
const NAME: &str = "IntoPy";

/// `IntoPy<T>`, with a `T` that is no object, becomes a trait of the same name at the root of the crate. Whoever calls it goes on as before.
pub(super) fn own_into_py(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let ((_, first), (_, name)) = (path.segments.first()?, path.segments.last()?);
    let inside = |other: &&PathUse| other.range.start > path.range.start && path.range.contains(other.range);
    let names_object = context.facts.paths.iter().filter(inside).any(|other| other.pyo3.is_some());
    if path.pyo3.as_deref() != Some("pyo3::IntoPy") || names_object || path.range.end == name.end {
        return None;
    }
    let root = root(context)?;
    let mut fix = fix_of(change, "convert with a trait of the project's own".to_owned(), path.source)?;
    let text = &context.package.sources.get(root).text;
    if !text.contains(&format!("trait {NAME}<")) {
        let python = as_seen("pyo3::Python", context);
        let lines = [
            "".to_owned(),
            "/// Conversion with the token of the interpreter, as PyO3's trait of this name was before it was about Python objects only."
                .to_owned(),
            format!("pub trait {NAME}<T>: Sized {{"),
            "    /// Converts the value.".to_owned(),
            format!("    fn into_py(self, py: {python}<'_>) -> T;"),
            "}".to_owned(),
            "".to_owned(),
        ];
        fix = fix.edit(root, Edit::insert(text.len(), lines.join(newline_of(text))));
    }
    let own = ["crate", NAME].join("::");
    if path.segments.len() > 1 {
        return Some(fix.edit(context.file, Edit::replace(TextRange::new(first.start, name.end), own)));
    }
    let is_in_root = context.package.crate_model.modules_of(root).is_some_and(|modules| modules.first() == Some(&path.module));
    let import = ImportEdit::Add { file: context.file, at: name.start, path: own };
    Some(if is_in_root { fix } else { fix.import(import) })
}

/// The root of the library, if PyO3 is there however it is built.
fn root(context: &FileContext<'_>) -> Option<FileId> {
    let package = context.package.package;
    let is_optional = package.pyo3.dependencies.iter().any(|dependency| dependency.package == "pyo3" && dependency.optional);
    let library = package.targets.iter().find(|target| target.kind == TargetKind::Library)?;
    (!is_optional).then_some(library.root)
}
