//! Signatures for Python: the argument lists of `#[args]` and `#[pyfunction]`, and defaults that were never written down.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::Fix;
use crate::model::{AttributeFact, AttributeOption, FunctionFact, ParameterFact, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::rust::{code, scan_comments, string_value, takes_suffix};
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// Options of `#[pyfunction]` and `#[pyfn]` that are no arguments.
const OPTIONS: &[&str] = &["name", "signature", "text_signature", "pass_module", "crate", "warn", "category"];

/// Special methods that Python calls through a slot, which passes arguments by position alone: no signature can stand on them.
const SLOTS: &str = " str repr hash richcmp get set delete iter next await aiter anext len contains concat repeat inplace_concat inplace_repeat \
    getitem setitem delitem getattribute getattr setattr delattr pos neg abs invert index int float bool getbuffer releasebuffer traverse clear \
    lt le eq ne gt ge ";

/// Operators with two sides: each has a reflected form (`__radd__`) and one in place (`__iadd__`) as well, slots all of them.
const OPERATORS: &str = " add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or ";

/// `#[args(count = "1")]`.
pub(super) fn args_attributes(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.attributes.iter().filter(|attribute| {
        attribute.name == "args" && attribute.block_attributes.iter().any(|name| name == "pymethods" || name == "pyproto")
    });
    let hit = |attribute: &AttributeFact| {
        let mut hit = Hit::at(attribute.range);
        hit.fix = signature_of(context, attribute, &attribute.options).and_then(|signature| {
            let fix = fix_of(change, format!("write `#[pyo3(signature = {signature})]`"), Source::Tree)?;
            let text = format!("pyo3(signature = {signature})");
            let text = if attribute.conditional { text } else { format!("#[{text}]") };
            Some(fix.edit(context.file, Edit::replace(attribute.range, text)))
        });
        hit
    };
    found.map(hit).collect()
}

/// `#[pyfunction(count = "1")]` and `#[pyfn(m, "name", count = "1")]`: defaults in the attribute's own list.
pub(super) fn argument_lists(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let hit = |attribute: &AttributeFact| {
        let old = old_arguments(attribute);
        let first = old.first()?;
        let mut hit = Hit::at(attribute.range);
        hit.fix = signature_of(context, attribute, old).and_then(|signature| {
            let fix = fix_of(change, format!("write `#[pyo3(signature = {signature})]`"), Source::Tree)?;
            Some(move_list(context, attribute, first, &signature, fix))
        });
        Some(hit)
    };
    context.facts.attributes.iter().filter_map(hit).collect()
}

/// Takes the list that begins with `first` out of the attribute, and puts the signature behind it.
fn move_list(context: &FileContext<'_>, attribute: &AttributeFact, first: &AttributeOption, signature: &str, fix: Fix) -> Fix {
    let arguments = attribute.arguments.unwrap_or(first.range);
    let mut before = context.tokens.inside(TextRange::new(arguments.start, first.range.start)).rev();
    let taken = match before.find(|token| context.tokens.text(*token) != ",") {
        None => TextRange::new(arguments.start - 1, arguments.end + 1),
        Some(kept) => TextRange::new(kept.end, arguments.end),
    };
    let separator = if attribute.conditional {
        format!(", pyo3(signature = {signature})")
    } else {
        let indent = indent_of(context.text, attribute.range.start);
        format!("{}{indent}#[pyo3(signature = {signature})]", newline_of(context.text))
    };
    fix.edit(context.file, Edit::delete(taken)).edit(context.file, Edit::insert(attribute.range.end, separator))
}

/// The options that list arguments in the way of PyO3 before 0.18: from the first that is no option of the macro on.
pub(super) fn old_arguments(attribute: &AttributeFact) -> &[AttributeOption] {
    let skipped = match attribute.name.as_str() {
        "pyfunction" => 0,
        // The module comes first, and perhaps the name in Python.
        "pyfn" => 1 + usize::from(attribute.options.get(1).is_some_and(|option| option.is_literal && !is_marker(&option.name))),
        _ => return &[],
    };
    let options = attribute.options.get(skipped..).unwrap_or_default();
    let first = options.iter().position(|option| !OPTIONS.contains(&option.name.as_str()));
    first.map_or(&[], |first| &options[first..])
}

fn is_marker(literal: &str) -> bool {
    matches!(literal, "\"*\"" | "\"/\"")
}

/// What the old list says of one parameter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Positional,
    Rest,
    NamedOnly,
    Keywords,
}

/// The new signature, parentheses included: all arguments in the order of the function, as PyO3 before 0.18 understood the list.
///
/// `None` where the list cannot be read, or the function takes its arguments in an order that a signature cannot say.
fn signature_of(context: &FileContext<'_>, attribute: &AttributeFact, list: &[AttributeOption]) -> Option<String> {
    let function = context.facts.functions.get(attribute.function?)?;
    let entries = read_list(context, list)?;
    let parameters: Vec<&ParameterFact> = python_parameters(function).collect();
    let last_positional_only = entries.iter().position(|entry| matches!(entry, Entry::PositionalOnly));
    let mut written: Vec<(Kind, bool, String)> = Vec::new();
    for parameter in &parameters {
        let name = parameter.name.as_deref()?;
        let found = entries.iter().enumerate().find_map(|(index, entry)| match entry {
            Entry::Argument { name: of, kind, default } if of == name => Some((index, *kind, default.as_deref())),
            _ => None,
        });
        let (index, kind, default) = found.unwrap_or((usize::MAX, Kind::Positional, None));
        let default = default.or_else(|| (parameter.is_option && matches!(kind, Kind::Positional | Kind::NamedOnly)).then_some("None"));
        let text = match (kind, default) {
            (Kind::Rest, _) => format!("*{name}"),
            (Kind::Keywords, _) => format!("**{name}"),
            (_, Some(default)) => format!("{name}={default}"),
            _ => name.to_owned(),
        };
        written.push((kind, last_positional_only.is_some_and(|end| index < end), text));
    }
    if !written.is_sorted_by_key(|(kind, ..)| *kind) {
        return None;
    }
    // An `Option` before a required argument had a default that no caller could use.
    let required = written.iter().rposition(|(kind, _, text)| *kind == Kind::Positional && !text.contains('='));
    for (_, _, text) in written.iter_mut().take(required.unwrap_or(0)).filter(|(kind, ..)| *kind == Kind::Positional) {
        text.truncate(text.find('=').unwrap_or(text.len()));
    }
    let mut items: Vec<&str> = Vec::new();
    let has_rest = written.iter().any(|(kind, ..)| *kind == Kind::Rest);
    for (index, (kind, positional_only, text)) in written.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &written[before]);
        if *kind == Kind::NamedOnly && !has_rest && before.is_none_or(|(kind, ..)| *kind != Kind::NamedOnly) {
            items.push("*");
        }
        items.push(text);
        if *positional_only && written.get(index + 1).is_none_or(|(_, next, _)| !next) {
            items.push("/");
        }
    }
    Some(format!("({})", items.join(", ")))
}

/// One entry of an old list.
enum Entry {
    Argument { name: String, kind: Kind, default: Option<String> },
    PositionalOnly,
}

fn read_list(context: &FileContext<'_>, list: &[AttributeOption]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut named_only = false;
    for option in list {
        if option.is_literal {
            match string_value(&option.name)?.as_str() {
                "*" => named_only = true,
                "/" => entries.push(Entry::PositionalOnly),
                _ => return None,
            }
            continue;
        }
        let value = match &option.value {
            None => None,
            Some(value) => {
                let written = context.code(value.range);
                Some(string_value(&written).unwrap_or(written))
            }
        };
        let (kind, default) = match value {
            Some(value) if value == "*" => (Kind::Rest, None),
            Some(value) if value == "**" => (Kind::Keywords, None),
            Some(value) => {
                // The default has to be an expression by itself.
                takes_suffix(&value)?;
                // A line comment in the string would swallow the rest of the signature.
                let default = if scan_comments(&value).is_empty() { value.trim().to_owned() } else { code(&value) };
                (if named_only { Kind::NamedOnly } else { Kind::Positional }, Some(default))
            }
            None => (if named_only { Kind::NamedOnly } else { Kind::Positional }, None),
        };
        named_only |= kind == Kind::Rest;
        entries.push(Entry::Argument { name: option.name.clone(), kind, default });
    }
    Some(entries)
}

/// Functions for Python whose last parameters are `Option`s without a signature that says what they default to.
pub(super) fn trailing_options(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let lists = context.facts.attributes.iter().filter(|attribute| !old_arguments(attribute).is_empty());
    let listed: Vec<usize> = lists.filter_map(|attribute| attribute.function).collect();
    let concerned = |(index, function): &(usize, &FunctionFact)| {
        let accessor = ["getter", "setter", "deleter", "classattr"].iter().any(|name| function.has_attribute(name));
        let described = function.options.iter().any(|option| option == "signature") || function.has_attribute("args");
        function.is_python_callable()
            && function.source == Source::Tree
            && !accessor
            && !is_slot(&function.name.0)
            && !described
            && !listed.contains(index)
    };
    let hit = |(_, function): (usize, &FunctionFact)| {
        let parameters: Vec<_> = python_parameters(function).collect();
        let last = parameters.last().filter(|parameter| parameter.is_option)?;
        let plain = parameters.iter().rposition(|parameter| !parameter.is_option).map_or(0, |at| at + 1);
        let names: Option<Vec<String>> = parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let name = parameter.name.clone()?;
                Some(if index >= plain { format!("{name}=None") } else { name })
            })
            .collect();
        let signature = format!("#[pyo3(signature = ({}))]", names?.join(", "));
        let mut hit = Hit::at(last.pattern.cover(last.range));
        hit.fix = fix_of(change, format!("add `{signature}`"), Source::Tree)
            .map(|fix| fix.edit(context.file, insert_attribute(context.text, function, &signature)));
        Some(hit)
    };
    context.facts.functions.iter().enumerate().filter(concerned).filter_map(hit).collect()
}

/// Whether this is the name of an operator with two sides, the object on the left: `__add__`.
pub(super) fn is_operator(name: &str) -> bool {
    let stem = name.strip_prefix("__").and_then(|name| name.strip_suffix("__"));
    stem.is_some_and(|stem| OPERATORS.split_whitespace().any(|operator| operator == stem))
}

/// Whether Python calls a method of this name through a slot.
fn is_slot(name: &str) -> bool {
    let Some(stem) = name.strip_prefix("__").and_then(|name| name.strip_suffix("__")) else { return false };
    let listed = |list: &str, stem: &str| list.split_whitespace().any(|slot| slot == stem);
    let operator = stem.strip_prefix(['r', 'i']).is_some_and(|stem| listed(OPERATORS, stem));
    listed(SLOTS, stem) || listed(OPERATORS, stem) || operator
}

/// The parameters that Python passes: no token, no class of a class method, no module of `pass_module`.
fn python_parameters(function: &FunctionFact) -> impl Iterator<Item = &ParameterFact> {
    let by_attribute = function.has_attribute("classmethod") || function.options.iter().any(|option| option == "pass_module");
    let by_receiver = !function.has_receiver
        && function.block_attributes.iter().any(|name| name == "pymethods")
        && !["staticmethod", "new", "__new__", "classmethod"].iter().any(|name| function.has_attribute(name));
    let without_token = function.parameters.iter().filter(|parameter| parameter.ty != Ty::Token);
    without_token.skip(usize::from(by_attribute || by_receiver))
}

/// Inserts an attribute after the last one, or before the function, with its indentation.
pub(super) fn insert_attribute(text: &str, function: &FunctionFact, attribute: &str) -> Edit {
    let (indent, newline) = (indent_of(text, function.range.start), newline_of(text));
    match function.attributes_end {
        Some(end) => Edit::insert(end, format!("{newline}{indent}{attribute}")),
        None => Edit::insert(function.range.start, format!("{attribute}{newline}{indent}")),
    }
}
