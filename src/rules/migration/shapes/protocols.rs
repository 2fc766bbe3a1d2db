//! `#[pyproto]` blocks: their methods move into the `#[pymethods]` block of the class, and go on to behave as they did.

use super::Hit;
use super::classes::{add_class_option, has_option};
use super::members::{Member, Moved, rewrite};
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{AttributeFact, Block, FunctionFact, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// Every `#[pyproto]`.
pub(super) fn protocol_blocks(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let hit = |attribute: &AttributeFact| {
        let mut hit = Hit::at(attribute.range);
        let around = context.facts.blocks.iter().position(|block| block.range.cover(attribute.range) == block.range);
        hit.fix = around.filter(|_| !attribute.conditional).and_then(|block| move_methods(context, change, attribute, block));
        hit
    };
    context.facts.attributes.iter().filter(|attribute| attribute.name == "pyproto").map(hit).collect()
}

fn move_methods(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact, index: usize) -> Option<Fix> {
    let block = &context.facts.blocks[index];
    // What other attributes say of the block, a `cfg` above all, would have to be said of each method.
    let alone = block.attributes.iter().all(|name| matches!(name.as_str(), "pyproto" | "doc" | "allow"));
    let protocol = protocol_of(block).filter(|_| alone && block.source == Source::Tree)?;
    let functions = members_of(context, index);
    if functions.iter().any(|function| is_taken(context, block, function)) {
        return None;
    }
    let mut moved: Vec<Moved> = Vec::new();
    let mut start = block.inside.start;
    for (position, function) in functions.iter().enumerate() {
        let end = if position + 1 == functions.len() { block.inside.end } else { function.range.end };
        let member = Member { function, segment: TextRange::new(start, end), block, protocol, siblings: &functions };
        moved.push(rewrite(context, &member)?);
        start = end;
    }
    let fix = fix_of(change, "move the methods into `#[pymethods]`".to_owned(), Source::Tree)?;
    let fix = class_option(context, block, protocol, &functions, fix)?;
    let newline = newline_of(context.text);
    let methods: String = moved.iter().map(|moved| moved.method.trim_end()).collect::<Vec<_>>().concat();
    let helpers: String = moved.iter().filter_map(|moved| moved.helper.as_deref()).map(str::trim_end).collect::<Vec<_>>().concat();
    let fix = moved
        .iter()
        .flat_map(|moved| &moved.imports)
        .fold(fix, |fix, path| fix.import(ImportEdit::Add { file: context.file, at: block.range.start, path: as_seen(path, context) }));
    let indent = indent_of(context.text, block.range.start);
    let helpers = if helpers.is_empty() {
        String::new()
    } else {
        format!("impl {} {{{newline}{}{newline}{indent}}}", context.slice(block.of_range), helpers.trim_start_matches(['\r', '\n']))
    };
    match home(context, block) {
        Home::Block(home) => {
            let removed = if helpers.is_empty() { with_blank_line(context.text, block.range) } else { block.range };
            let fix = fix.edit(context.file, Edit::replace(removed, helpers));
            Some(fix.edit(context.file, append(context, home, &methods)))
        }
        Home::None if is_first(context, index) => {
            let import = ImportEdit::Add { file: context.file, at: block.range.start, path: as_seen("pyo3::pymethods", context) };
            let name = attribute.name_range;
            let name = TextRange::new(name.end - "pyproto".len(), name.end);
            let helpers = if helpers.is_empty() { helpers } else { format!("{newline}{newline}{indent}{helpers}") };
            let fix = fix
                .import(import)
                .edit(context.file, Edit::replace(name, "pymethods"))
                .edit(context.file, Edit::replace(block.lead, " "))
                .edit(context.file, Edit::replace(block.inside, format!("{methods}{newline}{indent}")));
            Some(if helpers.is_empty() { fix } else { fix.edit(context.file, Edit::insert(block.range.end, helpers)) })
        }
        Home::None | Home::Elsewhere => None,
    }
}

/// The last name of the protocol's trait.
fn protocol_of(block: &Block) -> Option<&str> {
    let name = block.of_trait.as_deref()?.rsplit("::").next()?;
    (name.starts_with("Py") && name.ends_with("Protocol") && matches!(block.of, Ty::Own(..))).then_some(name)
}

fn members_of<'a>(context: &FileContext<'a>, block: usize) -> Vec<&'a FunctionFact> {
    context.facts.functions.iter().filter(|function| function.block == Some(block)).collect()
}

/// Whether the class has a method of this name for Python already: two protocols could share one, as `__len__`.
fn is_taken(context: &FileContext<'_>, block: &Block, function: &FunctionFact) -> bool {
    context.facts.functions.iter().any(|other| {
        let holder = other.block.map(|block| &context.facts.blocks[block]);
        other.name.0 == function.name.0
            && other.name.1 != function.name.1
            && holder.is_some_and(|holder| {
                holder.of == block.of && holder.attributes.iter().any(|name| name == "pymethods" || name == "pyproto")
            })
    })
}

/// Where the methods of a class go.
enum Home<'a> {
    /// Into its `#[pymethods]` block.
    Block(&'a Block),
    /// It has none yet.
    None,
    /// It stands in another file or module, where other names are in scope.
    Elsewhere,
}

fn home<'a>(context: &FileContext<'a>, block: &Block) -> Home<'a> {
    let is_methods = |other: &&Block| other.of == block.of && other.attributes.iter().any(|name| name == "pymethods");
    if let Some(found) = context.facts.blocks.iter().find(is_methods) {
        return if found.module == block.module && found.source == Source::Tree { Home::Block(found) } else { Home::Elsewhere };
    }
    let model = context.package.crate_model;
    let elsewhere = model.functions().any(|(module, function)| {
        let in_methods = function.of_trait.is_none() && function.python_callable;
        in_methods && function.owner.as_ref().is_some_and(|owner| model.ty(module, owner, &[], &[]) == block.of)
    });
    if elsewhere { Home::Elsewhere } else { Home::None }
}

/// Whether no `#[pyproto]` block of the same class stands before this one; the others follow when that one has become its `#[pymethods]`.
fn is_first(context: &FileContext<'_>, index: usize) -> bool {
    let block = &context.facts.blocks[index];
    let before = &context.facts.blocks[..index];
    !before.iter().any(|other| other.of == block.of && other.attributes.iter().any(|name| name == "pyproto"))
}

/// The option that keeps a class out of the slots which its protocol did not fill.
fn class_option(context: &FileContext<'_>, block: &Block, protocol: &str, functions: &[&FunctionFact], fix: Fix) -> Option<Fix> {
    let has_items = |functions: &[&FunctionFact]| functions.iter().any(|function| function.name.0.ends_with("item__"));
    let is_mapping = |index: usize, other: &Block| {
        other.of == block.of && protocol_of(other) == Some("PyMappingProtocol") && has_items(&members_of(context, index))
    };
    let option = match protocol {
        "PyMappingProtocol" if has_items(functions) => "mapping",
        "PySequenceProtocol" if has_items(functions) => {
            // Where both protocols were there, the mapping's subscripts came first.
            let mapping = context.facts.blocks.iter().enumerate().any(|(index, other)| is_mapping(index, other));
            if mapping { "mapping" } else { "sequence" }
        }
        _ => return Some(fix),
    };
    let Ty::Own(module, name) = &block.of else { return None };
    let class = context.facts.classes.iter().find(|class| class.module == *module && class.name.0 == *name)?;
    if has_option(class, &["mapping", "sequence"]) {
        return Some(fix);
    }
    Some(fix.edit(context.file, add_class_option(class, option)?))
}

/// Adds methods at the end of a block.
fn append(context: &FileContext<'_>, block: &Block, methods: &str) -> Edit {
    let newline = newline_of(context.text);
    let methods = methods.trim_start_matches(['\r', '\n']);
    let inside = context.slice(block.inside);
    let kept = inside.trim_end();
    if kept.trim().is_empty() {
        let indent = indent_of(context.text, block.range.start);
        return Edit::replace(block.inside, format!("{newline}{methods}{newline}{indent}"));
    }
    Edit::insert(block.inside.start + kept.len(), format!("{newline}{newline}{methods}"))
}

/// The range with the rest of its last line, and one empty line after it.
fn with_blank_line(text: &str, range: TextRange) -> TextRange {
    let mut end = range.end;
    for _ in 0..2 {
        let line = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
        if !text[end..line].trim().is_empty() {
            break;
        }
        end = line;
    }
    let indent = indent_of(text, range.start).len();
    TextRange::new(range.start - indent, end)
}
