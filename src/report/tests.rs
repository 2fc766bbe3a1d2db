use super::*;
use crate::diagnostic::{Level, RuleId, Safety, SkippedKind};
use crate::release::Release;
use crate::text::TextRange;

const RULE: RuleId = RuleId { code: "HG107", name: "gil-ref-method" };

fn finding(file: FileId, start: usize, end: usize) -> Diagnostic {
    Diagnostic {
        rule: RULE,
        change: None,
        level: Level::Error,
        fails: true,
        status: None,
        ahead: false,
        message: "`Python::with_gil` is gone in PyO3 0.30".to_owned(),
        help: Some("call `Python::attach`".to_owned()),
        primary: Span { file, range: TextRange::new(start, end), label: String::new() },
        secondary: Vec::new(),
        cause: None,
        fix: None,
    }
}

fn fix(safety: Safety) -> Fix {
    let reason = (safety == Safety::Unsafe).then(|| "the error type changes".to_owned());
    Fix { safety, reason, ..Fix::safe("rename to `attach`", Release::new(26)) }
}

fn written(sources: &Sources, findings: &[Diagnostic], skipped: &[Skipped], format: Format) -> String {
    written_with(sources, findings, (skipped, Gaps::Counted), format)
}

fn written_with(sources: &Sources, findings: &[Diagnostic], (skipped, gaps): (&[Skipped], Gaps), format: Format) -> String {
    let packages =
        [CheckedPackage { name: "ext".to_owned(), path: ".".to_owned(), pyo3: Some("0.26".to_owned()), newer_than_known: false }];
    let complete_edits = |fix: &Fix| Some(fix.edits.clone());
    let report = Report {
        sources,
        target: "0.30",
        packages: &packages,
        files: 3,
        findings,
        skipped,
        gaps,
        fixed: 0,
        needs: None,
        complete_edits: &complete_edits,
    };
    let mut out = Vec::new();
    report.write(format, Appearance::PLAIN, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn one_file(text: &str) -> (Sources, FileId) {
    let mut sources = Sources::default();
    let file = sources.insert("/p/src/lib.rs".into(), "src/lib.rs".to_owned(), text.to_owned());
    (sources, file)
}

#[test]
fn a_finding_shows_its_places_help_fix_and_rule() {
    let (mut sources, file) = one_file("fn f() {\n\tPython::with_gil(|py| g(py));\n}\n");
    let other = sources.insert("/p/Cargo.toml".into(), "Cargo.toml".to_owned(), "[dependencies]\npyo3 = \"0.26\"\n".to_owned());
    let mut found = finding(file, 18, 26);
    found.secondary = vec![
        Span { file, range: TextRange::new(3, 4), label: "in this function".to_owned() },
        Span { file: other, range: TextRange::new(15, 19), label: "declared here".to_owned() },
    ];
    found.fix = Some(fix(Safety::Unsafe));
    let text = written(&sources, &[found], &[], Format::Human);
    let expected = "\
error[HG107]: `Python::with_gil` is gone in PyO3 0.30
 --> src/lib.rs:2:10
  |
1 | fn f() {
  |    - in this function
2 |     Python::with_gil(|py| g(py));
  |             ^^^^^^^^
  |
 ::: Cargo.toml:2:1
  |
2 | pyo3 = \"0.26\"
  | ---- declared here
  |
  = help: call `Python::attach`
  = fix: rename to `attach` (unsafe: the error type changes; apply with
         --unsafe-fixes)
  = rule: gil-ref-method

rule                  found  --fix  --unsafe-fixes
HG107 gil-ref-method      1      0               1

found 1 error in 1 file, checked for PyO3 0.30 (on 0.26)
1 fixable with --unsafe-fixes
";
    assert_eq!(text, expected);
}

#[test]
fn odd_texts_and_places_do_not_panic() {
    let texts = [
        "",
        "\u{feff}",
        "\u{feff}a\r\nb",
        "\n",
        "a\r\n\r\n",
        "\tä\u{200d}界\t🦀x\r\n  界",
        "a\rb\rc",
        "x\u{1b}[31m\u{202e}y\n1\n2\n3\n4\n5\n6\n",
    ];
    for text in texts {
        let (sources, file) = one_file(text);
        for start in 0..=text.len() + 1 {
            for end in start..=text.len() + 2 {
                let mut found = finding(file, start, end);
                found.secondary = vec![Span { file, range: TextRange::new(end, end), label: "界\n\u{1b}".to_owned() }];
                for format in [Format::Human, Format::Concise, Format::Json] {
                    let out = written(&sources, std::slice::from_ref(&found), &[], format);
                    assert!(!out.contains('\u{1b}') && !out.contains('\u{feff}'), "{out}");
                }
            }
        }
    }
}

#[test]
fn long_lines_and_messages_fit_the_width() {
    let (sources, file) = one_file(&format!("let {} = Python::with_gil(|py| {});\n", "a".repeat(150), "b".repeat(200)));
    let mut found = finding(file, 157, 173);
    found.message = "the lock guard lives across `Python::attach` ".repeat(4).trim_end().to_owned();
    found.help = Some("drop the guard before the call, or take it inside ".repeat(4).trim_end().to_owned());
    let text = written(&sources, &[found], &[], Format::Human);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}\n{text}");
    }
    assert!(text.contains("Python::with_gil"), "{text}");
}

#[test]
fn many_findings_of_one_sort_are_folded() {
    let (sources, file) = one_file(&"with_gil();\n".repeat(30));
    let findings: Vec<Diagnostic> = (0..30).map(|line| finding(file, line * 12, line * 12 + 8)).collect();
    let text = written(&sources, &findings, &[], Format::Human);
    assert_eq!(text.matches("error[HG107]").count(), 5, "{text}");
    assert_eq!(text.matches("\n  --> src/lib.rs:").count(), 10, "{text}");
    assert!(text.contains("  and 15 more of HG107 in this file; `--output-format concise` lists all\n"), "{text}");
    assert!(text.contains("found 30 errors in 1 file, checked for PyO3 0.30 (on 0.26)\n"), "{text}");
}

#[test]
fn concise_has_one_line_a_finding_in_order() {
    let (mut sources, file) = one_file("\u{feff}ab\ncd\n");
    let first = sources.insert("/p/a.rs".into(), "a.rs".to_owned(), "x".to_owned());
    let mut with_fix = finding(file, 3, 4);
    with_fix.fix = Some(fix(Safety::Safe));
    with_fix.level = Level::Warning;
    let findings = [finding(file, 7, 8), with_fix, finding(first, 0, 1)];
    let expected = "\
a.rs:1:1: error HG107 gil-ref-method `Python::with_gil` is gone in PyO3 0.30
src/lib.rs:1:1: warning HG107 gil-ref-method `Python::with_gil` is gone in PyO3 0.30 [fixable]
src/lib.rs:2:2: error HG107 gil-ref-method `Python::with_gil` is gone in PyO3 0.30
found 2 errors, 1 warning in 2 files, checked for PyO3 0.30 (on 0.26)
1 fixable with --fix
";
    assert_eq!(written(&sources, &findings, &[], Format::Concise), expected);
}

#[test]
fn nothing_found_says_what_was_checked_and_what_was_not() {
    let gap = |line| Skipped {
        path: "src/x.rs".to_owned(),
        place: Some((line, 1)),
        kind: SkippedKind::OpaqueMacro,
        reason: "`m!` is not known".to_owned(),
    };
    let outside = Skipped {
        path: "old/y.rs".to_owned(),
        place: None,
        kind: SkippedKind::OutsidePackage,
        reason: "no target of the package reaches this file".to_owned(),
    };
    let gaps: Vec<Skipped> = (1..=12).map(gap).chain([outside]).collect();
    let total = "no findings: 1 package, 3 files checked for PyO3 0.30 (on 0.26)\n";
    let counts = "not checked: the inside of 12 macros, 1 file that no package reaches; list them with `--show-skipped`\n";
    assert_eq!(written(&Sources::default(), &[], &gaps, Format::Concise), format!("{counts}{total}"));
    let wrapped = counts.replace("list them with", "list them\nwith");
    assert_eq!(written(&Sources::default(), &[], &gaps, Format::Human), format!("{total}{wrapped}"));
    let listed = written_with(&Sources::default(), &[], (&gaps, Gaps::Listed), Format::Human);
    assert!(listed.starts_with(&format!("{total}\nnot checked: the inside of 12 macros\n  src/x.rs:1:1: `m!` is not known\n")), "{listed}");
    assert!(listed.ends_with("  old/y.rs: no target of the package reaches this file\n"), "{listed}");
    assert_eq!(listed.matches("is not known\n").count(), 12, "{listed}");
    let listed = written_with(&Sources::default(), &[], (&gaps, Gaps::Listed), Format::Concise);
    assert!(listed.starts_with("src/x.rs:1:1: not checked: `m!` is not known\n") && listed.ends_with(total), "{listed}");
    assert_eq!(listed.lines().count(), 14, "{listed}");
}

#[test]
fn json_is_complete() {
    let (sources, file) = one_file("é with_gil\n");
    let mut found = finding(file, 3, 11);
    let mut complete = fix(Safety::Safe);
    complete.edits = vec![(file, Edit::replace(TextRange::new(3, 11), "attach"))];
    found.fix = Some(complete);
    let skipped = [Skipped { path: "x.rs".to_owned(), place: None, kind: SkippedKind::Unparsable, reason: "expected `;`".to_owned() }];
    let document: serde_json::Value = serde_json::from_str(&written(&sources, &[found], &skipped, Format::Json)).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["target"], "0.30");
    assert_eq!(document["packages"][0], serde_json::json!({"name": "ext", "path": ".", "pyo3": "0.26", "newer_than_known": false}));
    assert_eq!(document["summary"]["fixable_safe"], 1);
    // Columns start at 1, and `é` takes two bytes: here the numbers are the same.
    let place = |column: usize, offset: usize| serde_json::json!({"line": 1, "column": column, "offset": offset});
    let edits = serde_json::json!([{"path": "src/lib.rs", "start": place(3, 3), "end": place(11, 11), "text": "attach"}]);
    assert_eq!(document["findings"][0]["rule"], "gil-ref-method");
    assert_eq!(document["findings"][0]["start"]["column"], 3);
    assert_eq!(document["findings"][0]["fix"]["edits"], edits);
    assert_eq!(
        document["skipped"][0],
        serde_json::json!({"path": "x.rs", "line": null, "column": null, "kind": "unparsable", "reason": "expected `;`"})
    );
}

#[test]
fn hyperlinks_and_colors_are_written_when_asked_for() {
    let (sources, file) = one_file("with_gil\n");
    let findings = [finding(file, 0, 8)];
    let none = |_: &Fix| None;
    let report = Report {
        sources: &sources,
        target: "0.30",
        packages: &[],
        files: 1,
        findings: &findings,
        skipped: &[],
        gaps: Gaps::Counted,
        fixed: 2,
        needs: None,
        complete_edits: &none,
    };
    let mut out = Vec::new();
    report.write(Format::Human, Appearance { colors: true, hyperlinks: true, ..Appearance::PLAIN }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains(
            "\u{1b}]8;;https://github.com/hognose-rs/hognose/blob/main/docs/rules/gil-ref-method.md\u{1b}\\gil-ref-method\u{1b}]8;;\u{1b}\\"
        ),
        "{text:?}"
    );
    assert!(text.contains("fixed 2 findings\n"), "{text}");
}

#[test]
fn of_many_further_places_the_first_are_shown_and_all_are_in_the_document() {
    let (sources, file) = one_file("a\nb\nc\nd\ne\nf\ng\n");
    let mut finding = finding(file, 0, 1);
    for at in 1..7 {
        finding.also(file, TextRange::new(2 * at, 2 * at + 1), "used here");
    }
    let human = written(&sources, std::slice::from_ref(&finding), &[], Format::Human);
    assert!(human.contains("5 | e\n  | - used here, and at 2 more places\n"), "{human}");
    assert!(!human.contains("6 | f"), "{human}");
    let document: serde_json::Value = serde_json::from_str(&written(&sources, &[finding], &[], Format::Json)).unwrap();
    assert_eq!(document["findings"][0]["related"].as_array().unwrap().len(), 6);
}
