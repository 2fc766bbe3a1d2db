//! Lines and columns of byte offsets.

use memchr::memchr_iter;

/// A place in a text as people count: both numbers start at 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: usize,
}

/// How many bytes are counted for a column at most: a text may be one line of megabytes, with a finding in every word.
const STRIDE: usize = 1024;

/// The offsets at which the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    /// The number of characters before each multiple of [`STRIDE`].
    characters: Vec<usize>,
}

impl LineIndex {
    /// Reads the line starts of `text`. A line ends after `\n`; a `\r` before it belongs to the line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let mut characters = vec![0];
        for chunk in text.as_bytes().chunks_exact(STRIDE) {
            characters.push(characters[characters.len() - 1] + count_characters(chunk));
        }
        Self { starts, characters }
    }

    /// Number of the line, from 1, that holds the byte at `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// Line and column of `offset` in `text`, the text that this index was made from.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> LineColumn {
        let line = self.line(offset);
        let column = 1 + self.characters_before(text, offset).saturating_sub(self.characters_before(text, self.line_start(line)));
        LineColumn { line, column }
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let stride = (offset / STRIDE).min(self.characters.len() - 1);
        let rest = text.as_bytes().get(stride * STRIDE..offset).unwrap_or_default();
        self.characters[stride] + count_characters(rest)
    }

    /// Offset of the first byte of `line` (from 1); the end of the last line for numbers past it.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        let index = line.saturating_sub(1).min(self.starts.len() - 1);
        self.starts[index]
    }

    /// Number of lines; a text that ends in `\n` has an empty last line.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }
}

/// Counting bytes that do not continue a character works for ends inside of one, too.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_long_lines_are_those_of_short_ones() {
        let text = format!("{}\n{}x", "aß€".repeat(STRIDE), "€b".repeat(2 * STRIDE + 7));
        let index = LineIndex::new(&text);
        let (mut line, mut column) = (1, 1);
        for (offset, character) in text.char_indices() {
            assert_eq!(index.line_column(&text, offset), LineColumn { line, column });
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
    }

    /// The column is told from at most so many bytes, wherever in the line it is.
    #[test]
    fn columns_are_counted_from_nearby() {
        let text = "a".repeat(100 * STRIDE + 5);
        let index = LineIndex::new(&text);
        assert_eq!(index.characters.len(), 101);
        for offset in [0, STRIDE - 1, STRIDE, 77 * STRIDE + 3, text.len()] {
            // What stands before the stride is not looked at: spoiled there, the text gives the same column.
            let spoiled = "\u{80}".repeat(offset / STRIDE * STRIDE / 2) + &text[offset / STRIDE * STRIDE..];
            assert_eq!(index.line_column(&spoiled, offset).column, offset + 1);
        }
    }

    #[test]
    fn columns_count_characters() {
        let text = "a\nß€x";
        let index = LineIndex::new(text);
        assert_eq!(index.line_column(text, 0), LineColumn { line: 1, column: 1 });
        assert_eq!(index.line_column(text, text.len() - 1), LineColumn { line: 2, column: 3 });
        assert_eq!(index.line_column(text, text.len()), LineColumn { line: 2, column: 4 });
    }
}
