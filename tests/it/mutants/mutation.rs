//! What befalls a text: tokens, lines and bytes that go, come twice, change places or become others.

use super::chance::Chance;

/// Texts that an editor, a person or a generator may leave between two tokens or in the place of one.
const ODD: [&str; 40] = [
    "\u{2028}",
    "\u{301}",
    "\u{202e}",
    "\u{feff}",
    "\u{85}",
    "\u{200d}",
    "\u{a0}",
    "\0",
    "\r",
    "\u{c}",
    "\t",
    "ü",
    "日本",
    "🐍",
    "/*x*/",
    "// x\n",
    "/// x\n",
    "/*",
    "*/",
    "\"",
    "'",
    "r#\"",
    "b\"",
    "c\"x\"",
    "'a",
    "#",
    "#!",
    "#[allow(deprecated)]",
    "$x",
    "..",
    "::",
    "->",
    "=>",
    "&mut ",
    "?",
    "!",
    "_",
    ";",
    ",",
    "<",
];
/// Words that mean something to rustc, to PyO3 or to us.
const WORDS: [&str; 36] = [
    "r#mod",
    "r#type",
    "r#struct",
    "self",
    "Self",
    "super",
    "crate",
    "mod",
    "fn",
    "impl",
    "dyn",
    "unsafe",
    "async",
    "where",
    "macro_rules",
    "py",
    "Python",
    "PyAny",
    "PyObject",
    "PyResult",
    "Bound",
    "Py",
    "PyModule",
    "Option",
    "Vec",
    "String",
    "pyo3",
    "prelude",
    "pyclass",
    "pymethods",
    "pyfunction",
    "None",
    "u8",
    "0",
    "hognose",
    "ünï",
];
const BRACKETS: [&str; 8] = ["(", ")", "[", "]", "{", "}", "<", ">"];

/// What may stand between two tokens and change nothing.
const LAYOUT: [&str; 10] = [" ", "\n", "\r\n", "\t", "\u{2028}", "/*x*/", "// x\n", "// ü \"(\r\n", "/* /* */ )\n */", "\u{200e}"];

/// Changes a text in one to three ways; `others` are texts that pieces may come from.
///
/// Half of the changes leave Rust that parses, most times: what does not parse is not looked at any further.
pub(crate) fn mutate(text: &[u8], others: &[&[u8]], chance: &mut Chance) -> Vec<u8> {
    let mut mutant = text.to_vec();
    let most = 1 + chance.below(3);
    for _ in 0..=chance.below(most) {
        mutant = match chance.below(24) {
            0..=4 => of_tokens(&mutant, others, chance),
            5..=10 => of_layout(&mutant, chance),
            11..=13 => of_words(&mutant, chance),
            14..=17 => of_lines(&mutant, others, chance),
            18..=20 => line_ends(&mutant, chance),
            21 => renamed(&mutant, chance),
            22 => of_bytes(mutant, chance),
            _ => truncated(mutant, chance),
        };
    }
    mutant
}

/// Words, blanks, operators, and brackets and quotes one at a time. Bytes that are no UTF-8 are pieces, too.
pub(crate) fn tokens(text: &[u8]) -> Vec<&[u8]> {
    #[derive(PartialEq)]
    enum Kind {
        Word,
        Blank,
        Operator,
        Single,
    }
    let kind = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => Kind::Word,
        byte if byte.is_ascii_whitespace() => Kind::Blank,
        b':' | b'-' | b'=' | b'>' | b'|' | b'.' | b'/' | b'*' => Kind::Operator,
        _ => Kind::Single,
    };
    text.chunk_by(|&a, &b| kind(a) == kind(b) && kind(a) != Kind::Single).collect()
}

/// The places of tokens that are not blank.
fn solid(tokens: &[&[u8]]) -> Vec<usize> {
    (0..tokens.len()).filter(|&index| !tokens[index].iter().all(u8::is_ascii_whitespace)).collect()
}

/// Sets tokens further apart, or closer.
fn of_layout(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut tokens = tokens(text);
    for _ in 0..=chance.below(8) {
        let at = chance.below(tokens.len());
        let layout = chance.pick(&LAYOUT).as_bytes();
        match tokens.get(at) {
            Some(blank) if blank.iter().all(u8::is_ascii_whitespace) => tokens[at] = layout,
            _ => tokens.insert(at, layout),
        }
    }
    tokens.concat()
}

/// Puts a word in the place of another one.
fn of_words(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut tokens = tokens(text);
    let words: Vec<usize> = (0..tokens.len()).filter(|&index| tokens[index][0].is_ascii_alphabetic()).collect();
    if !words.is_empty() {
        let (from, to) = (chance.pick(&words), chance.pick(&words));
        tokens[to] = tokens[from];
    }
    tokens.concat()
}

fn of_tokens(text: &[u8], others: &[&[u8]], chance: &mut Chance) -> Vec<u8> {
    let mut tokens = tokens(text);
    let solid = solid(&tokens);
    if solid.is_empty() {
        return chance.pick(&ODD).as_bytes().to_vec();
    }
    let at = chance.pick(&solid);
    match chance.below(9) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at]),
        2 => tokens.swap(at, chance.pick(&solid)),
        3 => tokens[at] = tokens[chance.pick(&solid)],
        4 => tokens[at] = chance.pick(&WORDS).as_bytes(),
        5 => tokens.insert(at, chance.pick(&ODD).as_bytes()),
        6 => tokens.insert(at, chance.pick(&BRACKETS).as_bytes()),
        7 => {
            let until = (at + 1 + chance.below(12)).min(tokens.len());
            let piece = tokens[at..until].to_vec();
            let to = chance.below(tokens.len());
            tokens.splice(to..to, piece);
        }
        _ => {
            let other = self::tokens(chance.pick(others));
            let from = chance.below(other.len());
            let until = (from + 1 + chance.below(20)).min(other.len());
            tokens.splice(at..at, other[from.min(until)..until].iter().copied());
        }
    }
    tokens.concat()
}

fn of_lines(text: &[u8], others: &[&[u8]], chance: &mut Chance) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    if lines.is_empty() {
        return text.to_vec();
    }
    let at = chance.below(lines.len());
    match chance.below(5) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at]),
        2 => {
            let to = chance.below(lines.len());
            lines.swap(at, to);
        }
        3 => lines.insert(at, b"\x20\x20\x20\x20// hognose: allow(migration)\n"),
        _ => {
            let other: Vec<&[u8]> = chance.pick(others).split_inclusive(|&byte| byte == b'\n').collect();
            let from = chance.below(other.len());
            let until = (from + 1 + chance.below(8)).min(other.len());
            lines.splice(at..at, other[from.min(until)..until].iter().copied());
        }
    }
    lines.concat()
}

/// Ends lines as on Windows, as on old Macs, or not at all: all lines, or every other one.
fn line_ends(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let end: &[u8] = chance.pick(&[b"\r\n".as_slice(), b"\r\n", b"\r\n", b"\r", b" "]);
    let all = chance.below(2) == 0;
    let mut out = Vec::with_capacity(text.len() * 2);
    for &byte in text {
        if byte == b'\n' && (all || chance.below(2) == 0) { out.extend_from_slice(end) } else { out.push(byte) }
    }
    out
}

fn of_bytes(mut text: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(text.len());
    match chance.below(3) {
        _ if text.is_empty() => text.push(0xff),
        0 => text[at] ^= 1 << chance.below(8),
        1 => text.insert(at, u8::try_from(chance.below(256)).expect("a byte")),
        _ => drop(text.remove(at)),
    }
    text
}

fn truncated(mut text: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    text.truncate(chance.below(text.len()));
    text
}

/// Gives one word another name wherever it stands.
fn renamed(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let tokens = tokens(text);
    let words: Vec<&[u8]> = tokens.iter().copied().filter(|token| token[0].is_ascii_alphabetic()).collect();
    if words.is_empty() {
        return text.to_vec();
    }
    let old = chance.pick(&words);
    let new = match chance.below(3) {
        0 => [b"r#", old].concat(),
        1 => chance.pick(&WORDS).as_bytes().to_vec(),
        _ => chance.pick(&words).to_vec(),
    };
    tokens.into_iter().map(|token| if token == old { new.as_slice() } else { token }).collect::<Vec<_>>().concat()
}
