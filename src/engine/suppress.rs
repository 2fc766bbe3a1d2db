//! Suppression: `// hognose: allow(rule) reason` on a line, above an item, or `//! hognose: allow(rule)` for a file.

use std::collections::{BTreeMap, HashMap};

use super::check::contains;
use super::directive::report_misspelt;
use crate::diagnostic::{Diagnostic, Findings, Fix, Level, RuleId};
use crate::release::Release;
use crate::rules::{self, Rule};
use crate::rust::{Comment, scan_comments};
use crate::text::{Edit, FileId, SourceFile, Sources, TextRange, with_line};

/// One selector of an allow comment.
struct Allow {
    file: FileId,
    /// The selector's own place.
    range: TextRange,
    /// The whole comment.
    comment: TextRange,
    selector: String,
    /// How many selectors the comment has.
    siblings: usize,
    /// The lines it speaks about, first and last; `None` for the whole file.
    lines: Option<(usize, usize)>,
    used: bool,
}

/// Takes out the findings that a comment allows, and reports comments that allow nothing.
pub(super) fn suppress(sources: &Sources, files: &[FileId], findings: Vec<Diagnostic>, rules: &[&'static Rule]) -> Vec<Diagnostic> {
    let mut allows: HashMap<FileId, Vec<Allow>> =
        files.iter().map(|&file| (file, read_allows(file, sources.get(file)))).filter(|(_, allows)| !allows.is_empty()).collect();
    let is_allowed = mark_used(sources, &mut allows, &findings);
    let findings = findings.into_iter().zip(is_allowed);
    let mut kept: Vec<Diagnostic> = findings.filter(|(_, is_allowed)| !is_allowed).map(|(finding, _)| finding).collect();
    if contains(rules, "unused-allow") {
        let mut unused: Vec<Allow> = allows.into_values().flatten().filter(|allow| !allow.used).collect();
        // A rule that did not run cannot tell whether its allow is needed.
        unused.retain(|allow| {
            let named = rules::select(&allow.selector);
            named.is_empty() || named.iter().any(|rule| contains(rules, rule.id.name))
        });
        kept.extend(report_unused(sources, &unused));
        kept.extend(report_misspelt(sources, files));
    }
    kept
}

/// Tells of each finding whether it is allowed, and marks what allows it.
fn mark_used(sources: &Sources, allows: &mut HashMap<FileId, Vec<Allow>>, findings: &[Diagnostic]) -> Vec<bool> {
    let mut by_rule: BTreeMap<(FileId, RuleId), Vec<(usize, usize)>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| allows.contains_key(&finding.primary.file)) {
        let line = sources.get(finding.primary.file).lines.line(finding.primary.range.start);
        by_rule.entry((finding.primary.file, finding.rule)).or_default().push((line, index));
    }
    let mut is_allowed = vec![false; findings.len()];
    for ((file, rule), mut places) in by_rule {
        let names_rule = |allow: &&mut Allow| rules::select(&allow.selector).iter().any(|named| named.id == rule);
        let mut naming: Vec<&mut Allow> = allows.get_mut(&file).into_iter().flatten().filter(names_rule).collect();
        naming.sort_by_key(|allow| allow.lines);
        places.sort_unstable();
        let mut naming = naming.into_iter().peekable();
        // Down the file: an allow that began and has not ended counts for the finding, and for those below it up to its end.
        let mut allowed_up_to = 0;
        for (line, index) in places {
            while let Some(allow) = naming.next_if(|allow| allow.lines.is_none_or(|(first, _)| first <= line)) {
                let last = allow.lines.map_or(usize::MAX, |(_, last)| last);
                allow.used |= last >= line;
                allowed_up_to = allowed_up_to.max(last);
            }
            is_allowed[index] = line <= allowed_up_to;
        }
    }
    is_allowed
}

fn report_unused(sources: &Sources, unused: &[Allow]) -> Vec<Diagnostic> {
    let Some(rule) = rules::find("unused-allow") else { return Vec::new() };
    let mut findings = Findings::new(rule.id);
    for allow in unused {
        if rules::select(&allow.selector).is_empty() {
            let message = format!("hognose has no rule or group `{}`", allow.selector);
            let finding = findings.report(allow.file, allow.range, Level::Warning, message);
            match rules::suggest(&allow.selector) {
                Some(word) => finding.help(format!("did you mean `{word}`?")),
                None => finding.help("`hognose rules` lists them; remove this one"),
            };
            continue;
        }
        let message = format!("nothing here needs `allow({})`", allow.selector);
        let finding = findings.report(allow.file, allow.range, Level::Warning, message);
        finding.help("remove it");
        if allow.siblings == 1 {
            let edit = without_comment(&sources.get(allow.file).text, allow.comment);
            finding.fix(Fix::risky("remove the comment", "the reason in it would be lost", Release::OLDEST).edit(allow.file, edit));
        }
    }
    findings.found
}

/// Takes the comment out: with its line where nothing else stands on that, else with the blanks on one side, so that no tokens run together.
fn without_comment(text: &str, comment: TextRange) -> Edit {
    const BLANKS: [char; 2] = [' ', '\t'];
    let line = with_line(text, comment);
    let (before, after) = (&text[..comment.start], &text[comment.end..]);
    let (start, end) = (before.trim_end_matches(BLANKS).len(), text.len() - after.trim_start_matches(BLANKS).len());
    let is_first = before[..start].is_empty() || before[..start].ends_with('\n');
    if line != comment {
        Edit::delete(line)
    } else if is_first {
        Edit::delete(TextRange::new(comment.start, end))
    } else if end > comment.end || after.is_empty() || after.starts_with(['\r', '\n']) {
        Edit::delete(TextRange::new(start, comment.end))
    } else {
        Edit::replace(TextRange::new(start, comment.end), " ")
    }
}

fn read_allows(file: FileId, source: &SourceFile) -> Vec<Allow> {
    if !source.text.contains("hognose:") {
        return Vec::new();
    }
    let comments = scan_comments(&source.text);
    let mut ends = HashMap::new();
    comments
        .iter()
        .flat_map(|comment| {
            read_comment(file, source, comment, &mut |first| *ends.entry(first).or_insert_with(|| end_of_item(source, first, &comments)))
        })
        .collect()
}

/// Reads `hognose: allow(a, b) reason` from a comment that says nothing before it.
fn read_comment(file: FileId, source: &SourceFile, comment: &Comment, end_of_item: &mut dyn FnMut(usize) -> usize) -> Vec<Allow> {
    let text = source.slice(comment.range);
    let inside = text.trim_start_matches(['/', '*', '!']).trim_start();
    let Some(list) = inside.strip_prefix("hognose:").map(str::trim_start).and_then(|rest| rest.strip_prefix("allow(")) else {
        return Vec::new();
    };
    let Some(end) = list.find(')') else { return Vec::new() };
    let list = &list[..end];
    let start = comment.range.start + (list.as_ptr() as usize - text.as_ptr() as usize);
    let lines = if comment.inner { None } else { Some(lines_of(source, comment, end_of_item)) };
    let mut at = start;
    let mut allows = Vec::new();
    for part in list.split(',') {
        let selector = part.trim();
        if !selector.is_empty() {
            let from = at + part.find(selector).unwrap_or(0);
            let range = TextRange::new(from, from + selector.len());
            allows.push(Allow { file, range, comment: comment.range, selector: selector.to_owned(), siblings: 0, lines, used: false });
        }
        at += part.len() + 1;
    }
    let siblings = allows.len();
    allows.iter_mut().for_each(|allow| allow.siblings = siblings);
    allows
}

/// The lines that a comment speaks about: its own; standing alone, the item or statement below it.
fn lines_of(source: &SourceFile, comment: &Comment, end_of_item: &mut dyn FnMut(usize) -> usize) -> (usize, usize) {
    let own = source.lines.line(comment.range.start);
    if !comment.own_line {
        return (own, own);
    }
    let mut first = own + 1;
    // Further comments and blank lines between the allow and what it speaks about.
    while first < source.lines.line_count() {
        let line = line_text(source, first).trim();
        if !line.is_empty() && !line.starts_with("//") {
            break;
        }
        first += 1;
    }
    (own, end_of_item(first))
}

fn line_text(source: &SourceFile, line: usize) -> &str {
    let start = source.lines.line_start(line);
    let end = if line < source.lines.line_count() { source.lines.line_start(line + 1) } else { source.text.len() };
    source.text.get(start..end).unwrap_or_default()
}

/// Words that may stand before the one that tells what an item is.
const MODIFIERS: &[&str] = &["pub", "async", "unsafe", "extern", "default"];

/// Words that open something which commas outside of brackets do not end: `impl Map<K, V>`, `where K: A, V: B`.
const OPENERS: &[&str] =
    &["fn", "impl", "struct", "enum", "union", "trait", "type", "let", "const", "static", "use", "mod", "for", "while", "if", "match"];

/// The last line of the item or statement that starts at `first`: where its brackets are closed and `;`, `}` or, for fields and arguments,
/// `,` ends it.
fn end_of_item(source: &SourceFile, first: usize, comments: &[Comment]) -> usize {
    let start = source.lines.line_start(first);
    let rest = &source.text[start..];
    let bytes = rest.as_bytes();
    let mut comments = comments[comments.partition_point(|comment| comment.range.start < start)..].iter().peekable();
    let mut depth = 0_usize;
    let mut in_string = false;
    // Whether the first word that is no modifier is one of `OPENERS`; `None` before that word.
    let mut opens: Option<bool> = None;
    let mut skip = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if at < skip {
            continue;
        }
        if let Some(comment) = comments.next_if(|comment| comment.range.start == start + at) {
            skip = comment.range.end - start;
            continue;
        }
        match byte {
            b'\\' if in_string => skip = at + 2,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'\'' => skip = at + char_length(&bytes[at..]),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' if depth == 0 && opens.is_none() => {
                let length = rest[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - at);
                let word = &rest[at..at + length];
                skip = at + length;
                if !MODIFIERS.contains(&word) {
                    opens = Some(OPENERS.contains(&word));
                }
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                if depth == 0 {
                    return source.lines.line(start + at);
                }
                depth -= 1;
                // `]` may end an attribute; the item goes on after it.
                if depth == 0 && byte == b'}' {
                    return source.lines.line(start + at);
                }
            }
            b';' if depth == 0 => return source.lines.line(start + at),
            b',' if depth == 0 && opens != Some(true) => return source.lines.line(start + at),
            _ => {}
        }
    }
    source.lines.line_count()
}

/// Length of the character literal that `bytes` start with, if it could be taken for a quote or bracket; of a lifetime, its mark alone.
fn char_length(bytes: &[u8]) -> usize {
    match bytes {
        [_, b'\\', _, after @ ..] => after.iter().position(|&byte| byte == b'\'').map_or(3, |end| end + 4),
        [_, _, b'\'', ..] => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that an allow on the first line of `text` speaks about.
    fn lines_below(text: &str) -> usize {
        let mut sources = Sources::default();
        let file = sources.insert("/p/a.rs".into(), "a.rs".to_owned(), text.to_owned());
        end_of_item(sources.get(file), 1, &scan_comments(text))
    }

    #[test]
    fn a_comment_goes_without_the_code_beside_it() {
        let comment = "/* hognose: allow(x) */";
        for (text, left) in [
            ("a;\n    # b;\n", "a;\n    b;\n"),
            ("a; # b;\n", "a; b;\n"),
            ("a;\n  #\nb;\n", "a;\nb;\n"),
            ("a; #\r\nb;\r\n", "a;\r\nb;\r\n"),
            ("a;\r\n\t#\r\nb;\r\n", "a;\r\nb;\r\n"),
            ("let#a;\n", "let a;\n"),
            ("let #a;\n", "let a;\n"),
            ("a; #", "a;"),
            ("#", ""),
            ("# a", "a"),
        ] {
            let at = text.find('#').unwrap();
            let text = text.replace('#', comment);
            let edit = without_comment(&text, TextRange::new(at, at + comment.len()));
            assert_eq!(crate::text::apply_edits(&text, &[edit]).unwrap(), left, "{text}");
        }
    }

    #[test]
    fn items_end_where_their_brackets_do() {
        for (text, last) in [
            ("a: Map<K, V>,\nb: B,\n", 1),
            ("pub a: &'a PyAny,\nb: B,\n", 1),
            ("f(\n    a,\n),\nb,\n", 3),
            ("pub(crate) fn f<'py, T>(\n    py: Python<'py>,\n) -> Map<K, V>\nwhere\n    T: A,\n    K: B,\n{\n}\nfn g() {}\n", 8),
            ("#[pymethods]\nimpl A<B, C> for D<E, F> {\n    fn f() {}\n}\nfn g() {}\n", 4),
            ("let a: Map<K, V> =\n    b;\nc;\n", 2),
            ("fn f() {\n    a('{', '\"', '\\'', '\\u{7d}');\n}\nfn g() {}\n", 3),
            ("fn f() {\n    a(\"}\"); // }\n}\nfn g() {}\n", 3),
        ] {
            assert_eq!(lines_below(text), last, "{text}");
        }
    }
}
