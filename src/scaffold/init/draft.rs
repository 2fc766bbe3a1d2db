//! A manifest that gets keys: the text so far, and what was inserted into it.

use crate::project::toml::{self, Node, Toml};
use crate::text::{Edit, TextRange, apply_edits};

/// A manifest in work.
pub(super) struct Draft {
    pub(super) path: String,
    /// The text on disk; `None` for a file that is new.
    pub(super) before: Option<String>,
    pub(super) text: String,
    /// What was inserted, for people.
    pub(super) added: Vec<String>,
    toml: Toml,
}

/// A manifest of the templates, to take values from.
pub(super) struct Pattern(Option<Toml>);

impl Draft {
    /// A manifest that is there; the error says where it is no TOML.
    pub(super) fn existing(path: &str, text: String) -> Result<Self, String> {
        let toml = toml::parse(&text).map_err(|error| format!("`{path}` cannot be read: {}", error.message))?;
        Ok(Self { path: path.to_owned(), before: Some(text.clone()), text, added: Vec::new(), toml })
    }

    /// A manifest that is not there yet; nothing if the text is no TOML.
    pub(super) fn fresh(path: &str, text: String) -> Option<Self> {
        let toml = toml::parse(&text).ok()?;
        Some(Self { path: path.to_owned(), before: None, text, added: Vec::new(), toml })
    }

    /// The same, to start from again.
    pub(super) fn again(&self) -> Option<Self> {
        let mut draft = Self::fresh(&self.path, self.text.clone())?;
        draft.before.clone_from(&self.before);
        Some(draft)
    }

    pub(super) fn node(&self, path: &[&str]) -> Option<Node<'_>> {
        self.toml.get(path).map(|entry| entry.value)
    }

    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.node(path).is_some()
    }

    pub(super) fn text_at(&self, path: &[&str]) -> Option<String> {
        self.node(path)?.as_str().map(str::to_owned)
    }

    /// Inserts `key = value` into the table unless the key is there.
    pub(super) fn insert(&mut self, table: &[&str], key: &str, value: &str) {
        let edit = self.toml.insert_key(table, key, value);
        let table = format!("`[{}] ", table.join("."));
        // Keys of one table are told together.
        let what = match self.added.pop_if(|last| last.starts_with(&table) && edit.is_some()) {
            Some(last) => format!("{}, {key}`", last.trim_end_matches('`')),
            None => format!("{table}{key}`"),
        };
        self.apply(edit, what);
    }

    /// Inserts the value that the pattern has.
    pub(super) fn insert_from(&mut self, pattern: &Pattern, table: &[&str], key: &str) {
        if let Some(value) = pattern.value(table, key) {
            self.insert(table, key, &value);
        }
    }

    /// Gives a key of a new manifest the value that the project has.
    pub(super) fn set(&mut self, table: &[&str], key: &str, value: &str) {
        let edit = self.toml.set_key(table, key, value);
        self.apply(edit, String::new());
    }

    /// Takes a key of one line out of a new manifest, and the comment above it, which is about it.
    pub(super) fn remove(&mut self, path: &[&str]) {
        let Some(range) = self.toml.get(path).map(|entry| entry.range()) else { return };
        let line = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let comments: usize = self.text[..line].split_inclusive('\n').rev().take_while(|line| line.starts_with('#')).map(str::len).sum();
        let end = self.text[range.end..].find('\n').map_or(self.text.len(), |at| range.end + at + 1);
        self.apply(Some(Edit::delete(TextRange::new(line - comments, end))), String::new());
    }

    /// Makes an edit, unless the outcome would be no TOML.
    pub(super) fn apply(&mut self, edit: Option<Edit>, what: String) {
        let after = edit.and_then(|edit| apply_edits(&self.text, &[edit]).ok());
        let Some((after, toml)) = after.and_then(|after| toml::parse(&after).ok().map(|toml| (after, toml))) else { return };
        (self.text, self.toml) = (after, toml);
        self.added.push(what);
    }
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(toml::parse(text).ok())
    }

    /// A value as it is written.
    pub(super) fn value(&self, table: &[&str], key: &str) -> Option<String> {
        let toml = self.0.as_ref()?;
        let range = toml.get(&[table, &[key]].concat())?.value_range();
        Some(toml.text()[range.start..range.end].to_owned())
    }
}

/// A string as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    ::toml::Value::String(text.to_owned()).to_string()
}
