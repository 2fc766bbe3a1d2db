//! "lifetime may not live long enough": an argument whose object becomes part of what is returned has to share its lifetime, and a conversion
//! gives what is attached for as long as its own token says.

use super::Repair;
use super::site::Site;
use crate::compiler::{Fault, Label, Outliving};
use crate::rust::Syntax;
use crate::text::Edit;

/// `Ok(self.object.clone().into_any())` in an `IntoPyObject` of a type whose object has a lifetime of its own.
pub(super) fn attached_anew(site: &Site<'_>) -> Option<Repair> {
    let nodes = site.view.nodes;
    let here = nodes.expression_at(site.place.range)?;
    let Syntax::Call { function, arguments } = &site.node(here).syntax else { return None };
    let [object] = arguments.as_slice() else { return None };
    let Syntax::MethodCall { method, .. } = &site.node(nodes.expression_at(*object)?).syntax else { return None };
    let is_conversion = site.text(*function) == "Ok"
        && site.text(*method) == "into_any"
        && matches!(site.place.said, Label::Outlives { of: Outliving::Returned, .. })
        && nodes.function_of(here)?.name == "into_pyobject";
    let attached = format!(".unbind().into_bound({})", site.token(here)?);
    is_conversion.then(|| site.repair("attach the object for as long as the conversion is", vec![Edit::insert(object.end, attached)]))?
}

/// An argument whose object is part of what is returned.
pub(super) fn shared(site: &Site<'_>) -> Option<Repair> {
    let (short, long) = site.places().find_map(|span| match &span.said {
        Label::Outlives { short, long, .. } => Some((short.as_str(), long.as_str())),
        _ => None,
    })?;
    let is_written = |name: &str| name.len() > 1 && name[1..].starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_written(long) || is_written(short) {
        return None;
    }
    let of_type = |label: &'_ Label| if let Label::OfType(ty) = label { ty.contains(short).then(|| ty.clone()) } else { None };
    let (argument, printed) = site.places().find_map(|span| Some((span.range, of_type(&span.said)?)))?;
    let here = site.view.nodes.around(argument)?;
    let function = site.view.nodes.function_of(here)?;
    let parameter = function.parameters.iter().find(|parameter| parameter.pattern.contains(argument))?;
    let nth = lifetimes(&printed).position(|name| name == short)?;
    let written = site.view.nodes.inside(parameter.ty?).find_map(|(_, node)| match &node.syntax {
        Syntax::TypePath { name, lifetimes, .. } if name == "Bound" => lifetimes.first().copied(),
        _ => None,
    })?;
    // Only that of the object: what a reference borrows is another matter.
    let is_object = lifetimes(&printed).count() == 1 && nth == 0 && printed.contains("Bound<") && site.text(written) == "'_";
    is_object.then(|| site.repair("let the argument share the lifetime of what is returned", vec![Edit::replace(written, long)]))?
}

/// An argument of a function that names the lifetime of what it returns, and does not name the one of this argument.
pub(super) fn required(site: &Site<'_>) -> Option<Repair> {
    let Fault::LifetimeRequired(name) = site.fault() else { return None };
    let long = site.places().find_map(|span| if let Label::LifetimeRequired(long) = &span.said { Some(long) } else { None })?;
    let function = site.view.nodes.function_of(site.here()?)?;
    let parameter = function.parameters.iter().find(|parameter| parameter.name.as_ref() == Some(name))?;
    let mut written = site.view.nodes.inside(parameter.ty?).filter_map(|(_, node)| match &node.syntax {
        Syntax::TypePath { name, lifetimes, .. } if name == "Bound" => lifetimes.first().copied(),
        _ => None,
    });
    let (object, None) = (written.next()?, written.next()) else { return None };
    let is_open = site.text(object) == "'_" && !long.starts_with("'static");
    is_open.then(|| site.repair("let the argument share the lifetime of what is returned", vec![Edit::replace(object, long.as_str())]))?
}

/// The lifetimes that a printed type names, in order.
fn lifetimes(ty: &str) -> impl Iterator<Item = &str> {
    ty.match_indices('\'').map(|(at, _)| {
        let end = ty[at + 1..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(ty.len(), |length| at + 1 + length);
        &ty[at..end]
    })
}
