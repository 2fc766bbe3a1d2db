//! Edits of TOML text: take an element out of an array, add, set and remove keys, with comments and order kept.

use super::{Entry, Node, Toml};
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// Takes `element` (its literal) out of `array` (brackets included) together with its comma; comments stay.
#[must_use]
pub fn remove_array_element(text: &str, array: TextRange, element: TextRange) -> Edit {
    remove_from_list(text, array, element)
}

impl Toml {
    /// Takes the key and its value out, with the line or the comma that held them; comments stay.
    /// For a table with a header, the header and the values under it are taken out, its sub-tables are not.
    #[must_use]
    pub fn remove_key(&self, path: &[&str]) -> Option<Edit> {
        let entry = self.get(path)?;
        let (_, parents) = path.split_last()?;
        if !entry.value.has_header() && !entry.value.is_statement() {
            return None;
        }
        if let Some(inline) = self.enclosing_inline_table(parents) {
            let dotted = inline.entries().into_iter().find(|sibling| sibling.range().contains(entry.key_range));
            let whole = dotted.filter(|sibling| sibling.value.entries().len() <= 1).unwrap_or(entry);
            return Some(remove_from_list(self.text(), inline.range(), whole.range()));
        }
        Some(Edit::delete(with_line(self.text(), self.statement(path, entry))))
    }

    /// Writes `key = value` into the table `[table]` (the root for an empty path), after its last value; a table that is not there is added at the end.
    /// `value` is TOML as it is to be written, quotes included. `None` when the key is there already, or the place is no table.
    #[must_use]
    pub fn insert_key(&self, table: &[&str], key: &str, value: &str) -> Option<Edit> {
        let text = self.text();
        let newline = newline_of(text);
        let Some(node) = self.table(table) else {
            if self.get(table).is_some() || self.blocked(table) {
                return None;
            }
            let gap = if text.is_empty() || text.ends_with("\n\n") || text.ends_with("\r\n\r\n") {
                ""
            } else if text.ends_with('\n') {
                newline
            } else {
                return Some(Edit::insert(text.len(), format!("{newline}{newline}[{}]{newline}{key} = {value}{newline}", dotted(table))));
            };
            return Some(Edit::insert(text.len(), format!("{gap}[{}]{newline}{key} = {value}{newline}", dotted(table))));
        };
        if node.get(key).is_some() {
            return None;
        }
        if let Some(inline) = self.enclosing_inline_table(table) {
            let prefix = if inline.range() == node.range() { String::new() } else { format!("{}.", dotted(&table[table.len() - 1..])) };
            return Some(insert_into_inline_table(text, inline, &format!("{prefix}{key} = {value}")));
        }
        let own: Vec<Entry<'_>> = node.entries().into_iter().filter(|entry| entry.value.is_statement()).collect();
        let prefix = self.dotted_prefix(table);
        let last = own.iter().map(|entry| entry.range().end).max();
        let Some(after) = last.or_else(|| node.has_header().then(|| node.range().end)) else {
            return Some(self.insert_without_anchor(table, key, value));
        };
        let line = line_end(text, after);
        let before = if text[..line].ends_with('\n') { "" } else { newline };
        let indent = own.last().map_or("", |entry| indent_of(text, entry.key_range.start));
        Some(Edit::insert(line, format!("{before}{indent}{prefix}{key} = {value}{newline}")))
    }

    /// As [`Toml::insert_key`]; when the key is there, its value is replaced.
    #[must_use]
    pub fn set_key(&self, table: &[&str], key: &str, value: &str) -> Option<Edit> {
        let Some(entry) = self.table(table).and_then(|node| node.get(key)) else { return self.insert_key(table, key, value) };
        if !entry.value.is_written_as_value() {
            return None;
        }
        Some(Edit::replace(entry.value_range(), value))
    }

    fn table(&self, path: &[&str]) -> Option<Node<'_>> {
        if path.is_empty() {
            return Some(self.root());
        }
        self.get(path).map(|entry| entry.value).filter(|node| node.is_table())
    }

    /// Whether a key on the way is something that cannot hold a table header: a plain value, or an inline table.
    fn blocked(&self, path: &[&str]) -> bool {
        (1..path.len()).any(|length| self.get(&path[..length]).is_some_and(|entry| !entry.value.is_table()))
            || self.enclosing_inline_table(path).is_some()
    }

    /// The innermost inline table in braces that the path leads into.
    fn enclosing_inline_table(&self, path: &[&str]) -> Option<Node<'_>> {
        (1..=path.len())
            .rev()
            .filter_map(|length| self.get(&path[..length]))
            .map(|entry| entry.value)
            .find(|node| node.is_table() && self.text()[node.range().start..].starts_with('{'))
    }

    /// The keys to write before a key of this table where it is made of dotted keys under another header.
    fn dotted_prefix(&self, path: &[&str]) -> String {
        let header = (0..=path.len()).rev().find(|&length| length == 0 || self.header(&path[..length]).is_some()).unwrap_or(0);
        if header == path.len() { String::new() } else { format!("{}.", dotted(&path[header..])) }
    }

    /// For a table without a line of its own: the root without values, or one that exists only through its sub-tables.
    fn insert_without_anchor(&self, table: &[&str], key: &str, value: &str) -> Edit {
        let text = self.text();
        let newline = newline_of(text);
        if table.is_empty() {
            let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let gap = if text.len() == start { "" } else { newline };
            return Edit::insert(start, format!("{key} = {value}{newline}{gap}"));
        }
        let gap = if text.ends_with('\n') { newline.to_owned() } else { newline.repeat(2) };
        Edit::insert(text.len(), format!("{gap}[{}]{newline}{key} = {value}{newline}", dotted(table)))
    }

    /// The bytes of the whole statement `a.b = value`: keys before the last one included.
    fn statement(&self, path: &[&str], entry: Entry<'_>) -> TextRange {
        let range = entry.range();
        if entry.value.has_header() {
            return range;
        }
        let text = self.text();
        let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let written = text[line..range.start].trim_start_matches([' ', '\t', '\u{feff}']);
        let dotted_before = path.len() > 1 && written.ends_with('.') || written.trim_end().ends_with('.');
        if dotted_before { TextRange::new(range.start - written.len(), range.end) } else { range }
    }
}

fn insert_into_inline_table(text: &str, table: Node<'_>, entry: &str) -> Edit {
    let range = table.range();
    let Some(last) = table.entries().iter().map(|entry| entry.range().end).max() else {
        return Edit::replace(range, format!("{{ {entry} }}"));
    };
    if let Some(comma) = comma_after(text, last, range.end) {
        return Edit::insert(comma + 1, format!(" {entry}"));
    }
    Edit::insert(last, format!(", {entry}"))
}

/// Takes one entry out of a bracketed, comma-separated list.
fn remove_from_list(text: &str, list: TextRange, element: TextRange) -> Edit {
    let close = list.end.saturating_sub(1);
    let comma = comma_after(text, element.end, close);
    let end = comma.map_or(element.end, |at| at + 1);
    let gap = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let between = gap(element.end, end.saturating_sub(1));
    if between.contains('#') {
        return Edit::replace(TextRange::new(element.start, end), between);
    }
    let line = text[..element.start].rfind('\n').map_or(0, |at| at + 1);
    let alone_before = line > list.start && gap(line, element.start).trim().is_empty();
    let rest = text[end..].split('\n').next().unwrap_or_default();
    if alone_before && rest.trim().is_empty() && end + rest.len() < close {
        return Edit::delete(TextRange::new(line, end + rest.len() + 1));
    }
    if comma.is_some() {
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let next = &text[end + spaces..];
        if !next.starts_with(['\n', '\r', ']', '}']) {
            return Edit::delete(TextRange::new(element.start, end + spaces));
        }
        if next.starts_with(['\n', '\r']) && !gap(list.start + 1, element.start).trim().is_empty() {
            // Last on its line: the blanks before it go, the line end stays.
            let start = element.start - (gap(line, element.start).len() - gap(line, element.start).trim_end_matches([' ', '\t']).len());
            return Edit::delete(TextRange::new(start, end));
        }
    }
    let before = gap(list.start + 1, element.start);
    let after = gap(end, close);
    if before.trim().is_empty() && after.trim().is_empty() {
        let inner = TextRange::new(list.start + 1, close);
        return Edit::delete(inner);
    }
    let trimmed = before.trim_end();
    if trimmed.ends_with(',') && !before[trimmed.len()..].contains('#') {
        return Edit::delete(TextRange::new(list.start + trimmed.len(), element.end));
    }
    Edit::delete(TextRange::new(element.start, end))
}

/// The first comma after `from`, past blanks and comments.
fn comma_after(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut at = from;
    while at < to {
        match text.as_bytes().get(at)? {
            b',' => return Some(at),
            b'#' => at += text[at..to].find('\n')?,
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => return None,
        }
    }
    None
}

/// Grows a statement to its whole lines, unless a comment stands behind it: that stays, on a line of its own.
fn with_line(text: &str, range: TextRange) -> TextRange {
    let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = line_end(text, range.end);
    let rest = &text[range.end..end];
    if rest.trim().is_empty() {
        let start = if text[line..range.start].trim_matches([' ', '\t']).is_empty() { line } else { range.start };
        return TextRange::new(start, end);
    }
    TextRange::new(range.start, range.end + (rest.len() - rest.trim_start_matches([' ', '\t']).len()))
}

/// Offset after the line break that ends the line of `at`.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}

/// The path as TOML writes it: quoted where a bare key does not do.
#[must_use]
pub fn dotted(path: &[&str]) -> String {
    let bare = |key: &&str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let quote = |key: &&str| if bare(key) { (*key).to_owned() } else { format!("{key:?}") };
    path.iter().map(quote).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::text::apply_edits;

    /// Removes the array element that is the string `x`, and looks whether TOML is left.
    fn without_x(text: &str) -> String {
        let toml = parse(text).unwrap();
        let array = toml.get(&["a"]).unwrap().value;
        let element = array.elements().into_iter().find(|element| element.as_str() == Some("x")).unwrap();
        let edit = remove_array_element(text, array.range(), element.range());
        let after = apply_edits(text, &[edit]).unwrap();
        let left = parse(&after).unwrap_or_else(|error| panic!("{error:?} in {after:?}"));
        assert_eq!(left.get(&["a"]).unwrap().value.elements().len() + 1, array.elements().len(), "{after:?}");
        after
    }

    #[test]
    fn array_elements_go_with_their_comma_and_comments_stay() {
        let rows = [
            (r#"a = ["x"]"#, "a = []"),
            (r#"a = [ "x", ]"#, "a = []"),
            (r#"a = ["x", "b"]"#, r#"a = ["b"]"#),
            (r#"a = ["b", "x"]"#, r#"a = ["b"]"#),
            (r#"a = ["b", "x",]"#, r#"a = ["b",]"#),
            (r#"a = ["b","x","c"]"#, r#"a = ["b","c"]"#),
            ("a = [\n  \"x\",\n  \"b\",\n]", "a = [\n  \"b\",\n]"),
            ("a = [\r\n  \"b\",\r\n  \"x\"\r\n]", "a = [\r\n  \"b\",\r\n]"),
            ("a = [\n  \"x\", # why\n  \"b\",\n]", "a = [\n  # why\n  \"b\",\n]"),
            ("a = [\n  # why\n  \"x\",\n]", "a = [\n  # why\n]"),
            ("a = [\n  \"b\", # why\n  \"x\" # not\n]", "a = [\n  \"b\", # why\n   # not\n]"),
            ("a = [\"b\", \"x\",\n  \"c\"]", "a = [\"b\",\n  \"c\"]"),
            ("a = [\"x\" # why\n, \"b\"]", "a = [ # why\n \"b\"]"),
        ];
        for (text, after) in rows {
            assert_eq!(without_x(text), after, "{text:?}");
        }
    }

    fn edited(text: &str, edit: Option<Edit>) -> String {
        let after = apply_edits(text, &[edit.unwrap()]).unwrap();
        parse(&after).unwrap_or_else(|error| panic!("{error:?} in {after:?}"));
        after
    }

    #[test]
    fn keys_are_added_behind_the_last_value_of_their_table() {
        let rows: [(&str, &[&str], &str); 12] = [
            ("[lib]\nname = \"m\" # c\n\n[x]\n", &["lib"], "[lib]\nname = \"m\" # c\nk = 1\n\n[x]\n"),
            ("[lib]", &["lib"], "[lib]\nk = 1\n"),
            ("[lib] # c\r\n[x]\r\n", &["lib"], "[lib] # c\r\nk = 1\r\n[x]\r\n"),
            ("", &["lib"], "[lib]\nk = 1\n"),
            ("[x]\ny = 1", &["lib"], "[x]\ny = 1\n\n[lib]\nk = 1\n"),
            ("[x]\ny = 1\n", &["a", "b c"], "[x]\ny = 1\n\n[a.\"b c\"]\nk = 1\n"),
            ("\u{feff}[x]\n", &[], "\u{feff}k = 1\n\n[x]\n"),
            ("a = 1\n[x]\n", &[], "a = 1\nk = 1\n[x]\n"),
            ("d = { v = 1 }\n", &["d"], "d = { v = 1, k = 1 }\n"),
            ("d = {}\n", &["d"], "d = { k = 1 }\n"),
            ("[p]\nlib.name = \"m\"\n", &["p", "lib"], "[p]\nlib.name = \"m\"\nlib.k = 1\n"),
            ("[a]\nx = 1\n[a.b]\ny = 2\n", &["a"], "[a]\nx = 1\nk = 1\n[a.b]\ny = 2\n"),
        ];
        for (text, table, after) in rows {
            let toml = parse(text).unwrap();
            assert_eq!(edited(text, toml.insert_key(table, "k", "1")), after, "{text:?}");
        }
        let toml = parse("[a.b]\ny = 2\n").unwrap();
        assert_eq!(edited(toml.text(), toml.insert_key(&["a"], "k", "1")), "[a.b]\ny = 2\n\n[a]\nk = 1\n");
        assert_eq!(toml.insert_key(&["a", "b"], "y", "3"), None);
        assert_eq!(edited(toml.text(), toml.set_key(&["a", "b"], "y", "3")), "[a.b]\ny = 3\n");
        assert_eq!(toml.insert_key(&["a", "b", "y"], "k", "1"), None);
    }

    #[test]
    fn keys_are_removed_with_their_line() {
        let rows: [(&str, &[&str], &str); 8] = [
            ("[a]\nx = 1\ny = 2\n", &["a", "x"], "[a]\ny = 2\n"),
            ("[a]\n# why\nx = [\n  1,\n]\ny = 2\n", &["a", "x"], "[a]\n# why\ny = 2\n"),
            ("[a]\nx = 1 # why\n", &["a", "x"], "[a]\n# why\n"),
            ("a = { x = 1, y = 2 }\n", &["a", "x"], "a = { y = 2 }\n"),
            ("a = { y = 2, x = 1 }\n", &["a", "x"], "a = { y = 2 }\n"),
            ("a.x = 1\nb = 2\n", &["a", "x"], "b = 2\n"),
            ("[a]\nx = 1\n\n[b]\ny = 2\n", &["a"], "\n[b]\ny = 2\n"),
            ("a = { x.y = 1, z = 2 }\n", &["a", "x", "y"], "a = { z = 2 }\n"),
        ];
        for (text, path, after) in rows {
            let toml = parse(text).unwrap();
            assert_eq!(edited(text, toml.remove_key(path)), after, "{text:?}");
        }
    }
}
