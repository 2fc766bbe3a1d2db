//! Finds the comments that a replacement would drop.

use std::path::Path;

use crate::rust::scan_comments;

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
