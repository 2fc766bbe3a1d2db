//! Repairs of classes and of what converts them.

use super::{Said, repaired};

#[test]
fn a_class_that_is_taken_by_value_says_so() {
    let said = Said {
        code: "E0277",
        message: "`Point` cannot be used as a Python function argument",
        notes: &["the trait `pyo3::FromPyObject<'_, '_>` is not implemented for `Point`"],
        labels: &[],
    };
    let repaired = |class: &str| repaired(&format!("fn a() {{}}\n\n{class}\n‹pub struct Point› {{ x: f64 }}\nmake!(«Point»);"), &said);
    let class = |attributes: &str| Some(format!("fn a() {{}}\n\n{attributes}\npub struct Point {{ x: f64 }}\nmake!(Point);"));
    assert_eq!(repaired("#[pyclass]\n#[derive(Clone)]"), class("#[pyclass(from_py_object)]\n#[derive(Clone)]"));
    assert_eq!(repaired("#[pyo3::pyclass(frozen)]"), class("#[pyo3::pyclass(from_py_object, frozen)]"));
    assert_eq!(repaired("#[pyclass(skip_from_py_object)]"), None);
    assert_eq!(repaired("#[derive(Clone)]"), None);
}

#[test]
fn a_class_that_cannot_be_shared_stays_on_its_thread() {
    let said = Said {
        code: "E0277",
        message: "`std::sync::mpsc::Receiver<u8>` cannot be shared between threads safely",
        notes: &["required by a bound in `pyo3::impl_::pyclass::assertions::assert_pyclass_send_sync`"],
        labels: &[],
    };
    let class = |attributes: &str| format!("use a::b;\n\n{attributes}\npub struct «Gate» {{ open: Receiver<u8> }}\n");
    let after = |attributes: &str| Some(class(attributes).replace(['«', '»'], ""));
    assert_eq!(repaired(&class("#[pyclass]"), &said), after("#[pyclass(unsendable)]"));
    assert_eq!(
        repaired(&class("#[pyclass(name = \"G\")]\n#[derive(Default)]"), &said),
        after("#[pyclass(unsendable, name = \"G\")]\n#[derive(Default)]")
    );
    // What a thread of its own asks for is no class.
    let spawned = Said { notes: &["required by a bound in `spawn`"], ..said };
    assert_eq!(repaired(&class("#[pyclass]"), &spawned), None);
}

#[test]
fn classes_behind_a_cfg_get_their_options_too() {
    let said = Said {
        code: "E0277",
        message: "`Coin` cannot be used as a Python function argument",
        notes: &["the trait `pyo3::FromPyObject<'_, '_>` is not implemented for `Coin`"],
        labels: &[],
    };
    let text = |attribute: &str| {
        format!(
            "macro_rules! m {{\n    () => {{\n        #[cfg_attr(a, {attribute}, derive(C))]\n        ‹pub struct Coin;›\n    }};\n}}\nstruct S {{ a: «Coin» }}\n"
        )
    };
    for (old, new) in [("pyclass(frozen)", "pyclass(from_py_object, frozen)"), ("pyo3::pyclass", "pyo3::pyclass(from_py_object)")] {
        assert_eq!(repaired(&text(old), &said), Some(text(new).replace(['«', '»', '‹', '›'], "")));
    }
    assert_eq!(repaired(&text("other").replace("m {", "pyclass {"), &said), None);
}

#[test]
fn references_are_converted_as_clones() {
    let said = Said {
        code: "E0277",
        message: "`&Key` cannot be converted to a Python object",
        notes: &["the trait `pyo3::IntoPyObject<'_>` is not implemented for `&Key`\nbut it is implemented for `Key`"],
        labels: &[],
    };
    let body = " { type Target = PyAny; }\nfn f() -> «Vec<&Key>» {}";
    let own = "impl<'py> IntoPyObject<'py> for Key";
    let after = repaired(&format!("struct Key;\n\n‹{own}›{body}"), &said).unwrap();
    let added = "impl<'py> IntoPyObject<'py> for &Key {\n    type Target = <Key as IntoPyObject<'py>>::Target;\n";
    assert!(after.starts_with(&format!("struct Key;\n\n{added}")), "{after}");
    assert!(after.contains(&format!("self.clone().into_pyobject(py)\n    }}\n}}\n\n{own} {{")), "{after}");
    // The reverse.
    let note = "the trait `IntoPyObject<'py>` is not implemented for `m::Key`\nbut trait `IntoPyObject<'_>` is implemented for `&m::Key`";
    let of_reference = own.replace(" Key", " &Key");
    let said_reverse = Said { notes: &[note], ..said };
    let after = repaired(&format!("struct Key;\n\n‹{of_reference}›{body}"), &said_reverse).unwrap();
    let added = "impl<'py> IntoPyObject<'py> for Key {\n    type Target = <&'static Key as IntoPyObject<'py>>::Target;\n";
    assert!(after.starts_with(&format!("struct Key;\n\n{added}")), "{after}");
    assert!(after.contains(&format!("(&self).into_pyobject(py)\n    }}\n}}\n\n{of_reference} {{")), "{after}");
    // What stands above belongs to the implementation that is there.
    assert_eq!(repaired(&format!("struct Key;\n\n#[cfg(unix)]\n‹{own}›{body}"), &said), None);
}
