//! What the rules make of attributes, protocols, iterators and clones in old code: the forms that the catalogue's own snippets do not show.

use hognose::diagnostic::Safety;
use hognose::release::Release;

use crate::sandbox::{Sandbox, compare};

/// Asserts that the fixes of one row of the catalogue make `after` of `before` in a project on `release`.
fn rewrites_row(row: &str, release: u16, before: &str, after: &str) {
    let sandbox = Sandbox::new(Release::new(release), Release::NEWEST);
    sandbox.write("src/lib.rs", before);
    let fixed = sandbox.fixed(Safety::Unsafe, &|finding| finding.change == Some(row));
    assert_eq!(fixed["src/lib.rs"], after, "{}", compare(after, &fixed["src/lib.rs"]));
}

/// Asserts that the fixes of one rule make `after` of `before` in a project on `release`.
fn rewrites(rule: &str, release: u16, before: &str, after: &str) {
    let sandbox = Sandbox::new(Release::new(release), Release::NEWEST);
    sandbox.write("src/lib.rs", before);
    let fixed = sandbox.fixed(Safety::Unsafe, &|finding| finding.rule.name == rule);
    assert_eq!(fixed["src/lib.rs"], after, "{}", compare(after, &fixed["src/lib.rs"]));
}

/// Asserts that nothing is changed.
fn leaves(rule: &str, release: u16, text: &str) {
    rewrites(rule, release, text, text);
}

/// A function for Python with an attribute, among what it needs.
fn function(attributes: &str, parameters: &str) -> String {
    format!("use pyo3::prelude::*;\n\n{attributes}\npub fn f({parameters}) {{}}\n")
}

#[test]
fn lists_of_arguments_become_signatures() {
    let cases = [
        ("#[pyfunction(b = \"None\", \"*\", c = \"3\")]", "a: i32, b: Option<i32>, c: i32", "(a, b=None, *, c=3)"),
        (
            "#[pyfunction(args = \"*\", flag = \"true\", kwargs = \"**\")]",
            "py: Python, args: i32, flag: bool, kwargs: i32",
            "(*args, flag=true, **kwargs)",
        ),
        ("#[pyfunction(a, \"/\", b = 1)]", "a: i32, b: i32", "(a, /, b=1)"),
        ("#[pyfunction(c = \"vec![1, 2]\")]", "a: Option<i32>, b: i32, c: Vec<i32>", "(a, b, c=vec![1, 2])"),
        ("#[pyfunction(\"*\", a, b = \"\\\"x\\\"\")]", "a: i32, b: &str", "(*, a, b=\"x\")"),
    ];
    for (old, parameters, signature) in cases {
        let new = format!("#[pyfunction]\n#[pyo3(signature = {signature})]");
        rewrites("outdated-attribute", 17, &function(old, parameters), &function(&new, parameters));
    }
    let named = "#[pyfunction(name = \"g\", a = \"1\")]";
    let new = "#[pyfunction(name = \"g\")]\n#[pyo3(signature = (a=1))]";
    rewrites("outdated-attribute", 17, &function(named, "a: i32"), &function(new, "a: i32"));
}

#[test]
fn lists_that_a_signature_cannot_say_stay() {
    // `b` is a positional argument behind `args`.
    leaves("outdated-attribute", 17, &function("#[pyfunction(args = \"*\")]", "args: i32, b: i32"));
    leaves("outdated-attribute", 17, &function("#[pyfunction(a = \"1 +\")]", "a: i32"));
}

#[test]
fn special_methods_called_by_name_keep_their_defaults() {
    let text = |signature: &str| {
        format!(
            "use pyo3::prelude::*;\n\n#[pyclass]\nstruct A {{}}\n\n#[pymethods]\nimpl A {{\n{signature}    fn __round__(&self, digits: Option<usize>) -> usize {{\n        0\n    }}\n\n    fn __pow__(&self, other: i32, modulo: Option<i32>) -> i32 {{\n        0\n    }}\n}}\n"
        )
    };
    rewrites("behaviour-change", 17, &text(""), &text("    #[pyo3(signature = (digits=None))]\n"));
}

#[test]
fn operators_keep_both_sides() {
    rewrites(
        "pyproto",
        15,
        "use pyo3::prelude::*;

#[pyclass]
#[derive(Clone)]
struct V {
    x: i64,
}

#[pyproto]
impl pyo3::PyNumberProtocol for V {
    fn __mul__(lhs: &PyAny, rhs: &PyAny) -> PyResult<V> {
        product(lhs, rhs)
    }

    fn __sub__(lhs: V, rhs: i64) -> V {
        V { x: lhs.x - rhs }
    }

    // From the left only.
    fn __add__(lhs: i64, rhs: V) -> V {
        V { x: lhs + rhs.x }
    }
}
",
        "use pyo3::prelude::*;

#[pyclass]
#[derive(Clone)]
struct V {
    x: i64,
}

#[pymethods]
impl V {
    fn __mul__(slf: &Bound<'_, Self>, rhs: &PyAny) -> PyResult<V> {
        Self::mul_of(slf.as_any(), rhs)
    }

    fn __rmul__(slf: &Bound<'_, Self>, lhs: &PyAny) -> PyResult<V> {
        Self::mul_of(lhs, slf.as_any())
    }

    fn __sub__(&self, rhs: i64) -> V {
        let lhs = self.clone();
        V { x: lhs.x - rhs }
    }

    // From the left only.
    fn __radd__(&self, lhs: i64) -> V {
        let rhs = self.clone();
        V { x: lhs + rhs.x }
    }
}

impl V {
    fn mul_of(lhs: &PyAny, rhs: &PyAny) -> PyResult<V> {
        product(lhs, rhs)
    }
}
",
    );
}

#[test]
fn operators_of_unknown_operands_stay() {
    leaves(
        "pyproto",
        15,
        "use pyo3::prelude::*;\n\n#[pyclass]\nstruct V {}\n\n#[derive(FromPyObject)]\nenum E {\n    A(i64),\n}\n\n#[pyproto]\nimpl pyo3::PyNumberProtocol for V {\n    fn __mul__(lhs: E, rhs: E) -> i64 {\n        1\n    }\n}\n",
    );
}

#[test]
fn several_protocols_become_one_block() {
    rewrites(
        "pyproto",
        15,
        "use pyo3::prelude::*;

#[pyclass]
struct Store {
    items: Vec<i64>,
}

#[pyproto]
impl pyo3::PyMappingProtocol for Store {
    fn __len__(&self) -> usize {
        self.items.len()
    }

    fn __getitem__(&self, key: usize) -> i64 {
        self.items[key]
    }
}

#[pyproto]
impl pyo3::PySequenceProtocol for Store {
    fn __contains__(&self, item: i64) -> bool {
        self.items.contains(&item)
    }
}

#[pyproto]
impl<'p> pyo3::PyBufferProtocol<'p> for Store {
    fn bf_releasebuffer(_slf: PyRefMut<'p, Self>, _view: *mut pyo3::ffi::Py_buffer) {}
}
",
        "use pyo3::prelude::*;

#[pyclass(mapping)]
struct Store {
    items: Vec<i64>,
}

#[pymethods]
impl Store {
    fn __len__(&self) -> usize {
        self.items.len()
    }

    fn __getitem__(&self, key: usize) -> i64 {
        self.items[key]
    }

    fn __contains__(&self, item: i64) -> bool {
        self.items.contains(&item)
    }

    unsafe fn __releasebuffer__<'p>(_slf: PyRefMut<'p, Self>, _view: *mut pyo3::ffi::Py_buffer) {}
}

",
    );
}

#[test]
fn iterators_hand_over_their_last_value() {
    rewrites(
        "removed-api",
        20,
        "use pyo3::prelude::*;
use pyo3::pyclass::IterNextOutput;

#[pyclass]
struct A {
    left: u32,
}

#[pymethods]
impl A {
    fn __next__(&mut self) -> IterNextOutput<u32, u32> {
        match self.left {
            0 => IterNextOutput::Return(7),
            left => IterNextOutput::Yield(left),
        }
    }
}
",
        "use pyo3::prelude::*;
use pyo3::exceptions::PyStopIteration;

#[pyclass]
struct A {
    left: u32,
}

#[pymethods]
impl A {
    fn __next__(&mut self) -> PyResult<Option<u32>> {
        match self.left {
            0 => Err(PyStopIteration::new_err((7,))),
            left => Ok(Some(left)),
        }
    }
}
",
    );
}

#[test]
fn clones_of_objects_take_the_token_that_is_there() {
    let text = |derive: &str, implementation: &str, with: &str, without: &str, list: &str| {
        format!(
            "use pyo3::prelude::*;
use std::sync::Arc;

{derive}enum Value {{
    Nothing,
    One(Py<PyAny>, u8),
    Many {{ all: Vec<Py<PyAny>>, name: String }},
}}{implementation}

pub struct Held {{
    one: Py<PyAny>,
    all: Vec<Py<PyAny>>,
    shared: Arc<Py<PyAny>>,
}}

impl Held {{
    fn one(&self, py: Python<'_>) -> Py<PyAny> {{
        {with}
    }}

    fn alone(&self) -> Py<PyAny> {{
        {without}
    }}

    fn all(&self, py: Python<'_>) -> Vec<Py<PyAny>> {{
        {list}
    }}

    fn shared(&self) -> Arc<Py<PyAny>> {{
        self.shared.clone()
    }}
}}
"
        )
    };
    let before = text("#[derive(Clone)]\n", "", "self.one.clone()", "self.one.clone()", "self.all.clone()");
    let implementation = "

impl Clone for Value {
    fn clone(&self) -> Self {
        Python::attach(|py| match self {
            Self::Nothing => Self::Nothing,
            Self::One(field_0, field_1) => Self::One(field_0.clone_ref(py), field_1.clone()),
            Self::Many { all, name } => Self::Many { all: all.iter().map(|object| object.clone_ref(py)).collect(), name: name.clone() },
        })
    }
}";
    let after = text(
        "",
        implementation,
        "self.one.clone_ref(py)",
        "Python::attach(|py| self.one.clone_ref(py))",
        "self.all.iter().map(|object| object.clone_ref(py)).collect::<Vec<_>>()",
    );
    rewrites("removed-api", 20, &before, &after);
}

#[test]
fn lists_of_bytes_say_what_is_collected() {
    let text =
        |returns: &str, value: &str| format!("use pyo3::prelude::*;\n\n#[pyfunction]\nfn f(a: Vec<i64>{returns} {{\n    {value}\n}}\n");
    let list = |value: &str| text(", py: Python<'_>) -> PyResult<Py<PyList>>", value).replacen("*;\n", "*;\nuse pyo3::types::PyList;\n", 1);
    let cases = [
        (") -> Vec<u8>", "a.iter().map(g).collect()", "Ok(PyList::new(py, a.iter().map(g).collect::<Vec<u8>>())?.unbind())"),
        (") -> PyResult<Vec<u8>>", "Ok(a.iter().map(g).collect())", "Ok(PyList::new(py, a.iter().map(g).collect::<Vec<u8>>())?.unbind())"),
        (
            ") -> PyResult<Vec<u8>>",
            "a.iter().map(g).collect()",
            "Ok(PyList::new(py, a.iter().map(g).collect::<PyResult<Vec<u8>>>()?)?.unbind())",
        ),
    ];
    for (returns, before, after) in cases {
        rewrites("behaviour-change", 22, &text(returns, before), &list(after));
    }
}

#[test]
fn bounds_are_on_references_where_only_those_are_converted() {
    let cases = [
        ("fn a<T: ToPyObject>(py: Python<'_>, value: &T) {}", "fn a<'py, T: IntoPyObject<'py> + Clone>(py: Python<'py>, value: &T) {}"),
        ("fn a<T: ToPyObject>(py: Python<'_>, value: T) {}", "fn a<'py, T: IntoPyObject<'py>>(py: Python<'py>, value: T) {}"),
        ("fn a<T>(of: &[T]) where T: Copy + ToPyObject {}", "fn a<T>(of: &[T]) where T: Copy + for<'py> IntoPyObject<'py> {}"),
        (
            "fn a<T: ToPyObject>(of: &PyAny, value: T) { Python::with_gil(|py| of.call1((value,))) }",
            "fn a<T: for<'py> IntoPyObject<'py>>(of: &PyAny, value: T) { Python::with_gil(|py| of.call1((value,))) }",
        ),
        (
            "impl<T: ToPyObject> Of<T> {\n    fn get(&self) {}\n}",
            "impl<T> Of<T> where for<'a, 'py> &'a T: IntoPyObject<'py> {\n    fn get(&self) {}\n}",
        ),
        (
            "impl<K: Eq, T> Of<K, T>\nwhere\n    K: ToPyObject + Hash,\n    T: ToPyObject,\n{\n    fn get(&self) {}\n}",
            "impl<K: Eq, T> Of<K, T>\nwhere\n    K: Hash,\n    for<'a, 'py> &'a T: IntoPyObject<'py>, for<'a, 'py> &'a K: IntoPyObject<'py>\n{\n    fn get(&self) {}\n}",
        ),
        (
            "impl<T: ToPyObject> From<T> for Of<T> {\n    fn from(value: T) -> Self {}\n}",
            "impl<T: for<'py> IntoPyObject<'py>> From<T> for Of<T> {\n    fn from(value: T) -> Self {}\n}",
        ),
    ];
    for (old, new) in cases {
        let text = |code: &str| format!("use pyo3::prelude::*;\n\n{code}\n");
        rewrites("outdated-conversion", 22, &text(old), &text(new));
    }
}

#[test]
fn conversions_of_references_bound_references() {
    let old = "use pyo3::prelude::*;\n\nimpl<T: ToPyObject> ToPyObject for Of<T> {\n    fn to_object(&self, py: Python<'_>) -> PyObject {\n        self.0.to_object(py)\n    }\n}\n";
    let sandbox = Sandbox::new(Release::new(22), Release::NEWEST);
    sandbox.write("src/lib.rs", old);
    let fixed = sandbox.fixed(Safety::Unsafe, &|finding| finding.rule.name == "outdated-conversion");
    let header = "impl<'py, T> IntoPyObject<'py> for &Of<T> where for<'a> &'a T: IntoPyObject<'py> {";
    assert!(fixed["src/lib.rs"].contains(header), "{}", fixed["src/lib.rs"]);
}

#[test]
fn bytes_inside_of_what_is_returned_become_lists() {
    let text = |returns: &str, value: &str| format!("use pyo3::prelude::*;\n\n#[pyfunction]\nfn f(a: &str{returns} {{\n    {value}\n}}\n");
    let list = |returns: &str, value: &str| {
        let new = text(&format!(", py: Python<'_>) -> PyResult<{returns}>"), value);
        new.replacen("*;\n", "*;\nuse pyo3::types::PyList;\n", 1)
    };
    let cases = [
        (
            ") -> (Vec<u8>, usize)",
            "g(a)",
            list("(Py<PyList>, usize)", "Ok({ let (first, second) = g(a); (PyList::new(py, first)?.unbind(), second) })"),
        ),
        (
            ") -> PyResult<Vec<Vec<u8>>>",
            "Ok(a.split(' ').map(g).collect())",
            list(
                "Vec<Py<PyList>>",
                "Ok(a.split(' ').map(g).collect::<Vec<Vec<u8>>>().into_iter().map(|item| PyList::new(py, item).map(Bound::unbind)).collect::<PyResult<Vec<_>>>()?)",
            ),
        ),
        (
            ") -> PyResult<Option<(u8, Vec<u8>)>>",
            "g(a)",
            list(
                "Option<(u8, Py<PyList>)>",
                "Ok(g(a)?.map(|inner| PyResult::Ok({ let (first, second) = inner; (first, PyList::new(py, second)?.unbind()) })).transpose()?)",
            ),
        ),
    ];
    for (returns, before, after) in cases {
        rewrites("behaviour-change", 22, &text(returns, before), &after);
    }
    // A method of the same name is another one; what Rust calls stays as it is.
    let split = |more: &str| {
        format!("use pyo3::prelude::*;\n\n#[pyfunction]\nfn split(a: &str) -> Vec<Vec<u8>> {{\n    a.split(' ').map(g)\n}}\n{more}")
    };
    let sandbox = Sandbox::new(Release::new(22), Release::NEWEST);
    sandbox.write("src/lib.rs", &split(""));
    assert!(sandbox.fixed(Safety::Unsafe, &|finding| finding.rule.name == "behaviour-change")["src/lib.rs"].contains("Py<PyList>"));
    leaves("behaviour-change", 22, &split("\nfn h() {\n    split(\"\");\n}\n"));
    let class = |attributes: &str, getter: &str| {
        format!(
            "use pyo3::prelude::*;\n\n#[pyclass]\nstruct A {{\n{attributes}    parts: Vec<Vec<u8>>,\n}}\n\n#[pymethods]\nimpl A {{\n    fn g(&self) {{}}\n{getter}}}\n"
        )
    };
    let getter = "\n    #[getter]\n    fn parts(&self, py: Python<'_>) -> PyResult<Vec<Py<PyList>>> {\n        Ok(self.parts.clone().into_iter().map(|item| PyList::new(py, item).map(Bound::unbind)).collect::<PyResult<Vec<_>>>()?)\n    }\n";
    let after = class("", getter).replacen("*;\n", "*;\nuse pyo3::types::PyList;\n", 1);
    rewrites("behaviour-change", 22, &class("    #[pyo3(get)]\n", ""), &after);
}

#[test]
fn bytes_that_objects_take_become_lists() {
    let text = |imports: &str, given: &str| {
        format!(
            "use pyo3::prelude::*;\nuse pyo3::types::{imports};\n\nfn f(dict: &PyDict, data: Vec<u8>, part: &[u8], set: HashSet<u8>, owned: Cow<'_, [u8]>) -> PyResult<()> {{\n    {given}\n    dict.set_item(\"set\", set)?;\n    dict.set_item(\"owned\", owned)?;\n    dict.set_item(3, 1)\n}}\n"
        )
    };
    let before = text("PyDict", "dict.set_item(\"a\", &data)?;\n    dict.setattr(\"b\", part)?;");
    let list = |value: &str| format!("PyList::new(dict.py(), {value})?");
    let given = format!("dict.set_item(\"a\", {})?;\n    dict.setattr(\"b\", {})?;", list("&data"), list("part"));
    rewrites("behaviour-change", 20, &before, &text("{PyDict, PyList}", &given));
    // Where errors cannot leave, it is told.
    leaves(
        "behaviour-change",
        20,
        "use pyo3::prelude::*;\nuse pyo3::types::PyDict;\n\nfn f(dict: &PyDict, data: Vec<u8>) {\n    dict.set_item(\"a\", data).unwrap();\n}\n",
    );
}

#[test]
fn extraction_takes_a_bound_where_the_target_has_one_lifetime() {
    let text = |function: &str| {
        format!(
            "use pyo3::prelude::*;\n\nimpl<'s> FromPyObject<'s> for A {{\n    fn {function} -> PyResult<Self> {{\n        x\n    }}\n}}\n"
        )
    };
    for target in [23, 26] {
        let sandbox = Sandbox::new(Release::new(20), Release::new(target));
        sandbox.write("src/lib.rs", &text("extract(ob: &'s PyAny)"));
        let fixed = sandbox.fixed(Safety::Unsafe, &|finding| finding.rule.name == "outdated-conversion");
        assert_eq!(fixed["src/lib.rs"], text("extract_bound(ob: &Bound<'s, PyAny>)"));
    }
}

#[test]
fn what_is_only_shown_panics_as_it_did() {
    let text = |body: &str, output: &str| {
        format!("use pyo3::prelude::*;\nuse pyo3::types::{{IntoPyDict, PyTuple}};\n\nfn f(py: Python<'_>) -> {output} {{\n    {body}\n}}\n")
    };
    let rewrites = |before: &str, after: &str, output: &str| rewrites("changed-signature", 22, &text(before, output), &text(after, output));
    rewrites(
        "(0..2).map(|x| { let t = PyTuple::new(py, [x]); format!(\"{:?}\", t) }).collect()",
        "(0..2).map(|x| { let t = PyTuple::new(py, [x]).unwrap(); format!(\"{:?}\", t) }).collect()",
        "String",
    );
    rewrites("println!(\"{:?}\", [(1, 2)].into_py_dict(py));", "println!(\"{:?}\", [(1, 2)].into_py_dict(py).unwrap());", "()");
    rewrites(
        "let t = PyTuple::new(py, [1]);\n    Ok(format!(\"{t:?}\"))",
        "let t = PyTuple::new(py, [1])?;\n    Ok(format!(\"{t:?}\"))",
        "PyResult<String>",
    );
    // The compiler sees these.
    for kept in [
        "let t = PyTuple::new(py, [1]); println!(\"{t:?}\"); g(t)",
        "println!(\"{:?}\", PyTuple::new(py, [1]).len())",
        "PyTuple::new(py, [1]);",
    ] {
        rewrites(kept, kept, "()");
    }
}

#[test]
fn conversions_between_types_of_rust_get_a_trait_of_their_own() {
    let sandbox = Sandbox::new(Release::new(20), Release::NEWEST);
    sandbox.write("src/lib.rs", "use pyo3::prelude::*;\n\nmod inner;\n");
    let inner = |import: &str, of_trait: &str| {
        format!(
            "use pyo3::prelude::*;\n{import}\npub struct A(Py<PyAny>);\n\npub struct B<'a>(&'a str);\n\n\
             impl<'a> {of_trait}<B<'a>> for A {{\n    fn into_py(self, _py: Python<'_>) -> B<'a> {{\n        B(\"\")\n    }}\n}}\n\n\
             pub fn all<T: {of_trait}<A>>(py: Python<'_>, x: T) -> A {{\n    x.into_py(py)\n}}\n"
        )
    };
    for (old, new) in
        [(inner("", "IntoPy"), inner("use crate::IntoPy;\n", "IntoPy")), (inner("", "pyo3::IntoPy"), inner("", "crate::IntoPy"))]
    {
        sandbox.write("src/inner.rs", &old);
        let fixed = sandbox.fixed(Safety::Unsafe, &|finding| finding.rule.name == "outdated-conversion");
        assert_eq!(fixed["src/inner.rs"], new, "{}", compare(&new, &fixed["src/inner.rs"]));
        let root = "use pyo3::prelude::*;\n\nmod inner;\n\n/// Conversion with the token of the interpreter, as PyO3's trait of this name was \
                    before it was about Python objects only.\npub trait IntoPy<T>: Sized {\n    /// Converts the value.\n    \
                    fn into_py(self, py: pyo3::Python<'_>) -> T;\n}\n";
        assert_eq!(fixed["src/lib.rs"], root, "{}", compare(root, &fixed["src/lib.rs"]));
    }
}

#[test]
fn a_trait_asks_for_the_method_of_its_old_supertrait() {
    let text = |bounds: &str, method: &str| {
        format!("use pyo3::prelude::*;\n\npub trait Input<'a>{bounds} {{{method}\n    fn size(&self) -> usize;\n}}\n")
    };
    let method = "\n    /// Makes a Python object of the value.\n    fn to_object(&self, py: Python<'_>) -> Py<PyAny>;\n";
    for (old, new) in [(": ToPyObject", ""), (": std::fmt::Debug + ToPyObject", ": std::fmt::Debug"), (": ToPyObject + Send", ": Send")] {
        rewrites("outdated-conversion", 20, &text(old, ""), &text(new, method));
    }
}

/// A library with paths: the items, and the body of the methods of a class that holds them.
fn with_paths(imports: &str, get: &str, body: &str) -> String {
    format!(
        "{imports}\nuse pyo3::prelude::*;\nuse pyo3::types::PyList;\n\n#[pyclass]\npub struct File {{\n{get}    path: PathBuf,\n}}\n\n#[pymethods]\nimpl File {{\n{body}}}\n"
    )
}

#[test]
fn paths_stay_strings_in_python() {
    let before = "    fn real(&self) -> PyResult<Option<PathBuf>> {
        if self.path.is_relative() {
            return Ok(None);
        }
        Ok(Some(self.path.canonicalize()?))
    }
    fn direct(&self) -> std::io::Result<PathBuf> {
        self.path.canonicalize()
    }
    fn itself(&self) -> &Path {
        &self.path
    }
    fn give(&self, list: &PyList) -> PyResult<()> {
        list.append(&self.path)?;
        list.append(self.path.clone())
    }
";
    let after = "    fn real(&self) -> PyResult<Option<OsString>> {
        if self.path.is_relative() {
            return Ok(None);
        }
        Ok(Some(self.path.canonicalize()?.into_os_string()))
    }
    fn direct(&self) -> std::io::Result<OsString> {
        self.path.canonicalize().map(PathBuf::into_os_string)
    }
    fn itself(&self) -> &OsStr {
        self.path.as_os_str()
    }
    fn give(&self, list: &PyList) -> PyResult<()> {
        list.append(self.path.as_os_str())?;
        list.append(self.path.clone().as_os_str())
    }

    #[getter]
    fn path(&self) -> &OsStr {
        self.path.as_os_str()
    }
";
    rewrites(
        "behaviour-change",
        20,
        &with_paths("use std::path::{Path, PathBuf};\n", "    #[pyo3(get, set)]\n", before),
        &with_paths("use std::path::{Path, PathBuf};\nuse std::ffi::{OsStr, OsString};\n", "    #[pyo3(set)]\n", after),
    );
}

#[test]
fn paths_in_containers_are_shown_and_left() {
    let text = "use std::path::PathBuf;\n\nuse pyo3::prelude::*;\n\n#[pyfunction]\npub fn f() -> Vec<PathBuf> {\n    Vec::new()\n}\n";
    leaves("behaviour-change", 20, text);
    // Somebody else calls it.
    let text = "use std::path::PathBuf;\n\nuse pyo3::prelude::*;\n\n#[pyfunction]\npub fn f() -> PathBuf {\n    PathBuf::new()\n}\n\npub fn g() -> PathBuf {\n    f()\n}\n";
    leaves("behaviour-change", 20, text);
}

#[test]
fn the_length_of_an_array_is_not_that_of_its_first_dimension() {
    let text = |import: &str, parameter: &str| {
        format!(
            "{import}use numpy::{{PyArray2, PyReadonlyArrayDyn}};\nuse pyo3::prelude::*;\n\n#[pyfunction]\nfn count(array: {parameter}) -> usize {{\n    array.len()\n}}\n"
        )
    };
    for parameter in ["PyReadonlyArrayDyn<'_, f64>", "&PyArray2<f64>"] {
        let after = text("", parameter).replace("PyReadonlyArrayDyn}", "PyReadonlyArrayDyn, PyUntypedArrayMethods}");
        rewrites("changed-signature", 20, &text("", parameter), &after);
        leaves("changed-signature", 20, &text("use numpy::prelude::*;\n", parameter));
    }
    leaves("changed-signature", 20, &text("", "Vec<f64>"));
}

#[test]
fn brackets_behind_sequences_become_methods() {
    let text = |returns: &str, body: &str| {
        format!(
            "use pyo3::prelude::*;\nuse pyo3::types::*;\n\npub fn f(list: &PyList, tuple: &PyTuple, sequence: &PySequence, vector: Vec<&PyAny>) -> {returns} {{\n    {body}\n}}\n"
        )
    };
    for (returns, before, after) in [
        ("PyResult<i64>", "list[list.len() - 1].extract()", "list.get_item(list.len() - 1)?.extract()"),
        ("PyResult<String>", "g(&tuple[0])", "g(&tuple.get_item(0)?)"),
        ("String", "tuple[0].to_string()", "tuple.get_item(0).unwrap().to_string()"),
        (
            "PyResult<usize>",
            "Ok(list[1..3].len() + tuple[2..].len())",
            "Ok(list.get_slice(1, 3).len() + tuple.get_slice(2, tuple.len()).len())",
        ),
        ("PyResult<usize>", "g(&sequence[..2])", "g(&sequence.get_slice(0, 2)?)"),
        ("PyResult<usize>", "g(&list[1..=2], vector[0])", "g(&list[1..=2], vector[0])"),
    ] {
        rewrites_row("list-tuple-index", 20, &text(returns, before), &text(returns, after));
    }
}

#[test]
fn crates_that_functions_hide_are_named_from_outside() {
    let library = |crate_: &str, core: &str| {
        format!(
            "use pyo3::prelude::*;\nuse {crate_}::{{Cell, grid as g}};\n\n/// The crate has the library's name.\n#[pymodule]\nfn sandbox(_py: Python, m: \
             &PyModule) -> PyResult<()> {{\n    m.add(\"n\", {crate_}::SIZE)\n}}\n\n#[pyfunction]\nfn core(size: usize) -> usize {{\n    \
             {core}::cmp::max(size, {crate_}::grid::<{crate_}::Cell>().len())\n}}\n\nimpl From<{crate_}::Cell> for Own {{\n    fn from(cell: ::sandbox::Cell) \
             -> Self {{\n        let core = cell.core();\n        Own(core)\n    }}\n}}\n\nmod inner {{\n    pub fn size() -> usize {{\n        sandbox::SIZE\n    }}\n}}\n\n\
             fn plain() {{}}\n\nfn uses() {{\n    plain::of_a_crate();\n    text::of_a_module();\n}}\n\n#[pyfunction]\nfn text() {{}}\n\nmod text {{\n    \
             pub fn of_a_module() {{}}\n}}\n"
        )
    };
    rewrites_row("pymodule-name-clash", 15, &library("sandbox", "core"), &library("::sandbox", "::core"));
}

#[test]
fn paths_with_brackets_are_renamed_inside_or_left() {
    let text = |call: &str| format!("use pyo3::prelude::*;\n\nfn f(a: A, py: Python<'_>) -> T {{\n    {call}\n}}\n");
    leaves("renamed-api", 20, &text("<A as IntoPy<T>>::into_py(a, py)"));
    leaves("outdated-conversion", 20, &text("<A as IntoPy<T>>::into_py(a, py)"));
    rewrites("renamed-api", 21, &text("<A as PyTypeInfo>::type_object_bound(py)"), &text("<A as PyTypeInfo>::type_object(py)"));
}

#[test]
fn methods_declare_the_lifetime_that_pyproto_declared() {
    let text = |block: &str, index: &str, next: &str| {
        format!(
            "use pyo3::prelude::*;\n{block}impl {}A {{\n    fn __getitem__{index}self, key: usize) -> PyResult<&'p Py<PyAny>> {{\n        g(self, key)\n    }}\n\n    fn __delitem__{next}self, key: usize) -> PyResult<()> {{\n        h(key)\n    }}\n}}\n",
            if block.contains("pyproto") { "PyMappingProtocol for " } else { "" },
        )
    };
    let class = |options: &str| format!("use pyo3::class::PyMappingProtocol;\n\n#[pyclass{options}]\nstruct A {{}}\n\n");
    let before = text(&format!("{}#[pyproto]\n", class("")), "(&'p ", "(&'p mut ");
    let after = text(&format!("{}#[pymethods]\n", class("(mapping)")), "<'p>(&'p ", "<'p>(&'p mut ");
    rewrites("pyproto", 15, &before, &after.replace("use pyo3::class::PyMappingProtocol;\n", ""));
}
