//! TOML text as a tree in which every key and value knows its bytes, and edits of it that keep comments and order.

mod edits;

use std::ops::Range;

use toml_edit::{Document, Item, Table, TableLike, TomlError};

pub use edits::{dotted, remove_array_element};

use crate::text::TextRange;

/// A parsed TOML text. All ranges are byte offsets into the text as it is on disk, a byte order mark included.
#[derive(Debug)]
pub struct Toml {
    document: Document<String>,
}

/// Why a text is no TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What the TOML parser says.
    pub message: String,
    /// Where; the start of the text when the parser does not tell.
    pub range: TextRange,
}

/// A key of a table with what it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The key, unquoted.
    pub key: &'a str,
    /// The key as written, quotes included.
    pub key_range: TextRange,
    /// What stands there.
    pub value: Node<'a>,
}

impl Entry<'_> {
    /// The value as written; for a table with a header of its own, the header with its brackets.
    #[must_use]
    pub fn value_range(&self) -> TextRange {
        self.value.range()
    }

    /// From the key to the end of the value; for a table with a header, from there to the end of its last value.
    #[must_use]
    pub fn range(&self) -> TextRange {
        let value = self.value.full_range();
        if self.value.has_header() { value } else { self.key_range.cover(value) }
    }
}

/// A string with its place, quotes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The string itself.
    pub value: String,
    /// The literal.
    pub range: TextRange,
}

/// A value or a table, wherever TOML can hold one.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a>(Kind<'a>);

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    Item(&'a Item),
    Value(&'a toml_edit::Value),
    Table(&'a Table),
}

/// Parses `text`.
///
/// # Errors
/// [`SyntaxError`] with the parser's own words and place.
pub fn parse(text: &str) -> Result<Toml, SyntaxError> {
    let document = Document::parse(text.to_owned()).map_err(|error| SyntaxError::new(&error, text))?;
    Ok(Toml { document })
}

impl SyntaxError {
    fn new(error: &TomlError, text: &str) -> Self {
        let clamp = |at: usize| at.min(text.len());
        let range = error.span().map_or(TextRange::empty(0), |span| TextRange::new(clamp(span.start), clamp(span.end)));
        // The parser's reason may span lines; a report shows it on one.
        let message = error.message().lines().collect::<Vec<_>>().join(" ");
        Self { message, range }
    }
}

impl Toml {
    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.document.raw()
    }

    /// The table of the whole document.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node(Kind::Table(self.document.as_table()))
    }

    /// What stands at the path of keys, however it is written: headers, dotted keys, inline tables.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<Entry<'_>> {
        self.root().get_path(path)
    }

    /// The header `[path]` with its brackets, if this table has one.
    #[must_use]
    pub fn header(&self, path: &[&str]) -> Option<TextRange> {
        let entry = self.get(path)?;
        entry.value.has_header().then(|| entry.value.range())
    }
}

impl<'a> Node<'a> {
    /// The bytes of the value; for a table with a header of its own, the header with its brackets.
    #[must_use]
    pub fn range(self) -> TextRange {
        let span = match self.0 {
            Kind::Item(item) => item.span(),
            Kind::Value(value) => value.span(),
            Kind::Table(table) => table.span(),
        };
        span.map_or(TextRange::empty(0), to_range)
    }

    /// The bytes of the value with, for a table, everything written in it under its own header or by dotted keys.
    #[must_use]
    pub fn full_range(self) -> TextRange {
        if self.is_written_as_value() {
            return self.range();
        }
        self.entries().iter().filter(|entry| entry.value.is_statement()).fold(self.range(), |range, entry| range.cover(entry.range()))
    }

    /// Whether this is a table that has a `[header]`.
    #[must_use]
    pub fn has_header(self) -> bool {
        self.as_table().is_some_and(|table| !table.is_dotted() && !table.is_implicit() && table.span().is_some_and(|span| !span.is_empty()))
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match self.0 {
            Kind::Item(item) => item.as_str(),
            Kind::Value(value) => value.as_str(),
            Kind::Table(_) => None,
        }
    }

    /// The string with its place, if it is one.
    #[must_use]
    pub fn as_text(self) -> Option<Text> {
        Some(Text { value: self.as_str()?.to_owned(), range: self.range() })
    }

    /// The truth value, if it is one.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.0 {
            Kind::Item(item) => item.as_bool(),
            Kind::Value(value) => value.as_bool(),
            Kind::Table(_) => None,
        }
    }

    /// Whether it is a table in any notation.
    #[must_use]
    pub fn is_table(self) -> bool {
        self.as_table_like().is_some()
    }

    /// Whether it is an array of values (not of `[[tables]]`).
    #[must_use]
    pub fn is_array(self) -> bool {
        self.as_array().is_some()
    }

    /// The TOML name of its type, such as `array`.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self.0 {
            Kind::Item(item) => item.type_name(),
            Kind::Value(value) => value.type_name(),
            Kind::Table(_) => "table",
        }
    }

    /// What the key stands for in this table.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Entry<'a>> {
        self.entry(key, self.as_table_like()?)
    }

    /// What the first of these keys that is there stands for: cargo takes `crate-type` and `crate_type`.
    #[must_use]
    pub fn get_any(self, keys: &[&str]) -> Option<Entry<'a>> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// What stands at the path of keys below this table.
    #[must_use]
    pub fn get_path(self, path: &[&str]) -> Option<Entry<'a>> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.get(first)?, |entry, key| entry.value.get(key))
    }

    /// The entries of this table in the order of the text; empty for other values.
    #[must_use]
    pub fn entries(self) -> Vec<Entry<'a>> {
        let Some(table) = self.as_table_like() else { return Vec::new() };
        table.iter().filter_map(|(key, _)| self.entry(key, table)).collect()
    }

    /// The elements of an array or of an array of tables; empty for other values.
    #[must_use]
    pub fn elements(self) -> Vec<Node<'a>> {
        if let Some(array) = self.as_array() {
            return array.iter().map(|value| Node(Kind::Value(value))).collect();
        }
        match self.0 {
            Kind::Item(Item::ArrayOfTables(tables)) => tables.iter().map(|table| Node(Kind::Table(table))).collect(),
            _ => Vec::new(),
        }
    }

    /// The strings among the elements.
    #[must_use]
    pub fn texts(self) -> Vec<Text> {
        self.elements().into_iter().filter_map(Node::as_text).collect()
    }

    fn entry(self, key: &str, table: &'a dyn TableLike) -> Option<Entry<'a>> {
        let (key, item) = table.get_key_value(key)?;
        if item.is_none() {
            return None;
        }
        let key_range = key.span().map_or(TextRange::empty(0), to_range);
        Some(Entry { key: key.get(), key_range, value: Node(Kind::Item(item)) })
    }

    fn as_table(self) -> Option<&'a Table> {
        match self.0 {
            Kind::Item(item) => item.as_table(),
            Kind::Value(_) => None,
            Kind::Table(table) => Some(table),
        }
    }

    fn as_table_like(self) -> Option<&'a dyn TableLike> {
        match self.0 {
            Kind::Item(item) => item.as_table_like(),
            Kind::Value(value) => value.as_inline_table().map(|table| table as &dyn TableLike),
            Kind::Table(table) => Some(table),
        }
    }

    fn as_array(self) -> Option<&'a toml_edit::Array> {
        match self.0 {
            Kind::Item(item) => item.as_array(),
            Kind::Value(value) => value.as_array(),
            Kind::Table(_) => None,
        }
    }

    /// Whether it is written as `key = value` under its table's header, dotted keys included; false for what has headers of its own.
    fn is_statement(self) -> bool {
        self.is_written_as_value() || self.as_table_like().is_some_and(|table| table.is_dotted())
    }

    /// Whether it stands to the right of a `=` or in an array, so that its own bytes hold all of it.
    fn is_written_as_value(self) -> bool {
        match self.as_table_like() {
            Some(table) => self.as_table().is_none() && !table.is_dotted(),
            None => !matches!(self.0, Kind::Item(Item::ArrayOfTables(_))),
        }
    }
}

fn to_range(span: Range<usize>) -> TextRange {
    span.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_file() {
        let text = "\u{feff}# ä\n[a.b] # c\nx = 1\ny.z = ['p', \"q\"]\n\n[a]\nd = { k = true }\n[[t]]\nn = 'm'\n";
        let toml = parse(text).unwrap();
        let slice = |range: TextRange| &text[range.start..range.end];
        let entry = toml.get(&["a", "b", "y", "z"]).unwrap();
        assert_eq!((slice(entry.key_range), slice(entry.value_range())), ("z", "['p', \"q\"]"));
        assert_eq!(slice(entry.value.elements()[1].range()), "\"q\"");
        assert_eq!(toml.header(&["a", "b"]).map(slice), Some("[a.b]"));
        assert_eq!(slice(toml.get(&["a", "b"]).unwrap().range()), "[a.b] # c\nx = 1\ny.z = ['p', \"q\"]");
        assert_eq!(slice(toml.get(&["a", "d", "k"]).unwrap().range()), "k = true");
        assert_eq!(toml.header(&["a", "d"]), None);
        assert_eq!(slice(toml.get(&["t"]).unwrap().value.elements()[0].get("n").unwrap().value_range()), "'m'");
    }

    #[test]
    fn a_table_ends_before_the_headers_of_its_sub_tables() {
        let text = "[p]\na = 1\nb.c = 2\n\n[p.m.n]\nx = 1\n\n[[p.t]]\ny = 1\n";
        let toml = parse(text).unwrap();
        let range = toml.get(&["p"]).unwrap().range();
        assert_eq!(&text[range.start..range.end], "[p]\na = 1\nb.c = 2");
        assert_eq!(toml.insert_key(&["p"], "k", "1"), Some(crate::text::Edit::insert(18, "k = 1\n")));
        assert_eq!(toml.insert_key(&["p", "m"], "k", "1"), Some(crate::text::Edit::insert(text.len(), "\n[p.m]\nk = 1\n")));
        assert_eq!(toml.remove_key(&["p", "m"]), None);
    }

    #[test]
    fn nesting_without_end_is_an_error() {
        assert!(parse(&format!("a = {}", "[".repeat(100_000))).is_err());
        let _ = parse(&format!("{}a = 1", "a.".repeat(100_000)));
        let _ = parse(&format!("[{}a]", "a.".repeat(100_000)));
    }
}
