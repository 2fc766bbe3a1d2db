//! Finds the comments that a fix would drop, and keeps those that stand between tokens.

use std::collections::BTreeMap;
use std::path::Path;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::rust::{scan_comments, tokens};
use crate::text::{Edit, SourceFile, TextRange};

/// Whether `edits` of one file, taken together, leave fewer of its comments than there are.
pub(super) fn drops_comment(source: &SourceFile, edits: &[&Edit]) -> bool {
    !dropped(source, edits).is_empty()
}

/// The edits of one fix in one file, cut smaller where they would drop a comment between the tokens that they replace: the comment stays in its place.
///
/// What deletes whole lines, or a comment alone, was meant to.
pub(super) fn around_comments(source: &SourceFile, edits: Vec<Edit>) -> Vec<Edit> {
    let lost = dropped(source, &edits.iter().collect::<Vec<_>>());
    if lost.is_empty() || !is_rust(&source.path) {
        return edits;
    }
    let cut = |edit: Edit| {
        let own = dropped(source, &[&edit]);
        let moves_others = own.iter().any(|(comment, count)| lost.get(comment).is_none_or(|lost| lost < count));
        if own.is_empty() || moves_others || deletes_lines(&source.text, &edit) { vec![edit] } else { cut_by_tokens(&source.text, edit) }
    };
    edits.into_iter().flat_map(cut).collect()
}

/// Whether the edit replaces code, not just comments and blanks.
pub(super) fn replaces_code(source: &SourceFile, edit: &Edit) -> bool {
    !is_rust(&source.path) || tokens(source.slice(edit.range)).next().is_some()
}

/// The comments that are in what is replaced more often than in what takes its place, by how much.
fn dropped(source: &SourceFile, edits: &[&Edit]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for edit in edits {
        comments(&source.path, source.slice(edit.range)).into_iter().for_each(|comment| *counts.entry(comment).or_default() += 1);
    }
    if counts.is_empty() {
        return counts;
    }
    for kept in edits.iter().flat_map(|edit| comments(&source.path, &edit.text)) {
        counts.entry(kept).and_modify(|count| *count = count.saturating_sub(1));
    }
    counts.retain(|_, count| *count > 0);
    counts
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// The comments of a text, their lines without indentation: a comment may move.
fn comments(path: &Path, text: &str) -> Vec<String> {
    let found = match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => comments_of_rust(text),
        Some("toml") => comments_of_toml(text),
        _ => Vec::new(),
    };
    let lines = |comment: &str| comment.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    found.into_iter().map(lines).collect()
}

fn deletes_lines(text: &str, edit: &Edit) -> bool {
    let TextRange { start, end } = edit.range;
    let begins = text[..start].trim_end_matches([' ', '\t']);
    edit.text.is_empty() && (begins.is_empty() || begins.ends_with('\n')) && text[..end].ends_with('\n')
}

/// Replaces the tokens that differ, and nothing between those that stay.
fn cut_by_tokens(text: &str, edit: Edit) -> Vec<Edit> {
    let range = edit.range;
    let old: Vec<TextRange> =
        tokens(&text[range.start..range.end]).map(|token| TextRange::new(token.start + range.start, token.end + range.start)).collect();
    if old.is_empty() {
        return vec![edit];
    }
    let new: Vec<TextRange> = tokens(&edit.text).collect();
    let words =
        |text: &'_ str, ranges: &[TextRange]| ranges.iter().map(|range| text[range.start..range.end].to_owned()).collect::<Vec<_>>();
    let difference = capture_diff_slices(Algorithm::Myers, &words(text, &old), &words(&edit.text, &new));
    let cutter = Cutter { text, new_text: &edit.text, old: &old, new: &new };
    difference.iter().flat_map(|operation| cutter.edits(operation)).collect()
}

/// Two texts as tokens.
struct Cutter<'t> {
    text: &'t str,
    new_text: &'t str,
    old: &'t [TextRange],
    new: &'t [TextRange],
}

impl Cutter<'_> {
    fn edits(&self, operation: &DiffOp) -> Vec<Edit> {
        match *operation {
            DiffOp::Equal { .. } => Vec::new(),
            DiffOp::Delete { old_index, old_len, .. } => self.deletions(old_index, old_len),
            DiffOp::Insert { old_index, new_index, new_len } => {
                let is_glued = new_index > 0 && self.new[new_index - 1].end == self.new[new_index].start;
                let at = match old_index.checked_sub(1).map(|before| self.old[before].end) {
                    Some(before) if is_glued || old_index == self.old.len() => before,
                    _ => self.old[old_index].start,
                };
                let inside = self.written(new_index, new_len);
                let gap = |a: usize| if self.is_spaced(a) { " " } else { "" };
                let (lead, trail) = if is_glued || old_index == self.old.len() {
                    (gap(new_index), if self.touches_next(old_index) { gap(new_index + new_len) } else { "" })
                } else {
                    ("", gap(new_index + new_len))
                };
                vec![Edit::insert(at, format!("{lead}{inside}{trail}"))]
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let mut edits = vec![Edit::replace(self.old[old_index], self.written(new_index, new_len))];
                edits.extend(self.deletions(old_index + 1, old_len - 1));
                edits
            }
        }
    }

    /// Whether nothing stands between the old token before this one and it.
    fn touches_next(&self, index: usize) -> bool {
        index > 0 && self.old.get(index).is_some_and(|token| token.start == self.old[index - 1].end)
    }

    /// Whether the new text has something between this token and the one before it.
    fn is_spaced(&self, index: usize) -> bool {
        index > 0 && self.new.get(index).is_some_and(|token| self.new[index - 1].end < token.start)
    }

    /// New tokens as the new text lays them out, comments left out: those stay where they are.
    fn written(&self, first: usize, count: usize) -> String {
        let mut out = String::new();
        for (index, token) in self.new.iter().enumerate().skip(first).take(count) {
            if index > first {
                let gap = &self.new_text[self.new[index - 1].end..token.start];
                out.push_str(if scan_comments(gap).is_empty() { gap } else { " " });
            }
            out.push_str(&self.new_text[token.start..token.end]);
        }
        out
    }

    /// Deletes tokens, and what is between them unless it holds a comment.
    fn deletions(&self, first: usize, count: usize) -> Vec<Edit> {
        let mut deleted: Vec<TextRange> = Vec::new();
        for token in &self.old[first..first + count] {
            match deleted.last_mut() {
                Some(last) if scan_comments(&self.text[last.end..token.start]).is_empty() => last.end = token.end,
                _ => deleted.push(*token),
            }
        }
        deleted.into_iter().map(Edit::delete).collect()
    }
}

fn comments_of_rust(text: &str) -> Vec<&str> {
    scan_comments(text).into_iter().filter_map(|comment| text.get(comment.range.start..comment.range.end)).collect()
}

fn comments_of_toml(text: &str) -> Vec<&str> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let quoted = |quotes: &str| rest[quotes.len()..].find(quotes).map_or(rest.len(), |end| end + 2 * quotes.len());
        at += match rest.as_bytes()[0] {
            b'#' => {
                let length = rest.find('\n').unwrap_or(rest.len());
                comments.push(&rest[..length]);
                length
            }
            b'"' if rest.starts_with("\"\"\"") => quoted("\"\"\""),
            b'\'' if rest.starts_with("'''") => quoted("'''"),
            b'"' => string_length(rest),
            b'\'' => quoted("'"),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    comments
}

/// Length of the basic string at the start of `rest`.
fn string_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::code;
    use crate::text::{LineIndex, apply_edits};

    fn source(text: &str) -> SourceFile {
        SourceFile { path: "a.rs".into(), display: "a.rs".to_owned(), text: text.to_owned(), lines: LineIndex::new(text) }
    }

    /// Replaces all of `old`.
    fn whole(old: &str, new: &str) -> (SourceFile, Edit) {
        (source(old), Edit::replace(TextRange::new(0, old.len()), new))
    }

    #[test]
    fn rust_comments_are_told_from_literals() {
        let text = r####"a "x // no \" // no" b'"' 'a' '\'' r#"// no " /* no"# // one
            fn f<'a>() {} /* two /* nested */ end */ br"/* no" for"#"####;
        let expected = ["// one", "/* two /* nested */ end */"];
        assert_eq!(comments_of_rust(text), expected);
    }

    #[test]
    fn toml_comments_are_told_from_strings() {
        let text = "a = \"# no\" # one\nb = '# no'\nc = '''\n# no\n'''\n# two";
        assert_eq!(comments_of_toml(text), ["# one", "# two"]);
    }

    #[test]
    fn dropped_comments_are_counted() {
        let drops = |old: &str, new: &str| {
            let (source, edit) = whole(old, new);
            drops_comment(&source, &[&edit])
        };
        assert!(!drops("f(/* why */ x)", "g(x /* why */)"));
        assert!(drops("f(/* why */ x)", "g(x)"));
        assert!(drops("f(/* why */ x, /* why */ y)", "g(x /* why */, y)"));
        assert!(drops("f(/* why */ x)", "g(x, \"/* why */\")"));
        assert!(!drops("open(\"http://x\")", "get()"));
        assert!(!drops("    /* one\n       two */", "/* one\n   two */"));
    }

    #[test]
    fn a_comment_moves_from_one_edit_to_another() {
        let source = source("a /* one */ b /* one */ c");
        let edits = [Edit::delete(TextRange::new(0, 12)), Edit::insert(25, " /* one */")];
        assert!(!drops_comment(&source, &edits.iter().collect::<Vec<_>>()));
        assert_eq!(around_comments(&source, edits.to_vec()), edits);
    }

    #[test]
    fn comments_between_tokens_stay() {
        for (old, new) in [
            ("& /*x*/ PyDict", "&Bound<'_, PyDict>"),
            ("self // a\n  .b /* b */ .clone()", "A::c(|py| self.b.clone_ref(py))"),
            ("f(a, // a\n b)", "a.g(b)"),
            ("a /* a */ b /* b */ c", "d"),
            ("T /* t */", "U"),
            ("a/*a*/b", "a mut b"),
        ] {
            let (source, edit) = whole(old, new);
            let text = apply_edits(old, &around_comments(&source, vec![edit])).unwrap();
            assert_eq!((code(&text), comments_of_rust(&text)), (code(new), comments_of_rust(old)), "{text}");
        }
    }

    #[test]
    fn lines_and_comments_that_are_to_go_do_so() {
        let text = "use a::b; // gone\nf(/* x */)\n";
        let source = source(text);
        for range in [TextRange::new(0, 18), TextRange::new(20, 27)] {
            let edits = vec![Edit::delete(range)];
            assert_eq!(around_comments(&source, edits.clone()), edits);
        }
    }

    #[test]
    fn unfinished_text_is_read_to_its_end() {
        for text in ["\"abc\\", "/* abc", "r#\"abc", "'", "'\\", "b'", "/*/", "é\"é"] {
            comments_of_rust(text);
            comments_of_toml(text);
        }
    }
}
