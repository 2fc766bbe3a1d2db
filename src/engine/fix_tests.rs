use super::*;
use crate::diagnostic::{Level, Span};
use crate::release::Release;
use crate::text::TextRange;

const RENAME: RuleId = RuleId { code: "HG101", name: "old-name" };
const BREAK: RuleId = RuleId { code: "HG102", name: "breaks-syntax" };

fn sources(texts: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (path, text) in texts {
        sources.insert(format!("/p/{path}").into(), (*path).to_owned(), (*text).to_owned());
    }
    sources
}

fn text(sources: &Sources, path: &str) -> String {
    sources.iter().find(|(_, file)| file.display == path).unwrap().1.text.clone()
}

fn finding(rule: RuleId, file: FileId, range: TextRange, edits: Vec<(FileId, Edit)>, imports: Vec<ImportEdit>) -> Diagnostic {
    Diagnostic {
        rule,
        change: None,
        level: Level::Error,
        fails: true,
        status: None,
        ahead: false,
        message: String::new(),
        help: None,
        primary: Span { file, range, label: String::new() },
        secondary: Vec::new(),
        cause: None,
        fix: Some(Fix { edits, imports, ..Fix::safe("", Release::OLDEST) }),
    }
}

/// One finding for each `old` in any file, whose fix writes `new` there.
fn replacing(rule: RuleId, sources: &Sources, old: &str, new: &str) -> Vec<Diagnostic> {
    let found =
        sources.iter().flat_map(|(id, file)| file.text.match_indices(old).map(move |(at, _)| (id, TextRange::new(at, at + old.len()))));
    found.map(|(id, range)| finding(rule, id, range, vec![(id, Edit::replace(range, new))], Vec::new())).collect()
}

#[test]
fn a_fix_that_needs_a_file_which_may_not_change_is_left_out_as_a_whole() {
    let mut sources = sources(&[("in.rs", "old a"), ("out.rs", "old b")]);
    let check = |sources: &Sources| {
        let mut found = replacing(RENAME, sources, "old", "new");
        let ids: Vec<FileId> = sources.iter().map(|(id, _)| id).collect();
        let ends = ids.iter().filter_map(|&id| Some((id, sources.get(id).text.find(['a', 'b'])?)));
        let ends: Vec<(FileId, Edit)> = ends.map(|(id, at)| (id, Edit::replace(TextRange::new(at, at + 1), "c"))).collect();
        found.extend((ends.len() == 2).then(|| finding(BREAK, ids[0], ends[0].1.range, ends, Vec::new())));
        found
    };
    let options = FixOptions { allow: Safety::Safe, parses: &balanced, may_write: &|path| !path.ends_with("out.rs") };
    let outcome = fix_until_stable(&mut sources, check, options);
    assert_eq!((text(&sources, "in.rs").as_str(), text(&sources, "out.rs").as_str()), ("new a", "old b"));
    assert_eq!((outcome.kept_out, outcome.remaining.len()), (2, 2));
    assert_eq!(outcome.untouchable, BTreeSet::from([PathBuf::from("/p/out.rs")]));
    assert!(outcome.stable && outcome.rejected.is_empty());
}

/// Braces must be balanced.
fn balanced(_: &str, text: &str) -> Result<(), String> {
    if text.matches('{').count() == text.matches('}').count() { Ok(()) } else { Err("unbalanced".to_owned()) }
}

fn options(allow: Safety) -> FixOptions<'static> {
    FixOptions { allow, parses: &balanced, may_write: &|_| true }
}

#[test]
fn rounds_go_on_until_nothing_changes() {
    let mut sources = sources(&[("a.rs", "\u{feff}one one\r\n"), ("b.rs", "none")]);
    let check = |sources: &Sources| [replacing(RENAME, sources, "one", "two"), replacing(RENAME, sources, "two", "six")].concat();
    let outcome = fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!(text(&sources, "a.rs"), "\u{feff}six six\r\n");
    assert_eq!((outcome.rounds, outcome.stable), (2, true));
    assert_eq!(outcome.applied, [(RENAME, 6)]);
    assert_eq!(outcome.changed.len(), 2);
    assert!(outcome.changed.values().any(|original| original == "\u{feff}one one\r\n"));
}

#[test]
fn fixes_that_undo_each_other_stop() {
    let mut sources = sources(&[("a.rs", "one")]);
    let check = |sources: &Sources| [replacing(RENAME, sources, "one", "two"), replacing(RENAME, sources, "two", "one")].concat();
    let outcome = fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!((outcome.rounds, outcome.stable), (MAX_ROUNDS, false));
    assert!(outcome.changed.is_empty(), "after an even number of rounds the text is the old one");
}

#[test]
fn overlapping_fixes_wait_for_the_next_round() {
    let mut sources = sources(&[("a.rs", "f(g(old))")]);
    let check = |sources: &Sources| {
        let mut found = replacing(RENAME, sources, "f(g(old))", "F(g(old))");
        found.extend(replacing(RENAME, sources, "old", "new"));
        found
    };
    let outcome = fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!(text(&sources, "a.rs"), "F(g(new))");
    assert_eq!(outcome.rounds, 2);
}

#[test]
fn a_fix_over_two_files_is_applied_whole_or_not_at_all() {
    let mut sources = sources(&[("a.rs", "old"), ("b.toml", "old")]);
    let check = |sources: &Sources| {
        let all = replacing(RENAME, sources, "old", "new");
        let [a, b] = all.as_slice() else { return Vec::new() };
        let both = [a, b].into_iter().flat_map(|found| found.fix.clone().unwrap().edits).collect();
        // The first fix takes the place in b.toml.
        let first = finding(
            RENAME,
            a.primary.file,
            TextRange::new(0, 1),
            vec![(b.primary.file, Edit::replace(b.primary.range, "other"))],
            Vec::new(),
        );
        vec![first, finding(RENAME, b.primary.file, b.primary.range, both, Vec::new())]
    };
    fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!((text(&sources, "a.rs").as_str(), text(&sources, "b.toml").as_str()), ("old", "other"));
}

#[test]
fn a_fix_that_breaks_a_file_is_named_and_the_others_stay() {
    let mut sources = sources(&[("a.rs", "old {bad} old"), ("b.rs", "old"), ("broken.rs", "{ old")]);
    let mut checks = 0;
    let check = |sources: &Sources| {
        checks += 1;
        [replacing(RENAME, sources, "old", "new"), replacing(BREAK, sources, "{bad}", "{bad")].concat()
    };
    let outcome = fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!(text(&sources, "a.rs"), "new {bad} new");
    assert_eq!(text(&sources, "b.rs"), "new");
    assert_eq!(text(&sources, "broken.rs"), "{ new", "a file that did not parse before cannot be broken");
    let [rejected] = outcome.rejected.as_slice() else { panic!("{:?}", outcome.rejected) };
    assert_eq!((rejected.rule, rejected.path.as_str(), rejected.line), (BREAK, "a.rs", 1));
    assert_eq!(rejected.reason, "`a.rs` would no longer parse: unbalanced");
    assert_eq!(checks, 2, "a refused fix is not tried again");
    assert_eq!(outcome.applied, [(RENAME, 4)]);
}

#[test]
fn a_fix_that_drops_a_comment_is_unsafe() {
    let input = [("a.rs", "f(/* why */ old);\ng();\n"), ("b.toml", "a = \"old#\" # why\n")];
    let check = |sources: &Sources| {
        [replacing(RENAME, sources, "f(/* why */ old);\n", ""), replacing(RENAME, sources, "\"old#\"", "\"new#\"")].concat()
    };
    let mut table = sources(&input);
    let outcome = fix_until_stable(&mut table, check, options(Safety::Safe));
    assert_eq!((text(&table, "a.rs").as_str(), text(&table, "b.toml").as_str()), (input[0].1, "a = \"new#\" # why\n"));
    let left = outcome.remaining[0].fix.as_ref().unwrap();
    assert_eq!((left.safety, left.reason.as_deref()), (Safety::Unsafe, Some("would drop a comment")));
    fix_until_stable(&mut table, check, options(Safety::Unsafe));
    assert_eq!(text(&table, "a.rs"), "g();\n");
}

#[test]
fn one_of_two_equal_comments_is_a_comment() {
    let table = sources(&[("a.rs", "f(old /* why */, b /* why */);\n")]);
    let (file, source) = table.iter().next().unwrap();
    let all = TextRange::new(0, source.text.len());
    let mut found = [finding(RENAME, file, all, vec![(file, Edit::replace(all, "f(/* why */);"))], Vec::new())];
    found[0].fix.as_mut().unwrap().edits.push((file, Edit::insert(all.end, "g(/* other */);")));
    settle_fixes(&table, &mut found);
    let Ok(edits) = Completer::new(&table).edits(found[0].fix.as_ref().unwrap()) else { panic!("it can be carried out") };
    let edits: Vec<Edit> = edits.into_iter().map(|(_, edit)| edit).collect();
    assert_eq!(crate::text::apply_edits(&source.text, &edits).unwrap().matches("/* why */").count(), 2);
}

#[test]
fn an_unsafe_fix_says_that_it_drops_a_comment() {
    let table = sources(&[("a.rs", "old(); // why\nb();\n")]);
    let (file, source) = table.iter().next().unwrap();
    let line = TextRange::new(0, source.text.find('b').unwrap());
    let mut found = [finding(RENAME, file, line, vec![(file, Edit::delete(line))], Vec::new())];
    let fix = found[0].fix.as_mut().unwrap();
    (fix.safety, fix.reason) = (Safety::Unsafe, Some("b is called alone".to_owned()));
    for _ in 0..2 {
        settle_fixes(&table, &mut found);
        assert_eq!(found[0].fix.as_ref().unwrap().reason.as_deref(), Some("b is called alone; would drop a comment"));
    }
}

#[test]
fn an_insertion_beside_what_another_fix_replaces_waits() {
    let mut sources = sources(&[("a.rs", "f(&T)")]);
    let check = |sources: &Sources| {
        let (file, source) = sources.iter().next().unwrap();
        let mut found = replacing(RENAME, sources, "&T", "&B<T");
        if !source.text.contains("&'a ") {
            let at = source.text.find('&').unwrap() + 1;
            found.push(finding(BREAK, file, TextRange::new(at, at), vec![(file, Edit::insert(at, "'a "))], Vec::new()));
        }
        found
    };
    let outcome = fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!((text(&sources, "a.rs").as_str(), outcome.rounds, outcome.rejected.len()), ("f(&'a B<T)", 2, 0));
}

#[test]
fn fixes_that_are_good_alone_wait_for_each_other() {
    let mut sources = sources(&[("a.rs", "{a}{b}")]);
    // Each closes what the other one opens.
    let check = |sources: &Sources| {
        let both = [replacing(RENAME, sources, "{a}", "{a {"), replacing(BREAK, sources, "{b}", "{{b}")].concat();
        both.into_iter().filter(|_| sources.iter().next().unwrap().1.text == "{a}{b}").collect()
    };
    let outcome = fix_until_stable(&mut sources, check, options(Safety::Safe));
    assert_eq!(outcome.rejected.len(), 2, "neither is good alone");
    let check = |sources: &Sources| [replacing(RENAME, sources, "{a}", "{c}"), replacing(BREAK, sources, "}{", "}\n{")].concat();
    let odd = |_: &str, text: &str| if text == "{c}\n{b}" { Err("both".to_owned()) } else { Ok(()) };
    let outcome = fix_until_stable(&mut sources, check, FixOptions { parses: &odd, ..options(Safety::Safe) });
    assert_eq!(outcome.rejected.len(), 1, "{:?}", outcome.rejected);
}

#[test]
fn removing_an_import_with_its_comment_is_unsafe() {
    let table = sources(&[("a.rs", "use a::{\n    B, // why\n    C,\n};\n")]);
    let (file, source) = table.iter().next().unwrap();
    let range = |name: &str| TextRange::new(source.text.find(name).unwrap(), source.text.find(name).unwrap() + 1);
    let remove = |name| finding(RENAME, file, range(name), Vec::new(), vec![ImportEdit::Remove { file, leaf: range(name) }]);
    let mut found = [remove("B"), remove("C")];
    settle_fixes(&table, &mut found);
    let safeties = found.map(|found| found.fix.unwrap().safety);
    assert_eq!(safeties, [Safety::Unsafe, Safety::Safe]);
}

#[test]
fn imports_of_many_fixes_are_carried_out_once() {
    let mut table = sources(&[("a.rs", "use pyo3::types::PyDict;\nfn f() { old(); old(); }\nmod m {\n    fn g() { old(); }\n}\n")]);
    let check = |sources: &Sources| {
        let mut found = replacing(RENAME, sources, "old", "new");
        for found in &mut found {
            let add = ImportEdit::Add { file: found.primary.file, at: found.primary.range.start, path: "pyo3::types::PyList".to_owned() };
            found.fix.as_mut().unwrap().imports.push(add);
        }
        found
    };
    let outcome = fix_until_stable(&mut table, check, options(Safety::Safe));
    let expected =
        "use pyo3::types::{PyDict, PyList};\nfn f() { new(); new(); }\nmod m {\n    use pyo3::types::PyList;\n\n    fn g() { new(); }\n}\n";
    assert_eq!(text(&table, "a.rs"), expected);
    assert_eq!(outcome.rounds, 1);
}

#[test]
fn a_fix_that_cannot_be_carried_out_is_taken_off() {
    let table = sources(&[("a.rs", "struct PyList; fn f( {")]);
    let (file, _) = table.iter().next().unwrap();
    let add = ImportEdit::Add { file, at: 0, path: "pyo3::types::PyList".to_owned() };
    let outside = vec![(file, Edit::delete(TextRange::new(0, 99)))];
    let mut found = [
        finding(RENAME, file, TextRange::empty(0), Vec::new(), vec![add]),
        finding(RENAME, file, TextRange::empty(0), outside, Vec::new()),
    ];
    settle_fixes(&table, &mut found);
    assert!(found.iter().all(|found| found.fix.is_none()));
    let inner = vec![(file, Edit::replace(TextRange::new(0, 6), "a")), (file, Edit::replace(TextRange::new(3, 8), "b"))];
    let overlapping = Fix { edits: inner, ..Fix::safe("", Release::OLDEST) };
    assert_eq!(Completer::new(&table).edits(&overlapping), Err("its edits overlap".to_owned()));
}

#[test]
fn thousands_of_fixes_in_one_file_are_quick() {
    let body = "old(); ".repeat(3000);
    let mut table = sources(&[("a.rs", &format!("fn f() {{ {body} }}\n"))]);
    let check = |sources: &Sources| {
        let mut found = replacing(RENAME, sources, "old", "new");
        for found in &mut found {
            let add = ImportEdit::Add { file: found.primary.file, at: found.primary.range.start, path: "pyo3::types::PyList".to_owned() };
            found.fix.as_mut().unwrap().imports.push(add);
        }
        found
    };
    let start = std::time::Instant::now();
    let outcome = fix_until_stable(&mut table, check, options(Safety::Safe));
    assert_eq!(outcome.applied, [(RENAME, 3000)]);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
