//! The same tokens in other layouts.

use std::ops::Range;

use hognose::rust::scan_comments;
use proc_macro2::{Spacing, TokenStream, TokenTree};

/// A token of a text.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
    /// Whether the next token belongs to it: `::`, `'a`.
    glued: bool,
    /// Whether it is a comment that documents.
    doc: bool,
}

/// A text with the same tokens.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// What stands in the comments that the variants add.
pub(crate) const MARK: &str = "layout";

/// The tokens of a text, where each begins and ends.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let stripped = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let stream: TokenStream = text[stripped..].parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut found = Vec::new();
    collect(stream, &mut found);
    found.iter_mut().for_each(|token| token.range = token.range.start + stripped..token.range.end + stripped);
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

/// The tokens of a text as words.
pub(crate) fn words(text: &str) -> Vec<String> {
    let word = |token: Token| text[token.range].replace("\r\n", "\n").trim_end().to_owned();
    tokens(text).into_iter().map(word).collect()
}

fn collect(stream: TokenStream, found: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let range = tree.span().byte_range();
        match tree {
            // A `#` of more than one byte is what a documentation comment became, and so are `!` and the brackets behind it.
            TokenTree::Punct(sign) if sign.as_char() == '#' && range.len() > 1 => {
                trees.next_if(|next| matches!(next, TokenTree::Punct(_)));
                trees.next();
                found.push(Token { range, glued: false, doc: true });
            }
            TokenTree::Punct(sign) => found.push(Token { range, glued: sign.spacing() == Spacing::Joint, doc: false }),
            TokenTree::Group(group) => {
                found.push(Token { range: group.span_open().byte_range(), glued: false, doc: false });
                collect(group.stream(), found);
                found.push(Token { range: group.span_close().byte_range(), glued: false, doc: false });
            }
            _ => found.push(Token { range, glued: false, doc: false }),
        }
    }
}

/// The text in every other layout.
pub(crate) fn variants(text: &str) -> Vec<Variant> {
    let tokens = tokens(text);
    let mut variants = vec![
        Variant { name: "CRLF", text: text.replace('\n', "\r\n") },
        Variant { name: "byte order mark", text: format!("\u{feff}{text}") },
        Variant { name: "comments at the ends of lines", text: with_line_comments(text, &tokens) },
        Variant { name: "comments between tokens", text: between(text, &tokens, &format!(" /*{MARK}*/ ")) },
        Variant { name: "tabs and line separators between tokens", text: between(text, &tokens, "\t\u{2028}") },
    ];
    // Which line an allow comment speaks about is what it is about.
    if !text.contains("hognose: allow") {
        variants.push(Variant { name: "lines between tokens", text: between(text, &tokens, "\n") });
    }
    variants
}

/// Puts `layout` between all tokens that have no comment between them.
fn between(text: &str, tokens: &[Token], layout: &str) -> String {
    let mut out = String::new();
    let mut done = 0;
    for pair in tokens.windows(2) {
        let gap = &text[pair[0].range.end..pair[1].range.start];
        if !pair[0].glued && !pair[0].doc && scan_comments(gap).is_empty() {
            out.push_str(&text[done..pair[0].range.end]);
            out.push_str(layout);
            done = pair[0].range.end;
        }
    }
    out.push_str(&text[done..]);
    out
}

/// Puts a comment at the end of each line that ends in code.
fn with_line_comments(text: &str, tokens: &[Token]) -> String {
    let comments = scan_comments(text);
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        let end = start + line.trim_end_matches('\n').len();
        let in_token = tokens.iter().any(|token| token.range.start < end && end < token.range.end);
        let in_comment = comments.iter().any(|comment| comment.range.start < end && end <= comment.range.end);
        out.push_str(&text[start..end]);
        if !in_token && !in_comment && !text[start..end].trim().is_empty() {
            out.push_str(&format!(" // {MARK}"));
        }
        out.push_str(&text[end..start + line.len()]);
    }
    out
}

#[test]
fn variants_have_the_same_tokens() {
    let text = "//! Doc.\nfn f<'a>(x: &'a str) -> u8 {\n    /* y */ m![a::b, \"\n\"] // z\n}\n";
    let layouts = variants(text);
    assert_eq!(layouts.len(), 6);
    for variant in &layouts {
        assert_eq!(words(&variant.text), words(text), "{}", variant.name);
        assert_ne!(variant.text, text);
    }
    let named = |name: &str| layouts.iter().find(|variant| variant.name == name).map(|variant| variant.text.as_str());
    let comments = "//! Doc.\nfn f<'a>(x: &'a str) -> u8 { // layout\n    /* y */ m![a::b, \"\n\"] // z\n} // layout\n";
    assert_eq!(named("comments at the ends of lines"), Some(comments));
    let lines = "//! Doc.\nfn\n f\n<'a\n>\n(\nx\n:\n &'a\n str\n)\n ->\n u8\n {\n    /* y */ m\n!\n[\na\n::\nb\n,\n \"\n\"\n] // z\n}\n";
    assert_eq!(named("lines between tokens"), Some(lines));
}
