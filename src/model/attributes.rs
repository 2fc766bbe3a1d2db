//! Attributes with their options, the inner ones of `cfg_attr` included.

use std::sync::Arc;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::rust::{Spans, is_variable, name_of};
use crate::text::TextRange;

/// One attribute.
#[derive(Clone, Debug)]
pub struct AttributeFact {
    /// Last segment of its path: `pyclass`.
    pub name: String,
    /// The path's place.
    pub name_range: TextRange,
    /// From `#` to `]`; inside a `cfg_attr`, the inner attribute alone.
    pub range: TextRange,
    /// Whether it stands inside a `cfg_attr`.
    pub conditional: bool,
    /// What stands between its parentheses, with their place (the parentheses left out).
    pub options: Vec<AttributeOption>,
    /// The inside of the parentheses.
    pub arguments: Option<TextRange>,
    /// The value of `#[name = value]`.
    pub value: Option<OptionValue>,
    /// What it stands on.
    pub host: Host,
    /// Names of the attributes of the `impl` block around the host.
    pub block_attributes: Arc<[String]>,
    /// Index of the function it stands on in the file's list, for [`Host::Function`].
    pub function: Option<usize>,
    /// Names of all attributes on the same host.
    pub siblings: Arc<[String]>,
    /// Whether it stands in a module that only tests have: `#[cfg(test)]`.
    pub in_test: bool,
}

/// One option of an attribute: `gc`, `name = "x"`, `signature = (a, b)`.
#[derive(Clone, Debug)]
pub struct AttributeOption {
    /// The name; the text of a literal that stands alone.
    pub name: String,
    /// Its place, value included.
    pub range: TextRange,
    /// The place of the name alone.
    pub name_range: TextRange,
    /// The value after `=`, or the inside of its parentheses.
    pub value: Option<OptionValue>,
    /// Whether the option is a literal: `"name"` of `#[pyfn(m, "name")]`.
    pub is_literal: bool,
}

/// A value as written.
#[derive(Clone, Debug)]
pub struct OptionValue {
    /// Its place.
    pub range: TextRange,
    /// Whether it is a single string literal.
    pub is_string: bool,
    /// Whether it is a single word or path, and no variable of a macro: what that stands for only the macro's callers know.
    pub is_path: bool,
}

/// What an attribute stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// A function or method.
    Function,
    /// A struct or enum.
    Class,
    /// An `impl` block.
    Impl,
    /// A module.
    Module,
    /// A field.
    Field,
    /// A parameter.
    Parameter,
    /// Anything else.
    Other,
}

/// Reads one attribute and what a `cfg_attr` holds.
pub(super) fn read_attribute(attribute: &syn::Attribute, spans: Spans, template: &AttributeFact) -> Vec<AttributeFact> {
    let range = spans.range(attribute);
    if let syn::Meta::List(list) = &attribute.meta
        && list.path.is_ident("cfg_attr")
    {
        let mut groups = split_at_commas(list.tokens.clone());
        let inner = if groups.is_empty() { Vec::new() } else { groups.split_off(1) };
        return inner.into_iter().filter_map(|tokens| read_meta(tokens, spans, template)).collect();
    }
    let path = attribute.path();
    let Some(name) = path.segments.last() else { return Vec::new() };
    let mut fact = AttributeFact { name: name_of(&name.ident), name_range: spans.range(path), range, ..template.clone() };
    match &attribute.meta {
        syn::Meta::List(list) => {
            fact.arguments = Some(inside(&list.delimiter, spans));
            fact.options = read_options(list.tokens.clone(), spans);
        }
        syn::Meta::NameValue(pair) => {
            let is_string = matches!(&pair.value, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }));
            let is_path = matches!(&pair.value, syn::Expr::Path(_));
            fact.value = Some(OptionValue { range: spans.range(&pair.value), is_string, is_path });
        }
        syn::Meta::Path(_) => {}
    }
    vec![fact]
}

/// Reads an attribute from the tokens inside a `cfg_attr`.
fn read_meta(tokens: Vec<TokenTree>, spans: Spans, template: &AttributeFact) -> Option<AttributeFact> {
    let range = spans.of(tokens.first()?.span()).cover(spans.of(tokens.last()?.span()));
    let name = tokens.iter().rev().find_map(|token| match token {
        TokenTree::Ident(word) => Some(word.clone()),
        _ => None,
    });
    let leading =
        tokens.iter().take_while(|token| matches!(token, TokenTree::Ident(_) | TokenTree::Punct(_))).filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.clone()),
            _ => None,
        });
    let name = leading.last().or(name)?;
    let mut fact = AttributeFact { name: name_of(&name), name_range: spans.of(name.span()), range, conditional: true, ..template.clone() };
    if let Some(TokenTree::Group(group)) = tokens.last() {
        fact.arguments = Some(inside_group(group, spans));
        fact.options = read_options(group.stream(), spans);
    }
    Some(fact)
}

fn inside(delimiter: &syn::MacroDelimiter, spans: Spans) -> TextRange {
    let span = delimiter.span();
    TextRange::new(spans.of(span.open()).end, spans.of(span.close()).start)
}

fn inside_group(group: &proc_macro2::Group, spans: Spans) -> TextRange {
    TextRange::new(spans.of(group.span_open()).end, spans.of(group.span_close()).start)
}

/// Reads options between commas.
fn read_options(tokens: TokenStream, spans: Spans) -> Vec<AttributeOption> {
    split_at_commas(tokens).into_iter().filter_map(|tokens| read_option(&tokens, spans)).collect()
}

fn read_option(tokens: &[TokenTree], spans: Spans) -> Option<AttributeOption> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let range = spans.of(first.span()).cover(spans.of(last.span()));
    let equals = tokens.iter().position(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '='));
    let value = match equals {
        Some(at) => read_value(&tokens[at + 1..], spans),
        None => match tokens {
            [_, .., TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                Some(OptionValue { range: inside_group(group, spans), is_string: false, is_path: false })
            }
            _ => None,
        },
    };
    let is_literal = matches!(first, TokenTree::Literal(_));
    Some(AttributeOption { name: first.to_string(), range, name_range: spans.of(first.span()), value, is_literal })
}

fn read_value(tokens: &[TokenTree], spans: Spans) -> Option<OptionValue> {
    let range = spans.of(tokens.first()?.span()).cover(spans.of(tokens.last()?.span()));
    let is_string = matches!(tokens, [TokenTree::Literal(literal)] if literal.to_string().starts_with('"'));
    let is_path = tokens.iter().all(|token| match token {
        TokenTree::Ident(word) => !is_variable(&word.to_string()),
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    Some(OptionValue { range, is_string, is_path })
}

fn split_at_commas(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut groups = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => groups.push(Vec::new()),
            _ => groups.last_mut().into_iter().for_each(|group| group.push(token.clone())),
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}
