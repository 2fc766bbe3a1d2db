//! E0046: `trait T: ToPyObject` asks for the method of the old trait itself now, and each implementation of it has to say so.

use super::Repair;
use super::site::{Site, without_path};
use crate::compiler::Fault;
use crate::rust::Syntax;
use crate::text::{Edit, indent_of, newline_of};

pub(super) fn missing_conversion(site: &Site<'_>) -> Option<Repair> {
    if *site.fault() != Fault::MissingItems(vec!["to_object".to_owned()]) {
        return None;
    }
    let (_, block) = site.view.nodes.ancestors(site.here()?).find(|(_, node)| matches!(node.syntax, Syntax::Impl { .. }))?;
    let Syntax::Impl { of_trait: Some(_), of_type } = &block.syntax else { return None };
    let text = site.view.text;
    let open = of_type.end + site.text(block.range).get(of_type.end - block.range.start..)?.find('{')? + 1;
    // What converts references to it converts the value behind them.
    let value = match without_path(site.text(*of_type)) {
        ty if ty.starts_with("Bound<") => "self.clone().into_any().unbind()",
        ty if ty.starts_with("Py<") => "self.clone_ref(py).into_any()",
        _ => "pyo3::IntoPyObjectExt::into_py_any(self, py).unwrap()",
    };
    let (newline, indent) = (newline_of(text), indent_of(text, block.range.start));
    let lines = ["fn to_object(&self, py: pyo3::Python<'_>) -> pyo3::Py<pyo3::PyAny> {", &format!("    {value}"), "}"];
    let method: String = lines.iter().map(|line| format!("{newline}{indent}    {line}")).collect();
    let is_empty = text[open..].trim_start().starts_with('}');
    let gap = if is_empty && !text[open..].starts_with(['\n', '\r']) { format!("{newline}{indent}") } else { String::new() };
    site.repair("make a Python object of the value, as the trait asks", vec![Edit::insert(open, format!("{method}{gap}"))])
}
