//! E0277: a `Borrowed` is shown as text, which only the `Bound` behind it can be.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, is_name};
use crate::compiler::Fault;
use crate::rust::Syntax;
use crate::text::Edit;

pub(super) fn show_borrowed(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotPrintable { ty, of_trait } = site.fault() else { return None };
    if of_trait != "std::fmt::Display" || printed(ty).name() != Some("Borrowed") {
        return None;
    }
    let range = site.place.range;
    let title = "show the object that is borrowed";
    let Some(placeholder) = site.text(range).strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        let is_place = site.view.nodes.expression_at(range).is_some_and(|id| site.node(id).syntax == Syntax::Primary);
        return is_place.then(|| site.repair(title, vec![Edit::insert(range.start, "*")]))?;
    };
    // `{name}` in a format string: the macro is told what it means.
    let name = placeholder.split(':').next().filter(|name| is_name(name))?;
    let (_, call) = site.view.nodes.ancestors(site.here()?).find(|(_, node)| site.text(node.range).contains("!("))?;
    let arguments = site.text(call.range).strip_suffix(')').filter(|_| call.syntax == Syntax::Primary)?;
    let separator = if arguments.trim_end().ends_with(',') { " " } else { ", " };
    let at = call.range.start + arguments.trim_end().len();
    site.repair(title, vec![Edit::insert(at, format!("{separator}{name} = *{name}"))])
}
