//! E0277, E0308: a default for the name of a type or module, which was text and is a Python string.

use super::Repair;
use super::apis::class_of;
use super::ownership::printed;
use super::site::Site;
use crate::rust::{NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// `class.name().unwrap_or_else(|_| "unknown".into())` and `class.name().unwrap_or("unknown")`.
pub(super) fn default_of_name(site: &Site<'_>) -> Option<Repair> {
    let mut edits = converted(site).or_else(|| literal(site))?;
    let around = site.view.nodes.ancestors(site.here()?);
    let value = around.map(|(_, node)| &node.syntax).find_map(|syntax| match syntax {
        Syntax::MethodCall { receiver, method, .. } if matches!(site.text(*method), "unwrap_or" | "unwrap_or_else") => Some(*receiver),
        _ => None,
    })?;
    edits.push(Edit::insert(value.end, ".map(|name| name.to_string())"));
    is_name(site, site.view.nodes.expression_at(value)?).then(|| site.repair("take the text of a Python string", edits))?
}

/// What is to become a Python string becomes a `String` by itself.
fn converted(site: &Site<'_>) -> Option<Vec<Edit>> {
    let (target, text) = site.conversion()?;
    let is_text = matches!(text, "&str" | "std::string::String" | "String");
    (is_text && is_python_string(&printed(target))).then(Vec::new)
}

/// The text is made a `String`.
fn literal(site: &Site<'_>) -> Option<Vec<Edit>> {
    let (expected, found) = site.types()?;
    let is_str = matches!(&found, TypeRef::Reference(text) if text.name() == Some("str"));
    (is_str && is_python_string(&expected)).then(|| site.suffix(site.place.range, ".to_owned()"))
}

fn is_python_string(ty: &TypeRef) -> bool {
    class_of(ty) == Some("PyString")
}

/// Whether a call gives such a name, itself or in the closure of `.and_then(|class| class.name())`.
fn is_name(site: &Site<'_>, call: NodeId) -> bool {
    let Syntax::MethodCall { method, arguments, .. } = &site.node(call).syntax else { return false };
    let closure = |argument: &TextRange| {
        let Syntax::Closure(closure) = &site.node(site.view.nodes.expression_at(*argument)?).syntax else { return None };
        site.view.nodes.expression_at(site.value_of_body(closure.body)?)
    };
    match site.text(*method) {
        "name" | "qualname" | "fully_qualified_name" | "module" => true,
        "and_then" => arguments.first().and_then(closure).is_some_and(|value| is_name(site, value)),
        _ => false,
    }
}
