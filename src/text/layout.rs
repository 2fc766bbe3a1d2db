//! How a text is laid out: its line ends and its indentation, which inserted lines follow.

use super::TextRange;

/// How the lines of `text` end: as the first of them does, so that not all of a text is looked through for each line that comes into it.
#[must_use]
pub fn newline_of(text: &str) -> &'static str {
    let first = memchr::memchr(b'\n', text.as_bytes()).and_then(|end| text.get(..end));
    if first.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// The blanks at the start of the line that holds the byte at `at`, as far as they stand before it.
#[must_use]
pub fn indent_of(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or(text);
    let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
    &line[..line.len() - line.trim_start().len()]
}

/// The range with its whole line, when nothing else stands on it.
#[must_use]
pub fn with_line(text: &str, range: TextRange) -> TextRange {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let blank_before = text[start..range.start].trim().is_empty();
    let after = &text[range.end..];
    let end = after.find('\n').map_or(after.len(), |at| at + 1);
    if blank_before && after[..end].trim().is_empty() { TextRange::new(start, range.end + end) } else { range }
}
