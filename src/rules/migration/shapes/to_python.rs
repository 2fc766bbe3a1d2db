//! `IntoPy` and `ToPyObject`: imports, implementations and bounds become those of `IntoPyObject`.

use super::Hit;
use super::conversion_bounds;
use super::from_python::{import, insert_before};
use super::own_traits::own_into_py;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{ConversionFunction, ConversionImpl, Exit, ExitKind, PathUse, PathUsePosition, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::imports::removal;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// Every use of `IntoPy`.
pub(super) fn into_py(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    uses(context, change, "pyo3::IntoPy")
}

/// Every use of `ToPyObject`.
pub(super) fn to_py_object(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    uses(context, change, "pyo3::ToPyObject")
}

fn uses(context: &FileContext<'_>, change: &Change, of_trait: &str) -> Vec<Hit> {
    let found = context.facts.paths.iter().filter(|path| path.pyo3.as_deref().is_some_and(|path| is_of(path, of_trait)));
    found
        .map(|path| {
            let fix = match path.position {
                PathUsePosition::Import { public } if path.pyo3.as_deref() == Some(of_trait) => {
                    fix_of(change, "remove the import".to_owned(), path.source).and_then(|fix| removal(context, path, public, fix))
                }
                PathUsePosition::Implemented => implementation(context, change, path),
                PathUsePosition::Bound => conversion_bounds::rewrite(context, change, path),
                _ => None,
            };
            Hit { fix, ..Hit::at(path.range) }
        })
        .collect()
}

/// Whether `path` is the trait or an item of it.
fn is_of(path: &str, of_trait: &str) -> bool {
    path.strip_prefix(of_trait).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn implementation(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    of_object(context, change, path).or_else(|| own_into_py(context, change, path))
}

fn of_object(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    let written = context.facts.conversions.iter().find(|written| written.trait_range.start == path.range.start)?;
    let function = written.function.as_ref()?;
    let conversion = Conversion::new(context, written, function)?;
    let mut fix = fix_of(change, "implement `IntoPyObject`".to_owned(), written.source)?;
    for edit in conversion.header()?.into_iter().chain(conversion.signature()?).chain(conversion.body()?) {
        fix = fix.edit(context.file, edit);
    }
    let mut names = vec!["pyo3::IntoPyObject", "pyo3::Bound", "pyo3::Python", "pyo3::PyErr"];
    names.extend(conversion.is_any.then_some("pyo3::PyAny"));
    names.extend(conversion.needs_extension().then_some("pyo3::IntoPyObjectExt"));
    // A qualified trait may stand where nothing of PyO3 is imported on purpose, behind a feature.
    Some(if conversion.root.is_empty() { import(context, fix, function, &names) } else { fix })
}

/// An `impl` on its way to `IntoPyObject`.
struct Conversion<'c> {
    context: &'c FileContext<'c>,
    written: &'c ConversionImpl,
    function: &'c ConversionFunction,
    /// The class of the object that comes out of it.
    target: String,
    /// Whether that is any object.
    is_any: bool,
    /// The name of the token.
    token: &'c str,
    /// What stands before names of PyO3: `pyo3::` where the trait was written so.
    root: String,
    /// Whether it converts a reference: `ToPyObject`.
    by_reference: bool,
}

impl<'c> Conversion<'c> {
    fn new(context: &'c FileContext<'c>, written: &'c ConversionImpl, function: &'c ConversionFunction) -> Option<Self> {
        let (pattern, _) = function.parameter?;
        let by_reference = written.of_trait.ends_with("ToPyObject");
        let is_any = |ty: &Ty| matches!(ty, Ty::Py(class) if class == "PyAny");
        // Where a macro is called, nobody knows what is imported.
        let is_qualified = written.is_qualified() || written.source == Source::Definition;
        let root = if is_qualified { as_seen("pyo3::", context) } else { String::new() };
        let (target, is_any) = match &written.trait_type {
            None if by_reference => (format!("{root}PyAny"), true),
            Some((_, ty)) if is_any(ty) => (format!("{root}PyAny"), true),
            Some((range, Ty::Py(class))) if !class.is_empty() => (inside(&context.code(*range))?.to_owned(), false),
            // A conversion into another type of Rust needs a trait of the project's own.
            _ => return None,
        };
        let token = match context.tokens.inside(pattern).next_back().map(|token| context.tokens.text(token))? {
            "_" => "py",
            name => name,
        };
        Some(Self { context, written, function, target, is_any, token, root, by_reference })
    }

    /// `impl<'py> IntoPyObject<'py> for T`, the bounds left out.
    fn header(&self) -> Option<Vec<Edit>> {
        let written = self.written;
        let declared = match &written.lifetimes {
            Some(lifetimes) if lifetimes.iter().any(|lifetime| lifetime == "'py") => None,
            Some(_) => Some("'py, "),
            None => Some("<'py>"),
        };
        let mut edits: Vec<Edit> = declared.map(|text| Edit::insert(written.generics_at, text)).into_iter().collect();
        let name_on = TextRange::new(written.trait_name.start, written.trait_range.end);
        let root = if written.is_qualified() { "" } else { &self.root };
        edits.push(Edit::replace(name_on, format!("{root}IntoPyObject<'py>")));
        if self.by_reference {
            edits.push(Edit::insert(written.self_type.0.start, "&"));
        }
        Some(edits)
    }

    fn signature(&self) -> Option<Vec<Edit>> {
        let function = self.function;
        let (pattern, ty) = function.parameter?;
        let token_type = self.context.code(ty);
        let python = token_type.split('<').next().unwrap_or(&token_type);
        let target = format!("type Target = {};", self.target);
        let (output, error) =
            (format!("type Output = {}Bound<'py, Self::Target>;", self.root), format!("type Error = {}PyErr;", self.root));
        let types = [target.as_str(), &output, &error];
        let mut edits = vec![
            insert_before(self.context, function, &types),
            Edit::replace(function.name.1, "into_pyobject"),
            Edit::replace(ty, format!("{python}<'py>")),
            Edit::replace(function.returns, "Result<Self::Output, Self::Error>"),
        ];
        edits.extend(function.generics.map(Edit::delete));
        if self.by_reference {
            edits.push(Edit::replace(function.receiver?, "self"));
        }
        if self.context.slice(pattern) == "_" {
            edits.push(Edit::replace(pattern, self.token));
        }
        Some(edits)
    }

    fn body(&self) -> Option<Vec<Edit>> {
        let mut edits: Vec<Edit> = Vec::new();
        for exit in &self.function.exits {
            edits.extend(self.exit(exit)?);
        }
        // In an `impl` for a reference `Self` is the reference.
        for (word, is_path) in self.function.selfs.iter().filter(|_| self.by_reference) {
            let name = self.context.code(self.written.self_type.0);
            let name = if *is_path { name.split('<').next().unwrap_or(&name) } else { &name };
            if !edits.iter().any(|edit| edit.range.start < word.end && word.start < edit.range.end) {
                edits.push(Edit::replace(*word, name));
            }
        }
        Some(edits)
    }

    /// Makes a result of what the function returned: the old conversions gave objects.
    fn exit(&self, exit: &Exit) -> Option<Vec<Edit>> {
        // A variable of `quote!` can hold any tokens.
        if self.context.slice(exit.range).starts_with('#') {
            return None;
        }
        let (start, end) = (exit.range.start, exit.range.end);
        let token = self.token;
        let wrapped = |suffix: String| {
            let (open, close) = if exit.takes_suffix { ("Ok(", "") } else { ("Ok((", ")") };
            vec![Edit::insert(start, open), Edit::insert(end, format!("{close}{suffix})"))]
        };
        let ExitKind::Call { method, call, receiver: (receiver, ty), arguments } = &exit.kind else {
            return Some(match exit.kind {
                ExitKind::Diverges => Vec::new(),
                _ => wrapped(format!(".into_bound({token})")),
            });
        };
        let of_python = matches!(ty, Ty::GilRef(_) | Ty::Bound(_));
        let edits = match method.as_str() {
            "into_py" | "to_object" if arguments.is_some() && self.is_converted(ty) => {
                let is_reference = method == "into_py" || (self.by_reference && self.context.slice(*receiver) == "self");
                let (open, close) = if is_reference { ("", "") } else { ("(&", ")") };
                if self.is_any && of_python {
                    let owned = if self.is_a_field(*receiver) { ".clone()" } else { "" };
                    vec![Edit::insert(start, "Ok("), Edit::replace(*call, format!("{owned}.into_any())"))]
                } else if self.is_any && !self.root.is_empty() {
                    let borrow = if open.is_empty() { "" } else { "&" };
                    let function = format!("{}IntoPyObjectExt::into_bound_py_any({borrow}", self.root);
                    vec![Edit::insert(start, function), Edit::replace(*call, format!(", {token})"))]
                } else if self.is_any {
                    vec![Edit::insert(start, open), Edit::replace(*call, format!("{close}.into_bound_py_any({token})"))]
                } else {
                    vec![Edit::insert(start, format!("Ok({open}")), Edit::replace(*call, format!("{close}.into_pyobject({token})?)"))]
                }
            }
            "into" if arguments.is_none() && of_python && self.is_any => {
                vec![Edit::insert(start, "Ok("), Edit::replace(*call, ".into_any())")]
            }
            "into" if arguments.is_none() => {
                let (root, target) = (&self.root, &self.target);
                vec![
                    Edit::insert(start, format!("Ok({root}Py::<{target}>::from(")),
                    Edit::replace(*call, format!(").into_bound({token}))")),
                ]
            }
            _ => wrapped(format!(".into_bound({token})")),
        };
        Some(edits.into_iter().filter(|edit| !(edit.range.is_empty() && edit.text.is_empty())).collect())
    }

    /// Whether an object is a part of what the function only has a reference to.
    fn is_a_field(&self, object: TextRange) -> bool {
        self.by_reference && self.context.code(object).starts_with("self.")
    }

    /// Whether a conversion of this type is rewritten here. What is not known is left to the compiler, which has no places in templates of
    /// procedural macros, and speaks of one type at a time for those of others.
    fn is_converted(&self, ty: &Ty) -> bool {
        converts_alike(ty) || (*ty == Ty::Unknown && self.written.source == Source::Definition)
    }

    /// Whether the body calls a method of `IntoPyObjectExt`.
    fn needs_extension(&self) -> bool {
        let converts = |exit: &Exit| match &exit.kind {
            ExitKind::Call { method, receiver: (_, ty), .. } => {
                matches!(method.as_str(), "into_py" | "to_object") && self.is_converted(ty) && !matches!(ty, Ty::GilRef(_) | Ty::Bound(_))
            }
            _ => false,
        };
        self.is_any && self.function.exits.iter().any(converts)
    }
}

/// Whether the type is known, and becomes the same kind of object as ever: the unit was `None`, bytes in a `Vec` were a list,
/// and paths were strings.
fn converts_alike(ty: &Ty) -> bool {
    match ty {
        Ty::Unknown | Ty::Path => false,
        Ty::Option(inner) => converts_alike(inner),
        Ty::List(inner) => **inner != Ty::Byte && converts_alike(inner),
        Ty::Map(key, value) => converts_alike(key) && converts_alike(value),
        Ty::Tuple(members) => !members.is_empty() && members.iter().all(converts_alike),
        _ => true,
    }
}

/// The type between the brackets of `Py<T>`.
fn inside(written: &str) -> Option<&str> {
    let (_, rest) = written.split_once('<')?;
    rest.strip_suffix('>').map(str::trim)
}
