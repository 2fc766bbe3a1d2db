//! One parsed Rust file, and the byte ranges of its nodes.

use std::borrow::Cow;
use std::fmt;

use syn::spanned::Spanned;

use super::scan::scan;
use super::tokens::tokens;
use crate::text::{LineColumn, LineIndex, TextRange};

/// Bytes of stack that a thread needs to parse any text that the depth guard lets through: the parser recurses with the nesting of the code.
pub const PARSER_STACK: usize = 512 << 20;

/// A Rust file's tree. Lives and dies on the thread that parsed it: spans are looked up in a table of that thread.
#[derive(Debug)]
pub struct RustFile {
    tree: syn::File,
    spans: Spans,
}

/// Why a text has no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFailure {
    /// What is wrong: lower case, no full stop.
    pub reason: String,
    /// Where.
    pub place: LineColumn,
    /// The same place as byte offset.
    pub offset: usize,
}

impl fmt::Display for ParseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}:{}", self.reason, self.place.line, self.place.column)
    }
}

/// Turns spans into byte ranges of the text on disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spans {
    /// Bytes that `syn` strips before it parses: a BOM and a shebang line.
    offset: usize,
}

impl Spans {
    /// The bytes of a node, from its first to its last token.
    pub fn range(self, node: &impl Spanned) -> TextRange {
        self.of(node.span())
    }

    /// The bytes of a span.
    #[must_use]
    pub fn of(self, span: proc_macro2::Span) -> TextRange {
        let range = span.byte_range();
        TextRange::new(range.start + self.offset, range.end + self.offset)
    }
}

impl RustFile {
    /// Parses `text`.
    ///
    /// # Errors
    /// The first syntax error, or text that nests too deep to be parsed without overflowing the stack.
    pub fn parse(text: &str) -> Result<Self, ParseFailure> {
        let failure = |reason: String, offset: usize| {
            let offset = offset.min(text.len());
            ParseFailure { reason, place: LineIndex::new(text).line_column(text, offset), offset }
        };
        if let Some(at) = scan(text).too_deep {
            return Err(failure("the code nests too deep to be analysed".to_owned(), at));
        }
        // The table of spans grows with every text parsed; no span of an earlier file is alive here.
        proc_macro2::extra::invalidate_current_thread_spans();
        // The span of a documentation comment would take in the `\r` of its line end: lines end in `\n` for the parser, and no byte moves.
        let lines: Cow<'_, str> = if text.contains("\r\n") { text.replace("\r\n", "\n\n").into() } else { text.into() };
        let spans = Spans { offset: stripped_bytes(&lines) };
        #[expect(clippy::disallowed_methods, reason = "this is the place that parses Rust files")]
        let parsed = syn::parse_file(&lines);
        match parsed {
            Ok(tree) => Ok(Self { tree, spans }),
            Err(error) => Err(failure(reason_of(&error), spans.of(error.span()).start)),
        }
    }

    /// Whether `text` parses, asked from a thread with any stack.
    ///
    /// # Errors
    /// As [`RustFile::parse`].
    pub fn check(text: &str) -> Result<(), ParseFailure> {
        Self::inspect(text, |_| ())
    }

    /// What `look` sees in `text`, asked from a thread with any stack.
    ///
    /// # Errors
    /// As [`RustFile::parse`].
    pub fn inspect<T: Send>(text: &str, look: impl Fn(&Self) -> T + Sync) -> Result<T, ParseFailure> {
        let parse = || Self::parse(text).map(|file| look(&file));
        std::thread::scope(|threads| match std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(threads, parse) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // No thread to be had: ordinary code parses on this one as well.
            Err(_) => parse(),
        })
    }

    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &syn::File {
        &self.tree
    }

    /// The way from its spans to byte ranges.
    #[must_use]
    pub fn spans(&self) -> Spans {
        self.spans
    }
}

/// What is wrong, in words for people: the lexer's own speak of its work.
fn reason_of(error: &syn::Error) -> String {
    let reason = error.to_string();
    if reason.contains("into token stream") {
        return "a bracket or quote without its counterpart, or a character that Rust does not know".to_owned();
    }
    reason
}

/// Bytes of the BOM and the shebang line that `syn::parse_file` takes off before it parses.
#[must_use]
pub fn stripped_bytes(text: &str) -> usize {
    const BOM: &str = "\u{feff}";
    let bom = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let rest = &text[bom..];
    // `#![attribute]` is no shebang; blanks and comments may stand between `#!` and `[`.
    if !rest.starts_with("#!") || tokens(&rest[2..]).next().is_some_and(|token| rest[2 + token.start..].starts_with('[')) {
        return bom;
    }
    bom + rest.find('\n').unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of_first_fn(text: &str) -> String {
        let file = RustFile::parse(text).unwrap();
        let syn::Item::Fn(function) = &file.tree().items[0] else { panic!("no function") };
        let range = file.spans().range(&function.sig.ident);
        text[range.start..range.end].to_owned()
    }

    #[test]
    fn ranges_survive_bom_shebang_and_wide_characters() {
        assert_eq!(name_of_first_fn("fn plain() {}"), "plain");
        assert_eq!(name_of_first_fn("\u{feff}fn bom() {}"), "bom");
        assert_eq!(name_of_first_fn("#!/usr/bin/env run\nfn shebang() {}"), "shebang");
        assert_eq!(name_of_first_fn("\u{feff}#!/usr/bin/env run\n/* €ß */ fn both() {}"), "both");
        assert_eq!(name_of_first_fn("#![allow(x)]\nfn attribute() {}"), "attribute");
        // A second file on the same thread starts at zero again.
        assert_eq!(name_of_first_fn("/* é */ fn again() {}"), "again");
    }

    #[test]
    fn documentation_ends_before_its_line_end() {
        let text = "/// Doc.\r\nfn f() {}\r\n";
        let file = RustFile::parse(text).unwrap();
        let syn::Item::Fn(function) = &file.tree().items[0] else { panic!("no function") };
        assert_eq!(file.spans().range(&function.attrs[0]), TextRange::new(0, "/// Doc.".len()));
        assert_eq!(name_of_first_fn(text), "f");
        assert_eq!(name_of_first_fn("#! /* x */ [allow(x)]\r\nfn commented() {}"), "commented");
    }

    #[test]
    fn syntax_errors_have_a_place() {
        let failure = RustFile::parse("fn a() {}\nfn b( {}\n").unwrap_err();
        assert_eq!(failure.place.line, 2);
        assert!(failure.reason.starts_with("a bracket or quote without its counterpart"), "{failure}");
        assert_eq!(RustFile::parse("fn a() {}\nfn 1() {}\n").unwrap_err().reason, "expected identifier");
    }

    /// The longest text of so many links that the guard lets through.
    fn deepest(before: &str, open: &str, middle: &str, close: &str, after: &str) -> String {
        let text = |count: usize| format!("{before}{}{middle}{}{after}", open.repeat(count), close.repeat(count));
        let (mut passes, mut refused) = (0, 20_000);
        while refused - passes > 1 {
            let half = usize::midpoint(passes, refused);
            let is_refused = scan(&text(half)).too_deep.is_some();
            *if is_refused { &mut refused } else { &mut passes } = half;
        }
        text(passes)
    }

    /// Asked from a thread whose own stack is small. What is not tested here are trees; `tests/it/tough.rs` has those.
    #[test]
    fn the_stack_suffices_for_all_that_the_guard_lets_through() {
        let value = ("pub fn f() { let x = ", "1", "; }");
        let ty = ("pub type T = ", "u8", ";");
        for ((before, middle, after), open, close) in [
            (value, "(", ")"),
            (value, "[", "]"),
            (value, "{", "}"),
            (value, "f(", ")"),
            (value, "S { a: ", " }"),
            (value, "m![", "]"),
            (value, "if a { ", " }"),
            (value, "match a { _ => ", " }"),
            (value, "async move { ", " }"),
            (value, "!!!!!!!!(", ")"),
            (value, "|a| |b| |c| (", ")"),
            (value, "return return return { ", " }"),
            (value, "if a { 1 } else if b { 1 } else { ", " }"),
            (value, "!", ""),
            (value, "&", ""),
            (value, "&mut ", ""),
            (value, "return ", ""),
            (value, "break ", ""),
            (value, "|a| ", ""),
            (value, "|a, b| ", ""),
            (value, "move || ", ""),
            (value, "a = ", ""),
            (value, "a..", ""),
            (value, "a + ", ""),
            (value, "a = b || |c| ", ""),
            (value, "if a {} else ", ""),
            (value, "", ".a()"),
            (value, "", " as u8"),
            (value, "", "?"),
            (value, "", "[0]"),
            (ty, "(", ")"),
            (ty, "[", "; 1]"),
            (ty, "A<", ">"),
            (ty, "A<u8, ", ">"),
            (ty, "A::<u8>::B<", ">"),
            (ty, "<", " as A>::B"),
            (ty, "&", ""),
            (ty, "*const ", ""),
            (ty, "fn() -> ", ""),
            (ty, "for<'a, 'b> fn() -> ", ""),
            (ty, "dyn A<B = ", ">"),
            (("fn f() { let ", "a", " = 1; }"), "(", ")"),
            (("fn f() { let ", "a", " = 1; }"), "&", ""),
            (("fn f() { let ", "a", " = 1; }"), "a @ ", ""),
            (("", "", ""), "mod m { ", " }"),
            (("", "", ""), "fn f() { ", " }"),
            (("use a", "::b", ";"), "::{a", "}"),
        ] {
            let text = deepest(before, open, middle, close, after);
            // Not all of these are Rust; the parser has to go as deep all the same.
            if let Err(failure) = RustFile::check(&text) {
                assert!(!failure.reason.contains("too deep"), "{open}");
            }
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = format!("const X: u8 = {}1{};", "(".repeat(60_000), ")".repeat(60_000));
        assert!(RustFile::parse(&text).unwrap_err().reason.contains("too deep"));
    }
}
