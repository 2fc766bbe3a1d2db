//! Bytes in a `Vec` or an array: Python got a list of numbers before 0.23, and gets `bytes` since.

use super::Hit;
use super::bytes_inside::{NAMES, Returned};
use super::getters::{Getter, readable_fields};
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{ClassFact, Exit, ExitKind, FieldFact, FunctionFact, Source};
use crate::rules::FileContext;
use crate::rules::migration::names::token_of;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// Functions that return such bytes to Python, and fields that Python reads.
pub(super) fn byte_vectors(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let holds_bytes = |written: &str| {
        let dense = dense(written);
        dense.contains("Vec<u8>") || dense.contains("[u8;")
    };
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && holds_bytes(&function.returns_text));
    let functions = functions.map(|function| Hit { fix: return_list(context, change, function), ..Hit::at(function.returns.0) });
    let fields = readable_fields(context).filter(|(_, field)| holds_bytes(&field.written));
    let fields = fields.map(|(class, field)| Hit { fix: get_list(context, change, class, field), ..Hit::at(field.range) });
    functions.chain(fields).collect()
}

fn dense(written: &str) -> String {
    written.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `T` of `Name<T>` in a type without blanks.
fn inside<'t>(name: &str, dense: &'t str) -> Option<&'t str> {
    dense.strip_prefix(name)?.strip_prefix('<')?.strip_suffix('>')
}

fn is_bytes(dense: &str) -> bool {
    dense == "Vec<u8>" || (dense.starts_with("[u8;") && dense.ends_with(']'))
}

/// What a function returns around the bytes.
#[derive(Clone, Copy)]
struct Around {
    result: bool,
    option: bool,
}

impl Around {
    fn of(written: &str) -> Option<Self> {
        let dense = dense(written);
        let (result, rest) = inside("PyResult", &dense).map_or((false, dense.as_str()), |rest| (true, rest));
        let (option, rest) = inside("Option", rest).map_or((false, rest), |rest| (true, rest));
        is_bytes(rest).then_some(Self { result, option })
    }
}

/// Where the bytes are in what a function returns.
enum Way {
    /// They are all of it.
    Whole(Around),
    /// They are parts of it.
    Inside(Returned),
}

/// Makes the list where the function returns.
fn return_list(context: &FileContext<'_>, change: &Change, function: &FunctionFact) -> Option<Fix> {
    let way = match Around::of(&function.returns_text) {
        Some(around) => Way::Whole(around),
        None => Way::Inside(Returned::of(&function.returns_text)?),
    };
    let settled = function.source == Source::Tree && !function.has_attribute("classattr") && !is_called(context, function);
    let mut fix = fix_of(change, "return a list".to_owned(), Source::Tree).filter(|_| settled)?;
    let (py, parameter) = token_of(context, function, &NAMES)?;
    fix = parameter.into_iter().fold(fix, |fix, edit| fix.edit(context.file, edit));
    let list = match &way {
        Way::Whole(around) if around.option => "Option<Py<PyList>>",
        Way::Whole(_) => "Py<PyList>",
        Way::Inside(inside) => &inside.written,
    };
    fix = fix.edit(context.file, Edit::replace(function.returns.0, format!("PyResult<{list}>")));
    for exit in &function.exits {
        let edits = match &way {
            Way::Whole(around) => returned(context, exit, *around, &py),
            Way::Inside(inside) => returned_inside(context, exit, inside, &py)?,
        };
        for edit in collected(context, exit, &function.returns_text).into_iter().chain(edits) {
            fix = fix.edit(context.file, edit);
        }
    }
    Some(with_names(context, function.range.start, fix))
}

/// Whether Rust calls the function as well, as far as names tell.
pub(super) fn is_called(context: &FileContext<'_>, function: &FunctionFact) -> bool {
    let name = &function.name.0;
    let model = context.package.crate_model;
    // A function of its own is no method of anything.
    let is_method = function.block.is_some();
    let by_path = model.calls_function(name) || is_method && model.calls_method(name);
    let is_call = |token: TextRange| {
        let is_of_other = !is_method && context.before(token.start).next() == Some(".");
        token != function.name.1 && context.after(token.end).next() == Some("(") && !is_of_other
    };
    by_path || context.tokens.with_text(name).any(is_call)
}

/// Says what is collected: the function's type did so before, and a list is made of anything.
fn collected(context: &FileContext<'_>, exit: &Exit, written: &str) -> Option<Edit> {
    let (value, wrapper) = match &exit.kind {
        ExitKind::Wrapped { name, value } => (*value, Some(name.as_str())),
        _ => (exit.range, None),
    };
    let dense = dense(written);
    let ty = match wrapper {
        Some("Ok") => inside("PyResult", &dense)?,
        Some("Some") => inside("Option", inside("PyResult", &dense).unwrap_or(&dense))?,
        _ => &dense,
    };
    let mut last = context.tokens.inside(value).rev().take(4).collect::<Vec<_>>().into_iter();
    let mut is_next = |wanted: &str| last.next().filter(|token| context.tokens.text(*token) == wanted);
    let (_, _, method, _) = (is_next(")")?, is_next("(")?, is_next("collect")?, is_next(".")?);
    Some(Edit::insert(method.end, format!("::<{ty}>")))
}

/// The edits that make lists of the bytes in one returned value.
fn returned(context: &FileContext<'_>, exit: &Exit, around: Around, py: &str) -> Vec<Edit> {
    let (whole, text) = (exit.range, context.slice(exit.range));
    let around_value = |value: TextRange, before: String, after: String| {
        vec![Edit::replace(TextRange::new(whole.start, value.start), before), Edit::replace(TextRange::new(value.end, whole.end), after)]
    };
    let plain = (format!("Ok(PyList::new({py}, "), ")?.unbind())".to_owned());
    let option = (String::new(), format!(".map(|bytes| PyList::new({py}, bytes).map(Bound::unbind)).transpose()"));
    let in_brackets = |(before, after): (String, String)| (format!("{before}("), format!("){after}"));
    match &exit.kind {
        ExitKind::Diverges => Vec::new(),
        ExitKind::Wrapped { name, .. } if name == "Err" => Vec::new(),
        ExitKind::Wrapped { name, value } if name == "Ok" && around.result => {
            let is_none = around.option && context.slice(*value) == "None";
            let (before, after) = if around.option { in_brackets(option) } else { plain };
            if is_none { Vec::new() } else { around_value(*value, before, after) }
        }
        ExitKind::Wrapped { name, value } if name == "Some" && around.option => {
            around_value(*value, format!("Ok(Some(PyList::new({py}, "), ")?.unbind()))".to_owned())
        }
        _ if around.option && text == "None" => vec![Edit::replace(whole, "Ok(None)")],
        _ => {
            let (before, after) = if around.option { option } else { plain };
            let question = if around.result { "?" } else { "" };
            let (open, close) = if exit.takes_suffix || (question.is_empty() && !around.option) { ("", "") } else { ("(", ")") };
            vec![Edit::insert(whole.start, format!("{before}{open}")), Edit::insert(whole.end, format!("{close}{question}{after}"))]
        }
    }
}

/// The edits that make lists of the bytes inside of one returned value.
fn returned_inside(context: &FileContext<'_>, exit: &Exit, inside: &Returned, py: &str) -> Option<Vec<Edit>> {
    let whole = exit.range;
    let put = |range: TextRange, before: String, behind: String| vec![Edit::insert(range.start, before), Edit::insert(range.end, behind)];
    Some(match &exit.kind {
        ExitKind::Diverges => Vec::new(),
        ExitKind::Wrapped { name, .. } if name == "Err" => Vec::new(),
        ExitKind::Wrapped { name, value } if name == "Ok" && inside.result => match context.slice(*value) {
            "None" => Vec::new(),
            text => {
                let (before, behind) = inside.around(text, py)?;
                put(*value, before, behind)
            }
        },
        _ if inside.result => {
            let (before, behind) = inside.around("value?", py)?;
            let (open, close) = if exit.takes_suffix { ("", "") } else { ("(", ")") };
            put(whole, format!("Ok({before}{open}"), format!("{close}?{behind})"))
        }
        _ if context.slice(whole) == "None" => put(whole, "Ok(".to_owned(), ")".to_owned()),
        _ => {
            let (before, behind) = inside.around(context.slice(whole), py)?;
            put(whole, format!("Ok({before}"), format!("{behind})"))
        }
    })
}

/// Writes a getter that makes the list, in the place of the option `get`.
fn get_list(context: &FileContext<'_>, change: &Change, class: &ClassFact, field: &FieldFact) -> Option<Fix> {
    let dense = dense(&field.written);
    let is_option = inside("Option", &dense).is_some_and(is_bytes);
    let inside = Returned::of(&field.written).filter(|returned| !returned.result);
    if !(is_option || is_bytes(&dense) || inside.is_some()) || field.options.iter().any(|option| !matches!(option.as_str(), "get" | "set"))
    {
        return None;
    }
    let name = &field.name;
    let (list, value) = if is_option {
        let lists = format!("self.{name}.as_ref().map(|bytes| PyList::new(py, bytes).map(Bound::unbind)).transpose()");
        ("Option<Py<PyList>>", lists)
    } else if is_bytes(&dense) {
        ("Py<PyList>", format!("Ok(PyList::new(py, &self.{name})?.unbind())"))
    } else {
        let inside = inside.as_ref()?;
        let (before, behind) = inside.around("value", "py")?;
        (inside.written.as_str(), format!("Ok({before}self.{name}.clone(){behind})"))
    };
    let fix = fix_of(change, "get a list".to_owned(), Source::Tree)?;
    let getter = Getter { parameters: "&self, py: Python<'_>", returns: &format!("PyResult<{list}>"), value: &value };
    let (block, fix) = getter.in_place_of_get(context, class, field, fix)?;
    Some(with_names(context, block.range.start, fix))
}

fn with_names(context: &FileContext<'_>, at: usize, fix: Fix) -> Fix {
    let names = ["pyo3::types::PyList", "pyo3::Py", "pyo3::PyResult", "pyo3::Python"];
    let needs_bound = fix.edits.iter().any(|(_, edit)| edit.text.contains("Bound::"));
    let names = names.into_iter().chain(needs_bound.then_some("pyo3::Bound"));
    names.map(|path| ImportEdit::Add { file: context.file, at, path: as_seen(path, context) }).fold(fix, Fix::import)
}
