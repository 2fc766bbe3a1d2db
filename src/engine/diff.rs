//! Changes as a unified diff that `git apply` and `patch -p1` accept.

use std::fmt::Write as _;
use std::path::Path;

use similar::{ChangeTag, TextDiff};

/// The text of one file before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed<'a> {
    /// Path relative to the folder where the diff is to be applied.
    pub path: &'a Path,
    /// The text as it is on disk.
    pub before: &'a str,
    /// The text as it is to be.
    pub after: &'a str,
}

/// All of `changes` as one diff, ordered by path; files that stay the same are left out.
#[must_use]
pub fn unified_diff(changes: &[Changed]) -> String {
    let mut sorted: Vec<&Changed> = changes.iter().filter(|change| change.before != change.after).collect();
    sorted.sort_by_key(|change| change.path);
    sorted.into_iter().map(diff_of_file).collect()
}

/// Where line `line` of `before` is in `after`, both from 1; a line that is another now is where its replacement begins.
#[must_use]
pub fn line_after(before: &str, after: &str, line: usize) -> usize {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let index = line.saturating_sub(1);
    let operations = similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new);
    let covering = operations.iter().find(|operation| operation.old_range().contains(&index));
    let Some(operation) = covering else { return line };
    let offset = (index - operation.old_range().start).min(operation.new_range().len().saturating_sub(1));
    (operation.new_range().start + offset + 1).clamp(1, new.len().max(1))
}

fn diff_of_file(change: &Changed) -> String {
    // Lines end at `\n` alone, as for git; `similar` would also end them at a lone `\r`.
    let before: Vec<&str> = change.before.split_inclusive('\n').collect();
    let after: Vec<&str> = change.after.split_inclusive('\n').collect();
    let diff = TextDiff::configure().diff_slices(&before, &after);
    let mut text = format!("--- {}\n+++ {}\n", quoted("a/", change.path), quoted("b/", change.path));
    for hunk in diff.unified_diff().iter_hunks() {
        let _ = writeln!(text, "{}", hunk.header());
        hunk.iter_changes().for_each(|change| add_line(&mut text, change.tag(), change.value()));
    }
    text
}

fn add_line(text: &mut String, tag: ChangeTag, line: &str) {
    text.push(match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    });
    text.push_str(line);
    if !line.ends_with('\n') {
        text.push_str("\n\\ No newline at end of file\n");
    }
}

/// A path as git writes it, with `/` on every system: in quotes when a byte of it is no printable ASCII, with a final tab when it holds a blank.
fn quoted(prefix: &str, path: &Path) -> String {
    let path = bytes_of(path);
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if !path.iter().all(is_plain) {
        let escaped: String = path.iter().map(|&byte| escaped_byte(byte)).collect();
        return format!("\"{prefix}{escaped}\"");
    }
    let path = String::from_utf8_lossy(&path);
    if path.contains(' ') {
        return format!("{prefix}{path}\t");
    }
    format!("{prefix}{path}")
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_owned()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

fn escaped_byte(byte: u8) -> String {
    match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b'\x07' => "\\a".to_owned(),
        b'\x08' => "\\b".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\x0b' => "\\v".to_owned(),
        b'\x0c' => "\\f".to_owned(),
        b'\r' => "\\r".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        byte => format!("\\{byte:03o}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn lines_are_found_again() {
        let (before, after) = ("a\nb\nc\nd\n", "use x;\na\nB1\nB2\nd\n");
        let found: Vec<usize> = (1..=4).map(|line| line_after(before, after, line)).collect();
        assert_eq!(found, [2, 3, 4, 5]);
        assert_eq!(line_after("a\nb\n", "b\n", 1), 1, "a line that is gone is where it was");
    }

    #[expect(clippy::disallowed_methods, reason = "the test asks git itself whether it accepts the diff")]
    fn git_apply(dir: &Path, diff: &str) -> bool {
        fs::write(dir.join("the.patch"), diff).unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut git = std::process::Command::new("git");
        git.args(["apply", "the.patch"]).current_dir(dir).env_clear().env("PATH", path).env("GIT_CEILING_DIRECTORIES", dir);
        let Ok(output) = git.output() else { return true };
        assert!(output.status.success(), "{}\n{diff}", String::from_utf8_lossy(&output.stderr));
        false
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test makes its own files")]
    fn git_applies_it_byte_for_byte() {
        let cases = [
            ("unix.rs", "a\nb\nc\n", "a\nB\nc\n"),
            ("crlf.rs", "a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
            ("bom.rs", "\u{feff}a\nb\n", "\u{feff}A\nb\n"),
            ("no_newline.rs", "a\nb", "a\nB"),
            ("newline_added.rs", "a\nb", "a\nb\n"),
            ("lone_return.rs", "a\rb\nc\n", "a\rB\nc\n"),
            ("return_at_the_end.rs", "a\nb\r", "A\nb\r"),
            ("with blank.rs", "a\n", "b\n"),
            ("ünï\tcode \"q\".rs", "a\n", "b\n"),
            ("back\\slash.rs", "a\n", "b\n"),
            ("esc\u{1b}[31m\u{9b}31m\r\n\u{202e}.rs", "a\n", "b\n"),
            ("sub/dir.rs", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "1\n2 two\n3\n4\n5\n6\n7\n8\n9\n10\n11\nzwölf\n"),
        ];
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        for (path, before, _) in cases {
            fs::write(dir.path().join(path), before).unwrap();
        }
        let changes = cases.map(|(path, before, after)| Changed { path: Path::new(path), before, after });
        if git_apply(dir.path(), &unified_diff(&changes)) {
            return;
        }
        for (path, _, after) in cases {
            assert_eq!(fs::read_to_string(dir.path().join(path)).unwrap(), after, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_are_quoted_as_git_quotes_them() {
        use std::os::unix::ffi::OsStrExt;
        let quoted = |path: &[u8]| quoted("a/", Path::new(std::ffi::OsStr::from_bytes(path)));
        assert_eq!(quoted(b"src/lib.rs"), "a/src/lib.rs");
        assert_eq!(quoted(b"a b.rs"), "a/a b.rs\t");
        assert_eq!(quoted("ü.rs".as_bytes()), r#""a/\303\274.rs""#);
        assert_eq!(quoted(b"\xff\x1b\x7f\t\\\".rs"), r#""a/\377\033\177\t\\\".rs""#);
    }

    #[test]
    fn files_are_ordered_and_equal_ones_left_out() {
        let changes = [
            Changed { path: Path::new("b.rs"), before: "1\n", after: "2\n" },
            Changed { path: Path::new("same.rs"), before: "1\n", after: "1\n" },
            Changed { path: Path::new("a.rs"), before: "1", after: "2" },
        ];
        let expected = "--- a/a.rs\n+++ b/a.rs\n@@ -1 +1 @@\n-1\n\\ No newline at end of file\n+2\n\\ No newline at end of file\n\
                        --- a/b.rs\n+++ b/b.rs\n@@ -1 +1 @@\n-1\n+2\n";
        assert_eq!(unified_diff(&changes), expected);
    }
}
