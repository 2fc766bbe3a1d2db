//! Paths of files: Python got a `str` before 0.24, and gets a `pathlib.Path` since.

use super::Hit;
use super::bytes_given::TAKERS;
use super::getters::{Getter, readable_fields};
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{ClassFact, Exit, ExitKind, FieldFact, FunctionFact, MethodCall, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::rust::takes_suffix;
use crate::text::{Edit, TextRange};

/// Methods that make an object of their receiver.
const CONVERSIONS: [&str; 4] = ["into_py", "to_object", "into_pyobject", "into_bound_py_any"];

/// Functions that return paths to Python, and fields that Python reads.
pub(super) fn returned_paths(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && holds_path(&function.returns.1));
    let functions = functions.map(|function| Hit { fix: return_text(context, change, function), ..Hit::at(function.returns.0) });
    let fields = readable_fields(context).filter(|(_, field)| holds_path(&field.ty));
    let fields = fields.map(|(class, field)| Hit { fix: get_text(context, change, class, field), ..Hit::at(field.range) });
    functions.chain(fields).collect()
}

/// Calls that give paths to Python.
pub(super) fn given_paths(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    context.facts.calls.iter().filter_map(|call| given(context, change, call)).collect()
}

fn given(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Hit> {
    let (range, ty) = match TAKERS.iter().find(|(name, _)| call.name.0 == *name) {
        Some((_, index)) if matches!(&call.receiver.1, Ty::GilRef(class) | Ty::Bound(class) if !class.is_empty()) => {
            call.arguments.get(*index)?
        }
        _ if CONVERSIONS.contains(&call.name.0.as_str()) => &call.receiver,
        _ => return None,
    };
    let fix = || {
        let fix = fix_of(change, "give a string".to_owned(), call.source).filter(|_| *ty == Ty::Path)?;
        Some(borrowed_text(context, *range)?.into_iter().fold(fix, |fix, edit| fix.edit(context.file, edit)))
    };
    holds_path(ty).then(|| Hit { fix: fix(), ..Hit::at(*range) })
}

/// `path.as_os_str()`, also for `&path`.
fn borrowed_text(context: &FileContext<'_>, value: TextRange) -> Option<Vec<Edit>> {
    let text = context.slice(value);
    let place = text.strip_prefix('&').unwrap_or(text);
    let start = value.end - place.len();
    let reference = (start > value.start).then(|| Edit::delete(TextRange::new(value.start, start)));
    let call = Edit::insert(value.end, format!(".{}()", BORROWED.method));
    (takes_suffix(place)?).then(|| reference.into_iter().chain([call]).collect())
}

fn holds_path(ty: &Ty) -> bool {
    ty.holds(|inner| *inner == Ty::Path)
}

/// How a type of paths is written, and the string of the system that takes its place.
struct Written {
    path: &'static str,
    text: &'static str,
    /// The method that makes the one of the other.
    method: &'static str,
}

const OWNED: Written = Written { path: "PathBuf", text: "OsString", method: "into_os_string" };
const BORROWED: Written = Written { path: "Path", text: "OsStr", method: "as_os_str" };

/// Makes the string where the function returns: a path, an optional one, or a result of these.
fn return_text(context: &FileContext<'_>, change: &Change, function: &FunctionFact) -> Option<Fix> {
    let (place, ty) = &function.returns;
    let (result, inner) = inside(ty, |ty| matches!(ty, Ty::Result(_)));
    let (option, inner) = inside(inner, |ty| matches!(ty, Ty::Option(_)));
    let settled = *inner == Ty::Path && function.source == Source::Tree && !super::bytes::is_called(context, function);
    let (words, written) = words(context, *place)?;
    let mut fix = fix_of(change, "return a string".to_owned(), Source::Tree).filter(|_| settled)?;
    fix = with_text(context, fix, function.range.start, words, &written);
    for exit in &function.exits {
        for edit in returned(context, exit, [result, option], &written)? {
            fix = fix.edit(context.file, edit);
        }
    }
    Some(fix)
}

fn inside(ty: &Ty, is_around: fn(&Ty) -> bool) -> (bool, &Ty) {
    match ty {
        Ty::Result(inner) | Ty::Option(inner) if is_around(ty) => (true, inner),
        _ => (false, ty),
    }
}

/// The one word in a type that says path.
fn words(context: &FileContext<'_>, place: TextRange) -> Option<(TextRange, Written)> {
    let is_word = |written: &Written| {
        let mut found = context.tokens.inside(place).filter(|token| context.tokens.text(*token) == written.path);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    };
    let is_by_itself = |word: TextRange| context.before(word.start).next() != Some("::");
    let found = [OWNED, BORROWED].into_iter().find_map(|written| Some((is_word(&written)?, written)));
    found.filter(|(word, _)| is_by_itself(*word))
}

/// The edits that make a string of what is returned at one place; `None` where that is not known.
fn returned(context: &FileContext<'_>, exit: &Exit, [result, option]: [bool; 2], written: &Written) -> Option<Vec<Edit>> {
    let Written { path, method, .. } = written;
    let value = match &exit.kind {
        ExitKind::Diverges => return Some(Vec::new()),
        ExitKind::Wrapped { name, .. } if name == "Err" => return Some(Vec::new()),
        ExitKind::Wrapped { name, value } if name == "Ok" && result => return suffixed(context, *value, option, written),
        ExitKind::Wrapped { name, value } if name == "Some" && option && !result => return suffixed(context, *value, false, written),
        _ => exit.range,
    };
    if !result {
        return suffixed(context, value, option, written);
    }
    let each = if option { format!(".map(|path| path.map({path}::{method}))") } else { format!(".map({path}::{method})") };
    exit.takes_suffix.then(|| vec![Edit::insert(value.end, each)])
}

/// `value.into_os_string()`, for an option with `map`.
fn suffixed(context: &FileContext<'_>, value: TextRange, option: bool, written: &Written) -> Option<Vec<Edit>> {
    let Written { path, method, .. } = written;
    let text = context.slice(value);
    if option && text == "None" {
        return Some(Vec::new());
    }
    if let Some(inner) = text.strip_prefix("Some(").filter(|_| option).and_then(|rest| rest.strip_suffix(')')) {
        let inner = TextRange::new(value.end - 1 - inner.len(), value.end - 1);
        return suffixed(context, inner, false, written);
    }
    if !option && *method == BORROWED.method {
        return borrowed_text(context, value);
    }
    let suffix = if option { format!(".map({path}::{method})") } else { format!(".{method}()") };
    (takes_suffix(text)?).then(|| vec![Edit::insert(value.end, suffix)])
}

/// Writes a getter that makes the string, in the place of the option `get`.
fn get_text(context: &FileContext<'_>, change: &Change, class: &ClassFact, field: &FieldFact) -> Option<Fix> {
    let name = &field.name;
    let (option, inner) = inside(&field.ty, |ty| matches!(ty, Ty::Option(_)));
    let is_owned = *inner == Ty::Path && words(context, field.range).is_some_and(|(_, written)| written.path == OWNED.path);
    let (returns, value) = match option {
        true => ("Option<&OsStr>", format!("self.{name}.as_deref().map(Path::as_os_str)")),
        false => ("&OsStr", format!("self.{name}.as_os_str()")),
    };
    let fix = fix_of(change, "get a string".to_owned(), Source::Tree).filter(|_| is_owned)?;
    let getter = Getter { parameters: "&self", returns, value: &value };
    let (block, fix) = getter.in_place_of_get(context, class, field, fix)?;
    let add = |path: &str| ImportEdit::Add { file: context.file, at: block.range.start, path: path.to_owned() };
    let fix = fix.import(add("std::ffi::OsStr"));
    Some(if option { fix.import(add("std::path::Path")) } else { fix })
}

fn with_text(context: &FileContext<'_>, fix: Fix, at: usize, word: TextRange, written: &Written) -> Fix {
    let path = format!("std::ffi::{}", written.text);
    fix.edit(context.file, Edit::replace(word, written.text)).import(ImportEdit::Add { file: context.file, at, path })
}
