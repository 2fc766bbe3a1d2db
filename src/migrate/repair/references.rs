//! E0277: a reference is converted to Python where only the type itself has the conversion, or the reverse: the old traits converted both.

use super::Repair;
use super::site::Site;
use crate::compiler::Note;
use crate::text::{Edit, newline_of};

/// Puts an implementation for `&T` before the one for `T`, which rustc points at, and one for `T` before that for `&T`.
pub(super) fn convert_reference(site: &Site<'_>) -> Option<Repair> {
    let told = site.error.diagnosis.explained.iter().find_map(|(note, header)| match note {
        Note::NotImplemented { of_trait, ty, instead: Some(instead) } if of_trait.contains("IntoPyObject<") => {
            Some((ty.as_str(), instead.as_str(), header))
        }
        _ => None,
    });
    let (wanted, has, header) = told?;
    let by_reference = wanted.strip_prefix('&') == Some(has);
    if !by_reference && has.strip_prefix('&') != Some(wanted) {
        return None;
    }
    let text = site.files.get(header.path.as_path())?.text;
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
    Some(Repair::new(&header.path, vec![edit], format!("convert `{new}` {how}")))
}
