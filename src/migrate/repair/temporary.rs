//! Borrows of objects that are owned now and end too early: a temporary is bound to a name, text leaves a body as `String`.

use super::site::{Site, is_name, without_lifetime, words};
use super::{Concern, Repair};
use crate::compiler::{Borrow, Fault};
use crate::rust::{NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// `let x = a.b()?.c()?;` becomes two statements if what `b` gives has to stay.
pub(super) fn bind(site: &Site<'_>) -> Option<Repair> {
    if *site.fault() != Fault::ShortBorrow(Borrow::OfTemporary) {
        return None;
    }
    let range = site.place.range;
    let temporary = site.view.nodes.expression_at(range)?;
    let statement = site.view.nodes.statement_of(temporary)?;
    // Only what lives in the statement itself; a body inside of it runs at another time.
    if site.view.nodes.body_of(temporary) != site.view.nodes.body_of(statement) {
        return None;
    }
    let Syntax::Let { pattern, value: Some(value), .. } = site.node(statement).syntax else { return None };
    let name = name_for(site, pattern, value, range);
    let start = site.node(statement).range.start;
    let text = site.view.text;
    let first = format!("let {name} = {};{}{}", site.text(range), newline_of(text), indent_of(text, start));
    let edits = vec![Edit::insert(start, first), Edit::replace(range, name)];
    site.repair("bind a temporary to a name", edits)
}

/// The name that the statement binds, if the rest of its value does not mean something else by it.
fn name_for(site: &Site<'_>, pattern: TextRange, value: TextRange, temporary: TextRange) -> String {
    let bound = site.text(pattern).trim_start_matches("mut ").trim();
    let rest = [TextRange::new(value.start, temporary.start), TextRange::new(temporary.end, value.end)];
    let used = rest.iter().any(|range| words(site.text(*range)).any(|word| word == bound));
    if is_name(bound) && bound != "_" && !used { bound.to_owned() } else { "object".to_owned() }
}

/// What is borrowed from an object that ends here is copied: `extract::<&str>()`, `to_str()?`.
pub(super) fn own_the_text(site: &Site<'_>) -> Option<Repair> {
    if matches!(site.fault(), Fault::NotGeneral(of_trait) if !of_trait.ends_with("FromPyObject")) {
        return None;
    }
    let is_returned = matches!(site.fault(), Fault::ShortBorrow(Borrow::Returned(_)));
    let nodes = site.view.nodes;
    let around = nodes.around(site.place.range)?;
    let borrows = |id: NodeId| borrowing_call(site, id).map(|what| (id, what));
    let is_part = |id: &NodeId| site.node(*id).range.contains(site.place.range) || site.place.range.contains(site.node(*id).range);
    let outwards = nodes.ancestors(around).map(|(id, _)| id).take_while(|id| !is_border(site, *id)).filter(is_part).find_map(borrows);
    let inwards = || nodes.inside(site.place.range).map(|(id, _)| id).find_map(borrows);
    let (call, what) = outwards.or_else(inwards)?;
    let mut edits = Vec::new();
    match what {
        Borrowing::Written(ty, owned) => edits.push(Edit::replace(ty, owned)),
        Borrowing::Inferred => {
            let (ty, owned) = expected_text(site, call)?;
            edits.push(Edit::replace(ty, owned));
        }
        // The object that ends here can become the cast one.
        Borrowing::Cast(name) if is_returned => edits.push(Edit::insert(name.end, "_into")),
        Borrowing::Cast(_) => return None,
        Borrowing::Text(suffix) => {
            edits.push(match site.node(call).parent.map(|parent| site.node(parent)) {
                Some(parent) if matches!(parent.syntax, Syntax::Try { .. }) => Edit::insert(parent.range.end, suffix),
                _ if is_returned => Edit::insert(site.node(call).range.end, ".map(str::to_owned)"),
                _ => return None,
            });
            if is_returned && let Some((ty, owned)) = expected_text(site, call) {
                edits.push(Edit::replace(ty, owned));
            }
        }
    }
    let repair = site.repair("take what is borrowed out of an object that ends here", edits)?;
    let returned = |body: &NodeId| match &site.node(*body).syntax {
        Syntax::Function(function) => function.output.is_some_and(|output| repair.edits.iter().any(|edit| output.contains(edit.range))),
        _ => false,
    };
    let is_public = nodes.body_of(call).filter(returned).is_some_and(|body| site.is_public(body));
    Some(repair.concerning(Concern::PublicText, || is_public))
}

fn is_border(site: &Site<'_>, id: NodeId) -> bool {
    matches!(site.node(id).syntax, Syntax::Function(_) | Syntax::Closure(_) | Syntax::Block { .. } | Syntax::Statement { .. })
}

/// How a call borrows from a Python object.
enum Borrowing {
    /// `extract::<&str>()`: the place of the type, and the type that owns.
    Written(TextRange, &'static str),
    /// `extract()`: the type comes from what is returned.
    Inferred,
    /// `to_str()`: what copies it.
    Text(&'static str),
    /// `cast::<T>()`: the place of its name.
    Cast(TextRange),
}

fn borrowing_call(site: &Site<'_>, id: NodeId) -> Option<Borrowing> {
    let Syntax::MethodCall { method, generics, .. } = &site.node(id).syntax else { return None };
    match (site.text(*method), generics) {
        ("extract", Some(generics)) => {
            let mut types = site.view.nodes.inside(*generics).filter(|(_, node)| matches!(node.syntax, Syntax::TypeReference { .. }));
            types.find_map(|(_, node)| Some(Borrowing::Written(node.range, owned(site.text(node.range))?)))
        }
        ("extract", None) => Some(Borrowing::Inferred),
        (name, _) if name == site.cast() => Some(Borrowing::Cast(*method)),
        ("to_str", None) => Some(Borrowing::Text(".to_owned()")),
        _ => None,
    }
}

/// The borrowed text in what the body around it gives: a function says so itself, a closure where its results are collected.
fn expected_text(site: &Site<'_>, call: NodeId) -> Option<(TextRange, &'static str)> {
    let nodes = site.view.nodes;
    let body = nodes.body_of(call)?;
    let (within, without) = match &site.node(body).syntax {
        Syntax::Function(function) => (function.output?, TextRange::empty(0)),
        Syntax::Closure(closure) => (site.node(statement_with_value(site, body)?).range, closure.body),
        _ => return None,
    };
    let types = nodes.inside(within).filter(|(_, node)| matches!(node.syntax, Syntax::TypeReference { .. }));
    let types = types.filter(|(_, node)| !without.contains(node.range));
    types.into_iter().find_map(|(_, node)| Some((node.range, owned(site.text(node.range))?)))
}

/// The statement that a value ends up in: closures hand theirs to what is around them.
fn statement_with_value(site: &Site<'_>, id: NodeId) -> Option<NodeId> {
    let nodes = site.view.nodes;
    let statement = nodes.statement_of(id)?;
    let block = site.node(statement).parent?;
    let is_tail = site.node(block).syntax == Syntax::Block { tail: Some(site.node(statement).range) };
    let closure = nodes.body_of(statement).filter(|body| matches!(site.node(*body).syntax, Syntax::Closure(_)));
    match closure.filter(|_| is_tail) {
        Some(closure) => statement_with_value(site, closure),
        None => Some(statement),
    }
}

/// The owning type of `&str`, `&'a [u8]`.
fn owned(ty: &str) -> Option<&'static str> {
    match without_lifetime(ty.strip_prefix('&')?.trim_start()) {
        "str" => Some("String"),
        "[u8]" => Some("Vec<u8>"),
        _ => None,
    }
}

/// `Vec<&str>` is wanted, and the texts are owned now.
pub(super) fn lend_the_texts(site: &Site<'_>) -> Option<Repair> {
    let (expected, found) = site.types()?;
    let list_of = |ty: &TypeRef| match ty {
        TypeRef::Path { arguments, .. } if ty.name() == Some("Vec") => arguments.first().cloned(),
        _ => None,
    };
    let is_text = |ty: &TypeRef| matches!(ty, TypeRef::Reference(text) if text.name() == Some("str"));
    let lends = is_text(&list_of(&expected)?) && list_of(&found)?.name() == Some("String");
    // Elsewhere the texts might not live long enough.
    let (range, id) = (site.place.range, site.view.nodes.expression_at(site.place.range)?);
    let is_passed = match &site.node(site.node(id).parent?).syntax {
        Syntax::Call { arguments, .. } | Syntax::MethodCall { arguments, .. } => arguments.contains(&range),
        _ => false,
    };
    (lends && is_passed).then(|| site.repair("lend the texts", site.suffix(range, ".iter().map(String::as_str).collect()")))?
}

/// The collection was to borrow the texts that its items own now.
pub(super) fn own_the_collected(site: &Site<'_>) -> Option<Repair> {
    let Fault::NotCollected { collection, item } = site.fault() else { return None };
    if !collection.contains("&str") || item != "String" {
        return None;
    }
    let (call, generics) = site.view.nodes.ancestors(site.here()?).find_map(|(id, node)| match &node.syntax {
        Syntax::MethodCall { generics, .. } => Some((id, *generics)),
        _ => None,
    })?;
    let written = |range: TextRange| {
        let mut types = site.view.nodes.inside(range).filter(|(_, node)| matches!(node.syntax, Syntax::TypeReference { .. }));
        types.find_map(|(_, node)| Some(Edit::replace(node.range, owned(site.text(node.range))?)))
    };
    let in_let = || match site.node(site.view.nodes.statement_of(call)?).syntax {
        Syntax::Let { ty: Some(ty), .. } => written(ty),
        _ => None,
    };
    let in_output = || expected_text(site, call).map(|(ty, owned)| Edit::replace(ty, owned));
    let edit = generics.and_then(written).or_else(in_let).or_else(in_output)?;
    site.repair("collect owned texts", vec![edit])
}
