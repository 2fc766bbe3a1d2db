//! One method of a protocol as a method of `#[pymethods]`: operators with two sides, indices from the end, buffers.

use super::signatures::is_operator;
use crate::model::{Block, FunctionFact, ParameterFact, Ty};
use crate::rules::FileContext;
use crate::rust::{SCALARS, has_word};
use crate::text::{Edit, TextRange, apply_edits, indent_of, newline_of};

/// A method in its `#[pyproto]` block.
pub(super) struct Member<'a> {
    pub(super) function: &'a FunctionFact,
    /// The text that belongs to it, comments before it included.
    pub(super) segment: TextRange,
    pub(super) block: &'a Block,
    /// The last name of the protocol's trait.
    pub(super) protocol: &'a str,
    /// All methods of the block.
    pub(super) siblings: &'a [&'a FunctionFact],
}

/// What becomes of it.
#[derive(Default)]
pub(super) struct Moved {
    /// The text for the `#[pymethods]` block.
    pub(super) method: String,
    /// The text for an `impl` block that Python does not see.
    pub(super) helper: Option<String>,
    /// Items of PyO3 that the new text needs.
    pub(super) imports: Vec<&'static str>,
}

/// Which Rust type stands for an operand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    /// The class by value, a clone.
    Class,
    /// A reference to an object of the class: `PyRef`, `&PyCell`, `Py`.
    Reference,
    /// `&PyAny`.
    Any,
    /// `PyObject`.
    Object,
    /// A number, a text: no object of the class is extracted as such.
    Plain,
    Unknown,
}

/// Rewrites a method; `None` where it is not known how to keep what it does.
pub(super) fn rewrite(context: &FileContext<'_>, member: &Member<'_>) -> Option<Moved> {
    let function = member.function;
    let mut edits = lifetimes(context, member);
    match function.name.0.as_str() {
        "bf_getbuffer" => edits.extend(buffer(context, function, "__getbuffer__")?),
        "bf_releasebuffer" => edits.extend(buffer(context, function, "__releasebuffer__")?),
        "__getitem__" | "__setitem__" | "__delitem__" if member.protocol == "PySequenceProtocol" => {
            edits.extend(index_from_end(context, member)?);
        }
        name if !function.has_receiver && is_operator(name) => return operator(context, member, edits),
        _ => {}
    }
    Some(Moved { method: with(context, member.segment, &edits)?, ..Moved::default() })
}

/// The text of `range` with edits inside of it applied.
fn with(context: &FileContext<'_>, range: TextRange, edits: &[Edit]) -> Option<String> {
    let shifted =
        |edit: &Edit| Edit::replace(TextRange::new(edit.range.start - range.start, edit.range.end - range.start), edit.text.clone());
    apply_edits(context.slice(range), &edits.iter().map(shifted).collect::<Vec<_>>()).ok()
}

/// The lifetime that `#[pyproto]` declared for a block without lifetime parameters.
const IMPLICIT: &str = "'p";

/// A `#[pymethods]` block takes no lifetime parameters: each method that uses one declares it.
fn lifetimes(context: &FileContext<'_>, member: &Member<'_>) -> Vec<Edit> {
    let after_name = member.function.name.1.end;
    let rest = TextRange::new(after_name, member.function.range.end);
    let open = context.tokens.inside(rest).next().filter(|token| context.tokens.text(*token) == "<");
    let own = open.map_or("", |open| context.slice(TextRange::new(open.start, member.function.inputs.start)));
    let implicit = Some(IMPLICIT).filter(|name| member.block.lifetimes.is_empty() && !has_word(own, name));
    let declared = member.block.lifetimes.iter().map(String::as_str).chain(implicit);
    let used: Vec<&str> = declared.filter(|name| has_word(context.slice(rest), name)).collect();
    match (used.is_empty(), open) {
        (true, _) => Vec::new(),
        (false, Some(open)) => vec![Edit::insert(open.end, format!("{}, ", used.join(", ")))],
        (false, None) => vec![Edit::insert(after_name, format!("<{}>", used.join(", ")))],
    }
}

fn buffer(context: &FileContext<'_>, function: &FunctionFact, name: &str) -> Option<Vec<Edit>> {
    let start = function.attributes_end.unwrap_or(function.range.start);
    let mut before = context.tokens.inside(TextRange::new(start, function.name.1.start));
    let keyword = before.next_back()?.start;
    let renamed = Edit::replace(function.name.1, name);
    let is_unsafe = before.any(|token| context.tokens.text(token) == "unsafe");
    Some(if is_unsafe { vec![renamed] } else { vec![Edit::insert(keyword, "unsafe "), renamed] })
}

/// Python added the length to a negative index before it called a sequence; a method of `#[pymethods]` gets the index as it is.
fn index_from_end(context: &FileContext<'_>, member: &Member<'_>) -> Option<Vec<Edit>> {
    let Some(length) = member.siblings.iter().find(|function| function.name.0 == "__len__") else { return Some(Vec::new()) };
    let function = member.function;
    let receiver = if function.has_receiver { "self" } else { function.parameters.first()?.name.as_deref()? };
    let index = function.parameters.get(usize::from(!function.has_receiver))?;
    let (name, body) = (index.name.as_deref()?, function.body?);
    let (length_fails, fails) = (length.returns_text.contains("Result"), function.returns_text.contains("Result"));
    if context.slice(index.range) != "isize" || !length.has_receiver || (length_fails && !fails) {
        return None;
    }
    let length = if length_fails { format!("{receiver}.__len__()?") } else { format!("{receiver}.__len__()") };
    let pattern = context.slice(index.pattern);
    let line = format!("let {pattern} = if {name} < 0 {{ {name} + {length} as isize }} else {{ {name} }};");
    Some(vec![first_line(context, function, body, &line)])
}

/// Puts a statement before all others of a body.
fn first_line(context: &FileContext<'_>, function: &FunctionFact, body: TextRange, line: &str) -> Edit {
    let (indent, newline) = (indent_of(context.text, function.range.start), newline_of(context.text));
    let rest = context.text[body.start + 1..].trim_start_matches([' ', '\t']);
    let after = if rest.starts_with(['\r', '\n']) { String::new() } else { format!("{newline}{indent}   ") };
    Edit::insert(body.start + 1, format!("{newline}{indent}    {line}{after}"))
}

/// An operator without receiver: it was called with the object on either side.
fn operator(context: &FileContext<'_>, member: &Member<'_>, mut edits: Vec<Edit>) -> Option<Moved> {
    let function = member.function;
    let [left, right, ..] = function.parameters.as_slice() else { return None };
    let kinds = (operand(context, member, left), operand(context, member, right));
    let reflected = format!("__r{}", &function.name.0[2..]);
    let has_reflected = member.siblings.iter().any(|function| function.name.0 == reflected);
    let whole = |parameter: &ParameterFact| parameter.pattern.cover(parameter.range);
    match kinds {
        (Operand::Reference, _) => {}
        (Operand::Class, _) => {
            edits.push(Edit::replace(whole(left), "&self"));
            edits.push(clone_of_self(context, function, left)?);
        }
        (Operand::Plain, Operand::Class) if !has_reflected => {
            edits.push(Edit::replace(function.name.1, reflected));
            edits.push(Edit::replace(whole(left), "&self"));
            edits.push(Edit::replace(whole(right), context.slice(whole(left))));
            edits.push(clone_of_self(context, function, right)?);
        }
        (Operand::Any | Operand::Object, right) if right != Operand::Unknown && !has_reflected => {
            return any_side(context, member, kinds, &reflected, edits);
        }
        _ => return None,
    }
    Some(Moved { method: with(context, member.segment, &edits)?, ..Moved::default() })
}

fn clone_of_self(context: &FileContext<'_>, function: &FunctionFact, parameter: &ParameterFact) -> Option<Edit> {
    let line = format!("let {} = self.clone();", context.slice(parameter.pattern));
    Some(first_line(context, function, function.body?, &line))
}

fn operand(context: &FileContext<'_>, member: &Member<'_>, parameter: &ParameterFact) -> Operand {
    let written = context.code(parameter.range);
    let written = written.as_str();
    let Ty::Own(_, class) = &member.block.of else { return Operand::Unknown };
    let of_class = || written.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "Self" || word == class);
    match &parameter.ty {
        ty if *ty == member.block.of && !written.starts_with('&') => Operand::Class,
        Ty::Guard if of_class() => Operand::Reference,
        Ty::GilRef(name) if name == "PyCell" && of_class() => Operand::Reference,
        Ty::Py(name) if name == class => Operand::Reference,
        Ty::GilRef(name) if name == "PyAny" => Operand::Any,
        Ty::Py(name) if name == "PyAny" => Operand::Object,
        Ty::Plain | Ty::Text | Ty::Path => Operand::Plain,
        // No object of a class is extracted as one of these.
        _ if SCALARS.contains(&written) || matches!(written, "String" | "&str") => Operand::Plain,
        _ => Operand::Unknown,
    }
}

/// The operator takes any object on its left: it becomes a helper, which the operator and its reflected form call.
fn any_side(
    context: &FileContext<'_>,
    member: &Member<'_>,
    (left, right): (Operand, Operand),
    reflected: &str,
    mut edits: Vec<Edit>,
) -> Option<Moved> {
    let function = member.function;
    let name = &function.name.0;
    let helper = format!("{}_of", name.trim_matches('_'));
    // A lifetime in the result would tie it to an operand.
    if function.returns_text.contains('\'') || context.package.crate_model.functions_named(&helper).next().is_some() {
        return None;
    }
    edits.push(Edit::replace(function.name.1, helper.clone()));
    let names: Option<Vec<&str>> = function.parameters.iter().map(|parameter| parameter.name.as_deref()).collect();
    let names = names?;
    let (indent, newline) = (indent_of(context.text, function.range.start), newline_of(context.text));
    let result = if function.returns_text.is_empty() { String::new() } else { format!(" -> {}", function.returns_text) };
    let slot = |name: &str, other: usize, own: &str| {
        let mut parameters = vec!["slf: &Bound<'_, Self>".to_owned()];
        let typed = |parameter: &ParameterFact, name: &str| format!("{name}: {}", context.slice(parameter.range));
        parameters.push(typed(&function.parameters[other], names[other]));
        parameters.extend(function.parameters.iter().zip(&names).skip(2).map(|(parameter, name)| typed(parameter, name)));
        let mut arguments = names.clone();
        arguments[1 - other] = own;
        format!(
            "{newline}{indent}fn {name}({}){result} {{{newline}{indent}    Self::{helper}({}){newline}{indent}}}",
            parameters.join(", "),
            arguments.join(", ")
        )
    };
    let own = |operand: Operand| match operand {
        Operand::Any => Some("slf.as_any()"),
        Operand::Object => Some("slf.clone().into_any().unbind()"),
        Operand::Class => Some("slf.borrow().clone()"),
        Operand::Reference | Operand::Plain | Operand::Unknown => None,
    };
    let mut method = format!("{newline}{}", slot(name, 1, own(left)?));
    if let Some(own) = own(right) {
        method = format!("{method}{newline}{}", slot(reflected, 0, own));
    } else if right == Operand::Reference {
        return None;
    }
    Some(Moved { method, helper: Some(with(context, member.segment, &edits)?), imports: vec!["pyo3::Bound", "pyo3::types::PyAnyMethods"] })
}
