//! Makes a project that breaks a promise as small as it gets without keeping the promise.

use super::mutation::tokens;
use crate::sandbox::Files;

/// How often a smaller project is tried.
const TRIES: usize = 1_500;

/// Leaves out files, then lines, then tokens, as long as `fails` holds.
pub(crate) fn reduce(files: &Files, mut fails: impl FnMut(&Files) -> bool) -> Files {
    let mut tries = TRIES;
    let mut still = |files: &Files| {
        tries = tries.saturating_sub(1);
        tries > 0 && fails(files)
    };
    let mut least = files.clone();
    for path in files.keys() {
        let mut without = least.clone();
        without.remove(path);
        if still(&without) {
            least = without;
        }
    }
    let paths: Vec<String> = least.keys().cloned().collect();
    for path in &paths {
        for cut in [lines, tokens, tokens] {
            let text = least[path].clone();
            let pieces = shorten(cut(&text), |pieces| {
                let mut shorter = least.clone();
                shorter.insert(path.clone(), pieces.concat());
                still(&shorter)
            });
            least.insert(path.clone(), pieces.concat());
        }
    }
    least
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').collect()
}

/// Leaves out runs of pieces, long ones first.
fn shorten<'a>(mut pieces: Vec<&'a [u8]>, mut still: impl FnMut(&[&'a [u8]]) -> bool) -> Vec<&'a [u8]> {
    let mut run = pieces.len();
    while run > 0 {
        let mut at = 0;
        while at < pieces.len() {
            let mut without = pieces.clone();
            without.drain(at..(at + run).min(pieces.len()));
            if still(&without) { pieces = without } else { at += run }
        }
        run /= 2;
    }
    pieces
}

#[test]
fn a_failing_text_is_reduced_to_what_fails() {
    let files: Files = [("a".to_owned(), b"one two\nthree needle (four)\nfive\n".to_vec()), ("b".to_owned(), b"six".to_vec())].into();
    let least = reduce(&files, |files| files.get("a").is_some_and(|text| text.windows(6).any(|word| word == b"needle")));
    assert_eq!(least, [("a".to_owned(), b"needle".to_vec())].into());
}
