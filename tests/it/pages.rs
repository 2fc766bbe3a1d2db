//! The rules' pages are tests: every example runs under all rules, and every fixed block is what fixing makes of the example before it.
//!
//! A fence says `rust` or `toml`, and then, in any order:
//!
//! - nothing: an example. `//~ rule` (`#~ rule` in TOML) at the end of a line expects findings of these rules there, and none elsewhere.
//! - `good`: an example without findings.
//! - `fixed` or `fixed-unsafe`: the example before it after `--fix` or `--fix --unsafe-fixes`; its markers are the findings that are left.
//! - `pyo3=0.20`: the release in use, the newest one if not given. `target=0.23`: the release that findings are measured against, likewise.
//! - `file=pyproject.toml`: where the text stands, if not in `src/lib.rs` or `Cargo.toml`.
//!
//! A `Cargo.toml` without `[package]` is completed at its end. Fences in other languages are prose.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hognose::diagnostic::Safety;
use hognose::release::Release;
use hognose::rules::ALL;

use crate::generated::{blessing, repository, write};
use crate::sandbox::{Example, Files, Found, Sandbox, compare, manifest};

/// A module, so that rules about packaging have something to look at.
const LIBRARY: &str =
    "use pyo3::prelude::*;\n\n#[pymodule]\nfn sandbox(m: &Bound<'_, PyModule>) -> PyResult<()> {\n    m.add(\"ANSWER\", 42)\n}\n";

/// The headings of a page, in order; `After the fix` stands only where there is a fix.
const HEADINGS: [&str; 7] =
    ["## Why it hurts", "## Example", "## After the fix", "## Not reported", "## Fix safety", "## Since", "## References"];

/// A line of the text, and the rule that finds something there.
type Marks = BTreeSet<(usize, String)>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Example,
    Good,
    Fixed(Safety),
}

/// One fenced block.
#[derive(Clone, Debug)]
struct Block {
    /// Line of its fence in the page, from 1.
    line: usize,
    kind: Kind,
    file: String,
    release: Release,
    target: Release,
    /// Without markers.
    text: String,
    marks: Marks,
}

impl Block {
    fn marker(&self) -> &'static str {
        if self.file.ends_with(".rs") { "//~" } else { "#~" }
    }

    /// The project around the text, and what was added to complete the text.
    fn project(&self) -> (Sandbox, String) {
        let sandbox = Sandbox::new(self.release, self.target);
        let mut added = String::new();
        if self.file == "Cargo.toml" && !self.text.contains("[package]") {
            added += "\n[package]\nname = \"sandbox\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
            if !self.text.contains("[lib]") {
                added += "\n[lib]\ncrate-type = [\"cdylib\"]\n";
            }
        }
        if !self.file.ends_with(".rs") {
            sandbox.write("src/lib.rs", LIBRARY);
        }
        if self.file != "Cargo.toml" {
            sandbox.write("Cargo.toml", &manifest(self.release));
        }
        sandbox.write(&self.file, &format!("{}{added}", self.text));
        (sandbox, added)
    }

    /// What is wrong with what was found, if anything.
    fn complaint(&self, found: &[Found]) -> Option<String> {
        let mut text = String::new();
        let there: Marks = found.iter().filter(|found| found.path == self.file).map(|found| (found.line, found.rule.to_owned())).collect();
        for (line, rule) in self.marks.difference(&there) {
            let _ = writeln!(text, "  line {line}: `{rule}` finds nothing");
        }
        for found in found.iter().filter(|found| found.path != self.file || !self.marks.contains(&(found.line, found.rule.to_owned()))) {
            let _ = writeln!(text, "  {} line {}: `{}` finds something unexpected: {}", found.path, found.line, found.rule, found.message);
        }
        if text.is_empty() {
            return None;
        }
        let lines = self.text.lines().enumerate().fold(String::new(), |all, (index, line)| format!("{all}  {:3} | {line}\n", index + 1));
        Some(format!("{text}{lines}"))
    }
}

/// Reads the blocks of a page that are executed.
fn read(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let inside: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let mut words = info.split_whitespace();
        let file = match words.next() {
            Some("rust") => "src/lib.rs",
            Some("toml") => "Cargo.toml",
            _ => continue,
        };
        let mut block = Block {
            line: number + 1,
            kind: Kind::Example,
            file: file.to_owned(),
            release: Release::NEWEST,
            target: Release::NEWEST,
            text: String::new(),
            marks: Marks::new(),
        };
        for word in words {
            match word.split_once('=').unwrap_or((word, "")) {
                ("good", _) => block.kind = Kind::Good,
                ("fixed", _) => block.kind = Kind::Fixed(Safety::Safe),
                ("fixed-unsafe", _) => block.kind = Kind::Fixed(Safety::Unsafe),
                ("pyo3", release) => block.release = release.parse().expect("a release"),
                ("target", release) => block.target = release.parse().expect("a release"),
                ("file", file) => file.clone_into(&mut block.file),
                _ => panic!("line {}: `{word}` means nothing on a fence", number + 1),
            }
        }
        if let (Kind::Fixed(_), Some(example)) = (&block.kind, blocks.iter().rev().find(|block| block.kind == Kind::Example)) {
            (block.file, block.release, block.target) = (example.file.clone(), example.release, example.target);
        }
        for (index, line) in inside.into_iter().enumerate() {
            let (text, rules) = line.split_once(block.marker()).unwrap_or((line, ""));
            block.text += if rules.is_empty() { line } else { text.trim_end() };
            block.text.push('\n');
            block.marks.extend(rules.split_whitespace().map(|rule| (index + 1, rule.to_owned())));
        }
        blocks.push(block);
    }
    blocks
}

/// The Rust examples of all pages, those that are good and those that are not.
pub(crate) fn rust_examples() -> Vec<Example> {
    let blocks = ALL.iter().flat_map(|rule| read(rule.page).into_iter().map(move |block| (rule.id.name, block)));
    let examples = blocks.filter(|(_, block)| !matches!(block.kind, Kind::Fixed(_)) && block.file == "src/lib.rs");
    let example = |(name, block): (&str, Block)| {
        let name = format!("docs/rules/{name}.md:{}", block.line);
        Example { name, file: "src/lib.rs", release: block.release, target: block.target, text: block.text }
    };
    examples.map(example).collect()
}

/// The name of every page, and a project for each of its blocks.
pub(crate) fn projects() -> Vec<(&'static str, Vec<Files>)> {
    ALL.iter().map(|rule| (rule.id.name, read(rule.page).iter().map(|block| block.project().0.files()).collect())).collect()
}

/// The text with its markers.
fn marked(block: &Block) -> String {
    let mut out = String::new();
    for (index, line) in block.text.lines().enumerate() {
        let rules: Vec<&str> = block.marks.iter().filter(|(line, _)| *line == index + 1).map(|(_, rule)| rule.as_str()).collect();
        let marker = if rules.is_empty() { String::new() } else { format!(" {} {}", block.marker(), rules.join(" ")) };
        let _ = writeln!(out, "{line}{marker}");
    }
    out
}

/// Puts another text between the fences of the block that starts in this line.
fn replace_block(page: &str, line: usize, text: &str) -> String {
    let lines: Vec<&str> = page.lines().collect();
    let end = line + lines[line..].iter().position(|line| *line == "```").expect("the end of the block");
    let (before, after) = (lines[..line].join("\n"), lines[end..].join("\n"));
    format!("{before}\n{text}{after}\n")
}

/// Runs all blocks of a page; the answer is what is wrong.
fn run(name: &str, page: &str) -> (Vec<String>, String) {
    let mut wrong = Vec::new();
    let mut blessed = page.to_owned();
    let blocks = read(page);
    // From the end, so that the lines before a rewritten block stay where they are.
    for (index, block) in blocks.iter().enumerate().rev() {
        let place = format!("docs/rules/{name}.md:{}", block.line);
        let (sandbox, _) = block.project();
        let Kind::Fixed(allow) = block.kind else {
            if block.kind == Kind::Good && !block.marks.is_empty() {
                wrong.push(format!("{place}: a good block expects findings"));
            }
            wrong.extend(block.complaint(&sandbox.check()).map(|complaint| format!("{place}\n{complaint}")));
            continue;
        };
        let Some(example) = blocks[..index].iter().rev().find(|block| block.kind == Kind::Example) else {
            wrong.push(format!("{place}: no example before it"));
            continue;
        };
        let (before, added) = example.project();
        let text = before.fixed(allow, &|_| true).remove(&block.file).expect("the file");
        let mut there = Block { text: text.strip_suffix(&added).unwrap_or(&text).to_owned(), ..block.clone() };
        there.marks = there.project().0.check().into_iter().map(|found| (found.line, found.rule.to_owned())).collect();
        if there.text != block.text || there.marks != block.marks {
            if blessing() {
                blessed = replace_block(&blessed, block.line, &marked(&there));
            } else {
                wrong.push(format!("{place}: fixing makes something else of it\n{}", compare(&marked(block), &marked(&there))));
            }
        }
    }
    (wrong, blessed)
}

#[test]
fn pages_are_true() {
    let mut wrong = Vec::new();
    for rule in ALL {
        let path = repository().join(format!("docs/rules/{}.md", rule.id.name));
        let page = std::fs::read_to_string(&path).expect("the rule's page");
        let (complaints, blessed) = run(rule.id.name, &page);
        wrong.extend(complaints);
        if blessed != page {
            write(&path, &blessed);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn pages_have_the_same_shape() {
    for rule in ALL {
        let (name, page) = (rule.id.name, rule.page);
        assert!(page.starts_with(&format!("# {name}\n\n")), "{name}: the title is the rule's name");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{name}: the page ends with one line break");
        let found: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        let fixed = read(page).iter().any(|block| matches!(block.kind, Kind::Fixed(_)));
        let wanted: Vec<&str> = HEADINGS.into_iter().filter(|heading| fixed || *heading != "## After the fix").collect();
        assert_eq!(found, wanted, "{name}");
        for (index, line) in page.lines().enumerate() {
            let width = line.chars().count();
            assert!(width <= 80, "docs/rules/{name}.md:{}: {width} columns", index + 1);
        }
        let own = |block: &Block| block.kind == Kind::Example && block.marks.iter().any(|(_, rule)| rule == name);
        assert!(read(page).iter().any(own), "{name}: no example has a finding of the rule itself");
        assert!(read(page).iter().any(|block| block.kind == Kind::Good), "{name}: no good example");
    }
}

#[test]
fn pages_are_read_as_documented() {
    let page = "```rust pyo3=0.20\nlet a = 1; //~ gil-ref renamed-api\n```\n\n```rust fixed\nlet b = 1;\n```\n\n```text\nprose\n```\n";
    let blocks = read(page);
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[0].text, "let a = 1;\n");
    assert_eq!(blocks[0].marks, [(1, "gil-ref".to_owned()), (1, "renamed-api".to_owned())].into());
    assert_eq!((blocks[1].release, blocks[1].line), (Release::new(20), 5));
    assert_eq!(replace_block(page, 5, "let c = 1;\n"), page.replace("let b", "let c"));
}
