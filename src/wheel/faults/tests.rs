use super::*;
use crate::wheel::{Needs, Tags};

const ABI3: Promise<'static> = Promise {
    stable_abi: StableAbi::From(Series(3, 9)),
    python: Some(CPython { series: Series(3, 11), threading: Threading::Gil }),
    stubs: &[],
};
const NONE: Promise<'static> = Promise { stable_abi: StableAbi::None, ..ABI3 };

/// A wheel with this tag and these files; modules need these libraries and symbols.
fn wheel(tag: &str, files: &[&str], libraries: &[&str], symbols: &[&str]) -> Wheel {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let needs = Needs { libraries: texts(libraries), symbols: texts(symbols).into_iter().collect() };
    let modules =
        files.iter().filter(|path| Module::is_at(path)).map(|path| Module { needs: Some(needs.clone()), ..Module::read(path, b"") });
    Wheel {
        tags: Tags::read(&format!("demo-1.0-{tag}-linux_x86_64.whl")).expect("a name"),
        files: files.iter().map(|path| ((*path).to_owned(), 0)).collect(),
        modules: modules.collect(),
        ..Wheel::default()
    }
}

fn messages(wheel: &Wheel, promise: Promise<'_>) -> Vec<String> {
    faults(wheel, promise).into_iter().map(|fault| fault.message).collect()
}

#[test]
fn a_good_wheel_has_no_fault() {
    let files = ["demo/__init__.py", "demo/_core.abi3.so", "demo/py.typed", "demo/_core.pyi", "demo-1.0.dist-info/METADATA"];
    let symbols = ["PyDict_New", "_Py_NoneStruct", "malloc", "PyObject_GenericGetDict"];
    let good = wheel("cp310-abi3", &files, &["libc.so.6"], &symbols);
    assert_eq!(messages(&good, Promise { stable_abi: StableAbi::From(Series(3, 10)), ..ABI3 }), [""; 0]);
    let own = wheel("cp311-cp311", &["demo.cpython-311-x86_64-linux-gnu.so"], &["libm.so.6"], &["PyUnicode_AsUTF8", "_PyLong_Sign"]);
    assert_eq!(messages(&own, NONE), [""; 0]);
    let windows = wheel("cp39-abi3", &["demo.pyd"], &["python3.dll", "KERNEL32.dll"], &[]);
    assert_eq!(messages(&windows, ABI3), [""; 0]);
    let free = wheel("cp314-cp314t", &["demo.cpython-314t-x86_64-linux-gnu.so"], &[], &["PyUnicode_AsUTF8"]);
    let python = Some(CPython { series: Series(3, 14), threading: Threading::Free });
    assert_eq!(messages(&free, Promise { python, ..ABI3 }), [""; 0]);
}

#[test]
fn a_tag_keeps_what_the_feature_promises() {
    let message = |tag: &str, file: &str| messages(&wheel(tag, &[file], &[], &[]), ABI3);
    let lost = "the feature `abi3-py39` promises one wheel for Python 3.9 and all later ones, and its tag is `cp311-cp311`";
    assert_eq!(message("cp311-cp311", "demo.cpython-311-x86_64-linux-gnu.so"), [lost]);
    assert_eq!(message("cp311-abi3", "demo.abi3.so"), [lost.replace("cp311-cp311", "cp311-abi3")]);
    assert_eq!(message("cp38-abi3", "demo.abi3.so").len(), 1);
}

#[test]
fn the_file_name_of_a_module_fits_the_tag() {
    let message = |tag: &str, file: &str| messages(&wheel(tag, &[file], &[], &[]), NONE);
    let narrow =
        "the tag `cp39-abi3` promises every Python from 3.9 on, and `demo.cpython-311-x86_64-linux-gnu.so` is found by Python 3.11 alone";
    assert_eq!(message("cp39-abi3", "demo.cpython-311-x86_64-linux-gnu.so"), [narrow]);
    let other = "`demo/_core.cp310-win_amd64.pyd` is for Python 3.10, and the tag of the wheel is `cp311-cp311`";
    assert_eq!(message("cp311-cp311", "demo/_core.cp310-win_amd64.pyd"), [other]);
}

#[test]
fn nothing_links_to_libpython() {
    for library in ["libpython3.11.so.1.0", "/opt/py/lib/libpython3.11.dylib", "/Library/Frameworks/Python.framework/Versions/3.11/Python"]
    {
        let found = messages(&wheel("cp311-cp311", &["demo.cpython-311-x.so"], &["libc.so.6", library], &[]), NONE);
        let expected =
            format!("`demo.cpython-311-x.so` links to `{library}`, which a Python that was built without a shared library does not have");
        assert_eq!(found, [expected]);
    }
    let one = wheel("cp39-abi3", &["demo.pyd"], &["python311.dll"], &[]);
    assert_eq!(messages(&one, NONE), ["the tag promises the stable ABI of Python 3.9, and `demo.pyd` is linked to `python311.dll`"]);
}

#[test]
fn the_promised_pythons_have_every_symbol() {
    let symbols = ["PyObject_GetBuffer", "PyUnicode_AsUTF8", "PyDict_New", "PythonLike"];
    let found = messages(&wheel("cp39-abi3", &["demo.abi3.so"], &[], &symbols), ABI3);
    let expected = "the tag promises the stable ABI of Python 3.9, and `demo.abi3.so` needs `PyObject_GetBuffer` (from 3.11 on), \
                    `PyUnicode_AsUTF8` (in no stable ABI)";
    assert_eq!(found, [expected]);
    let later = Promise { stable_abi: StableAbi::From(Series(3, 11)), ..ABI3 };
    assert_eq!(messages(&wheel("cp311-abi3", &["demo.abi3.so"], &[], &["PyObject_GetBuffer"]), later), [""; 0]);
    let many: Vec<String> = (0..8).map(|n| format!("_PyThing_{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let found = messages(&wheel("cp39-abi3", &["demo.abi3.so"], &[], &many), ABI3);
    assert!(found[0].ends_with("`_PyThing_4` (in no stable ABI) and 3 more"), "{found:?}");
}

#[test]
fn types_of_the_tree_are_in_the_wheel() {
    let stub = |source: &str, place: &str| Stub { source: source.to_owned(), place: place.to_owned() };
    let stubs = [stub("py/demo/__init__.pyi", "demo/__init__.pyi"), stub("py/demo/py.typed", "demo/py.typed")];
    let promise = Promise { stubs: &stubs, ..ABI3 };
    let found = faults(&wheel("cp39-abi3", &["demo/demo.abi3.so", "demo/__init__.py"], &[], &[]), promise);
    let expected = "`py/demo/__init__.pyi`, `py/demo/py.typed` are not in the wheel, so type checkers do not see the types";
    assert_eq!((found.len(), found[0].message.as_str()), (1, expected));
    assert!(found[0].help.contains("`python-source = \"py\"` below `[tool.maturin]`"), "{}", found[0].help);
    let files = ["demo/demo.abi3.so", "demo/__init__.pyi", "demo/py.typed"];
    assert_eq!(messages(&wheel("cp39-abi3", &files, &[], &[]), promise), [""; 0]);
}

#[test]
fn what_was_left_behind_or_is_for_nobody_is_told() {
    let found = |files: &[&str]| {
        let files = [&["demo/_core.abi3.so"], files].concat();
        messages(&wheel("cp39-abi3", &files, &[], &[]), ABI3)
    };
    assert_eq!(found(&["demo/__pycache__/x.cpython-311.pyc"]), ["`demo/__pycache__/x.cpython-311.pyc` should not be in the wheel"]);
    assert_eq!(found(&["demo/.DS_Store", "demo/a.py~"]).len(), 2);
    assert_eq!(
        found(&["tests/test_a.py", "tests/test_b.py"]),
        ["the wheel installs `tests` at the top, beside all other packages of the environment"]
    );
    assert_eq!(found(&["demo/tests/test_a.py", "demo/examples/a.py", "demo/cargo.lock.txt"]), [""; 0]);
    let twice = "the module `demo._core` is there more than once: `demo/_core.abi3.so`, `demo/_core.cpython-310-x.so`";
    assert!(found(&["demo/_core.cpython-310-x.so"]).contains(&twice.to_owned()));
    assert_eq!(messages(&wheel("cp39-abi3", &["tests/core.abi3.so"], &[], &[]), ABI3), [""; 0], "a package may be called so");
}
