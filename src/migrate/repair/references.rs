//! E0277: a reference is converted to Python where only the type itself has the conversion, or the reverse: the old traits converted both.

use std::path::Path;

use super::{Repair, View};
use crate::compiler::{CompilerError, quoted};
use crate::text::{Edit, newline_of};

/// Puts an implementation for `&T` before the one for `T`, which rustc points at, and one for `T` before that for `&T`.
pub(super) fn repair<'t>(error: &CompilerError, view: impl Fn(&Path) -> Option<View<'t>>) -> Option<Repair> {
    if error.code.as_deref() != Some("E0277") {
        return None;
    }
    let is_told = |message: &str| message.contains("IntoPyObject<") && message.contains(" is implemented for `");
    let (message, header) = error.explained.iter().find(|(message, _)| is_told(message))?;
    let named: Vec<&str> = quoted(message).collect();
    let (wanted, has) = (*named.get(1)?, *named.last()?);
    let by_reference = wanted.strip_prefix('&') == Some(has);
    if !by_reference && has.strip_prefix('&') != Some(wanted) {
        return None;
    }
    let text = view(&header.path)?.text;
    let (of_trait, ty) = text.get(header.range.start..header.range.end)?.strip_prefix("impl<'py> ")?.split_once(" for ")?;
    let before = text[..header.range.start].trim_end();
    // An attribute or a comment above belongs to the implementation that is there.
    if ty.contains(['<', '\'']) || !(before.is_empty() || before.ends_with(['}', ';', '{'])) {
        return None;
    }
    let owned = ty.trim_start_matches('&');
    let (new, of, value) = if by_reference {
        (format!("&{owned}"), owned.to_owned(), "self.clone()")
    } else {
        (owned.to_owned(), format!("&'static {owned}"), "(&self)")
    };
    let associated = ["Target", "Output", "Error"].map(|name| format!("    type {name} = <{of} as {of_trait}>::{name};\n")).concat();
    let implementation = format!(
        "impl<'py> {of_trait} for {new} {{\n{associated}\n    fn into_pyobject(self, py: pyo3::Python<'py>) -> Result<Self::Output, Self::Error> {{\n        \
         {value}.into_pyobject(py)\n    }}\n}}\n\n"
    );
    let edit = Edit::insert(header.range.start, implementation.replace('\n', newline_of(text)));
    let how = if by_reference { "as a clone, as before" } else { "by reference, as before" };
    Some(Repair { path: header.path.clone(), edits: vec![edit], title: format!("convert `{new}` {how}") })
}
