//! What macros expand to, read as Rust with their variables in it: the arms of a `macro_rules!`, and what `quote!` holds.

use std::borrow::Cow;
use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::parse::Parser;

/// What the names begin with that stand for variables of a macro: no code has such names of its own.
const VARIABLE: &str = "__variable_of_a_macro_";

/// The same for variables of `quote!`.
const QUOTED: &str = "__variable_of_a_quote_";

/// The same where the variable's name is a raw identifier: `r#` cannot stand in the middle of a name.
const RAW_VARIABLE: &str = "__raw_variable_of_a_macro_";
const RAW_QUOTED: &str = "__raw_variable_of_a_quote_";

/// How people write what these stand for.
const WRITTEN: [(&str, &str); 4] = [(VARIABLE, "$"), (RAW_VARIABLE, "$r#"), (QUOTED, "#"), (RAW_QUOTED, "#r#")];

/// What stands before variables in `quote!`.
const QUOTE: char = '#';

/// One arm of a `macro_rules!`.
#[derive(Debug)]
pub struct MacroArm {
    /// The tokens that it expands to.
    pub tokens: TokenStream,
    /// The same as items, statements and expressions, if they are Rust; what is repeated stands once.
    pub statements: Option<Vec<syn::Stmt>>,
}

/// The arms of a macro's definition.
#[must_use]
pub fn macro_arms(definition: &TokenStream) -> Vec<MacroArm> {
    let arms = matchers_and_bodies(definition).into_iter();
    arms.map(|(matcher, tokens)| MacroArm { statements: statements(&matcher, &tokens), tokens }).collect()
}

/// The tokens that each arm of a macro's definition expands to.
#[must_use]
pub fn macro_bodies(definition: &TokenStream) -> Vec<TokenStream> {
    matchers_and_bodies(definition).into_iter().map(|(_, body)| body).collect()
}

fn matchers_and_bodies(definition: &TokenStream) -> Vec<(TokenStream, TokenStream)> {
    let trees: Vec<TokenTree> = definition.clone().into_iter().collect();
    let arms = trees.windows(4).filter_map(|window| match window {
        [TokenTree::Group(matcher), TokenTree::Punct(equals), TokenTree::Punct(arrow), TokenTree::Group(body)] => {
            (equals.as_char() == '=' && arrow.as_char() == '>').then(|| (matcher.stream(), body.stream()))
        }
        _ => None,
    });
    arms.collect()
}

/// The template of a `quote!`, and of its like with a span and `=>` before it.
#[must_use]
pub fn template_of_quote(name: &str, tokens: &TokenStream) -> Option<TokenStream> {
    match name {
        "quote" | "parse_quote" => Some(tokens.clone()),
        "quote_spanned" => {
            let mut trees = tokens.clone().into_iter();
            let is = |tree: &TokenTree, sign: char| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign);
            trees.by_ref().find(|tree| is(tree, '='));
            trees.next().filter(|tree| is(tree, '>')).map(|_| trees.collect())
        }
        _ => None,
    }
}

/// What `quote!` holds, as items, statements and expressions, if it is Rust; what is repeated stands once.
#[must_use]
pub fn quoted_statements(tokens: &TokenStream) -> Option<Vec<syn::Stmt>> {
    Template { sigil: QUOTE, kinds: &HashMap::new(), of_any_token: "" }.statements(tokens)
}

/// The name that stands for the variable `$name` of a macro.
#[must_use]
pub fn macro_variable(name: &str) -> String {
    format!("{VARIABLE}{name}")
}

/// Whether a name stands for a variable of a macro.
#[must_use]
pub fn is_macro_variable(name: &str) -> bool {
    [VARIABLE, RAW_VARIABLE].iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a name stands for a variable of a macro or of `quote!`.
#[must_use]
pub fn is_variable(name: &str) -> bool {
    [VARIABLE, QUOTED].iter().any(|prefix| name.starts_with(prefix))
}

/// A text that was put together from names of the tree, with the macro's variables as people write them: `$name`, `#name`.
#[must_use]
pub fn with_variables(text: &str) -> Cow<'_, str> {
    WRITTEN.iter().fold(text.into(), |text, (prefix, sigil)| if text.contains(prefix) { text.replace(prefix, sigil).into() } else { text })
}

/// The name that stands for a variable: an identifier, whatever the variable is called.
fn stand_in(sigil: char, variable: &Ident) -> String {
    let name = variable.to_string();
    let (prefix, raw_prefix) = if sigil == QUOTE { (QUOTED, RAW_QUOTED) } else { (VARIABLE, RAW_VARIABLE) };
    name.strip_prefix("r#").map_or_else(|| format!("{prefix}{name}"), |plain| format!("{raw_prefix}{plain}"))
}

fn statements(matcher: &TokenStream, tokens: &TokenStream) -> Option<Vec<syn::Stmt>> {
    let mut kinds = HashMap::new();
    read_kinds(matcher, &mut kinds);
    // Any token can be a name, or whole items.
    ["ident", "item"].into_iter().find_map(|of_any_token| Template { sigil: '$', kinds: &kinds, of_any_token }.statements(tokens))
}

/// What each variable of a matcher stands for: `$name:ident`.
fn read_kinds(matcher: &TokenStream, kinds: &mut HashMap<String, String>) {
    let trees: Vec<TokenTree> = matcher.clone().into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        match (tree, trees.get(at + 1), trees.get(at + 2), trees.get(at + 3)) {
            (TokenTree::Group(group), ..) => read_kinds(&group.stream(), kinds),
            (TokenTree::Punct(dollar), Some(TokenTree::Ident(name)), Some(TokenTree::Punct(colon)), Some(TokenTree::Ident(kind)))
                if dollar.as_char() == '$' && colon.as_char() == ':' =>
            {
                kinds.insert(name.to_string(), kind.to_string());
            }
            _ => {}
        }
    }
}

/// How the variables of a template are filled in.
struct Template<'k> {
    /// What stands before each of them.
    sigil: char,
    kinds: &'k HashMap<String, String>,
    /// What kind a `tt` is taken for.
    of_any_token: &'static str,
}

/// What a group of tokens is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// Items, statements, fields.
    Statements,
    /// The arms of a `match`.
    Arms,
    Other,
}

impl Template<'_> {
    fn statements(&self, template: &TokenStream) -> Option<Vec<syn::Stmt>> {
        syn::Block::parse_within.parse2(self.filled(template.clone(), Parts::Statements)?).ok()
    }

    /// Tokens of Rust for those of the template; each has the span of what it stands for. `None` where parameters of a function are
    /// repeated, or the parameters of an `impl` are a variable: how many there are is not known.
    fn filled(&self, template: TokenStream, parts: Parts) -> Option<TokenStream> {
        let mut filled: Vec<TokenTree> = Vec::new();
        let mut trees = template.into_iter().peekable();
        // Whether the parentheses of a function's parameters, or the braces of a `match`, come next.
        let (mut in_signature, mut in_match) = (false, false);
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Punct(sigil) if sigil.as_char() == self.sigil => match trees.next() {
                    Some(TokenTree::Ident(name)) => {
                        let is_followed = trees.peek().is_some_and(|next| !is_word_of(next, "for") && !is_brace(next));
                        if filled.last().is_some_and(|last| is_word_of(last, "impl")) && is_followed {
                            return None;
                        }
                        let kind = self.kind(&name, parts, filled.last(), trees.peek());
                        filled.extend(self.variable(&name, sigil.span(), kind));
                    }
                    Some(TokenTree::Group(repeated)) if repeated.delimiter() == Delimiter::Parenthesis => {
                        filled.extend(self.filled(repeated.stream(), parts)?);
                        // Up to the sign of repetition, with a separator before it.
                        let is_sign = |tree: TokenTree| matches!(tree, TokenTree::Punct(sign) if matches!(sign.as_char(), '*' | '+' | '?'));
                        trees.by_ref().find_map(|tree| is_sign(tree).then_some(()));
                    }
                    // An attribute.
                    Some(TokenTree::Group(group)) => {
                        filled.push(TokenTree::Punct(sigil));
                        filled.push(grouped(group.delimiter(), self.filled(group.stream(), Parts::Other)?, group.span()));
                    }
                    other => {
                        filled.push(TokenTree::Punct(sigil));
                        filled.extend(other);
                    }
                },
                TokenTree::Group(group) => {
                    let delimiter = group.delimiter();
                    if in_signature && delimiter == Delimiter::Parenthesis {
                        if self.is_repeated(&group.stream()) {
                            return None;
                        }
                        in_signature = false;
                    }
                    let inner = match delimiter {
                        Delimiter::Brace if std::mem::take(&mut in_match) => Parts::Arms,
                        Delimiter::Brace => Parts::Statements,
                        _ => Parts::Other,
                    };
                    filled.push(grouped(delimiter, self.filled(group.stream(), inner)?, group.span()));
                }
                TokenTree::Ident(word) => {
                    in_signature |= word == "fn";
                    in_match |= word == "match";
                    filled.push(TokenTree::Ident(word));
                }
                other => filled.push(other),
            }
        }
        Some(filled.into_iter().collect())
    }

    /// What a variable stands for: as its matcher says; `quote!` has no matchers, but shows what is around it.
    fn kind(&self, name: &Ident, parts: Parts, before: Option<&TokenTree>, after: Option<&TokenTree>) -> &str {
        let kind = self.kinds.get(&name.to_string()).map(String::as_str);
        if self.sigil != QUOTE {
            return kind.map_or("ident", |kind| if kind == "tt" { self.of_any_token } else { kind });
        }
        let is_sign = |tree: &TokenTree, signs: &str| matches!(tree, TokenTree::Punct(sign) if signs.contains(sign.as_char()));
        let begins = before.is_none_or(|tree| is_sign(tree, ";,") || matches!(tree, TokenTree::Group(_)));
        let ends = after.is_none_or(|tree| is_sign(tree, "#") || matches!(tree, TokenTree::Ident(_)));
        match parts {
            Parts::Arms if begins && after.is_none_or(|tree| is_sign(tree, "#,")) => "arm",
            Parts::Statements if begins && ends => "item",
            _ => "ident",
        }
    }

    /// What stands for `$name`.
    fn variable(&self, name: &Ident, sigil: Span, kind: &str) -> Vec<TokenTree> {
        let span = sigil.join(name.span()).unwrap_or_else(|| name.span());
        let named = |name: String| TokenTree::Ident(Ident::new(&name, span));
        if name == "crate" {
            return vec![named("crate".to_owned())];
        }
        let sign = |character: char, spacing: Spacing| {
            let mut sign = Punct::new(character, spacing);
            sign.set_span(span);
            TokenTree::Punct(sign)
        };
        let ident = named(stand_in(self.sigil, name));
        match kind {
            // Any visibility does.
            "vis" => vec![named("pub".to_owned())],
            "block" => vec![grouped(Delimiter::Brace, TokenStream::from(ident), span)],
            "item" => vec![ident, sign('!', Spacing::Alone), grouped(Delimiter::Brace, TokenStream::new(), span)],
            "arm" => {
                let nothing = grouped(Delimiter::Parenthesis, TokenStream::new(), span);
                vec![ident, sign('=', Spacing::Joint), sign('>', Spacing::Alone), nothing]
            }
            "lifetime" => vec![sign('\'', Spacing::Joint), ident],
            "literal" => {
                let mut literal = Literal::string("");
                literal.set_span(span);
                vec![TokenTree::Literal(literal)]
            }
            _ => vec![ident],
        }
    }

    /// Whether tokens have a repetition, groups inside of them left out.
    fn is_repeated(&self, tokens: &TokenStream) -> bool {
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        trees.windows(2).any(|pair| match pair {
            [TokenTree::Punct(sigil), TokenTree::Group(group)] => {
                sigil.as_char() == self.sigil && group.delimiter() == Delimiter::Parenthesis
            }
            _ => false,
        })
    }
}

fn is_word_of(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn is_brace(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn grouped(delimiter: Delimiter, inside: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(delimiter, inside);
    group.set_span(span);
    TokenTree::Group(group)
}

#[cfg(test)]
mod tests {
    use syn::ext::IdentExt;

    use super::*;

    /// Whether the body of the only arm is read as Rust.
    fn is_read(definition: &str) -> bool {
        let tokens: TokenStream = definition.parse().unwrap();
        let arms = macro_arms(&tokens);
        assert_eq!(arms.len(), 1);
        arms[0].statements.is_some()
    }

    #[test]
    fn bodies_are_read_with_what_their_variables_stand_for() {
        assert!(is_read(
            "($v:vis $name:ident, $t:ty, $($m:meta)?) => { $(#[$m])? $v struct $name($v $t); impl A for $name { $v fn f(&self) {} } }"
        ));
        assert!(is_read("($l:lifetime, $b:block, $s:literal) => { #[doc = $s] fn f<$l>(a: &$l str) $b }"));
        assert!(is_read("($($body:tt)*) => { impl S { $($body)* } }"));
        assert!(is_read("($t:tt) => { fn f() -> u8 { g().$t() } }"));
        assert!(is_read("($i:item) => { $i mod m {} }"));
        assert!(is_read("($($e:expr),* $(,)?) => { f($($e),*) }"));
    }

    #[test]
    fn what_is_no_rust_is_not_read() {
        assert!(!is_read("($a:expr) => { + $a => }"));
        // How many parameters there are is not known.
        assert!(!is_read("($($a:ident: $t:ty),*) => { fn f($($a: $t),*) {} }"));
    }

    #[test]
    fn variables_may_be_raw_identifiers() {
        assert!(is_read("($r#mod:expr, $r#type:ty, $r#fn:ident) => { pub fn $r#fn() -> $r#type { f($r#mod) } }"));
        assert!(is_read("($r#let:lifetime, $r#do:block, $r#use:item) => { fn f<$r#let>() $r#do $r#use }"));
        let quoted = quoted_statements(&"fn #r#fn() -> #r#type { f(#r#mod) } #r#use".parse().unwrap());
        assert_eq!(quoted.map(|statements| statements.len()), Some(2));
        let names = ["$r#mod", "$raw_mod", "#r#type", "#type"];
        let stand_ins = names.map(|name| {
            let (sigil, name) = name.split_at(1);
            let name = syn::parse::Parser::parse_str(Ident::parse_any, name).unwrap();
            stand_in(sigil.chars().next().unwrap(), &name)
        });
        assert_eq!(with_variables(&stand_ins.join(" ")), names.join(" "));
        assert!(is_macro_variable(&stand_ins[0]));
    }

    #[test]
    fn what_is_quoted_is_read_with_its_variables() {
        let is_read = |text: &str| quoted_statements(&text.parse().unwrap()).is_some();
        assert!(is_read("#[automatically_derived] impl T for #name { fn f(&self) -> u8 { match self { #(#variants,)* _ => 1 } } }"));
        assert!(is_read("impl #name { #(#methods)* fn f(&self) { #body } }"));
        assert!(is_read("match self { #(Self::#names(x) => x.f(py)),*, }"));
        assert!(is_read("#vis fn f() { let a = #a; #b #c }"));
        assert!(is_read("impl T for S { #(fn #names(&self) -> #types { self.#names.f() })* }"));
        // Whatever lifetimes and types those are.
        assert!(!is_read("impl #generics T for #name {}"));
        assert!(!is_read("fn f(#(#names: #types),*) {}"));
    }

    #[test]
    fn variables_get_their_names_back() {
        assert_eq!(with_variables(&format!("a({})", macro_variable("b"))), "a($b)");
        assert_eq!(with_variables("a(b)"), "a(b)");
    }
}
