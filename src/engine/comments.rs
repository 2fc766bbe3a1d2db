//! Finds the comments that a replacement would drop.

use std::path::Path;

/// Whether `replaced`, a piece of the file at `path`, holds a comment that `replacements` do not have.
pub(super) fn drops_comment(path: &Path, replaced: &str, replacements: &str) -> bool {
    let comments = match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => comments_of_rust(replaced),
        Some("toml") => comments_of_toml(replaced),
        _ => return false,
    };
    comments.iter().map(|comment| comment.trim()).any(|comment| !replacements.contains(comment))
}

fn comments_of_rust(text: &str) -> Vec<&str> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            comments.push(&rest[..length]);
            at += length;
        } else if rest.starts_with("/*") {
            let length = block_comment_length(rest);
            comments.push(&rest[..length]);
            at += length;
        } else {
            at += token_length(rest, &text[..at]);
        }
    }
    comments
}

/// Length of a literal at the start of `rest`, or of one character.
fn token_length(rest: &str, before: &str) -> usize {
    let one = rest.chars().next().map_or(1, char::len_utf8);
    match rest.as_bytes()[0] {
        b'"' => string_length(rest, b'"'),
        b'r' if !before.ends_with(|c: char| c.is_alphanumeric() && c != 'b' && c != 'c' || c == '_') => {
            raw_string_length(rest).unwrap_or(one)
        }
        b'\'' => char_length(rest),
        _ => one,
    }
}

fn block_comment_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string_length(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string_length(rest: &str) -> Option<usize> {
    let after = &rest[1..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    Some(inside.find(&close).map_or(rest.len(), |end| 2 + hashes + end + close.len()))
}

/// A lifetime is one character here; a character literal is passed over as a whole.
fn char_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => string_length(rest, b'\''),
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
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
            b'"' => string_length(rest, b'"'),
            b'\'' => quoted("'"),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_comment_that_reappears_is_not_dropped() {
        let path = Path::new("a.rs");
        assert!(!drops_comment(path, "f(/* why */ x)", "g(x /* why */)"));
        assert!(drops_comment(path, "f(/* why */ x)", "g(x)"));
        assert!(!drops_comment(path, "open(\"http://x\")", "get()"));
    }

    #[test]
    fn unfinished_text_is_read_to_its_end() {
        for text in ["\"abc\\", "/* abc", "r#\"abc", "'", "'\\", "b'", "/*/", "é\"é"] {
            comments_of_rust(text);
            comments_of_toml(text);
        }
    }
}
