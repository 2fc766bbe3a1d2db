//! E0061: calls that passed the token of the interpreter, which the function no longer takes, or takes again.

use super::Repair;
use super::ownership::printed;
use super::site::Site;
use crate::compiler::{Label, Note, Span};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

pub(super) fn drop_token(site: &Site<'_>) -> Option<Repair> {
    let is_token = |ty: &str| printed(ty).name() == Some("Python");
    let unexpected = |span: &'_ Span| if let Label::Unexpected { number, ty } = &span.said { Some((*number, ty.clone())) } else { None };
    let (unexpected, (number, ty)) = site.places().find_map(|span| Some((span, unexpected(span)?)))?;
    let is_unexpected = ty.is_some_and(|ty| is_token(&ty));
    // rustc takes the last argument for the one too many where none fits.
    let told = || {
        let is_told = |note: &Note| matches!(note, Note::Mismatch(types) if is_token(&types.found));
        site.error.diagnosis.explained.iter().find(|(note, span)| is_told(note) && span.path == unexpected.path)
    };
    let place = if is_unexpected { unexpected } else { &told()?.1 };
    let here = site.view.nodes.expression_at(place.range).and_then(|here| site.node(here).parent);
    let of_call = here.and_then(|call| match &site.node(call).syntax {
        Syntax::Call { arguments, .. } | Syntax::MethodCall { arguments, .. } => {
            Some((arguments.as_slice(), arguments.iter().position(|argument| *argument == place.range)?))
        }
        _ => None,
    });
    // In a macro rustc shows what the macro is given, and says which argument that is.
    let (arguments, at) = of_call.or_else(|| {
        let (_, function, arguments) = site.call().filter(|_| is_unexpected)?;
        let number = number?;
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
