//! Wordings: what is read, and that every row of the tables can be.

use super::template::read;
use super::{Fault, Label, Note, Outliving, Types, words};

#[test]
fn wordings_have_gaps() {
    assert_eq!(read("`{}` is not an iterator", "`A<'_>` is not an iterator"), Some(vec!["A<'_>"]));
    assert_eq!(read("`{}` is not an iterator", "`A` is not an iterator; call `iter`"), None);
    assert_eq!(
        read("no {..} named `{}` found for {..}`{}`{..}", "no method named `a` found for struct `B` in the scope"),
        Some(vec!["a", "B"])
    );
    assert_eq!(read("{..}similar name{..}", "a similar name exists"), Some(vec![]));
    assert_eq!(read("{..} behind `{}`", "a behind `b` behind `c`"), None, "what is read is one piece of code");
    assert_eq!(read("a", "a b"), None);
}

#[test]
fn places_say_which_lifetime_is_too_short() {
    let outlives = |of| Label::Outlives { short: "'1".to_owned(), long: "'py".to_owned(), of };
    for (text, of) in [
        ("returning this value requires that `'1` must outlive `'py`", Outliving::Value),
        ("method was supposed to return data with lifetime `'py` but it is returning data with lifetime `'1`", Outliving::Returned),
    ] {
        assert_eq!(words::label(text), outlives(of), "{text}");
    }
}

#[test]
fn the_types_of_a_mismatch_come_in_full_from_the_note() {
    let note = words::note("expected reference `&pyo3::Bound<'_, _>`\n  found struct `pyo3::Bound<'_, _>`");
    let Note::Mismatch(types) = &note else { panic!("{note:?}") };
    let fault = words::fault(
        Some("E0308"),
        "mismatched types",
        std::slice::from_ref(&note),
        "expected `&Bound<'_, PyAny>`, found `Bound<'_, PyAny>`",
    );
    assert!(matches!(&fault, Fault::Mismatch { types: Some(found), .. } if found == types), "{fault:?}");
    let fault = words::fault(Some("E0308"), "mismatched types", &[], "expected `usize`, found `isize`");
    let labelled = Types { expected: "usize".to_owned(), found: "isize".to_owned() };
    assert!(matches!(&fault, Fault::Mismatch { types: Some(found), .. } if *found == labelled), "{fault:?}");
}
