//! What the arms of a `macro_rules!` expand to, read as statements with the macro's own variables in them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::Parser;

/// The bodies of the arms that are statements, where `$name` stands for a name and what is repeated stands once.
pub(super) fn macro_bodies(tokens: &TokenStream) -> Vec<Vec<syn::Stmt>> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let bodies = trees.windows(3).filter_map(|window| match window {
        [TokenTree::Punct(equals), TokenTree::Punct(arrow), TokenTree::Group(body)] => {
            (equals.as_char() == '=' && arrow.as_char() == '>').then(|| body.stream())
        }
        _ => None,
    });
    bodies.filter_map(|body| syn::Block::parse_within.parse2(filled(body)).ok()).collect()
}

/// Tokens of Rust for those of a template; each has the span of what it stands for.
fn filled(template: TokenStream) -> TokenStream {
    let mut filled = TokenStream::new();
    let mut trees = template.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match trees.next() {
                Some(TokenTree::Ident(name)) => filled.extend([TokenTree::Ident(variable(&name, dollar.span()))]),
                Some(TokenTree::Group(repeated)) if repeated.delimiter() == Delimiter::Parenthesis => {
                    filled.extend(self::filled(repeated.stream()));
                    // Up to the sign of repetition, with a separator before it.
                    let is_sign = |tree: TokenTree| matches!(tree, TokenTree::Punct(sign) if matches!(sign.as_char(), '*' | '+' | '?'));
                    trees.by_ref().find_map(|tree| is_sign(tree).then_some(()));
                }
                other => filled.extend(other),
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), self::filled(group.stream()));
                inner.set_span(group.span());
                filled.extend([TokenTree::Group(inner)]);
            }
            other => filled.extend([other]),
        }
    }
    filled
}

/// `$name` as one identifier, which is no keyword unless it is `$crate`.
fn variable(name: &Ident, dollar: Span) -> Ident {
    let span = dollar.join(name.span()).unwrap_or_else(|| name.span());
    if name == "crate" { Ident::new("crate", span) } else { Ident::new(&format!("_{name}"), span) }
}
