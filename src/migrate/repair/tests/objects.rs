//! Objects that are owned, lent and cloned in closures and iterators.

use super::{Said, repaired, repaired_for, said};

#[test]
fn what_was_cloned_as_a_reference_is_counted() {
    let notes = &["expected struct `pyo3::Py<pyo3::PyAny>`\n found reference `&pyo3::Py<pyo3::PyAny>`"];
    let lent = said("E0308", "mismatched types", notes);
    assert_eq!(
        repaired("fn f(py: Python<'_>) { let value = kv.1.to_owned(); a.b(); Some(«value») }", &lent).as_deref(),
        Some("fn f(py: Python<'_>) { let value = kv.1.clone_ref(py); a.b(); Some(value) }"),
    );
    // What is not cloned there stays where it is.
    assert_eq!(
        repaired("fn f(py: Python<'_>) { let value = kv.value(); Some(«value») }", &lent).as_deref(),
        Some("fn f(py: Python<'_>) { let value = kv.value(); Some(value.clone_ref(py)) }"),
    );
    let collected = said(
        "E0277",
        "a value of type `Vec<(Key, pyo3::Py<pyo3::PyAny>)>` cannot be built from an iterator over elements of type `(Key, &pyo3::Py<pyo3::PyAny>)`",
        &[],
    );
    assert_eq!(
        repaired("fn f(slf: PyRef<Self>) { a.map(|(k, v)| (k.clone(), v.clone())).«collect»() }", &collected).as_deref(),
        Some("fn f(slf: PyRef<Self>) { a.map(|(k, v)| (k.clone(), v.clone_ref(slf.py()))).collect() }"),
    );
    let numbers = said("E0277", "a value of type `Vec<u8>` cannot be built from an iterator over elements of type `&u8`", &[]);
    assert_eq!(repaired("fn f() { a.map(|v| v.clone()).«collect»() }", &numbers), None);
}

#[test]
fn a_guard_knows_the_token_unless_it_is_lent() {
    let notes = &["expected struct `pyo3::Py<pyo3::PyAny>`\n found reference `&pyo3::Py<pyo3::PyAny>`"];
    let lent = said("E0308", "mismatched types", notes);
    assert_eq!(
        repaired("fn f(mut slf: PyRefMut<'_, Self>) -> O { let first = slf.inner.first()?.to_owned(); Some(«first») }", &lent).as_deref(),
        Some("fn f(mut slf: PyRefMut<'_, Self>) -> O { let first = slf.inner.first()?.clone_ref(slf.py()); Some(first) }"),
    );
    assert_eq!(
        repaired("fn f(mut slf: PyRefMut<'_, Self>, x: &Py<PyAny>) { slf.inner.push(«x») }", &lent).as_deref(),
        Some("fn f(mut slf: PyRefMut<'_, Self>, x: &Py<PyAny>) { slf.inner.push(pyo3::Python::attach(|py| x.clone_ref(py))) }"),
    );
}

#[test]
fn time_zones_are_cast() {
    let mismatched = |notes| said("E0308", "mismatched types", notes);
    let notes: [&[&str]; 3] = [
        &["expected enum `std::option::Option<&pyo3::Bound<'_, PyTzInfo>>`\n found enum `std::option::Option<&pyo3::Py<pyo3::PyAny>>`"],
        &["expected reference `&pyo3::Bound<'_, PyTzInfo>`\n found reference `&pyo3::Bound<'_, pyo3::PyAny>`"],
        &["expected enum `Option<&pyo3::Bound<'_, PyTzInfo>>`\n found enum `Option<pyo3::Bound<'_, pyo3::PyAny>>`"],
    ];
    assert_eq!(
        repaired("fn f(py: Python) { PyTime::new(py, 1, «zone») }", &mismatched(notes[0])).as_deref(),
        Some("fn f(py: Python) { PyTime::new(py, 1, zone.map(|object| object.bind(py).cast()).transpose()?) }"),
    );
    assert_eq!(
        repaired("fn f() { PyTime::new(py, 1, Some(«zone»)) }", &mismatched(notes[1])).as_deref(),
        Some("fn f() { PyTime::new(py, 1, Some(zone.cast()?)) }"),
    );
    assert_eq!(
        repaired("fn f() { PyTime::new(py, 1, Some(«&zone»)) }", &mismatched(notes[1])).as_deref(),
        Some("fn f() { PyTime::new(py, 1, Some(zone.cast()?)) }"),
    );
    assert_eq!(
        repaired("fn f() { PyTime::new(py, 1, «zone») }", &mismatched(notes[2])).as_deref(),
        Some("fn f() { PyTime::new(py, 1, zone.as_ref().map(|object| object.cast()).transpose()?) }"),
    );
}

#[test]
fn items_of_an_iterator_become_what_they_are_cast_to() {
    let message = "expected `{closure@lib.rs:1:2}` to return `Option<Bound<'_, PyString>>`, but it returns `Option<&Bound<'_, PyString>>`";
    let iterated = &["required for `MapWhile<pyo3::Bound<'_, PyIterator>, {closure@lib.rs:1:2: 1:3}>` to implement `Iterator`"];
    let text =
        |cast: &str| format!("fn f() {{ i.map_while(|item| item.and_then(|i| i.{cast}::<PyString>().map_err(E)).map_or_else(g, Some)) }}");
    let marked = text("cast").replace("item.and_then", "«item.and_then").replace("Some))", "Some)»)");
    assert_eq!(repaired(&marked, &said("E0271", message, iterated)), Some(text("cast_into")));
    // Items of other iterators can be references.
    assert_eq!(repaired(&marked, &said("E0271", message, &[])), None);
    let kept = "fn f() { i.map_while(|item| «kept.cast::<PyString>().ok()») }";
    assert_eq!(repaired(kept, &said("E0271", message, iterated)), None);
}

#[test]
fn a_chain_of_lent_and_owned_objects_owns_all() {
    let message = "expected `{closure@lib.rs:1:2}` to return `Option<&Bound<'_, PyString>>`, but it returns `Option<Bound<'_, PyString>>`";
    let labels: &[&str] = &["", "required by a bound introduced by this call"];
    let chained = Said { code: "E0271", message, notes: &[], labels };
    assert_eq!(
        repaired("fn f() { let more = m.map_while(|i| «i.ok()»); a.iter().map(|i| i.bind(py)).‹chain›(more) }", &chained).as_deref(),
        Some("fn f() { let more = m.map_while(|i| i.ok()); a.iter().map(|i| i.bind(py)).cloned().chain(more) }"),
    );
}

#[test]
fn functions_that_take_references_are_lent_the_objects() {
    let notes = &["expected function signature `fn(Bound<'_, _>) -> _`\n   found function signature `fn(&Bound<'_, _>) -> _`"];
    let passed = said("E0631", "type mismatch in function arguments", notes);
    assert_eq!(
        repaired("fn f() { a.map(«self::convert») }", &passed).as_deref(),
        Some("fn f() { a.map(|object| self::convert(&object)) }"),
    );
    let unmet = said("E0277", "the trait bound `Bytes<'_>: From<pyo3::Bound<'_, pyo3::PyAny>>` is not satisfied", &[]);
    let text = |from: &str, call: &str| format!("impl<'a> TryFrom<{from}> for Bytes<'a> {{}}\nfn f() {{ a.and_then({call}) }}");
    assert_eq!(
        repaired(&text("&Bound<'a, PyAny>", "«Bytes::try_from»"), &unmet),
        Some(text("&Bound<'a, PyAny>", "|object| Bytes::try_from(&object)")),
    );
    // What keeps the reference, or is made of something else.
    assert_eq!(repaired(&text("&'a Bound<'a, PyAny>", "«Bytes::try_from»"), &unmet), None);
    assert_eq!(repaired(&text("&Other", "«Bytes::try_from»"), &unmet), None);
}

#[test]
fn objects_stay_as_long_as_what_is_collected_from_them() {
    let returned = said("E0515", "cannot return value referencing function parameter `item`", &[]);
    assert_eq!(
        repaired("fn f() {\n    let all = t.into_iter().map(|item| «bytes(&item)»).collect();\n}", &returned).as_deref(),
        Some(
            "fn f() {\n    let objects: Vec<_> = t.into_iter().collect();\n    let all = objects.iter().map(|item| bytes(item)).collect();\n}"
        ),
    );
    // Not every use is a reference.
    assert_eq!(repaired("fn f() { let all = t.into_iter().map(|item| «bytes(&item, item)»).collect(); }", &returned), None);
}

#[test]
fn texts_that_are_collected_are_owned() {
    let returned = said("E0515", "cannot return value referencing function parameter `s`", &[]);
    assert_eq!(
        repaired("fn f() { let all: Vec<&str> = t.filter_map(|i| { i.ok().and_then(|s| «s.to_str().ok()») }).collect(); }", &returned)
            .as_deref(),
        Some("fn f() { let all: Vec<String> = t.filter_map(|i| { i.ok().and_then(|s| s.to_str().map(str::to_owned).ok()) }).collect(); }"),
    );
    let notes = &["expected struct `Vec<&str>`\n found struct `Vec<std::string::String>`"];
    assert_eq!(
        repaired("fn f() { g(«all») }", &said("E0308", "mismatched types", notes)).as_deref(),
        Some("fn f() { g(all.iter().map(String::as_str).collect()) }"),
    );
    assert_eq!(repaired("fn f<'a>() -> Vec<&'a str> { «all» }", &said("E0308", "mismatched types", notes)), None);
}

#[test]
fn a_borrowed_object_is_shown_as_a_bound_one() {
    let shown = said("E0277", "`pyo3::Borrowed<'_, '_, pyo3::PyAny>` doesn't implement `std::fmt::Display`", &[]);
    let text = |arguments: &str| format!("fn f(ob: Borrowed<'_, '_, PyAny>) -> R {{ Err(E::new_err(format!({arguments}))) }}");
    assert_eq!(repaired(&text("\"no «{ob}»\""), &shown), Some(text("\"no {ob}\", ob = *ob")));
    assert_eq!(repaired(&text("\"no «{ob:>4}», {}\", a,"), &shown), Some(text("\"no {ob:>4}, {}\", a, ob = *ob")));
    assert_eq!(repaired(&text("\"no {}\", «ob»"), &shown), Some(text("\"no {}\", *ob")));
    let other = said("E0277", "`Own` doesn't implement `std::fmt::Display`", &[]);
    assert_eq!(repaired(&text("\"no {}\", «ob»"), &other), None);
}

#[test]
fn a_name_that_is_taken_is_written_in_full() {
    let taken = said("E0107", "enum takes 0 lifetime arguments but 1 lifetime argument was supplied", &[]);
    assert_eq!(
        repaired("use std::ops::Bound;\nfn f(a: &«Bound»<'_, PyAny>) {}", &taken).as_deref(),
        Some("use std::ops::Bound;\nfn f(a: &pyo3::Bound<'_, PyAny>) {}"),
    );
    assert_eq!(repaired("fn f(a: &«Own»<'_, PyAny>) {}", &taken).as_deref(), Some("fn f(a: &Own<PyAny>) {}"));
    let missing = |name: &str| {
        format!("no variant or associated item named `{name}` found for enum `std::collections::Bound<T>` in the current scope")
    };
    assert_eq!(
        repaired("fn f() { Bound::«from_owned_ptr»(py, ptr) }", &said("E0599", &missing("from_owned_ptr"), &[])).as_deref(),
        Some("fn f() { pyo3::Bound::from_owned_ptr(py, ptr) }"),
    );
    assert_eq!(repaired("fn f() { Bound::«from_text»(text) }", &said("E0599", &missing("from_text"), &[])), None);
}

#[test]
fn a_result_in_a_result_is_taken_out() {
    let notes = &["expected enum `Result<pyo3::Bound<'py, _>, _>`\n   found enum `Result<Result<pyo3::Bound<'_, _>, pyo3::PyErr>, _>`"];
    let nested = said("E0308", "mismatched types", notes);
    assert_eq!(
        repaired("fn f() -> PyResult<Bound<'py, PyTuple>> { «self.map(|a| Ok(PyTuple::new(py, a)))» }", &nested).as_deref(),
        Some("fn f() -> PyResult<Bound<'py, PyTuple>> { self.map(|a| Ok(PyTuple::new(py, a)))? }"),
    );
}

#[test]
fn a_pattern_of_a_result_goes_with_it() {
    let notes = &["expected type `bool`\n   found enum `Result<_, _>`"];
    let labels: &[&str] = &["expected `bool`, found `Result<_, _>`", "this expression has type `bool`"];
    let plain = Said { code: "E0308", message: "mismatched types", notes, labels };
    assert_eq!(
        repaired("fn f() { if let «Ok(true)» = ‹a.is_instance_of::<PyList>()› { g() } }", &plain).as_deref(),
        Some("fn f() { if a.is_instance_of::<PyList>() { g() } }"),
    );
    assert_eq!(
        repaired("fn f() { if let «Ok(false)» = ‹a.is_instance_of::<PyList>()› { g() } }", &plain).as_deref(),
        Some("fn f() { if !a.is_instance_of::<PyList>() { g() } }"),
    );
    assert_eq!(repaired("fn f() { if let «Ok(is)» = ‹a.is_instance_of::<PyList>()› { g(is) } }", &plain), None);
}

#[test]
fn objects_of_a_loop_stay_as_long_as_what_is_borrowed_from_them() {
    let labels: &[&str] = &["binding `item` declared here", "borrowed value does not live long enough", "borrow later used here"];
    let borrowed = Said { code: "E0597", message: "`item` does not live long enough", notes: &[], labels };
    let text = |before: &str, items: &str, call: &str| {
        format!(
            "fn f() {{\n    let mut texts = Vec::new();\n    {before}for item in {items} {{\n        texts.push({call});\n    }}\n    g(texts)\n}}\n"
        )
    };
    let marked = |items: &str, call: &str| text("", items, call).replace("for item", "for ‹item›").replace("g(texts)", "g(‹texts›)");
    let kept = "let objects: Vec<_> = list.iter().collect();\n    ";
    assert_eq!(
        repaired(&marked("list.iter()", "«item».extract::<&str>()?"), &borrowed),
        Some(text(kept, "&objects", "item.extract::<&str>()?"))
    );
    assert_eq!(repaired(&marked("list.iter()", "text(«&item»)"), &borrowed), Some(text(kept, "&objects", "text(item)")));
    let kept = "let objects: Vec<_> = list.into_iter().collect();\n    ";
    assert_eq!(repaired(&marked("list", "text(«&item»)"), &borrowed), Some(text(kept, "&objects", "text(item)")));
    // They would end with the inner block.
    let inner = marked("list", "text(«&item»)").replace("    for", "    if a { for").replace("    g(", "    } g(");
    assert_eq!(repaired(&inner, &borrowed), None);
    // What leaves the function cannot be borrowed from what it holds.
    let returned =
        Said { labels: &["binding `item` declared here", "borrowed value does not live long enough", "returning this value"], ..borrowed };
    assert_eq!(repaired(&marked("list", "text(«&item»)"), &returned), None);
}

#[test]
fn derived_extraction_owns_its_texts() {
    let said = Said { code: "E0716", message: "temporary value dropped while borrowed", notes: &[], labels: &[] };
    assert_eq!(
        repaired("#[derive(«FromPyObject»)]\nenum A<'a> { B(&'a str), C(Vec<&'a str>), D(&'a [u8]), E(u8) }", &said).as_deref(),
        Some("#[derive(FromPyObject)]\nenum A { B(String), C(Vec<String>), D(pyo3::pybacked::PyBackedBytes), E(u8) }"),
    );
    assert_eq!(
        repaired("#[derive(«FromPyObject»)]\nstruct A<'a> { b: &'a str, c: Bound<'a, PyList> }", &said).as_deref(),
        Some("#[derive(FromPyObject)]\nstruct A<'a> { b: String, c: Bound<'a, PyList> }"),
    );
    assert_eq!(repaired("#[derive(«FromPyObject»)]\nstruct A<'a> { c: Bound<'a, PyList> }", &said), None);
    let taken = Said { code: "E0107", message: "enum takes 0 lifetime arguments but 1 lifetime argument was supplied", ..said };
    assert_eq!(repaired("fn f(a: Option<«A»<'_>>) {}", &taken).as_deref(), Some("fn f(a: Option<A>) {}"));
}

#[test]
fn what_made_an_object_of_a_reference_says_so() {
    let lent = said("E0277", "the trait bound `pyo3::Py<pyo3::PyAny>: From<&pyo3::Bound<'_, A>>` is not satisfied", &[]);
    assert_eq!(
        repaired("fn f() { g(«Py::<PyAny>»::from(a.bind(py))) }", &lent).as_deref(),
        Some("fn f() { g(a.bind(py).clone().into_any().unbind()) }"),
    );
    assert_eq!(repaired("fn f() { g(«Own»::from(a.bind(py))) }", &lent), None);
}

#[test]
fn extraction_by_path_becomes_a_method_where_the_trait_has_none() {
    let extract = said("E0061", "this function takes 2 arguments but 1 argument was supplied", &[]);
    assert_eq!(repaired("fn f() { g(«A::extract»(x)?) }", &extract).as_deref(), Some("fn f() { g(x.extract::<A>()?) }"));
    assert_eq!(repaired("fn f() { g(«A::take»(x)?) }", &extract), None);
}

#[test]
fn implementations_say_what_a_trait_asks_for() {
    let missing = said("E0046", "not all trait items implemented, missing: `to_object`", &[]);
    let method =
        |value: &str| format!("\n    fn to_object(&self, py: pyo3::Python<'_>) -> pyo3::Py<pyo3::PyAny> {{\n        {value}\n    }}");
    for (ty, value) in [
        ("Value<'a>", "pyo3::IntoPyObjectExt::into_py_any(self, py).unwrap()"),
        ("Bound<'a, PyAny>", "self.clone().into_any().unbind()"),
        ("pyo3::Py<A>", "self.clone_ref(py).into_any()"),
    ] {
        let wanted = format!("impl<'a> Input<'a> for {ty} {{{}\n    fn f(&self) {{}}\n}}", method(value));
        assert_eq!(repaired(&format!("«impl<'a> Input<'a> for {ty}» {{\n    fn f(&self) {{}}\n}}"), &missing), Some(wanted));
    }
    let wanted = format!("impl Input for A {{{}\n}}", method("pyo3::IntoPyObjectExt::into_py_any(self, py).unwrap()"));
    assert_eq!(repaired("«impl Input for A» {}", &missing), Some(wanted));
    let other = said("E0046", "not all trait items implemented, missing: `other`", &[]);
    assert_eq!(repaired("«impl Input for A» {}", &other), None);
}

#[test]
fn bounds_that_every_object_meets_go() {
    let gone = said("E0405", "cannot find trait `AsPyPointer` in this scope", &[]);
    let rows = [
        ("impl<T> A for Py<T>\nwhere\n    Py<T>: «AsPyPointer»,\n{\n}", Some("impl<T> A for Py<T>\n{\n}")),
        ("fn f<T>() where T: A, Py<T>: «AsPyPointer» { g() }", Some("fn f<T>() where T: A, { g() }")),
        ("fn f<T>() where Py<T>: pyo3::«AsPyPointer», T: A { g() }", Some("fn f<T>() where T: A { g() }")),
        ("fn f<T>() where T: «AsPyPointer» { g() }", None),
    ];
    for (before, after) in rows {
        assert_eq!(repaired(before, &gone).as_deref(), after);
    }
}

#[test]
fn conversions_keep_the_class_that_is_wanted() {
    let note = &["expected struct `pyo3::Py<PyString>`\n   found struct `pyo3::Py<pyo3::PyAny>`"];
    let text = |value: &str| format!("fn f() {{ let key = PyString::intern(py, k){value}.unbind(); g(1, key) }}");
    let marked = text(".into_any()").replace(", key)", ", «key»)");
    assert_eq!(repaired(&marked, &said("E0308", "mismatched types", note)), Some(text("")));
    let note = &["expected enum `Option<Py<PyString>>`\n   found enum `Option<Py<PyAny>>`"];
    let text = |value: &str| format!("fn f() -> S {{ S {{ a: o.map(|s| PyString::intern(py, s){value}.unbind()) }} }}");
    let marked = text(".into_any()").replace("o.map", "«o.map").replace("unbind())", "unbind())»");
    assert_eq!(repaired(&marked, &said("E0308", "mismatched types", note)), Some(text("")));
}

#[test]
fn objects_are_lent_to_what_takes_references_to_anything() {
    let note = &["expected reference `&_`\n   found struct `pyo3::Bound<'_, pyo3::PyAny>`"];
    assert_eq!(repaired("fn f() { g(py, «item») }", &said("E0308", "mismatched types", note)).as_deref(), Some("fn f() { g(py, &item) }"));
    let note = &["expected reference `&_`\n   found type `u8`"];
    assert_eq!(repaired("fn f() { g(py, «item») }", &said("E0308", "mismatched types", note)), None);
    // Labels of single arguments stand apart in what macros wrote.
    let notes = &["expected `Option<&Bound<'_, PyAny>>`, found `Option<Bound<'_, PyAny>>`"];
    assert_eq!(
        repaired("fn f() { «g»(a, ‹b›) }", &said("E0308", "arguments to this function are incorrect", notes)).as_deref(),
        Some("fn f() { g(a, b.as_ref()) }"),
    );
}

#[test]
fn what_is_extracted_for_later_is_an_object() {
    let message = "the trait bound `&pyo3::Bound<'_, PyDict>: pyo3::conversion::FromPyObjectOwned<'_>` is not satisfied";
    assert_eq!(
        repaired("fn f() { let config = schema.«get_as»(intern!(py, \"config\"))?; g(config) }", &said("E0277", message, &[])).as_deref(),
        Some("fn f() { let config = schema.get_as::<Bound<'_, pyo3::types::PyDict>>(intern!(py, \"config\"))?; g(config) }"),
    );
    assert_eq!(repaired("fn f() { let config = schema.«get_as»::<T>(k)?; }", &said("E0277", message, &[])), None);
    assert_eq!(repaired("fn f() { schema.«get_as»(k)?; }", &said("E0277", &message.replace("&pyo3", "pyo3"), &[])), None);
}

#[test]
fn an_error_that_is_handed_on_becomes_a_pyerr() {
    let found = &["expected struct `PyErr`\n   found struct `CastError<'_, '_>`"];
    assert_eq!(
        repaired("fn f() -> PyResult<()> { match x { Ok(_) => Ok(()), Err(e) => Err(«e») } }", &said("E0308", "mismatched types", found))
            .as_deref(),
        Some("fn f() -> PyResult<()> { match x { Ok(_) => Ok(()), Err(e) => Err(e.into()) } }"),
    );
    let other = &["expected struct `PyErr`\n   found struct `std::io::Error`"];
    assert_eq!(repaired("fn f() -> PyResult<()> { Err(«e») }", &said("E0308", "mismatched types", other)), None);
}

#[test]
fn a_token_that_nobody_takes_is_not_passed_whichever_argument_rustc_names() {
    let message = "this function takes 1 argument but 2 arguments were supplied";
    let notes: &[&str] = &["expected `&Bound<'_, PyAny>`, found `Python<'_>`"];
    let labels: &[&str] = &["", "", "unexpected argument #2 of type `&Py<PyAny>`"];
    let error = Said { code: "E0061", message, notes, labels };
    assert_eq!(
        repaired("fn f() { «PyIterator::from_object»(‹py›, ‹&x›) }", &error).as_deref(),
        Some("fn f() { PyIterator::from_object(&x) }"),
    );
}

#[test]
fn texts_in_lists_are_owned_where_no_object_lends_them() {
    let error = Said { code: "", message: "implementation of `pyo3::FromPyObject` is not general enough", notes: &[], labels: &[] };
    let text = |item: &str| format!("fn f() {{ if let Ok(s) = o.extract::<Vec<{item}>>() {{ g(s) }} }}");
    let marked = text("&str").replace("o.extract::<Vec<&str>>()", "«o.extract::<Vec<&str>>()»");
    assert_eq!(repaired(&marked, &error), Some(text("String")));
}

#[test]
fn an_iterator_of_python_is_iterated_over_as_an_object() {
    let missing = said("E0599", "no method named `iter` found for struct `pyo3::Bound<'_, PyIterator>` in the current scope", &[]);
    assert_eq!(repaired("fn f() { for x in r.«iter»()? {} }", &missing).as_deref(), Some("fn f() { for x in r.try_iter()? {} }"));
}

#[test]
fn repairs_attach_by_the_name_that_the_target_has() {
    let one = Said {
        code: "E0599",
        message: "no method named `clone` found for struct `pyo3::Py<T>` in the current scope",
        notes: &[],
        labels: &[],
    };
    let lent =
        Said { code: "E0308", message: "mismatched types", notes: &["expected struct `Py<_>`\n found reference `&Py<_>`"], labels: &[] };
    for (release, attach) in [(22, "with_gil"), (25, "with_gil"), (26, "attach"), (30, "attach")] {
        assert_eq!(
            repaired_for(release, "fn f() { g(a.«clone»()) }", &one),
            Some(format!("fn f() {{ g(pyo3::Python::{attach}(|py| a.clone_ref(py))) }}")),
        );
        assert_eq!(
            repaired_for(release, "fn f() { g(«a.b()») }", &lent),
            Some(format!("fn f() {{ g(pyo3::Python::{attach}(|py| a.b().clone_ref(py))) }}")),
        );
    }
}
