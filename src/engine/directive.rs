//! Comments that were meant as allow comments and are none, so that they allow nothing.

use crate::diagnostic::{Diagnostic, Findings, Fix, Level};
use crate::release::Release;
use crate::rules;
use crate::rust::scan_comments;
use crate::text::{Edit, FileId, Sources, TextRange};

/// What people write for `allow`: words of rustc's attributes and of other linters.
const SYNONYMS: [&str; 10] = ["allows", "allowed", "disable", "expect", "ignore", "nolint", "noqa", "off", "skip", "suppress"];

/// What may stand after the tool's name, right or not.
const SEPARATORS: [char; 6] = [' ', '\t', ':', '=', '-', '.'];

/// A comment that was meant to allow something.
#[derive(Debug, PartialEq, Eq)]
struct Misspelt {
    /// From `hognose` to the end of what was understood, as bytes of the comment.
    range: TextRange,
    fault: Fault,
}

/// Why a comment allows nothing.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// It names no rule.
    NoRule,
    /// It is written in another way than the one that was probably meant.
    Misspelt(String),
    /// It is written in another way, and what was meant is not clear.
    Unclear,
}

/// Reports the misspelt allow comments of these files.
pub(super) fn report_misspelt(sources: &Sources, files: &[FileId]) -> Vec<Diagnostic> {
    let Some(rule) = rules::find("unused-allow") else { return Vec::new() };
    let mut findings = Findings::new(rule.id);
    for &file in files {
        let source = sources.get(file);
        if !["hognose", "Hognose", "HOGNOSE"].iter().any(|name| source.text.contains(name)) {
            continue;
        }
        for comment in scan_comments(&source.text) {
            if let Some(misspelt) = misspelt(source.slice(comment.range)) {
                report(&mut findings, file, comment.range.start, misspelt);
            }
        }
    }
    findings.found
}

fn report(findings: &mut Findings, file: FileId, start: usize, misspelt: Misspelt) {
    let range = TextRange::new(start + misspelt.range.start, start + misspelt.range.end);
    let message = match misspelt.fault {
        Fault::NoRule => "this comment names no rule, so it allows nothing",
        Fault::Misspelt(_) | Fault::Unclear => "this is not how an allow comment is written, so it allows nothing",
    };
    let finding = findings.report(file, range, Level::Warning, message);
    match misspelt.fault {
        Fault::NoRule => finding.help("name a rule, as in `hognose: allow(gil-ref)`, or remove the comment"),
        Fault::Unclear => finding.help("write `hognose: allow(RULE)`; `hognose rules` lists the rules"),
        Fault::Misspelt(meant) => {
            let fix = Fix::risky(format!("write `{meant}`"), "it is a guess at what was meant, and hides findings", Release::OLDEST);
            finding.help(format!("did you mean `{meant}`?")).fix(fix.edit(file, Edit::replace(range, meant)))
        }
    };
}

/// Looks for a comment that was meant to allow something. Prose is none: what counts is a word for `allow` with brackets or with names of rules.
fn misspelt(comment: &str) -> Option<Misspelt> {
    let body = comment.trim_start_matches(['/', '*', '!']).trim_start();
    let start = comment.len() - body.len();
    let line = body.lines().next()?.trim_end().trim_end_matches("*/").trim_end();
    let (tool, after) = line.split_at_checked("hognose".len())?;
    let rest = after.trim_start_matches(SEPARATORS);
    if !tool.eq_ignore_ascii_case("hognose") || rest.len() == after.len() || allows(body) {
        return None;
    }
    let is_right = line.strip_prefix("hognose:").is_some_and(|after| after.trim_start() == rest);
    let address = if is_right { Address::Right } else { Address::Wrong };
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let tail = &rest[word.len()..];
    let verb = if asks_to_allow(word) { Verb::Allow } else { Verb::Other };
    let (fault, left) = match tail.trim_start().strip_prefix(['(', '[', '{']) {
        Some(inside) if inside.len() + 1 == tail.len() => bracketed(address, verb, inside),
        // `ignore (for now)` may be prose; the names of rules decide.
        Some(inside) => bracketed(Address::Wrong, verb, inside),
        None if verb == Verb::Allow => bare(address, verb, tail.trim_start_matches([' ', ':', '='])),
        None => bare(address, verb, rest),
    }?;
    Some(Misspelt { range: TextRange::new(start, start + line.len() - left.len()), fault })
}

/// Whether the tool is spoken to as it has to be; otherwise it takes the name of a rule to tell a directive from prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Address {
    Right,
    Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Allow,
    Other,
}

/// Whether it is an allow comment, well written and with a name in it.
fn allows(body: &str) -> bool {
    let list =
        body.strip_prefix("hognose:").and_then(|rest| rest.trim_start().strip_prefix("allow(")).and_then(|list| list.split_once(')'));
    list.is_some_and(|(list, _)| names(list).next().is_some())
}

fn asks_to_allow(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    SYNONYMS.contains(&word.as_str()) || word.len() > 3 && strsim::damerau_levenshtein(&word, "allow") <= 1
}

/// Reads what follows the bracket; the answer has the rest of the line.
fn bracketed(address: Address, verb: Verb, inside: &str) -> Option<(Fault, &str)> {
    let (list, left) = match inside.find([')', ']', '}']) {
        Some(end) => (&inside[..end], &inside[end + 1..]),
        None => names_at_start(inside),
    };
    let meant: Option<Vec<&str>> = names(list).map(meant_by).collect();
    let fault = match (verb, meant) {
        (Verb::Allow, Some(meant)) if !meant.is_empty() => Fault::Misspelt(allow(&meant)),
        (Verb::Allow, Some(_)) if address == Address::Right => Fault::NoRule,
        (Verb::Allow, None) if address == Address::Right => Fault::Unclear,
        (Verb::Other, Some(meant)) if address == Address::Right && !meant.is_empty() && names(list).eq(meant.iter().copied()) => {
            Fault::Unclear
        }
        _ => return None,
    };
    Some((fault, left))
}

/// Reads names without brackets around them.
fn bare(address: Address, verb: Verb, text: &str) -> Option<(Fault, &str)> {
    let (list, left) = names_at_start(text);
    let is_whole = left.is_empty();
    let is_rule = |name: &str| {
        rules::find(name).is_some() || verb == Verb::Allow && (is_whole && !rules::select(name).is_empty() || is_like_a_rule(name))
    };
    if address == Address::Wrong || verb == Verb::Other && !is_whole || !names(list).all(is_rule) {
        return None;
    }
    let meant: Vec<&str> = names(list).filter_map(meant_by).collect();
    match (verb, meant.is_empty()) {
        (_, false) => Some((Fault::Misspelt(allow(&meant)), left)),
        (Verb::Allow, true) if is_whole => Some((Fault::NoRule, left)),
        _ => None,
    }
}

/// Names of rules have a hyphen, words of prose seldom.
fn is_like_a_rule(name: &str) -> bool {
    name.contains('-') && rules::suggest(name).is_some()
}

/// The names in a list with commas.
fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The list of names that the text begins with, and what comes after it.
fn names_at_start(text: &str) -> (&str, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let name = rest.trim_start();
        let length = name.find(|c| !is_name(c)).unwrap_or(name.len());
        if length == 0 {
            return text.split_at(end);
        }
        end += rest.len() - name.len() + length;
        match text[end..].trim_start().strip_prefix(',') {
            Some(next) if next.trim_start().starts_with(is_name) => end = text.len() - next.len(),
            _ => return text.split_at(end),
        }
    }
}

/// The selector that was meant: the word itself if it is one.
fn meant_by(name: &str) -> Option<&str> {
    if rules::select(name).is_empty() { rules::suggest(name) } else { Some(name) }
}

fn allow(names: &[&str]) -> String {
    format!("hognose: allow({})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was probably meant, and the bytes that would be replaced.
    fn meant(comment: &str) -> Option<(String, &str)> {
        match misspelt(comment)? {
            Misspelt { range, fault: Fault::Misspelt(meant) } => Some((meant, &comment[range.start..range.end])),
            Misspelt { range, fault } => Some((format!("{fault:?}"), &comment[range.start..range.end])),
        }
    }

    #[test]
    fn misspelt_comments_and_what_was_meant() {
        for (comment, replaced, words) in [
            ("// hognose: alow(pyproto) old", "hognose: alow(pyproto)", "pyproto"),
            ("// hognose: ignore(HG107)", "hognose: ignore(HG107)", "HG107"),
            ("//! hognose: disable(migration)", "hognose: disable(migration)", "migration"),
            ("/* hognose: Allow(gil-ref, HG3) */", "hognose: Allow(gil-ref, HG3)", "gil-ref, HG3"),
            ("// hognose: allow (gil-ref)", "hognose: allow (gil-ref)", "gil-ref"),
            ("// hognose: allow[gil-ref] why", "hognose: allow[gil-ref]", "gil-ref"),
            ("// hognose: allow gil-ref, HG108 for June", "hognose: allow gil-ref, HG108", "gil-ref, HG108"),
            ("// hognose: allow = gil-ref", "hognose: allow = gil-ref", "gil-ref"),
            ("// hognose: noqa: HG107", "hognose: noqa: HG107", "HG107"),
            ("// hognose: allow gil-reff", "hognose: allow gil-reff", "gil-ref"),
            ("// hognose: allow all", "hognose: allow all", "all"),
            ("// hognose: gil-ref", "hognose: gil-ref", "gil-ref"),
            ("// hognose: allow(gil-ref", "hognose: allow(gil-ref", "gil-ref"),
            ("// hognose:allow(gil-ref, HG108 because", "hognose:allow(gil-ref, HG108", "gil-ref, HG108"),
            ("// hognose allow(gil-ref)", "hognose allow(gil-ref)", "gil-ref"),
            ("// hognose::allow(renamed-apis)", "hognose::allow(renamed-apis)", "renamed-api"),
            ("// Hognose: allow(gil-ref)", "Hognose: allow(gil-ref)", "gil-ref"),
        ] {
            assert_eq!(meant(comment), Some((format!("hognose: allow({words})"), replaced)), "{comment}");
            assert_eq!(meant(&format!("// hognose: allow({words})")), None, "what it is to become is right");
        }
        for (comment, read, fault) in [
            ("// hognose: allow()", "hognose: allow()", Fault::NoRule),
            ("// hognose: allow(", "hognose: allow(", Fault::NoRule),
            ("/* hognose: allow( , ) */", "hognose: allow( , )", Fault::NoRule),
            ("// hognose: allow", "hognose: allow", Fault::NoRule),
            ("// hognose: ignore", "hognose: ignore", Fault::NoRule),
            ("// hognose: alow(xyzzy)", "hognose: alow(xyzzy)", Fault::Unclear),
            ("// hognose: deny(gil-ref)", "hognose: deny(gil-ref)", Fault::Unclear),
        ] {
            assert_eq!(meant(comment), Some((format!("{fault:?}"), read)), "{comment}");
        }
    }

    #[test]
    fn prose_is_left_alone() {
        for comment in [
            "// hognose: allow(gil-ref) right",
            "// hognose: allow(xyzzy) is told elsewhere",
            "/* hognose: allow(gil-ref,\n HG108) */",
            "// hognose: see the docs for why",
            "// hognose: see(docs)",
            "// hognose: allowed here as the tests need it",
            "// hognose: ignore (for now) what it says",
            "// hognose: allow setup to finish",
            "// hognose: ignores this line",
            "// hognose: HG107 comes from numpy",
            "// hognose: setup",
            "// hognose (HG107) is silent here",
            "// hognose allows gil-ref in tests",
            "// hognose-core: allow",
            "// hognoses: alow(gil-ref)",
            "// hognose",
            "// hognose:",
            "// see hognose: alow(gil-ref)",
            "// clippy: allow(gil-ref",
            "//",
            "/**/",
            "// h\u{f6}gnose: alow(gil-ref)",
        ] {
            assert_eq!(meant(comment), None, "{comment}");
        }
    }
}
