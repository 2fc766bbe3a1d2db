//! A scanner for what the tree does not hold: comments, and how deep the text nests.

use super::nesting::{Nesting, is_word};
use crate::text::TextRange;

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its bytes, markers included.
    pub range: TextRange,
    /// Whether it is `//!` or `/*! */`: it speaks about what encloses it.
    pub inner: bool,
    /// Whether only blanks stand before it on its line.
    pub own_line: bool,
}

/// What [`scan`] found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) comments: Vec<Comment>,
    /// String literals that span lines.
    pub(super) long_strings: Vec<TextRange>,
    /// Offset at which the text nests deeper than the parser can follow.
    pub(super) too_deep: Option<usize>,
}

/// The string literals of `text` that span lines, in order.
#[must_use]
pub fn scan_long_strings(text: &str) -> Vec<TextRange> {
    scan(text).long_strings
}

/// All comments of `text`, in order.
#[must_use]
pub fn scan_comments(text: &str) -> Vec<Comment> {
    scan(text).comments
}

pub(super) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut found = Scan::default();
    let mut nesting = Nesting::default();
    let (mut at, mut line_start) = (0, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let next = match rest[0] {
            b'\n' => {
                line_start = at + 1;
                at + 1
            }
            b'/' if rest.starts_with(b"//") || rest.starts_with(b"/*") => {
                let end = if rest[1] == b'/' { line_end(bytes, at) } else { block_comment_end(bytes, at) };
                let own_line = text[line_start..at].trim_start_matches('\u{feff}').trim().is_empty();
                found.comments.push(Comment { range: TextRange::new(at, end), inner: rest.get(2) == Some(&b'!'), own_line });
                end
            }
            first => {
                let end = match first {
                    b'"' => string_end(bytes, at),
                    b'r' | b'b' | b'c' => raw_or_byte_string_end(bytes, at).unwrap_or_else(|| word_end(bytes, at)),
                    b'\'' => char_end(text, at).unwrap_or(at + 1),
                    b'|' | b'<' if rest.get(1) == Some(&first) => at + 2,
                    first if is_word(first) => word_end(bytes, at),
                    _ => at + 1,
                };
                if found.too_deep.is_none() {
                    nesting.token(bytes, at, end.min(bytes.len()));
                    found.too_deep = nesting.is_too_deep().then_some(at);
                }
                if end > at + 1 && bytes[at..end.min(bytes.len())].contains(&b'\n') {
                    found.long_strings.push(TextRange::new(at, end));
                }
                end
            }
        };
        at = next;
    }
    found
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|&&byte| is_word(byte)).count()
}

pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
    if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end }
}

pub(super) fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start + 2, 1);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// The end of the string whose opening quote is at `quote`.
pub(super) fn string_end(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a string or byte that starts with a prefix (`r#"`, `b"`, `br"`, `c"`, `b'`); `None` when no literal starts here.
pub(super) fn raw_or_byte_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at - start < 2 && matches!(bytes.get(at), Some(b'r' | b'b' | b'c')) {
        at += 1;
    }
    let raw = bytes[start..at].contains(&b'r');
    if !raw {
        return match bytes.get(at)? {
            b'"' => Some(string_end(bytes, at)),
            b'\'' if bytes[start] == b'b' => {
                let close = if bytes.get(at + 1) == Some(&b'\\') { at + 3 } else { at + 2 };
                Some(memchr::memchr(b'\'', bytes.get(close..)?).map_or(bytes.len(), |length| close + length + 1))
            }
            _ => None,
        };
    }
    let hashes = bytes[at..].iter().take_while(|&&byte| byte == b'#').count();
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = at + hashes + 1;
    while let Some(length) = memchr::memchr(b'"', bytes.get(close..)?) {
        close += length + 1;
        if bytes[close..].iter().take(hashes).filter(|&&byte| byte == b'#').count() == hashes {
            return Some(close + hashes);
        }
    }
    Some(bytes.len())
}

/// The end of the character literal at `quote`; `None` when the quote starts a lifetime.
pub(super) fn char_end(text: &str, quote: usize) -> Option<usize> {
    let mut characters = text[quote + 1..].char_indices();
    let (_, first) = characters.next()?;
    if first == '\\' {
        characters.next()?;
        return characters.find(|&(_, c)| c == '\'').map(|(offset, _)| quote + 1 + offset + 1);
    }
    let (offset, second) = characters.next()?;
    (second == '\'').then_some(quote + 1 + offset + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(text: &str) -> Vec<&str> {
        scan_comments(text).into_iter().map(|c| &text[c.range.start..c.range.end]).collect()
    }

    #[test]
    fn finds_comments_and_only_comments() {
        let text =
            "let a = \"// no\"; // yes\nlet b = r#\"/* no \" */\"#; /* a /* b */ c */ let c = '\"'; // z\r\nlet d: &'a str = b'\\''; //! x";
        assert_eq!(comments(text), ["// yes", "/* a /* b */ c */", "// z", "//! x"]);
    }
}
