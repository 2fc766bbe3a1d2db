//! How code is laid out changes nothing: each example of a page and of a row gives the same findings and the same fixed tokens in every other layout.

mod variants;

use std::collections::BTreeMap;

use hognose::diagnostic::{Diagnostic, Safety};
use hognose::engine::fix::{Completer, settle_fixes};
use hognose::rust::{PARSER_STACK, RustFile, scan_comments};
use hognose::text::{Edit, FileId, apply_edits};
use rayon::prelude::*;

use crate::catalogue::snippets;
use crate::pages::rust_examples;
use crate::sandbox::{Example, Fixed, compare};
use variants::{MARK, Variant, tokens, variants, words};

/// Every example that is Rust.
fn examples() -> Vec<Example> {
    let all: Vec<Example> =
        rust_examples().into_iter().chain(snippets().into_iter().filter(|example| example.file.ends_with(".rs"))).collect();
    assert!(all.len() > 150, "{} examples", all.len());
    all
}

/// What is wrong with each of `examples`, found on several threads; nothing may be.
fn assert_all(examples: &[Example], problem: impl Fn(&Example) -> Option<String> + Sync) {
    // The parser recurses.
    let threads = rayon::ThreadPoolBuilder::new().stack_size(PARSER_STACK).build().expect("threads");
    let problems = || examples.par_iter().filter_map(|example| Some(format!("{}: {}", example.name, problem(example)?))).collect();
    let wrong: Vec<String> = threads.install(problems);
    assert!(wrong.is_empty(), "{} of {} examples\n\n{}", wrong.len(), examples.len(), wrong.join("\n"));
}

/// A finding by rule, row and the numbers of the first and last token that it underlines.
type Seen = (&'static str, Option<&'static str>, usize, usize);

fn seen(text: &str, found: &[(bool, Diagnostic)]) -> Vec<Seen> {
    let tokens = tokens(text);
    let see = |(in_library, finding): &(bool, Diagnostic)| {
        let (start, end) = if *in_library { (finding.primary.range.start, finding.primary.range.end) } else { (0, 0) };
        let first = tokens.partition_point(|token| token.range.end <= start);
        let last = tokens.partition_point(|token| token.range.start < end);
        (finding.rule.name, finding.change, first, last)
    };
    let mut seen: Vec<Seen> = found.iter().map(see).collect();
    seen.sort_unstable();
    seen
}

fn marks(text: &str) -> usize {
    scan_comments(text).iter().filter(|comment| text[comment.range.start..comment.range.end].contains(MARK)).count()
}

/// The tokens of a text; braces around the only name of a `use` mean nothing, and stay where a comment lies in them.
fn meant(text: &str) -> Vec<String> {
    let mut words = words(text);
    let alone = |words: &[String]| {
        let open = words.windows(3).position(|part| part == [":", ":", "{"])? + 2;
        let close = open + words[open..].iter().position(|word| word == "}")?;
        Some((open, close))
    };
    let mut done = 0;
    while let Some((open, close)) = alone(&words[done..]).map(|(open, close)| (open + done, close + done)) {
        done = open;
        if !words[open + 1..close].iter().any(|word| word == "," || word == "{" || word == "self") {
            words.remove(close);
            words.remove(open);
        }
    }
    words
}

/// What `variant` makes otherwise than the example does.
fn difference(example: &Example, expected: &Fixed, variant: &Variant) -> Option<String> {
    let sandbox = example.sandbox(&variant.text);
    let there = sandbox.fix_library(Safety::Unsafe);
    let (wanted, found) = (seen(&example.text, &expected.found), seen(&variant.text, &there.found));
    if found != wanted {
        let only = |seen: &[Seen], others: &[Seen]| format!("{:?}", seen.iter().filter(|one| !others.contains(one)).collect::<Vec<_>>());
        return Some(format!("other findings\n  - {}\n  + {}\n{}", only(&wanted, &found), only(&found, &wanted), variant.text));
    }
    let (wanted, fixed) = (meant(&expected.text), meant(&there.text));
    if fixed != wanted {
        return Some(format!("other fixed tokens\n{}\n{}", compare(&wanted.join("\n"), &fixed.join("\n")), there.text));
    }
    let mixed = there.text.contains("\r\n") && there.text.replace("\r\n", "").contains(['\r', '\n']);
    if mixed {
        return Some(format!("mixed line ends\n{:?}", there.text));
    }
    let written = marks(&variant.text);
    let says_so = there.reasons.iter().any(|reason| reason.contains("would drop a comment"));
    if marks(&there.text) < written && !says_so {
        return Some(format!("a comment is dropped, and no fix says so\n{}", there.text));
    }
    let safe = if written == 0 { return None } else { sandbox.fix_library(Safety::Safe).text };
    (marks(&safe) < written).then(|| format!("a safe fix drops a comment\n{safe}"))
}

#[test]
fn layout_changes_nothing() {
    assert_all(&examples(), |example| {
        let expected = example.sandbox(&example.text).fix_library(Safety::Unsafe);
        let variants = variants(&example.text);
        let differences =
            variants.iter().filter_map(|variant| Some(format!("{}: {}", variant.name, difference(example, &expected, variant)?)));
        let differences: Vec<String> = differences.collect();
        (!differences.is_empty()).then(|| differences.join("\n"))
    });
}

#[test]
fn each_fix_alone_leaves_files_that_parse() {
    let all: Vec<Example> = rust_examples().into_iter().chain(snippets()).collect();
    assert_all(&all, |example| {
        let sandbox = example.sandbox(&example.text);
        let (sources, mut findings) = sandbox.diagnostics();
        settle_fixes(&sources, &mut findings);
        let completer = Completer::new(&sources);
        findings.iter().filter_map(|finding| Some((finding, finding.fix.as_ref()?))).find_map(|(finding, fix)| {
            let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
            for (file, edit) in completer.edits(fix).unwrap_or_else(|problem| panic!("{}: {problem}", example.name)) {
                by_file.entry(file).or_default().push(edit);
            }
            by_file.into_iter().find_map(|(file, edits)| {
                let source = sources.get(file);
                let text = apply_edits(&source.text, &edits).expect("the edits of one fix are disjoint");
                let is_rust = source.display.ends_with(".rs");
                let problem = if is_rust {
                    RustFile::parse(&text).err().map(|failure| failure.to_string())
                } else {
                    hognose::project::toml::parse(&text).err().map(|error| error.message)
                };
                problem.map(|problem| format!("{} `{}`: {problem}\n{text}", finding.rule.name, fix.title))
            })
        })
    });
}

#[test]
fn fixing_twice_is_fixing_once() {
    assert_all(&examples(), |example| {
        [Safety::Safe, Safety::Unsafe].into_iter().find_map(|allow| {
            let once = example.sandbox(&example.text).fix_library(allow).text;
            let twice = example.sandbox(&once).fix_library(allow).text;
            (once != twice).then(|| format!("fixed again, it is another text\n{}", compare(&once, &twice)))
        })
    });
}
