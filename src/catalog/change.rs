//! One row of the catalogue, and reading the data files.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::release::Release;

/// One thing that a PyO3 release renamed, moved, removed or changed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Change {
    /// Short kebab-case name, unique in the catalogue: `with-gil`.
    pub id: String,
    /// Name of the rule that reports this row.
    pub rule: String,
    /// How the old form is recognised in sources and manifests.
    #[serde(rename = "match")]
    pub matcher: Matcher,
    /// The old form as people write it: `Python::with_gil`.
    pub old: String,
    /// The new form as people write it; `None` when nothing takes its place.
    pub new: Option<String>,
    /// First release on which the new form compiles and means what the old one did; where nothing takes its place, the first that does without.
    /// Every row with a fix says it, as a fix is applied only where its text compiles.
    pub available: Option<ReleaseText>,
    /// First release that deprecates the old form.
    pub deprecated: Option<ReleaseText>,
    /// First release on which the old form does not compile (or, with `silent`, means something else).
    pub gone: Option<ReleaseText>,
    /// The old form still compiles from `gone` on, and behaves differently.
    #[serde(default)]
    pub silent: bool,
    /// Last segment to write instead, for rows that are a plain rename: `attach`.
    pub rename: Option<String>,
    /// Text to take out of the last segment, for rows that rename many names by one rule: `_bound` makes `new_bound_with` into `new_with`.
    pub strip: Option<String>,
    /// Text to put before the last segment, likewise: `Py` makes `TypeError` into `PyTypeError`.
    pub prefix: Option<String>,
    /// The matched option or feature is to be deleted.
    #[serde(default)]
    pub delete: bool,
    /// Full path to write instead of a matched path: `pyo3::sync::PyOnceLock`. Where the row matches `below` a path, it takes the place of that prefix.
    pub path: Option<String>,
    /// Rust text to write instead of the whole matched type path, such as `Py<PyAny>`.
    pub replace_type: Option<String>,
    /// Template for the whole call: `$self`, `$0`, `$1`, …, `$args`; after `$call` what to put behind a call that stays. For an attribute: its new content, `$0` being the value.
    pub rewrite: Option<String>,
    /// The arguments that have to be C strings, counted from 0 without the receiver: their literals become such.
    #[serde(default)]
    pub c_strings: Vec<usize>,
    /// Items that the new form needs in scope, by full path.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Whether the new form means the same.
    pub safety: RowSafety,
    /// Why the fix is not safe, or why there is none.
    pub reason: Option<String>,
    /// What happens to the program, for rows whose message cannot be made from `old` and `new`: lower case, no full stop.
    pub message: Option<String>,
    /// What to do, ending in an action: one line, lower case, no full stop.
    pub help: String,
    /// A snippet in the old form, as it stands in a file that imports what it names.
    pub before: Option<String>,
    /// The same snippet after the fix.
    pub after: Option<String>,
}

impl Change {
    /// The new name for the matched name, if the row is a rename.
    #[must_use]
    pub fn renamed(&self, name: &str) -> Option<String> {
        let stripped = || self.strip.as_ref().map(|part| name.replacen(part, "", 1));
        let prefixed = || self.prefix.as_ref().map(|part| format!("{part}{name}"));
        self.rename.clone().or_else(stripped).or_else(prefixed)
    }

    /// Whether the call gained a `Result`: where the value is taken for one already, the new form stands.
    #[must_use]
    pub fn became_fallible(&self) -> bool {
        self.new.as_ref().is_some_and(|new| new.contains('?'))
    }

    /// Whether the row has a fix of its own.
    #[must_use]
    pub fn is_mechanical(&self) -> bool {
        let fixes = [&self.rename, &self.strip, &self.prefix, &self.path, &self.replace_type, &self.rewrite];
        self.delete || fixes.iter().any(|fix| fix.is_some())
    }
}

/// Whether the fix of a row keeps the meaning.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum RowSafety {
    /// It does.
    Safe,
    /// It might not; the row's `reason` says why.
    Unsafe,
    /// No fix: a person has to decide.
    Manual,
}

/// How the old form is recognised. Paths are full public paths of the item; the other public paths of the same item come from the symbol table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum Matcher {
    /// A path that resolves to one of these items: types, traits, functions, associated functions (`pyo3::Python::with_gil`), constants, macros. Imports, too.
    Path {
        /// Full paths.
        paths: Vec<String>,
        /// Matches only as the callee of a call with this many arguments.
        args: Option<usize>,
        /// Does not match a call with this argument, as written: for that there is no new form.
        without: Option<String>,
        /// Matches everything below the path: the row is about a module.
        #[serde(default)]
        below: bool,
        /// Old and new form look alike (the call became fallible, an argument changed its type): counts only while the project is on a release before `gone`.
        #[serde(default)]
        ambiguous: bool,
    },
    /// An associated function or constant of whatever type, by a name that belongs to PyO3 alone: `T::type_object_bound(py)`.
    Associated {
        /// Names.
        names: Vec<String>,
    },
    /// A method call.
    Method {
        /// Method names.
        names: Vec<String>,
        /// PyO3 classes that have the method: `Python`, `PyAny`, `PyErr`, `Py`, `Bound`, `PyDict` …; a native type inherits `PyAny`'s.
        on: Vec<String>,
        /// Number of arguments, if that tells the old form apart.
        args: Option<usize>,
        /// The first argument has to be a `Python` token.
        #[serde(default)]
        token: bool,
        /// Whether the first argument has to be a string literal (`true`; `c"…"` is none) or must not be one (`false`).
        literal: Option<bool>,
        /// Whether a turbofish has to be there (`true`) or absent (`false`).
        turbofish: Option<bool>,
        /// The name belongs to PyO3 alone in practice: counts with an unknown receiver, unless the crate itself defines such a method.
        #[serde(default)]
        distinctive: bool,
        /// Old and new form look alike: counts only while the project is on a release before `gone`.
        #[serde(default)]
        ambiguous: bool,
    },
    /// An attribute by its name: `#[pyproto]`, `#[args(…)]`.
    Attribute {
        /// Its names.
        names: Vec<String>,
        /// Only inside an `impl` block under this attribute: `pymethods`.
        within: Option<String>,
    },
    /// An option of an attribute: `gc` of `#[pyclass(gc)]`; also when written in `#[pyo3(…)]` on the same item.
    Option {
        /// The attributes.
        of: Vec<String>,
        /// The option's name.
        name: String,
        /// The value the option has to have, as written.
        value: Option<String>,
    },
    /// A cargo feature of a dependency.
    Feature {
        /// Features.
        names: Vec<String>,
        /// The crate; `pyo3` if not given.
        #[serde(default = "pyo3")]
        of: String,
    },
    /// A dependency of the project.
    Dependency {
        /// The package's name.
        name: String,
    },
    /// An item of a trait implementation: `fn extract_bound` of `impl FromPyObject for X`.
    TraitItem {
        /// Full path of the trait.
        of: String,
        /// Names of the items.
        names: Vec<String>,
    },
    /// Recognised by code that is written for this row: a shape that no table can say.
    Shape,
}

fn pyo3() -> String {
    "pyo3".to_owned()
}

/// A release in a data file, written `"0.26"`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
pub struct ReleaseText(pub Release);

impl TryFrom<String> for ReleaseText {
    type Error = crate::release::NotARelease;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
    change: Vec<Change>,
}

/// The data files: `src/catalog/data/0.NN.toml` holds what release 0.NN deprecated, or removed without having deprecated it.
static DATA: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/src/catalog/data");

/// Every row, oldest release first, in the order of the files.
///
/// # Panics
/// When a data file is malformed; a test reads them all.
#[must_use]
#[expect(clippy::panic, reason = "the data is compiled in, and a test reads all of it")]
pub fn changes() -> &'static [Change] {
    static CHANGES: LazyLock<Vec<Change>> = LazyLock::new(|| {
        let mut files: Vec<_> =
            DATA.files().filter_map(|file| Some((file.path().file_stem()?.to_str()?.parse::<Release>().ok()?, file))).collect();
        files.sort_by_key(|(release, _)| *release);
        files
            .into_iter()
            .flat_map(|(release, file)| {
                let text = file.contents_utf8().unwrap_or_default();
                match toml::from_str::<DataFile>(text) {
                    Ok(data) => data.change,
                    Err(error) => panic!("src/catalog/data/{release}.toml: {error}"),
                }
            })
            .collect()
    });
    &CHANGES
}
