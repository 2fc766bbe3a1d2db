//! What stands in macros of the project.

use super::super::{Course, OldFunctions};
use super::{Said, after_repair, repaired, said, unmarked};
use crate::compiler::{Certainty, CompilerError, Label, Proposal, Span, Suggestion};
use crate::release::Release;

#[test]
fn iterators_of_lists_and_tuples_stay() {
    let text = "macro_rules! m {\n    ($t:ty) => {\n        for (i, x) in s.«iter»().enumerate() {}\n    };\n}\nfn f() {}\n";
    let (unmarked_text, places) = unmarked(text);
    let error = |suggested: &str| CompilerError {
        code: Some("E0599".to_owned()),
        message: "no method named `iter` found for struct `pyo3::Bound<'_, pyo3::PyAny>` in the current scope".to_owned(),
        spans: vec![Span {
            path: "lib.rs".into(),
            range: places[0].0,
            line: 3,
            label: String::new(),
            said: Label::default(),
            is_primary: true,
            in_macro: false,
        }],
        suggestions: vec![Suggestion {
            message: format!("there is a method `{suggested}` with a similar name"),
            kind: Proposal::default(),
            edits: vec![("lib.rs".into(), places[0].0, suggested.to_owned())],
            certainty: Certainty::MaybeIncorrect,
        }],
        ..CompilerError::default()
    };
    let is_repaired = |text: &str| {
        let course = Course { functions: &OldFunctions::default(), target: Release::NEWEST };
        after_repair(error("try_iter"), course, text).is_some()
    };
    assert!(!is_repaired(&unmarked_text));
    assert!(is_repaired(&unmarked_text.replace("().enumerate()", "()?.enumerate()")));
}

#[test]
fn what_a_macro_is_given_keeps_its_variable() {
    let note = &["expected reference `&PyTuple`\n   found reference `&pyo3::Bound<'_, PyTuple>`"];
    let text = |ty: &str| format!("macro_rules! m {{\n    ($t:ty) => {{\n        let s: {ty} = v.cast()?;\n    }};\n}}\n");
    let marked = text("&$t").replace("v.cast()?", "«v.cast()?»");
    assert_eq!(repaired(&marked, &said("E0308", "mismatched types", note)), Some(text("&Bound<'_, $t>")));
    let labels: &[&str] = &["", "unexpected argument #1 of type `pyo3::Python<'_>`"];
    let error = Said { labels, ..said("E0061", "this function takes 1 argument but 2 arguments were supplied", &[]) };
    assert_eq!(
        repaired(
            "macro_rules! m {\n    ($py:expr) => {\n        «PyIterator::from_object»($py, v)\n    };\n}\nfn f() { m!(‹g.py()›) }\n",
            &error
        )
        .as_deref(),
        Some("macro_rules! m {\n    ($py:expr) => {\n        PyIterator::from_object(v)\n    };\n}\nfn f() { m!(g.py()) }\n"),
    );
}
