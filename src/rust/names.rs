//! Identifiers as names that can be compared: `r#foo` is `foo`, and `r#type` cannot be written in another way.

use proc_macro2::Ident;

/// The keywords of the newest edition that are raw identifiers where they are names.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// The name that an identifier stands for, as it can be written: without `r#` unless it is a keyword.
#[must_use]
pub fn name_of(ident: &Ident) -> String {
    plain_name(&ident.to_string()).to_owned()
}

/// The same for an identifier in a text; every other token stays as it is.
pub(super) fn plain_name(written: &str) -> &str {
    written.strip_prefix("r#").filter(|plain| is_name(plain) && !KEYWORDS.contains(plain)).unwrap_or(written)
}

/// Whether it is no raw string.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// A name without its `r#`, as files are called and Python sees it.
#[must_use]
pub fn bare_name(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keywords_stay_raw() {
        let here = proc_macro2::Span::call_site();
        let raw = ["plain", "type", "match"].map(|text| name_of(&Ident::new_raw(text, here)));
        assert_eq!(raw, ["plain", "r#type", "r#match"]);
        assert_eq!(["plain", "Self"].map(|text| name_of(&Ident::new(text, here))), ["plain", "Self"]);
        assert_eq!(["r#type", "plain"].map(bare_name), ["type", "plain"]);
    }
}
