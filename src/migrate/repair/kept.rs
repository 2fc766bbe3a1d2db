//! Items that are borrowed from for longer than they last: they are collected before.

use super::Repair;
use super::site::{Site, is_place, words};
use crate::compiler::{Borrow, Fault, Label};
use crate::rust::{NodeId, Syntax};
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// What the collected items are called.
const NAME: &str = "objects";

const TITLE: &str = "keep the objects that are borrowed from";

/// E0515: `objects.into_iter().map(|object| borrow(&object))`, where what is borrowed leaves the closure.
pub(super) fn mapped(site: &Site<'_>) -> Option<Repair> {
    let nodes = site.view.nodes;
    let Fault::ShortBorrow(Borrow::Returned(Some(parameter))) = site.fault() else { return None };
    let (id, closure) = nodes.ancestors(nodes.expression_at(site.place.range)?).find_map(|(id, node)| match &node.syntax {
        Syntax::Closure(closure) => Some((id, closure)),
        _ => None,
    })?;
    let [only] = closure.parameters.as_slice() else { return None };
    let Syntax::MethodCall { receiver: items, .. } = &site.node(site.node(id).parent?).syntax else { return None };
    iterated(site, *items).filter(|source| is_place(site.text(*source)))?;
    if only.ty.is_some() || only.name.as_ref() != Some(parameter) {
        return None;
    }
    // The items are references then: every use has to be one already.
    let lent: Vec<TextRange> = lent(site, closure.body, parameter).collect();
    if words(site.text(closure.body)).filter(|word| word == parameter).count() != lent.len() {
        return None;
    }
    let statement = nodes.statement_of(id).filter(|statement| nodes.body_of(*statement) == nodes.body_of(id))?;
    let mut edits = vec![collected(site, statement, *items)?, Edit::replace(*items, format!("{NAME}.iter()"))];
    edits.extend(lent.into_iter().map(Edit::delete));
    site.repair(TITLE, edits)
}

/// E0597: `for object in list { texts.push(borrow(&object)) }`, where `texts` are used after the loop.
pub(super) fn looped(site: &Site<'_>) -> Option<Repair> {
    let nodes = site.view.nodes;
    let Fault::ShortBorrow(Borrow::Outlived(Some(item))) = site.fault() else { return None };
    let declared = site.places().find(|span| matches!(&span.said, Label::Declared(name) if name == item))?;
    let (id, node) = nodes.ancestors(nodes.around(site.place.range)?).find(|(_, node)| match node.syntax {
        Syntax::For { pattern, .. } => pattern.contains(declared.range),
        _ => false,
    })?;
    let Syntax::For { value, .. } = node.syntax else { return None };
    // In the outermost block of its body, nothing outlives what stands before the loop.
    let (_, block) = nodes.ancestors(id).find(|(_, node)| matches!(node.syntax, Syntax::Block { .. }))?;
    let is_outermost = matches!(site.node(block.parent?).syntax, Syntax::Function(_) | Syntax::Closure(_));
    // What leaves the body outlives the items wherever they are kept.
    let stays = site.places().any(|span| span.said == Label::BorrowedLater && block.range.contains(span.range));
    if !is_outermost || !stays {
        return None;
    }
    let statement = nodes.statement_of(id).filter(|statement| site.node(*statement).range.start == node.range.start);
    let mut edits = vec![collected(site, statement.unwrap_or(id), value)?, Edit::replace(value, format!("&{NAME}"))];
    if let Syntax::Reference { value } = site.node(nodes.expression_at(site.place.range)?).syntax {
        edits.push(Edit::delete(TextRange::new(site.place.range.start, value.start)));
    }
    site.repair(TITLE, edits)
}

/// `let objects: Vec<_> = items.collect();` before a statement.
fn collected(site: &Site<'_>, statement: NodeId, items: TextRange) -> Option<Edit> {
    let text = site.view.text;
    let start = site.node(statement).range.start;
    let is_taken = words(site.text(site.view.nodes.function_of(statement)?.body?)).any(|word| word == NAME);
    let iterator = match iterated(site, items) {
        Some(_) => format!("{}.collect()", site.text(items)),
        None if is_place(site.text(items)) => format!("{}.into_iter().collect()", site.text(items)),
        None => return None,
    };
    let kept = format!("let {NAME}: Vec<_> = {iterator};{}{}", newline_of(text), indent_of(text, start));
    (!is_taken).then(|| Edit::insert(start, kept))
}

/// `list` of `list.iter()`.
fn iterated(site: &Site<'_>, items: TextRange) -> Option<TextRange> {
    match &site.node(site.view.nodes.expression_at(items)?).syntax {
        Syntax::MethodCall { receiver, method, arguments, .. } => {
            (matches!(site.text(*method), "iter" | "into_iter") && arguments.is_empty()).then_some(*receiver)
        }
        _ => None,
    }
}

/// Each `&` before a name.
fn lent(site: &Site<'_>, within: TextRange, name: &str) -> impl Iterator<Item = TextRange> {
    site.view.nodes.inside(within).filter_map(move |(_, node)| match node.syntax {
        Syntax::Reference { value } if site.text(value) == name => Some(TextRange::new(node.range.start, value.start)),
        _ => None,
    })
}
