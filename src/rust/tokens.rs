//! A text cut into tokens: code that is compared token by token is the same however blanks, line ends and comments lie in it.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::names::plain_name;
use super::scan::{block_comment_end, char_end, line_end, raw_or_byte_string_end, string_end};
use crate::text::TextRange;

/// Signs of more than one character that are one token.
const LONG_SIGNS: [&str; 3] = ["::", "->", "=>"];

/// Words after which a blank stands, whatever follows.
const SPACED_WORDS: [&str; 13] = ["mut", "dyn", "impl", "const", "as", "in", "for", "where", "return", "move", "if", "else", "match"];

/// The tokens of `text` in order, comments left out: words, literals, lifetimes, `::`, `->`, `=>`, and every other sign by itself.
pub fn tokens(text: &str) -> impl Iterator<Item = TextRange> + use<'_> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = skip_layout(text, at)?;
        at = start + token_length(text, start);
        Some(TextRange::new(start, at))
    })
}

/// Tokens in one layout, that of ordinary code: two texts of the same tokens become equal.
#[must_use]
pub fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = "";
    for range in tokens(text) {
        let token = &text[range.start..range.end];
        if !previous.is_empty() && is_spaced(previous, token) {
            out.push(' ');
        }
        out.push_str(plain_name(token));
        previous = token;
    }
    out
}

/// Whether `word` is a token of `text`.
#[must_use]
pub fn has_word(text: &str, word: &str) -> bool {
    text.contains(word) && tokens(text).any(|range| &text[range.start..range.end] == word)
}

/// The tokens of a whole file, cut when they are first asked for.
#[derive(Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    ranges: OnceCell<Vec<TextRange>>,
    used: OnceCell<HashSet<String>>,
    by_text: OnceCell<HashMap<String, Vec<TextRange>>>,
}

impl<'t> Tokens<'t> {
    /// The tokens of `text`.
    #[must_use]
    pub const fn new(text: &'t str) -> Self {
        Self { text, ranges: OnceCell::new(), used: OnceCell::new(), by_text: OnceCell::new() }
    }

    /// The tokens that end before the byte at `at`, the nearest first.
    pub fn before(&self, at: usize) -> impl Iterator<Item = TextRange> {
        let ranges = self.ranges();
        ranges[..ranges.partition_point(|token| token.end <= at)].iter().rev().copied()
    }

    /// The tokens that start at the byte at `at` or behind it.
    pub fn after(&self, at: usize) -> impl Iterator<Item = TextRange> {
        let ranges = self.ranges();
        ranges[ranges.partition_point(|token| token.start < at)..].iter().copied()
    }

    /// The tokens inside of `range`.
    pub fn inside(&self, range: TextRange) -> impl DoubleEndedIterator<Item = TextRange> + Clone {
        let ranges = self.ranges();
        let start = ranges.partition_point(|token| token.start < range.start);
        let end = ranges.partition_point(|token| token.end <= range.end);
        ranges[start..end.max(start)].iter().copied()
    }

    /// The tokens with this text, in order.
    pub fn with_text(&self, text: &str) -> impl Iterator<Item = TextRange> {
        let by_text = self.by_text.get_or_init(|| {
            let mut by_text: HashMap<String, Vec<TextRange>> = HashMap::new();
            for token in self.ranges() {
                by_text.entry(self.text(*token).to_owned()).or_default().push(*token);
            }
            by_text
        });
        by_text.get(text).into_iter().flatten().copied()
    }

    /// The text of a token; a name without its `r#`, if it can do without.
    #[must_use]
    pub fn text(&self, token: TextRange) -> &'t str {
        plain_name(self.text.get(token.start..token.end).unwrap_or_default())
    }

    /// Whether a name stands outside of `use` declarations by itself, or behind nothing but `self`, `super` and `crate`.
    #[must_use]
    pub fn is_used(&self, name: &str) -> bool {
        self.used.get_or_init(|| self.used_names()).contains(name)
    }

    fn ranges(&self) -> &[TextRange] {
        self.ranges.get_or_init(|| tokens(self.text).collect())
    }

    fn used_names(&self) -> HashSet<String> {
        let mut used = HashSet::new();
        let mut in_import = false;
        let words: Vec<&str> = self.ranges().iter().map(|token| self.text(*token)).collect();
        for (index, word) in words.iter().copied().enumerate() {
            let before = |count: usize| index.checked_sub(count).and_then(|index| words.get(index)).copied().unwrap_or_default();
            // `use<'a>` is a bound.
            in_import = (in_import && word != ";") || (word == "use" && words.get(index + 1) != Some(&"<"));
            let is_of_other = match before(1) {
                "." | "fn" | "struct" | "enum" | "trait" | "type" | "mod" => true,
                "::" => !matches!(before(2), "self" | "super" | "crate"),
                _ => false,
            };
            if !in_import && !is_of_other && word.starts_with(is_word) {
                used.insert(word.to_owned());
            }
        }
        used
    }
}

/// The start of the first token at or behind `at`.
fn skip_layout(text: &str, mut at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    loop {
        let rest = text.get(at..)?;
        let first = rest.chars().next()?;
        if rest.starts_with("//") {
            at = line_end(bytes, at);
        } else if rest.starts_with("/*") {
            at = block_comment_end(bytes, at);
        } else if first.is_whitespace() || matches!(first, '\u{feff}' | '\u{200e}' | '\u{200f}') {
            at += first.len_utf8();
        } else {
            return Some(at);
        }
    }
}

fn token_length(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = &text[at..];
    let literal = match bytes[at] {
        b'"' => Some(string_end(bytes, at)),
        b'r' | b'b' | b'c' => raw_or_byte_string_end(bytes, at),
        b'\'' => Some(char_end(text, at).unwrap_or_else(|| at + 1 + word_length(&rest[1..]))),
        _ => None,
    };
    if let Some(end) = literal {
        return end.min(text.len()) - at;
    }
    let word = word_length(rest);
    if word > 0 {
        return word;
    }
    LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign)).map_or_else(|| rest.chars().next().map_or(1, char::len_utf8), |sign| sign.len())
}

/// Length of the word or number that `text` starts with.
fn word_length(text: &str) -> usize {
    let raw = if text.starts_with("r#") && text[2..].starts_with(is_word) { 2 } else { 0 };
    let end = |from: usize| text[from..].find(|c| !is_word(c)).map_or(text.len(), |length| from + length);
    let length = end(raw);
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let has_fraction = text[length..].strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if length == raw {
        0
    } else if is_number && has_fraction {
        end(length + 1)
    } else {
        length
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_spaced(before: &str, after: &str) -> bool {
    let starts_word = |token: &str| token.starts_with(|c: char| is_word(c) || matches!(c, '"' | '\''));
    let is_lifetime = before.starts_with('\'') && !(before.len() > 1 && before.ends_with('\''));
    let closes = matches!(after, ")" | "]" | ">" | "," | ";" | ":" | "::" | "?" | ".");
    let joins = |token: &str| matches!(token, "->" | "=>" | "=" | "+");
    (starts_word(before) && starts_word(after))
        || joins(before)
        || joins(after)
        || (!closes && (matches!(before, "," | ";" | ":") || is_lifetime || SPACED_WORDS.contains(&before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        tokens(text).map(|range| &text[range.start..range.end]).collect()
    }

    #[test]
    fn tokens_are_told_from_comments() {
        assert_eq!(
            cut("fn f<'a>(x: &'a u8, // y\n /* z /* */ */ c: char) -> A::B { '\\'' }"),
            [
                "fn", "f", "<", "'a", ">", "(", "x", ":", "&", "'a", "u8", ",", "c", ":", "char", ")", "->", "A", "::", "B", "{", "'\\''",
                "}"
            ]
        );
        assert_eq!(
            cut("r#type.0 1.5 1..2 a.0.1 b'x' br#\"//\"# c\"y\" \"/*\""),
            ["r#type", ".", "0", "1.5", "1", ".", ".", "2", "a", ".", "0.1", "b'x'", "br#\"//\"#", "c\"y\"", "\"/*\""]
        );
        assert_eq!(cut("\u{feff}a\u{2028}b\u{85}ß"), ["a", "b", "ß"]);
        assert!(cut("// only\n/* comments").is_empty());
    }

    #[test]
    fn layout_makes_no_difference() {
        for (odd, even) in [
            ("Option < Vec<u8 > >", "Option<Vec<u8>>"),
            ("&\n'a/*x*/mut PyAny", "&'a mut PyAny"),
            ("( u8,Vec<  u8>,)", "(u8, Vec<u8>,)"),
            ("Fn(A,B)->C+Send", "Fn(A, B) -> C + Send"),
            ("[ u8;4 ]", "[u8; 4]"),
            ("a\n    .b // c\n    .d( )", "a.b.d()"),
            ("<A as B<'a>>:: c", "<A as B<'a>>::c"),
            ("&'a [u8]", "&'a [u8]"),
            ("r#a::r#type::r#b(r#\"r#a\"#)", "a::r#type::b(r#\"r#a\"#)"),
            ("name=\"x\"", "name = \"x\""),
        ] {
            assert_eq!(code(odd), even);
            assert_eq!(code(even), even);
        }
    }

    #[test]
    fn neighbours_are_found_from_any_place() {
        let text = "let /* let */ x = f(a, // b\n c);";
        let all = Tokens::new(text);
        let words = |found: Vec<TextRange>| found.into_iter().map(|range| all.text(range)).collect::<Vec<_>>();
        let at = text.find("f(").unwrap();
        assert_eq!(words(all.before(at).collect()), ["=", "x", "let"]);
        assert_eq!(words(all.after(at + 2).take(3).collect()), ["a", ",", "c"]);
        assert_eq!(words(all.inside(TextRange::new(at, text.len() - 1)).collect()), ["f", "(", "a", ",", "c", ")"]);
        assert!(has_word(text, "c") && !has_word(text, "b"));
    }

    #[test]
    fn names_are_used_outside_of_imports() {
        let text = "use a::{B, C as D}; fn E(x: ffi::F) { use g::G; x.h(I); super::J; k!(L) } impl M for /* N */ O {}";
        let all = Tokens::new(text);
        let names = ["B", "C", "D", "E", "F", "G", "h", "I", "J", "L", "M", "N", "O"];
        assert_eq!(names.into_iter().filter(|name| all.is_used(name)).collect::<String>(), "IJLMO");
    }

    #[test]
    fn unfinished_text_is_cut_to_its_end() {
        for text in ["\"abc\\", "/* abc", "r#\"abc", "'", "'\\", "b'", "r#", "é\"é", "1."] {
            assert!(tokens(text).all(|range| text.get(range.start..range.end).is_some()), "{text}");
        }
    }
}
