//! E0061: calls that passed the token of the interpreter, which the function no longer takes, or takes again.

use super::Repair;
use super::ownership::printed;
use super::site::{Site, quoted};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

pub(super) fn repair(site: &Site<'_>) -> Option<Repair> {
    if !site.is("E0061") {
        return None;
    }
    let is_token = |said: &str| quoted(said).last().is_some_and(|ty| printed(ty).name() == Some("Python"));
    let unexpected = site.places().find(|span| span.label.starts_with("unexpected argument"))?;
    // rustc takes the last argument for the one too many where none fits.
    let told = || {
        site.error.explained.iter().find(|(said, span)| said.starts_with("expected `") && is_token(said) && span.path == unexpected.path)
    };
    let place = if is_token(&unexpected.label) { unexpected } else { &told()?.1 };
    let here = site.view.nodes.expression_at(place.range).and_then(|here| site.node(here).parent);
    let of_call = here.and_then(|call| match &site.node(call).syntax {
        Syntax::Call { arguments, .. } | Syntax::MethodCall { arguments, .. } => {
            Some((arguments.as_slice(), arguments.iter().position(|argument| *argument == place.range)?))
        }
        _ => None,
    });
    // In a macro rustc shows what the macro is given, and says which argument that is.
    let (arguments, at) = of_call.or_else(|| {
        let (_, function, arguments) = site.call().filter(|_| is_token(&unexpected.label))?;
        let number: usize = unexpected.label.strip_prefix("unexpected argument #")?.split(' ').next()?.parse().ok()?;
        (function == site.place.range && number <= arguments.len()).then(|| (arguments, number - 1))
    })?;
    // With the comma and the blanks that set it apart.
    let gone = match (arguments.get(at + 1), at.checked_sub(1)) {
        (Some(next), _) => TextRange::new(arguments[at].start, next.start),
        (None, Some(before)) => TextRange::new(arguments[before].end, arguments[at].end),
        (None, None) => arguments[at],
    };
    site.repair("do not pass the token of the interpreter", vec![Edit::delete(gone)])
}
