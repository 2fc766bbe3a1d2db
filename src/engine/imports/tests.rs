use super::*;
use crate::text::{FileId, Sources, TextRange, apply_edits};

fn file() -> FileId {
    Sources::default().insert("x.rs".into(), "x.rs".to_owned(), String::new())
}

/// `remove NAME`, `replace NAME by PATH` (the first leaf that is spelled so) or `add PATH` (at the text `fn at`, else at the start).
fn request(text: &str, words: &str) -> ImportEdit {
    let words: Vec<&str> = words.split(' ').collect();
    let leaf = |spelled: &str| {
        let spelled = spelled.replace('~', " ");
        let imports = Imports::read(text).expect("the text parses");
        let ranges = text.match_indices(&spelled).map(|(start, found)| TextRange::new(start, start + found.len()));
        let is_whole = |range: &TextRange| !text[..range.start].ends_with(char::is_alphanumeric);
        ranges.filter(is_whole).find(|range| imports.0.leaves.ending_with(*range).is_some()).unwrap_or(TextRange::new(9, 10))
    };
    match words.as_slice() {
        ["remove", name] => ImportEdit::Remove { file: file(), leaf: leaf(name) },
        ["replace", name, "by", path] => ImportEdit::Replace { file: file(), leaf: leaf(name), path: (*path).to_owned() },
        ["add", path] => ImportEdit::Add { file: file(), at: text.find("fn at").unwrap_or(0), path: (*path).to_owned() },
        _ => panic!("{words:?}"),
    }
}

fn run(text: &str, requests: &[&str]) -> Result<String, String> {
    let requests: Vec<ImportEdit> = requests.iter().map(|words| request(text, words)).collect();
    let imports = Imports::read(text).expect("the text parses");
    let edits = imports.edits_with_prelude(text, &requests, &|name| matches!(name, "PyAnyMethods" | "Python"))?;
    let changed = apply_edits(text, &edits).expect("edits are disjoint");
    assert!(Imports::read(&changed).is_some(), "still parses:\n{changed}");
    Ok(changed)
}

#[track_caller]
fn check(text: &str, requests: &[&str], expected: &str) {
    assert_eq!(run(text, requests).expect("can be carried out"), expected);
    if text.contains('\n') && !text.contains('\r') {
        let crlf = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(run(&crlf(text), requests).expect("can be carried out"), crlf(expected), "with CRLF");
    }
    for prefix in ["\u{feff}", "#!/usr/bin/env x\n"] {
        if text.starts_with(['\u{feff}', '#']) {
            break;
        }
        let with = |text: &str| format!("{prefix}{text}");
        assert_eq!(run(&with(text), requests).expect("can be carried out"), with(expected), "after {prefix:?}");
    }
}

#[test]
fn a_leaf_goes_from_a_group_on_one_line() {
    check("use a::{b, C, D};\n", &["remove b"], "use a::{C, D};\n");
    check("use a::{b, C, D};\n", &["remove C"], "use a::{b, D};\n");
    check("use a::{b, C, D};\n", &["remove D"], "use a::{b, C};\n");
    check("use a::{ b, C, D, };\n", &["remove D"], "use a::{ b, C, };\n");
    check("use a::{ b, C, D };\n", &["remove b"], "use a::{ C, D };\n");
    check("pub use a::{b, C, D};\n", &["remove b", "remove C"], "pub use a::D;\n");
}

#[test]
fn a_leaf_goes_from_a_group_on_many_lines() {
    let text = "use a::{\n    B, // about B\n    // about C\n    C,\n    D,\n};\n";
    check(text, &["remove D"], "use a::{\n    B, // about B\n    // about C\n    C,\n};\n");
    check(text, &["remove C"], "use a::{\n    B, // about B\n    // about C\n    D,\n};\n");
    check(text, &["remove C", "remove D"], "use a::{\n    B, // about B\n    // about C\n};\n");
    check("use a::{\n    B, C,\n    D, E,\n};\n", &["remove D"], "use a::{\n    B, C,\n    E,\n};\n");
    check("use a::{\n    B, C,\n    D, E,\n};\n", &["remove E", "remove D"], "use a::{\n    B, C,\n};\n");
    check("use a::{B, // b\n    C};\n", &["remove C"], "use a::{B // b\n    };\n");
}

#[test]
fn nested_groups_collapse_and_vanish() {
    let text = "use a::{b, C, d::{E, F}};\n";
    check(text, &["remove E"], "use a::{b, C, d::F};\n");
    check(text, &["remove E", "remove F"], "use a::{b, C};\n");
    check(text, &["remove b", "remove C"], "use a::d::{E, F};\n");
    check(text, &["remove b", "remove C", "remove F"], "use a::d::E;\n");
    check("use a::{self, B};\n", &["remove B"], "use a::{self};\n");
    check("use a::{B, C /* why */};\n", &["remove B"], "use a::{C /* why */};\n");
    check("use a::{B};\nuse c::{D, E};\n", &["remove D"], "use a::{B};\nuse c::E;\n");
}

#[test]
fn a_declaration_without_leaves_goes_with_its_line() {
    check("use a::B;\nuse c::D;\n\nfn f() {}\n", &["remove B"], "use c::D;\n\nfn f() {}\n");
    check("use a::B;\n\nfn f() {}\n", &["remove B"], "fn f() {}\n");
    check("use z::Z;\n\nuse a::B;\n\nfn f() {}\n", &["remove B"], "use z::Z;\n\nfn f() {}\n");
    check("// stays\n#[cfg(x)]\nuse a::{B, C}; // goes\nfn f() {}\n", &["remove B", "remove C"], "// stays\nfn f() {}\n");
    check("mod m { use a::B; use c::D; }\n", &["remove B"], "mod m { use c::D; }\n");
    check("fn f() {\n    use a::B;\n    g();\n}\n", &["remove B"], "fn f() {\n    g();\n}\n");
    check("use c::D;\nuse a::B;", &["remove B"], "use c::D;\n");
    check("use a::*;\nuse c::D;\n", &["remove *"], "use c::D;\n");
    check("use a::B as E;\nuse c::D;\n", &["remove B~as~E"], "use c::D;\n");
}

#[test]
fn a_leaf_is_replaced_where_it_stands() {
    let new = "replace GILOnceCell by pyo3::sync::PyOnceLock";
    check("use pyo3::sync::GILOnceCell;\n", &[new], "use pyo3::sync::PyOnceLock;\n");
    check("use pyo3::sync::{GILOnceCell, Other};\n", &[new], "use pyo3::sync::{PyOnceLock, Other};\n");
    check("use pyo3::{once_cell::GILOnceCell, types::PyDict};\n", &[new], "use pyo3::{sync::PyOnceLock, types::PyDict};\n");
    check("use pyo3::once_cell::GILOnceCell;\n", &[new], "use pyo3::sync::PyOnceLock;\n");
    check("use pyo3::once_cell::{GILOnceCell};\n", &[new], "use pyo3::sync::PyOnceLock;\n");
    check("pub use ::pyo3::once_cell::GILOnceCell;\n", &[new], "pub use ::pyo3::sync::PyOnceLock;\n");
    check("use {pyo3::once_cell::GILOnceCell, a::B};\n", &[new], "use {pyo3::sync::PyOnceLock, a::B};\n");
}

#[test]
fn an_alias_stays() {
    let new = "replace GILOnceCell~as~Cell by pyo3::sync::PyOnceLock";
    check("use pyo3::sync::GILOnceCell as Cell;\n", &[new], "use pyo3::sync::PyOnceLock as Cell;\n");
    let same = "replace GILOnceCell~as~PyOnceLock by pyo3::sync::PyOnceLock";
    check("use pyo3::sync::GILOnceCell as PyOnceLock;\n", &[same], "use pyo3::sync::PyOnceLock;\n");
    check(
        "use pyo3::sync::PyOnceLock;\nuse pyo3::sync::GILOnceCell as Cell;\n",
        &[new],
        "use pyo3::sync::PyOnceLock;\nuse pyo3::sync::PyOnceLock as Cell;\n",
    );
}

#[test]
fn a_replacement_that_does_not_fit_its_group_moves() {
    let new = "replace GILOnceCell by pyo3::sync::PyOnceLock";
    check("use pyo3::once_cell::{GILOnceCell, Other};\n", &[new], "use pyo3::once_cell::Other;\nuse pyo3::sync::PyOnceLock;\n");
    check("use pyo3::{once_cell::{GILOnceCell, Other}, types};\n", &[new], "use pyo3::{once_cell::Other, sync::PyOnceLock, types};\n");
    check(
        "#[cfg(x)]\npub use pyo3::once_cell::{GILOnceCell, Other};\n",
        &[new],
        "#[cfg(x)]\npub use pyo3::once_cell::Other;\n#[cfg(x)]\npub use pyo3::sync::PyOnceLock;\n",
    );
    let both = &[new, "replace Other by pyo3::sync::PyMutex"];
    check("use pyo3::once_cell::{GILOnceCell, Other};\n", both, "use pyo3::sync::PyMutex;\nuse pyo3::sync::PyOnceLock;\n");
}

#[test]
fn a_replacement_that_is_imported_already_is_only_removed() {
    let new = "replace GILOnceCell by pyo3::sync::PyOnceLock";
    check("use pyo3::sync::{GILOnceCell, PyOnceLock};\n", &[new], "use pyo3::sync::PyOnceLock;\n");
    check("use pyo3::sync::*;\nuse pyo3::once_cell::GILOnceCell;\n", &[new], "use pyo3::sync::*;\n");
    let twice = &["replace Python by pyo3::marker::Token", "replace Ungil by pyo3::marker::Token"];
    check("use pyo3::marker::{Python, Ungil};\n", twice, "use pyo3::marker::Token;\n");
    check(
        "use pyo3::sync::PyOnceLock;\npub use pyo3::sync::GILOnceCell;\n",
        &[new],
        "use pyo3::sync::PyOnceLock;\npub use pyo3::sync::PyOnceLock;\n",
    );
}

#[test]
fn a_name_in_scope_is_not_added() {
    let same = |text: &str| check(text, &["add pyo3::types::PyAnyMethods"], text);
    same("use pyo3::types::PyAnyMethods;\nfn at() {}\n");
    same("use pyo3::types::*;\nfn at() {}\n");
    same("use pyo3::prelude::*;\nfn at() {}\n");
    same("use pyo3::{prelude::*, types::PyDict};\nfn at() {}\n");
    same("use pyo3::prelude::*;\nmod m {\n    use super::*;\n    fn at() {}\n}\n");
    same("fn f() {\n    use pyo3::types::PyAnyMethods;\n    fn at() {}\n}\n");
    check("use py::prelude::*;\nfn at() {}\n", &["add py::types::PyAnyMethods"], "use py::prelude::*;\nfn at() {}\n");
}

#[test]
fn a_name_joins_a_declaration_of_the_same_parent() {
    let add = &["add pyo3::types::PyList"];
    check("use pyo3::types::PyDict;\n", add, "use pyo3::types::{PyDict, PyList};\n");
    check("use pyo3::types::PyTuple as T;\n", add, "use pyo3::types::{PyList, PyTuple as T};\n");
    check("use pyo3::types::{PyDict, PyTuple};\n", add, "use pyo3::types::{PyDict, PyList, PyTuple};\n");
    check("use pyo3::types::{PyTuple, PyDict};\n", add, "use pyo3::types::{PyTuple, PyDict, PyList};\n");
    check("use pyo3::types::{PyString};\n", add, "use pyo3::types::{PyList, PyString};\n");
    check("use pyo3::{prelude::*, types::PyDict};\n", add, "use pyo3::{prelude::*, types::{PyDict, PyList}};\n");
    check("use pyo3::{prelude::*, types::{self, PyDict}};\n", add, "use pyo3::{prelude::*, types::{self, PyDict, PyList}};\n");
    check(
        "use pyo3::types::{\n    PyDict,\n    PyTuple, // t\n};\n",
        add,
        "use pyo3::types::{\n    PyDict,\n    PyList,\n    PyTuple, // t\n};\n",
    );
    check("use pyo3::types::{\n    // t\n    PyTuple,\n};\n", add, "use pyo3::types::{\n    PyList,\n    // t\n    PyTuple,\n};\n");
    check(
        "use pyo3::types::{\n    PyBool,\n    PyDict // d\n};\n",
        add,
        "use pyo3::types::{\n    PyBool,\n    PyDict, // d\n    PyList\n};\n",
    );
    check("use pyo3::types::{PyDict, PyTuple};\n", &["remove PyTuple", "add pyo3::types::PyList"], "use pyo3::types::{PyDict, PyList};\n");
    check(
        "use pyo3::types::PyDict;\n",
        &["add pyo3::types::PyList", "add pyo3::types::PyBool"],
        "use pyo3::types::{PyBool, PyDict, PyList};\n",
    );
    check("use pyo3::types::PyTuple;\n", &["remove PyTuple", "add pyo3::types::PyList"], "use pyo3::types::PyList;\n");
}

#[test]
fn conditional_and_exported_declarations_do_not_grow() {
    let add = &["add pyo3::types::PyList"];
    check("#[cfg(x)]\nuse pyo3::types::PyDict;\n", add, "#[cfg(x)]\nuse pyo3::types::PyDict;\nuse pyo3::types::PyList;\n");
    check(
        "#[cfg(x)]\nuse pyo3::types::PyList;\n",
        &["add pyo3::types::PyDict"],
        "#[cfg(x)]\nuse pyo3::types::PyList;\nuse pyo3::types::PyDict;\n",
    );
    check("pub use pyo3::types::{PyDict};\n", add, "pub use pyo3::types::{PyDict};\nuse pyo3::types::PyList;\n");
}

#[test]
fn what_is_behind_a_feature_stays_there() {
    let add = &["add pyo3::types::PyList"];
    let old = "#[cfg(feature = \"py\")]\nuse pyo3::prelude::*;\nuse std::fmt;\n";
    check(old, add, "#[cfg(feature = \"py\")]\nuse pyo3::prelude::*;\n#[cfg(feature = \"py\")]\nuse pyo3::types::PyList;\nuse std::fmt;\n");
    check(old, &["add pyo3::Python"], old);
    // Elsewhere in the module the crate is there in any case.
    let both = format!("{old}use pyo3::PyAny;\n");
    check(&both, &["add pyo3::PyErr"], &both.replace("pyo3::PyAny", "pyo3::{PyAny, PyErr}"));
    let without = "#[cfg(not(feature = \"abi3\"))]\nuse pyo3::types::PyDict;\n";
    check(without, add, &format!("{without}use pyo3::types::PyList;\n"));
}

#[test]
fn a_new_line_goes_below_the_other_imports() {
    let add = &["add pyo3::types::PyList"];
    check("use a::B;\n\nfn at() {}\n", add, "use a::B;\nuse pyo3::types::PyList;\n\nfn at() {}\n");
    check("use pyo3::Bound; // b\nuse z::B;\n", add, "use pyo3::Bound; // b\nuse pyo3::types::PyList;\nuse z::B;\n");
    check("use a::B; fn at() {}\n", add, "use a::B;\nuse pyo3::types::PyList; fn at() {}\n");
    check("use a::B;", add, "use a::B;\nuse pyo3::types::PyList;");
    check(
        "mod m {\n    use a::B;\n\n    fn at() {}\n}\n",
        add,
        "mod m {\n    use a::B;\n    use pyo3::types::PyList;\n\n    fn at() {}\n}\n",
    );
    check(
        "use pyo3::types::PyDict;\nmod m {\n    use a::B;\n    fn at() {}\n}\n",
        add,
        "use pyo3::types::PyDict;\nmod m {\n    use a::B;\n    use pyo3::types::PyList;\n    fn at() {}\n}\n",
    );
    check("fn at() {\n    use a::B;\n}\n", add, "use pyo3::types::PyList;\n\nfn at() {\n    use a::B;\n}\n");
    check("use a::B;\n", &["add pyo3::types::PyList", "add pyo3::types::PyDict"], "use a::B;\nuse pyo3::types::{PyDict, PyList};\n");
}

#[test]
fn a_first_import_goes_below_what_opens_the_module() {
    let add = &["add pyo3::types::PyList"];
    check("//! Docs.\n\nfn at() {}\n", add, "//! Docs.\n\nuse pyo3::types::PyList;\n\nfn at() {}\n");
    check("//! Docs.\n#![allow(x)]\nfn at() {}\n", add, "//! Docs.\n#![allow(x)]\n\nuse pyo3::types::PyList;\n\nfn at() {}\n");
    check("// Licence.\n\n/// Docs.\nfn at() {}\n", add, "// Licence.\n\nuse pyo3::types::PyList;\n\n/// Docs.\nfn at() {}\n");
    check("/// Docs.\nfn at() {}\n", add, "use pyo3::types::PyList;\n\n/// Docs.\nfn at() {}\n");
    check("", add, "use pyo3::types::PyList;\n");
    check("mod m {\n    fn at() {}\n}\n", add, "mod m {\n    use pyo3::types::PyList;\n\n    fn at() {}\n}\n");
    check("mod m { fn at() {} }\n", add, "mod m { use pyo3::types::PyList; fn at() {} }\n");
}

#[test]
fn an_outer_module_that_gains_a_name_serves_the_inner_ones() {
    let text = "use a::B;\nfn at() {}\nmod m {\n    use super::*;\n    fn inner() {}\n}\n";
    let inner = text.find("fn inner").unwrap();
    let path = "pyo3::types::PyList".to_owned();
    let requests = [ImportEdit::Add { file: file(), at: inner, path: path.clone() }, ImportEdit::Add { file: file(), at: 20, path }];
    let edits = Imports::read(text).unwrap().edits(text, &requests).unwrap();
    assert_eq!(apply_edits(text, &edits).unwrap(), text.replace("use a::B;\n", "use a::B;\nuse pyo3::types::PyList;\n"));
}

#[test]
fn what_cannot_be_done_is_refused() {
    assert!(run("struct PyList;\n", &["add pyo3::types::PyList"]).unwrap_err().contains("defines a `PyList` of its own"));
    assert!(run("fn f() { B; }\n", &["remove B"]).is_err());
    assert!(run("use a::*;\n", &["replace * by a::B"]).is_err());
    assert!(run("use a::B;\n", &["add B"]).is_err());
    assert!(Imports::read("fn f( {").is_none());
}

#[test]
fn equal_needs_become_equal_requests() {
    let text = "fn at() {}\nfn b() {}\nmod m {}\n";
    let imports = Imports::read(text).unwrap();
    let at = |at: usize| imports.normalized(&ImportEdit::Add { file: file(), at, path: "pyo3::X".to_owned() });
    assert_eq!(at(3), at(14));
    assert_ne!(at(3), at(text.find("mod m {").unwrap() + 7));
}

#[test]
fn entries_in_the_middle_of_a_long_group_change_without_the_others() {
    let text = "use a::{\n    // Letters.\n    B, // b\n    C, /* c */ D,\n    E,\n    // F.\n    F, G, H,\n    I, // i\n};\n";
    check(text, &["remove D"], &text.replace(" D,", ""));
    check(text, &["replace C by a::X", "remove G"], &text.replace("C,", "X,").replace(" G,", ""));
    // What comes into the group has all of it written again: the same text.
    let requests = ["remove D", "remove E", "remove H"];
    let whole = run(text, &[&requests[..], &["add a::J"]].concat());
    assert_eq!(run(text, &requests).map(|text| text.replace("I, // i\n", "I, // i\n    J,\n")), whole);
    let edits = |requests: &[&str]| {
        let requests: Vec<ImportEdit> = requests.iter().map(|words| request(text, words)).collect();
        Imports::read(text).expect("the text parses").edits(text, &requests).expect("can be carried out")
    };
    // Each with its neighbours, at most.
    assert_eq!(edits(&["remove C", "remove H"]).len(), 2);
    assert!(edits(&["remove G"]).iter().all(|edit| edit.range.len() < 8), "{:?}", edits(&["remove G"]));
}
