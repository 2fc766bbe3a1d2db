//! Names for what a fix adds to a function: taken ones mean something else there.

use crate::model::FunctionFact;
use crate::rules::FileContext;
use crate::text::Edit;

/// What a new token may be called.
pub(super) const TOKENS: [&str; 3] = ["py", "token", "python"];

/// The token of a function that Python calls, for use where it returns: a parameter that it has, or one that the edit adds.
///
/// `None` where the body gives its name to something else, as `reserved` does that the fix itself binds.
pub(super) fn token_of(context: &FileContext<'_>, function: &FunctionFact, reserved: &[&str]) -> Option<(String, Option<Edit>)> {
    if let Some(token) = function.parameters.iter().find(|parameter| parameter.is_token) {
        let name = token.name.clone()?;
        return (!function.bound.contains(&name) && !reserved.contains(&name.as_str())).then_some((name, None));
    }
    let name = free_token(context.slice(function.range))?;
    let (at, parameter) = (context.end_of_code(function.inputs), format!("{name}: Python<'_>"));
    let text = match context.tokens.inside(function.inputs).next_back().map(|token| context.tokens.text(token)) {
        None => parameter,
        Some(",") => format!(" {parameter},"),
        Some(_) => format!(", {parameter}"),
    };
    Some((name.to_owned(), Some(Edit::insert(at, text))))
}

/// A name for a token that `text` does not mention, be it in a literal.
pub(super) fn free_token(text: &str) -> Option<&'static str> {
    TOKENS.into_iter().find(|name| !mentions(text, name))
}

/// Whether `word` stands in `text` as a whole.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| !text[at + word.len()..].starts_with(is_word) && !text[..at].ends_with(is_word))
}
