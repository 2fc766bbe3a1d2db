//! How deep the tree of a text can be at most, told from its tokens before anything recurses over them.

/// How deep brackets may nest. Real code stays below 60.
const MAX_DEPTH: usize = 1_000;
/// How many tokens may wait for what follows them, in all open brackets together: each can be one level of the tree.
const MAX_LEVELS: usize = 8_000;

/// Follows the tokens of a text. Where the tokens alone do not tell whether something nests, it counts as if it did.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    /// The open brackets.
    around: Vec<Level>,
    here: Level,
    last: Last,
}

/// What stands between two brackets.
#[derive(Debug, Default)]
struct Level {
    /// Tokens that wait in the brackets around.
    outside: usize,
    /// Tokens since the last separator.
    chain: usize,
    /// Open `<` that may begin generic arguments, each with the chain up to it: a comma between them separates no more than the arguments.
    angles: Vec<usize>,
    /// Whether the parameters of a closure are open: commas between them separate nothing, and closures nest without brackets.
    in_parameters: bool,
    /// How the statement begins.
    start: Start,
    kind: Kind,
}

/// What the brackets of a level are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Parentheses, brackets, braces of a macro, and a constant between generic arguments.
    #[default]
    Other,
    /// Braces that may hold statements or arms.
    Braces,
    /// The same, and the statement around ends with them, whatever stands behind: `if a { … } (b)`.
    Body,
    Attribute,
}

/// How a statement or an arm's expression begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Start {
    /// It has not begun.
    #[default]
    Nowhere,
    /// With `{`, `if`, `match` and the like.
    Block,
    Other,
}

/// The last token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Last {
    /// A separator or an operator, a word that an operand follows, or nothing.
    #[default]
    Operator,
    /// A name, which generic arguments may follow.
    Name,
    /// A literal or a closing bracket.
    Value,
    /// `else`, `loop`, `unsafe`: a block follows.
    BlockWord,
    /// `!`: the brackets of a macro may follow.
    Bang,
    /// `#`, perhaps with `!`: an attribute may follow.
    Sharp,
}

impl Nesting {
    /// Takes the next token: a whole word, a whole literal, or one sign (`||` and `<<` are one).
    pub(super) fn token(&mut self, bytes: &[u8], at: usize, end: usize) {
        let token = &bytes[at..end];
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match token[0] {
            open @ (b'(' | b'[' | b'{') => self.open(open),
            close @ (b')' | b']' | b'}') => self.close(close, &bytes[end..]),
            b';' => self.separate(),
            b'>' if before == Some(b'=') => self.separate(),
            b',' => self.comma(),
            b'<' => self.angle(token.len(), &bytes[end..]),
            b'>' => {
                if before != Some(b'-') {
                    self.here.chain = self.here.angles.pop().unwrap_or(self.here.chain);
                }
                self.sign();
            }
            b'|' => self.pipe(token.len()),
            // `..` and `..=` are one token.
            b'.' | b'=' if before == Some(b'.') => {}
            b'#' => self.last = Last::Sharp,
            b'!' if self.last == Last::Sharp => {}
            b'!' => {
                self.sign();
                self.last = Last::Bang;
            }
            b'\'' if token.len() == 1 => self.count(Last::Operator),
            b':' | b'@' | b'$' | b'\\' | b'`' => self.last = Last::Operator,
            first if is_word(first) => self.word(token, before),
            _ if token.len() > 1 => {
                self.count(Last::Value);
                self.begin(Start::Other);
            }
            first if first.is_ascii_punctuation() => self.sign(),
            _ => {}
        }
    }

    pub(super) fn is_too_deep(&self) -> bool {
        self.around.len() > MAX_DEPTH || self.here.outside + self.here.chain > MAX_LEVELS
    }

    fn open(&mut self, bracket: u8) {
        let is_body = bracket == b'{' && matches!(self.here.kind, Kind::Braces | Kind::Body) && self.is_body();
        let is_constant = !self.here.angles.is_empty() && self.last == Last::Operator;
        let kind = match bracket {
            b'[' if self.last == Last::Sharp => Kind::Attribute,
            b'{' if is_body => Kind::Body,
            b'{' if self.last != Last::Bang && !is_constant => Kind::Braces,
            _ => Kind::Other,
        };
        if kind != Kind::Attribute {
            self.begin(if is_body { Start::Block } else { Start::Other });
        }
        self.here.chain += 1;
        let outside = self.here.outside + self.here.chain;
        self.around.push(std::mem::replace(&mut self.here, Level { outside, kind, ..Level::default() }));
        self.last = Last::Operator;
    }

    /// Whether a brace is the body of a statement that begins with a block or a word like `if`, and not a part of its condition.
    fn is_body(&self) -> bool {
        match self.here.start {
            Start::Nowhere => true,
            Start::Block => matches!(self.last, Last::Name | Last::Value | Last::BlockWord),
            Start::Other => false,
        }
    }

    fn close(&mut self, bracket: u8, rest: &[u8]) {
        let inner = std::mem::replace(&mut self.here, self.around.pop().unwrap_or_default());
        self.last = Last::Value;
        let ends = match inner.kind {
            Kind::Attribute => {
                // Attributes follow each other, and what they belong to follows them: nothing of it nests.
                self.here.chain = self.here.chain.saturating_sub(1);
                self.last = Last::Operator;
                false
            }
            Kind::Body => !goes_on_after_body(rest),
            Kind::Braces => !goes_on(rest),
            Kind::Other => bracket == b'}' && self.here.angles.is_empty() && !goes_on(rest),
        };
        if ends {
            self.separate();
        }
    }

    fn separate(&mut self) {
        self.here = Level { outside: self.here.outside, kind: self.here.kind, ..Level::default() };
        self.last = Last::Operator;
    }

    fn comma(&mut self) {
        if !self.here.in_parameters {
            self.here.chain = self.here.angles.last().copied().unwrap_or_default();
        }
        self.here.start = Start::Other;
        self.last = Last::Operator;
    }

    /// A `<`: generic arguments or a type in a path, unless what stands before cannot have any.
    fn angle(&mut self, length: usize, rest: &[u8]) {
        let is_shift = length > 1 && code_of(rest).first().is_some_and(u8::is_ascii_digit);
        let may_nest = self.last != Last::Value && !is_shift && rest.first() != Some(&b'=');
        for _ in 0..length {
            self.sign();
            if may_nest {
                self.here.angles.push(self.here.chain);
            }
        }
    }

    fn pipe(&mut self, length: usize) {
        let is_operator = matches!(self.last, Last::Name | Last::Value) && !self.here.in_parameters;
        self.sign();
        if length == 1 && !is_operator {
            self.here.in_parameters = !self.here.in_parameters;
        }
    }

    fn word(&mut self, word: &[u8], before: Option<u8>) {
        let is_lifetime = before == Some(b'\'');
        let is_plain = matches!(before, Some(b'#' | b'\'' | b'$'));
        let (last, start) = match word {
            _ if is_lifetime => (Last::Operator, Start::Nowhere),
            _ if is_plain => (Last::Name, Start::Other),
            b"if" | b"match" | b"while" | b"for" => (Last::Operator, Start::Block),
            b"loop" | b"unsafe" => (Last::BlockWord, Start::Block),
            b"else" => (Last::BlockWord, Start::Other),
            b"return" | b"break" | b"yield" | b"move" | b"async" | b"static" | b"const" | b"in" | b"let" | b"mut" | b"ref" | b"as" => {
                (Last::Operator, Start::Other)
            }
            _ if word[0].is_ascii_digit() => (Last::Value, Start::Other),
            _ => (Last::Name, Start::Other),
        };
        self.count(last);
        self.begin(start);
    }

    fn sign(&mut self) {
        self.count(Last::Operator);
        self.begin(Start::Other);
    }

    fn count(&mut self, last: Last) {
        self.here.chain += 1;
        self.last = last;
    }

    fn begin(&mut self, start: Start) {
        if self.here.start == Start::Nowhere {
            self.here.start = start;
        }
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether what follows a `}` can belong to the same expression: `{ 1 } + 1`, `} else {`, `}.await`.
fn goes_on(rest: &[u8]) -> bool {
    let rest = code_of(rest);
    is_next(rest, b"else") || is_next(rest, b"as") || rest.first().is_some_and(|first| b".?+-*/%^&|=<>([".contains(first))
}

/// Whether what follows the body of an `if` or of another statement with a block can belong to it: operators begin a statement of their own.
fn goes_on_after_body(rest: &[u8]) -> bool {
    let rest = code_of(rest);
    is_next(rest, b"else") || rest.first() == Some(&b'?') || rest.first() == Some(&b'.') && rest.get(1) != Some(&b'.')
}

fn is_next(rest: &[u8], word: &[u8]) -> bool {
    rest.strip_prefix(word).is_some_and(|after| after.first().is_none_or(|next| !is_word(*next)))
}

/// The text from its first token on, without blanks and comments.
fn code_of(mut rest: &[u8]) -> &[u8] {
    loop {
        rest = rest.trim_ascii_start();
        let end = match rest {
            [b'/', b'/', ..] => super::scan::line_end(rest, 0),
            [b'/', b'*', ..] => super::scan::block_comment_end(rest, 0),
            _ => return rest,
        };
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    const MANY: usize = 20_000;

    fn is_refused(text: &str) -> bool {
        scan(text).too_deep.is_some()
    }

    #[test]
    fn brackets_and_operators_count_outside_strings_and_comments() {
        assert_eq!(scan(&"(".repeat(MANY)).too_deep, Some(MAX_DEPTH));
        assert!(is_refused(&format!("let x = {}1;", "!".repeat(MANY))));
        assert!(!is_refused(&format!("let x = \"{}\";", "(".repeat(MANY))));
        assert!(!is_refused(&format!("/* {} */", "((!".repeat(MANY))));
    }

    #[test]
    fn what_nests_without_brackets_counts() {
        for link in [
            "return ",
            "|a, b| ",
            "move |a, b| ",
            "a || |b, c| ",
            "break 'a |b, c| ",
            "else if a {} ",
            "() ",
            "[0]",
            " as u8",
            "A<u8, ",
            "A <u8, ",
            "A<{ 1 }, ",
            "A<<u8>::B, ",
            "A::<u8>::B::<u8, ",
            "for<'a, 'b> fn() -> ",
            "{ 1 } + ",
            "{ 1 } /* plus */ + ",
            "S {} + ",
            "a::b::<u8, u8>() + ",
        ] {
            assert!(is_refused(&format!("let x = {}", link.repeat(MANY))), "{link}");
        }
        for (before, link) in [("if ", "{ 1 } + "), ("m! { ", "{ 1 } + "), ("m! { ", "if a {} + "), ("if ", "if "), ("f(", "if a {} - ")] {
            assert!(is_refused(&format!("fn f() {{ {before}{}", link.repeat(MANY))), "{before}{link}");
        }
    }

    /// Neither is too deep by itself, the sum is.
    #[test]
    fn levels_in_open_brackets_add_up() {
        let level = format!("{}(", "!".repeat(MAX_LEVELS / 100));
        assert!(!is_refused(&level.repeat(90)));
        assert!(is_refused(&level.repeat(101)));
    }

    #[test]
    fn flat_code_is_not_refused() {
        for (before, item, after) in [
            ("let x = [", "1 + 1, ", "];"),
            ("let x = [", "1 << 3, ", "];"),
            ("let x = [", "f(a) < b, ", "];"),
            ("", "fn f(a: u8) -> A<u8, B> { if a < 1 { a } else { 2 } }\n", ""),
            ("match x { ", "A | B if a<b => c(1), _ => {} ", "}"),
            ("match x { ", "(A, B) => { c() } ", "}"),
            ("match x { ", "&[A, ..] => { c() } -1 => {} ..=5 => {} b'\\'' => {} ", "}"),
            ("match x { ", "A | B | C => 1, | D => 2, ", "}"),
            ("impl A { ", "/// Documented, as ( and {.\n#[a(b)] fn f<A: B<C>>(&self) -> D<E<F>> { g() }\n", "}"),
            ("impl A { ", "/** Documented. */ fn f() {} /* b */ // c\n", "}"),
            ("", "/// Documented.\npub struct A { /// Documented.\n a: B<C>, }\n", ""),
            ("fn f() { ", "if a < b { c() } *d = 1; ", "}"),
            ("fn f() { ", "if a { b } (c, d) = (d, c); ", "}"),
            ("fn f() { ", "if a == b { c } else { d }\n&e; ", "}"),
            ("fn f() { ", "'a: for b in c { } { d } unsafe { e } loop { } match f { } ", "}"),
            ("fn f() { ", "match a { b => { } } (c); ", "}"),
            ("", "#[doc = \"a\"] ", "fn f() {}"),
            ("m! { ", "a => { 1 }, ", "}"),
            ("type A = (", "B<C, D>, ", ");"),
            ("enum A { ", "#[b] C { d: E<F> }, ", "}"),
        ] {
            let text = format!("{before}{}{after}", item.repeat(MANY));
            assert_eq!(scan(&text).too_deep, None, "{item}");
        }
    }
}
