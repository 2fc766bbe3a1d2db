//! The bodies of macro calls: parsed where they are ordinary Rust, read token by token where not.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Item, Stmt, Token};

/// What the tokens of a macro call are.
#[derive(Debug)]
pub enum MacroBody {
    /// Expressions between commas or semicolons: `println!("{}", x)`, `vec![x; n]`.
    Expressions(Vec<Expr>),
    /// Items: `lazy_static! { static ref X: T = …; }` without its `ref`s, `cfg_if!` branches.
    Items(Vec<Item>),
    /// Statements: `tokio::select!`-like bodies rarely, `thread_local!` never.
    Statements(Vec<Stmt>),
    /// No Rust syntax of these kinds.
    Opaque,
}

/// Parses the tokens of the macro `name` if they are ordinary Rust.
#[must_use]
pub fn parse_macro(name: &str, tokens: &TokenStream) -> MacroBody {
    match name {
        "macro_rules" | "quote" | "quote_spanned" | "parse_quote" | "stringify" | "concat_idents" => return MacroBody::Opaque,
        "lazy_static" => return parse_lazy_static(tokens),
        "cfg_if" => return parse_cfg_if(tokens),
        "matches" | "assert_matches" | "debug_assert_matches" => return parse_matches(tokens),
        _ => {}
    }
    if let Ok(expressions) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
        return MacroBody::Expressions(expressions.into_iter().collect());
    }
    if let Ok(expressions) = Punctuated::<Expr, Token![;]>::parse_terminated.parse2(tokens.clone()) {
        return MacroBody::Expressions(expressions.into_iter().collect());
    }
    #[expect(clippy::disallowed_methods, reason = "this is the place that parses macro bodies")]
    if let Ok(file) = syn::parse2::<syn::File>(tokens.clone()) {
        return MacroBody::Items(file.items);
    }
    if let Ok(statements) = syn::Block::parse_within.parse2(tokens.clone()) {
        return MacroBody::Statements(statements);
    }
    MacroBody::Opaque
}

/// `if #[cfg(…)] { … } else if … { … }`: the items or statements of all branches.
fn parse_cfg_if(tokens: &TokenStream) -> MacroBody {
    let mut items = Vec::new();
    let mut statements = Vec::new();
    for token in tokens.clone() {
        let TokenTree::Group(group) = token else { continue };
        if group.delimiter() != Delimiter::Brace {
            continue;
        }
        #[expect(clippy::disallowed_methods, reason = "this is the place that parses macro bodies")]
        match syn::parse2::<syn::File>(group.stream()) {
            Ok(file) => items.extend(file.items),
            Err(_) => match syn::Block::parse_within.parse2(group.stream()) {
                Ok(branch) => statements.extend(branch),
                Err(_) => return MacroBody::Opaque,
            },
        }
    }
    if statements.is_empty() { MacroBody::Items(items) } else { MacroBody::Statements(statements) }
}

/// `value, pattern if guard`: the value and the guard.
fn parse_matches(tokens: &TokenStream) -> MacroBody {
    let parser = |input: ParseStream<'_>| {
        let mut expressions = vec![input.parse::<Expr>()?];
        input.parse::<Token![,]>()?;
        syn::Pat::parse_multi_with_leading_vert(input)?;
        if input.parse::<Option<Token![if]>>()?.is_some() {
            expressions.push(input.parse()?);
        }
        input.parse::<TokenStream>()?;
        Ok(expressions)
    };
    parser.parse2(tokens.clone()).map_or(MacroBody::Opaque, MacroBody::Expressions)
}

/// `static ref NAME: TYPE = EXPR;` is an ordinary static but for the word `ref`.
fn parse_lazy_static(tokens: &TokenStream) -> MacroBody {
    let without_ref: TokenStream =
        tokens.clone().into_iter().filter(|token| !matches!(token, TokenTree::Ident(word) if *word == "ref")).collect();
    #[expect(clippy::disallowed_methods, reason = "this is the place that parses macro bodies")]
    match syn::parse2::<syn::File>(without_ref) {
        Ok(file) => MacroBody::Items(file.items),
        Err(_) => MacroBody::Opaque,
    }
}

/// A path or a method name in tokens that are no Rust syntax by themselves.
#[derive(Debug)]
pub struct TokenRun {
    /// The identifiers of the path with their spans; one for a plain name.
    pub segments: Vec<proc_macro2::Ident>,
    /// Whether a `.` stands before it: a method or field name.
    pub after_dot: bool,
    /// Whether `&` (and perhaps a lifetime) stands before it, with the span of the `&`.
    pub reference: Option<proc_macro2::Span>,
    /// The tokens of the parentheses that follow, if any.
    pub call: Option<TokenStream>,
    /// Whether `!` follows: a macro call.
    pub bang: bool,
}

/// All paths and method names in `tokens`, nested groups included.
#[must_use]
pub fn token_runs(tokens: &TokenStream) -> Vec<TokenRun> {
    let mut runs = Vec::new();
    collect_runs(tokens, &mut runs);
    runs
}

fn collect_runs(tokens: &TokenStream, runs: &mut Vec<TokenRun>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Group(group) => {
                collect_runs(&group.stream(), runs);
                at += 1;
            }
            // `$name` and `$name:kind` belong to the macro's own language.
            TokenTree::Punct(punct) if punct.as_char() == '$' => {
                at += if matches!(trees.get(at + 1), Some(TokenTree::Ident(_))) { 2 } else { 1 };
                if punct_at(&trees, at, ':') && !punct_at(&trees, at + 1, ':') && matches!(trees.get(at + 1), Some(TokenTree::Ident(_))) {
                    at += 2;
                }
            }
            TokenTree::Ident(first) => {
                let start = at;
                let mut segments = vec![first.clone()];
                at += 1;
                while punct_at(&trees, at, ':') && punct_at(&trees, at + 1, ':') {
                    let Some(TokenTree::Ident(next)) = trees.get(at + 2) else { break };
                    segments.push(next.clone());
                    at += 3;
                }
                let call = match trees.get(at) {
                    Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
                    _ => None,
                };
                let bang = punct_at(&trees, at, '!') && !punct_at(&trees, at + 1, '=');
                let after_dot = start > 0 && punct_at(&trees, start - 1, '.');
                runs.push(TokenRun { segments, after_dot, reference: reference_before(&trees, start), call, bang });
            }
            _ => at += 1,
        }
    }
}

fn punct_at(trees: &[TokenTree], at: usize, character: char) -> bool {
    matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// The span of a `&` directly before the token at `start`, a lifetime (`'` and a name) in between allowed.
fn reference_before(trees: &[TokenTree], start: usize) -> Option<proc_macro2::Span> {
    let mut before = start.checked_sub(1)?;
    if before >= 1 && matches!(trees[before], TokenTree::Ident(_)) && punct_at(trees, before - 1, '\'') {
        before = before.checked_sub(2)?;
    }
    match &trees[before] {
        TokenTree::Punct(punct) if punct.as_char() == '&' => Some(punct.span()),
        _ => None,
    }
}
