//! The text of a `{…}` group of a `use` declaration after leaves went and came; comments of the leaves that stay are kept.

use super::order::place_for;
use crate::rust::scan_comments;
use crate::text::TextRange;

/// The inside of a group, cut so that every comma-separated entry has its own blanks and comments.
pub(super) struct Group {
    entries: Vec<Entry>,
    /// What stands after the last entry, before the closing brace.
    tail: String,
    ends_in_comma: bool,
    /// Whether entries went or came.
    changed: bool,
}

struct Entry {
    /// Blanks and whole-line comments before it.
    lead: String,
    text: String,
    /// A comment after its comma, on the same line.
    trail: String,
}

impl Group {
    /// Cuts the group with these `braces`; `items` are its entries, `commas` the offsets of the commas after them.
    pub(super) fn cut(text: &str, braces: TextRange, items: &[TextRange], commas: &[usize]) -> Self {
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
        let mut done = braces.start + 1;
        for (index, item) in items.iter().enumerate() {
            let (trail, lead) = split_gap(&text[done..item.start]);
            let lead = match entries.last_mut() {
                Some(previous) => {
                    previous.trail = trail.to_owned();
                    lead.to_owned()
                }
                None => text[done..item.start].to_owned(),
            };
            let comma = commas.get(index).copied();
            let end = comma.unwrap_or(item.end);
            entries.push(Entry { lead, text: text[item.start..end].to_owned(), trail: String::new() });
            done = comma.map_or(item.end, |comma| comma + 1);
        }
        let rest = &text[done..braces.end - 1];
        let (trail, mut tail) = split_gap(rest);
        match entries.last_mut() {
            Some(last) => last.trail = trail.to_owned(),
            None => tail = rest,
        }
        Self { entries, tail: tail.to_owned(), ends_in_comma: commas.len() == items.len() && !items.is_empty(), changed: false }
    }

    /// Gives every entry its new text; `None` takes the entry out.
    pub(super) fn rewrite(&mut self, texts: Vec<Option<String>>, old: &[&str]) {
        let mut kept = Vec::with_capacity(self.entries.len());
        let mut pending: Option<String> = None;
        for ((mut entry, text), old) in std::mem::take(&mut self.entries).into_iter().zip(texts).zip(old) {
            let lead = pending.take().map_or_else(|| entry.lead.clone(), |pending| joined_lead(&pending, &entry.lead));
            let Some(text) = text else {
                self.changed = true;
                pending = Some(lead);
                continue;
            };
            entry.lead = lead;
            // What follows the old text up to the comma stays.
            entry.text = format!("{text}{}", entry.text.strip_prefix(old).unwrap_or_default());
            kept.push(entry);
        }
        self.entries = kept;
        let Some(pending) = pending else { return };
        let after_line_comment = self.entries.last().is_some_and(|last| last.trail.contains("//"));
        if has_comment(&pending) || (after_line_comment && !self.tail.contains('\n')) {
            self.tail = joined_lead(&pending, &self.tail);
        }
    }

    /// Inserts an entry where the order of the others puts it, laid out as they are.
    pub(super) fn add(&mut self, text: &str) {
        self.changed = true;
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.text.as_str()).collect();
        let at = place_for(text, &names);
        let lead = self.lead_for(at);
        if at == 0
            && let Some(first) = self.entries.first_mut()
            && !first.lead.contains('\n')
        {
            first.lead = " ".to_owned();
        }
        self.entries.insert(at, Entry { lead, text: text.to_owned(), trail: String::new() });
    }

    fn lead_for(&self, at: usize) -> String {
        let own_line =
            |lead: &str| lead.rfind('\n').map(|newline| lead[lead[..newline].rfind(|c| c != '\r').map_or(0, |i| i + 1)..].to_owned());
        let Some(model) = self.entries.get(at.saturating_sub(1)) else { return String::new() };
        if at == 0 {
            return own_line(&model.lead).unwrap_or_else(|| without_comment(&model.lead));
        }
        let next_on_own_line = self.entries.get(at).map_or(self.tail.contains('\n'), |next| next.lead.contains('\n'));
        let own_lines = next_on_own_line && model.lead.contains('\n');
        let after_line_comment = model.trail.contains("//");
        if !own_lines && !after_line_comment {
            return " ".to_owned();
        }
        let lines = self.entries.iter().find_map(|entry| own_line(&entry.lead));
        lines.unwrap_or_else(|| "\n    ".to_owned())
    }

    /// How many entries there are now.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The only entry, when removals left just this one, it can stand without braces, and no comment would be lost.
    pub(super) fn collapsed(&self) -> Option<&str> {
        let [only] = self.entries.as_slice() else { return None };
        let is_self = only.text == "self" || only.text.starts_with("self ");
        let comments = [&only.lead, &only.text, &only.trail, &self.tail].into_iter().any(|text| has_comment(text));
        (self.changed && !is_self && !comments).then_some(only.text.trim_end())
    }

    /// The group with its braces.
    pub(super) fn text(&self) -> String {
        let mut out = "{".to_owned();
        for (index, entry) in self.entries.iter().enumerate() {
            out.push_str(&entry.lead);
            out.push_str(&entry.text);
            if index + 1 < self.entries.len() || self.ends_in_comma {
                out.push(',');
            }
            out.push_str(&entry.trail);
        }
        out.push_str(&self.tail);
        out.push('}');
        out
    }
}

/// Splits what stands between two entries: a comment on the line of the first, and all that leads up to the second.
fn split_gap(gap: &str) -> (&str, &str) {
    let line = gap.find('\n').unwrap_or(gap.len());
    let line = if gap[..line].ends_with('\r') { line - 1 } else { line };
    // A block comment may run over the end of the line, and holds others.
    let block_ends = scan_comments(gap).into_iter().map(|comment| comment.range).filter(|range| gap[range.start..].starts_with("/*"));
    let end = block_ends.filter(|range| range.start < line).map(|range| range.end).fold(line, usize::max);
    if has_comment(&gap[..end]) && end < gap.len() { gap.split_at(end) } else { ("", gap) }
}

/// What leads up to an entry once the one before it, which had the lead `removed`, is gone.
fn joined_lead(removed: &str, lead: &str) -> String {
    if !lead.contains('\n') {
        return if has_comment(lead) { format!("{removed}{}", lead.trim_start()) } else { removed.to_owned() };
    }
    if has_comment(removed) { format!("{}{lead}", removed.trim_end()) } else { lead.to_owned() }
}

fn without_comment(lead: &str) -> String {
    if has_comment(lead) { String::new() } else { lead.to_owned() }
}

fn has_comment(text: &str) -> bool {
    text.contains("//") || text.contains("/*")
}
