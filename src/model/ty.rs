//! Types of expressions as far as PyO3 is concerned: references, smart pointers and containers reduced to what decides a rule.

use super::join::ModuleId;

/// A type. References to anything but PyO3's native types are looked through: `&Py<T>` counts as `Py<T>`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Ty {
    /// Not known.
    #[default]
    Unknown,
    /// Known, and nothing of Python: `String`, `u32`.
    Plain,
    /// `u8`, of which a `Vec` becomes another kind of object since 0.23.
    Byte,
    /// A string: `&str` or `String`.
    Text,
    /// `Path` or `PathBuf` of the standard library, which become another kind of object since 0.24.
    Path,
    /// `Python<'py>`.
    Token,
    /// `&PyAny`, `&'py PyDict`: a reference to a native type, which 0.23 removed. The name of the class.
    GilRef(String),
    /// `Bound<'py, T>` and `Borrowed<'_, 'py, T>`, owned or by reference.
    Bound(String),
    /// `Py<T>`.
    Py(String),
    /// A native type itself: `PyAny` in `Py<PyAny>`.
    Native(String),
    /// `PyRef<T>`, `PyRefMut<T>`.
    Guard,
    /// `PyErr`.
    Error,
    /// A type of the package.
    Own(ModuleId, String),
    /// `PyBackedStr` and `PyBackedBytes`, which hold a `Py<T>`.
    Backed,
    /// A lock or cell of the standard library, which gives access to what it holds.
    Lock(Box<Ty>),
    /// `GILOnceCell<T>`, `PyOnceLock<T>`: filled once.
    Cell(Box<Ty>),
    /// `Option<T>`.
    Option(Box<Ty>),
    /// `Result<T, _>` and `PyResult<T>`.
    Result(Box<Ty>),
    /// Something that yields elements: `Vec`, slices, sets, iterators.
    List(Box<Ty>),
    /// `HashMap<K, V>` and its like.
    Map(Box<Ty>, Box<Ty>),
    /// A tuple.
    Tuple(Vec<Ty>),
}

/// Names in `pyo3::types` that start with `Py` and are no native Python types.
const NOT_NATIVE_ENDINGS: &[&str] = &["Methods", "Access", "Builder", "Data", "Indices", "Mutex", "Guard", "Input", "Result", "Name"];

impl Ty {
    /// The type of PyO3 at this canonical path.
    pub(super) fn of_pyo3(path: &str, mut arguments: Vec<Ty>) -> Ty {
        let name = path.rsplit("::").next().unwrap_or_default();
        let mut first = || if arguments.is_empty() { Ty::Unknown } else { arguments.swap_remove(0) };
        match path {
            "pyo3::Python" => Ty::Token,
            "pyo3::PyErr" => Ty::Error,
            "pyo3::PyObject" => Ty::Py("PyAny".to_owned()),
            "pyo3::PyResult" => Ty::Result(Box::new(first())),
            "pyo3::Py" => Ty::Py(first().class_name()),
            "pyo3::Bound" | "pyo3::Borrowed" => Ty::Bound(first().class_name()),
            "pyo3::PyRef" | "pyo3::PyRefMut" | "pyo3::pycell::PyRef" | "pyo3::pycell::PyRefMut" => Ty::Guard,
            "pyo3::PyCell" | "pyo3::pycell::PyCell" => Ty::Native("PyCell".to_owned()),
            _ if matches!(name, "GILOnceCell" | "PyOnceLock") => Ty::Cell(Box::new(first())),
            "pyo3::PyAny" => Ty::Native("PyAny".to_owned()),
            "pyo3::pybacked::PyBackedStr" | "pyo3::pybacked::PyBackedBytes" => Ty::Backed,
            _ if is_native(path) => Ty::Native(name.to_owned()),
            _ => Ty::Unknown,
        }
    }

    /// The type of another crate at this path.
    pub(super) fn of_external(path: &[String], arguments: Vec<Ty>) -> Ty {
        match path.first().map(String::as_str) {
            // rust-numpy's array types follow PyO3's scheme.
            Some("numpy") => match path.last() {
                Some(name) if name.starts_with("PyArray") && !name.contains("Methods") && !name.contains("Like") => {
                    Ty::Native(name.clone())
                }
                Some(name) if name.starts_with("PyReadonlyArray") || name.starts_with("PyReadwriteArray") => Ty::Bound(name.clone()),
                _ => Ty::Unknown,
            },
            Some("std") if matches!(path, [_, module, name] if module == "path" && matches!(&**name, "Path" | "PathBuf")) => Ty::Path,
            Some("std" | "core" | "alloc" | "hashbrown" | "indexmap" | "ahash") => Ty::of_std(path, arguments),
            // `u8` and its like, of which name resolution knows nothing.
            _ if path.len() == 1 => Ty::of_std(path, arguments),
            // `anyhow::Result<T>` and its like.
            _ if path.last().is_some_and(|name| name == "Result") => Ty::of_std(path, arguments),
            _ => Ty::Unknown,
        }
    }

    /// The type of the standard library with this name.
    pub(super) fn of_std(path: &[String], arguments: Vec<Ty>) -> Ty {
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().unwrap_or_default();
        match path.last().map_or("", String::as_str) {
            "Option" => Ty::Option(Box::new(next())),
            "Result" => Ty::Result(Box::new(next())),
            "Vec" => Ty::List(Box::new(next())),
            // Bytes in these became what they become today.
            "VecDeque" | "HashSet" | "BTreeSet" | "IntoIter" | "Iter" | "IndexSet" | "LinkedList" | "BinaryHeap" => {
                Ty::List(Box::new(next().or_plain()))
            }
            "HashMap" | "BTreeMap" | "IndexMap" => {
                let key = Box::new(next());
                Ty::Map(key, Box::new(next()))
            }
            "Cow" => match next() {
                Ty::List(element) => Ty::List(Box::new(element.or_plain())),
                other => other,
            },
            "Box" => next(),
            "Mutex" | "RwLock" | "RefCell" => Ty::Lock(Box::new(next())),
            // A clone of the pointer is no clone of the object.
            "Rc" | "Arc" => match next() {
                held if held.holds_py() => Ty::Unknown,
                shared => shared,
            },
            "str" | "String" => Ty::Text,
            "u8" => Ty::Byte,
            "bool" | "char" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "f32"
            | "f64" | "PathBuf" | "Path" | "OsString" | "OsStr" | "CStr" | "CString" | "Duration" => Ty::Plain,
            _ => Ty::Unknown,
        }
    }

    /// A byte as any other number.
    fn or_plain(self) -> Self {
        if self == Ty::Byte { Ty::Plain } else { self }
    }

    /// The class behind a native type or an own one; empty when not known.
    fn class_name(self) -> String {
        match self {
            Ty::Native(name) | Ty::GilRef(name) | Ty::Own(_, name) => name,
            _ => String::new(),
        }
    }

    /// The package's own types that it is made of.
    #[must_use]
    pub fn own_types(&self) -> Vec<(ModuleId, String)> {
        match self {
            Ty::Own(module, name) => vec![(*module, name.clone())],
            Ty::Option(inner) | Ty::List(inner) | Ty::Result(inner) => inner.own_types(),
            Ty::Map(key, value) => [key.own_types(), value.own_types()].concat(),
            Ty::Tuple(members) => members.iter().flat_map(Self::own_types).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a type that `is_wanted` is in it: in an option, a result, a container, a tuple, or by itself.
    #[must_use]
    pub fn holds(&self, is_wanted: fn(&Ty) -> bool) -> bool {
        is_wanted(self)
            || match self {
                Ty::Option(inner) | Ty::Result(inner) | Ty::List(inner) => inner.holds(is_wanted),
                Ty::Map(key, value) => key.holds(is_wanted) || value.holds(is_wanted),
                Ty::Tuple(members) => members.iter().any(|member| member.holds(is_wanted)),
                _ => false,
            }
    }

    /// Whether it is a `Py<T>`, or a container of such.
    #[must_use]
    pub fn holds_py(&self) -> bool {
        match self {
            Ty::Py(_) | Ty::Backed => true,
            Ty::Option(inner) | Ty::List(inner) => inner.holds_py(),
            Ty::Map(key, value) => key.holds_py() || value.holds_py(),
            Ty::Tuple(members) => members.iter().any(Self::holds_py),
            _ => false,
        }
    }

    /// Whether a value of this type needs the thread to be attached: a token, or a pointer that carries one.
    #[must_use]
    pub fn carries_token(&self) -> bool {
        self.holds(|ty| matches!(ty, Ty::Token | Ty::GilRef(_) | Ty::Bound(_) | Ty::Guard))
    }

    /// How people call it: `&PyAny`, `Bound<'_, PyDict>`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Ty::Token => "Python<'_>".to_owned(),
            Ty::GilRef(class) => format!("&{class}"),
            Ty::Bound(class) if class.is_empty() => "Bound<'_, _>".to_owned(),
            Ty::Bound(class) => format!("Bound<'_, {class}>"),
            Ty::Py(class) if class.is_empty() => "Py<_>".to_owned(),
            Ty::Py(class) => format!("Py<{class}>"),
            Ty::Guard => "PyRef".to_owned(),
            Ty::Error => "PyErr".to_owned(),
            Ty::Option(inner) => format!("Option<{}>", inner.describe()),
            Ty::Result(inner) => format!("PyResult<{}>", inner.describe()),
            Ty::List(inner) => format!("[{}]", inner.describe()),
            Ty::Tuple(members) => format!("({})", members.iter().map(Ty::describe).collect::<Vec<_>>().join(", ")),
            Ty::Own(_, name) => name.clone(),
            _ => "_".to_owned(),
        }
    }

    /// What `?` or `unwrap` leaves of it.
    #[must_use]
    pub fn unwrapped(self) -> Ty {
        match self {
            Ty::Option(inner) | Ty::Result(inner) => *inner,
            _ => Ty::Unknown,
        }
    }

    /// What a loop over it yields.
    #[must_use]
    pub fn element(self) -> Ty {
        match self {
            Ty::List(inner) | Ty::Option(inner) => *inner,
            Ty::Map(key, value) => Ty::Tuple(vec![*key, *value]),
            Ty::GilRef(class) => element_of(&class, |class| Ty::GilRef(class.to_owned())),
            Ty::Bound(class) => element_of(&class, |class| Ty::Bound(class.to_owned())),
            _ => Ty::Unknown,
        }
    }
}

/// What iterating over an object of a native class yields: pairs for a dict, results for an iterator.
fn element_of(class: &str, wrap: impl Fn(&str) -> Ty) -> Ty {
    match class {
        "PyDict" | "PyFrozenDict" => Ty::Tuple(vec![wrap("PyAny"), wrap("PyAny")]),
        "PyList" | "PyTuple" | "PySet" | "PyFrozenSet" => wrap("PyAny"),
        "PyIterator" => Ty::Result(Box::new(wrap("PyAny"))),
        _ => Ty::Unknown,
    }
}

/// Whether the item at this canonical path is a native Python type.
pub(super) fn is_native(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or_default();
    let in_types = path.starts_with("pyo3::types::") || path.starts_with("pyo3::exceptions::") || path == "pyo3::PyAny";
    in_types && name.starts_with("Py") && !NOT_NATIVE_ENDINGS.iter().any(|ending| name.ends_with(ending))
}
