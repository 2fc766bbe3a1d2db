//! What the arms of a `macro_rules!` expand to, read as Rust with the macro's own variables in it.

use std::borrow::Cow;
use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::parse::Parser;

/// What the names begin with that stand for variables of a macro: no code has such names of its own.
const VARIABLE: &str = "__variable_of_a_macro_";

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
    let trees: Vec<TokenTree> = definition.clone().into_iter().collect();
    let arms = trees.windows(4).filter_map(|window| match window {
        [TokenTree::Group(matcher), TokenTree::Punct(equals), TokenTree::Punct(arrow), TokenTree::Group(body)] => {
            (equals.as_char() == '=' && arrow.as_char() == '>').then(|| (matcher.stream(), body.stream()))
        }
        _ => None,
    });
    arms.map(|(matcher, tokens)| MacroArm { statements: statements(&matcher, &tokens), tokens }).collect()
}

/// The name that stands for the variable `$name` of a macro.
#[must_use]
pub fn macro_variable(name: &str) -> String {
    format!("{VARIABLE}{name}")
}

/// A text that was put together from names of the tree, with the macro's variables as people write them: `$name`.
#[must_use]
pub fn with_variables(text: &str) -> Cow<'_, str> {
    if text.contains(VARIABLE) { text.replace(VARIABLE, "$").into() } else { text.into() }
}

fn statements(matcher: &TokenStream, tokens: &TokenStream) -> Option<Vec<syn::Stmt>> {
    let mut kinds = HashMap::new();
    read_kinds(matcher, &mut kinds);
    // Any token can be a name, or whole items.
    ["ident", "item"].into_iter().find_map(|of_any_token| {
        let template = Template { kinds: &kinds, of_any_token };
        syn::Block::parse_within.parse2(template.filled(tokens.clone())?).ok()
    })
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

/// How the variables of one arm are filled in.
struct Template<'k> {
    kinds: &'k HashMap<String, String>,
    /// What kind a `tt` is taken for.
    of_any_token: &'static str,
}

impl Template<'_> {
    /// Tokens of Rust for those of the template; each has the span of what it stands for. `None` where parameters of a function are
    /// repeated: how many there are is not known.
    fn filled(&self, template: TokenStream) -> Option<TokenStream> {
        let mut filled = TokenStream::new();
        let mut trees = template.into_iter().peekable();
        // Whether the parentheses of a function's parameters come next.
        let mut in_signature = false;
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Punct(dollar) if dollar.as_char() == '$' => match trees.next() {
                    Some(TokenTree::Ident(name)) => filled.extend(self.variable(&name, dollar.span())),
                    Some(TokenTree::Group(repeated)) if repeated.delimiter() == Delimiter::Parenthesis => {
                        filled.extend(self.filled(repeated.stream())?);
                        // Up to the sign of repetition, with a separator before it.
                        let is_sign = |tree: TokenTree| matches!(tree, TokenTree::Punct(sign) if matches!(sign.as_char(), '*' | '+' | '?'));
                        trees.by_ref().find_map(|tree| is_sign(tree).then_some(()));
                    }
                    other => filled.extend(other),
                },
                TokenTree::Group(group) => {
                    if in_signature && group.delimiter() == Delimiter::Parenthesis {
                        if is_repeated(&group.stream()) {
                            return None;
                        }
                        in_signature = false;
                    }
                    filled.extend([grouped(group.delimiter(), self.filled(group.stream())?, group.span())]);
                }
                TokenTree::Ident(word) => {
                    in_signature |= word == "fn";
                    filled.extend([TokenTree::Ident(word)]);
                }
                other => filled.extend([other]),
            }
        }
        Some(filled)
    }

    /// What stands for `$name`.
    fn variable(&self, name: &Ident, dollar: Span) -> Vec<TokenTree> {
        let span = dollar.join(name.span()).unwrap_or_else(|| name.span());
        let named = |name: String| TokenTree::Ident(Ident::new(&name, span));
        if name == "crate" {
            return vec![named("crate".to_owned())];
        }
        let ident = named(macro_variable(&name.to_string()));
        let mut kind = self.kinds.get(&name.to_string()).map_or("ident", String::as_str);
        if kind == "tt" {
            kind = self.of_any_token;
        }
        match kind {
            // Any visibility does.
            "vis" => vec![named("pub".to_owned())],
            "block" => vec![grouped(Delimiter::Brace, TokenStream::from(ident), span)],
            "item" => {
                let mut bang = Punct::new('!', Spacing::Alone);
                bang.set_span(span);
                vec![ident, TokenTree::Punct(bang), grouped(Delimiter::Brace, TokenStream::new(), span)]
            }
            "lifetime" => {
                let mut quote = Punct::new('\'', Spacing::Joint);
                quote.set_span(span);
                vec![TokenTree::Punct(quote), ident]
            }
            "literal" => {
                let mut literal = Literal::string("");
                literal.set_span(span);
                vec![TokenTree::Literal(literal)]
            }
            _ => vec![ident],
        }
    }
}

fn grouped(delimiter: Delimiter, inside: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(delimiter, inside);
    group.set_span(span);
    TokenTree::Group(group)
}

/// Whether tokens begin a repetition, groups inside of them left out.
fn is_repeated(tokens: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    trees.windows(2).any(|pair| match pair {
        [TokenTree::Punct(dollar), TokenTree::Group(group)] => dollar.as_char() == '$' && group.delimiter() == Delimiter::Parenthesis,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
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
    fn variables_get_their_names_back() {
        assert_eq!(with_variables(&format!("a({})", macro_variable("b"))), "a($b)");
        assert_eq!(with_variables("a(b)"), "a(b)");
    }
}
