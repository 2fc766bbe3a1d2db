//! E0277: a reference is converted to Python where only the type itself has the conversion: the old traits converted references by cloning.

use std::path::Path;

use super::{Repair, View};
use crate::compiler::{CompilerError, quoted};
use crate::text::{Edit, newline_of};

/// Puts an implementation for `&T` before the one for `T`, which rustc points at.
pub(super) fn repair<'t>(error: &CompilerError, view: impl Fn(&Path) -> Option<View<'t>>) -> Option<Repair> {
    if error.code.as_deref() != Some("E0277") {
        return None;
    }
    let (message, header) =
        error.explained.iter().find(|(message, _)| message.contains("IntoPyObject<") && message.contains("but it is implemented for"))?;
    let mut named = quoted(message).skip(1);
    let (wanted, has) = (named.next()?, named.next()?);
    if wanted.strip_prefix('&') != Some(has) {
        return None;
    }
    let text = view(&header.path)?.text;
    let (of_trait, ty) = text.get(header.range.start..header.range.end)?.strip_prefix("impl<'py> ")?.split_once(" for ")?;
    let before = text[..header.range.start].trim_end();
    // An attribute or a comment above belongs to the implementation that is there.
    if ty.contains('<') || !(before.is_empty() || before.ends_with(['}', ';', '{'])) {
        return None;
    }
    let associated = ["Target", "Output", "Error"].map(|name| format!("    type {name} = <{ty} as {of_trait}>::{name};\n")).concat();
    let implementation = format!(
        "impl<'py> {of_trait} for &{ty} {{\n{associated}\n    fn into_pyobject(self, py: pyo3::Python<'py>) -> Result<Self::Output, Self::Error> {{\n        \
         self.clone().into_pyobject(py)\n    }}\n}}\n\n"
    );
    let edit = Edit::insert(header.range.start, implementation.replace('\n', newline_of(text)));
    Some(Repair { path: header.path.clone(), edits: vec![edit], title: format!("convert `&{ty}` as a clone, as before") })
}
