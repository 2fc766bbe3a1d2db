//! A GIL Ref as `Bound`: owned or borrowed, by where it stands.

use crate::model::{GilRefType, Nesting, Source, TypePosition};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::text::{Edit, TextRange};

/// What a GIL Ref becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `Bound<'_, T>`.
    Owned,
    /// `&Bound<'_, T>`.
    Borrowed,
}

/// What `found` becomes; `None` where the text around does not tell.
pub(super) fn form(context: &FileContext<'_>, found: &GilRefType) -> Option<Form> {
    let of_callable = match found.nesting {
        Nesting::Input | Nesting::InputOption => Some(Form::Borrowed),
        Nesting::Output => Some(Form::Owned),
        Nesting::Whole | Nesting::Option | Nesting::Inside => None,
    };
    if of_callable.is_some() {
        return of_callable;
    }
    let is_whole = found.nesting == Nesting::Whole;
    let is_optional = found.nesting == Nesting::Option;
    if found.source != Source::Tree {
        return Some(if is_bare_parameter(context, found) { Form::Borrowed } else { Form::Owned });
    }
    Some(match found.position {
        TypePosition::Parameter => Form::Borrowed,
        TypePosition::InsideParameter if is_optional => Form::Borrowed,
        TypePosition::Closure | TypePosition::LetBorrowed if is_whole => Form::Borrowed,
        // The argument of the trait, as in `From<&PyAny>`, and the type itself.
        TypePosition::ImplHeader if (is_whole || is_optional) && found.range != found.target => Form::Borrowed,
        TypePosition::Field if is_copied(context, found) => Form::Borrowed,
        TypePosition::Cast if is_whole => return None,
        _ => Form::Owned,
    })
}

/// Whether bare tokens look like a parameter: `name: &PyAny`, `name: Option<&PyAny>`, and no `let` before the name.
fn is_bare_parameter(context: &FileContext<'_>, found: &GilRefType) -> bool {
    let mut before = context.before(found.range.start).peekable();
    if before.next_if_eq(&"<").is_some() && before.next() != Some("Option") {
        return false;
    }
    if before.next() != Some(":") || !before.next().is_some_and(|name| name.starts_with(|c: char| c.is_alphanumeric() || c == '_')) {
        return false;
    }
    let statement = before.find(|word| !matches!(*word, "$" | "mut"));
    let after = context.after(found.range.end).find(|word| *word != ">");
    statement != Some("let") && matches!(after, Some("," | ")" | "|"))
}

/// Whether it stands in a field of a type that derives `Copy`, which a `Bound` is not.
pub(super) fn is_copied(context: &FileContext<'_>, found: &GilRefType) -> bool {
    let holds = |class: &&crate::model::ClassFact| class.fields.iter().any(|field| field.range.contains(found.range));
    let class = context.facts.classes.iter().find(holds);
    class.is_some_and(|class| class.derives.iter().any(|(name, _)| name == "Copy"))
}

/// Writes it with these lifetimes, of the reference and of the token.
pub(super) fn write(context: &FileContext<'_>, found: &GilRefType, reference: Option<&str>, token: &str) -> Option<Vec<Edit>> {
    let ampersand = match (form(context, found)?, reference) {
        (Form::Owned, _) => String::new(),
        (Form::Borrowed, Some(name)) => format!("&{name} "),
        (Form::Borrowed, None) => "&".to_owned(),
    };
    let path = if found.source == Source::Definition { as_seen("pyo3::Bound", context) } else { "Bound".to_owned() };
    let opening = format!("{ampersand}{path}<{token}, ");
    if found.class == "PyCell" {
        // `PyCell<T>` has the brackets already.
        let inside = context.tokens.inside(found.target).find(|token| context.tokens.text(*token) == "<")?.end;
        return Some(vec![Edit::replace(TextRange::new(found.range.start, inside), opening)]);
    }
    let start = Edit::replace(TextRange::new(found.range.start, found.target.start), opening);
    Some(vec![start, Edit::insert(found.target.end, ">")])
}

/// `list as &PyAny`, which was a coercion, as `list.as_any()`.
pub(super) fn upcast(context: &FileContext<'_>, found: &GilRefType) -> Option<Edit> {
    let is_name = |token: &TextRange| context.tokens.text(*token).starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let mut before = context.tokens.before(found.range.start).peekable();
    before.next_if(|token| context.tokens.text(*token) == "as")?;
    let operand = before.next_if(is_name)?;
    while before.next_if(|token| context.tokens.text(*token) == ".").is_some() {
        before.next_if(is_name)?;
    }
    let is_alone = before.peek().is_none_or(|token| !matches!(context.tokens.text(*token), "*" | "&" | "-" | "!" | ")" | "]" | "?"));
    let is_whole = found.nesting == Nesting::Whole && found.class == "PyAny" && found.source == Source::Tree;
    (is_whole && is_alone).then(|| Edit::replace(TextRange::new(operand.end, found.range.end), ".as_any()"))
}
