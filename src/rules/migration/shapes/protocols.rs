//! `#[pyproto]` blocks: their methods move into the `#[pymethods]` block of the class, and go on to behave as they did.

use super::Hit;
use super::classes::{add_class_option, has_option};
use super::members::{Member, Moved, rewrite};
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{AttributeFact, Block, FunctionFact, Host, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, indent_of, newline_of};

/// Every `#[pyproto]`; those of one class that can move have one fix, which moves all of them.
pub(super) fn protocol_blocks(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let moves: Vec<Move<'_>> = found(context).filter_map(|(attribute, index)| readable(context, attribute, index)).collect();
    let hit = |attribute: &AttributeFact| {
        let mut hit = Hit::at(attribute.range);
        let own = moves.iter().find(|found| found.attribute.range == attribute.range);
        hit.fix = own.and_then(|own| {
            let of_class: Vec<&Move<'_>> = moves.iter().filter(|other| other.block.of == own.block.of).collect();
            move_methods(context, change, own, &of_class)
        });
        hit
    };
    context.facts.attributes.iter().filter(|attribute| attribute.name == "pyproto").map(hit).collect()
}

/// A block that can be taken apart.
struct Move<'a> {
    attribute: &'a AttributeFact,
    block: &'a Block,
    functions: Vec<&'a FunctionFact>,
    protocol: &'a str,
    moved: Vec<Moved>,
}

/// The `#[pyproto]` attributes with the indices of their blocks.
fn found<'a>(context: &FileContext<'a>) -> impl Iterator<Item = (&'a AttributeFact, usize)> {
    let facts = context.facts;
    facts
        .attributes
        .iter()
        .filter(|attribute| attribute.name == "pyproto" && !attribute.conditional)
        .filter_map(|attribute| Some((attribute, facts.blocks.iter().position(|block| block.range.cover(attribute.range) == block.range)?)))
}

fn readable<'a>(context: &FileContext<'a>, attribute: &'a AttributeFact, index: usize) -> Option<Move<'a>> {
    let block = &context.facts.blocks[index];
    // What other attributes say of the block would have to be said of each method.
    let alone = block.attributes.iter().all(|name| matches!(name.as_str(), "pyproto" | "doc" | "allow" | "cfg"));
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
    Some(Move { attribute, block, functions, protocol, moved })
}

impl Move<'_> {
    fn methods(&self) -> String {
        self.moved.iter().map(|moved| moved.method.trim_end()).collect()
    }

    /// What is left of the block: an `impl` of the helpers, or nothing.
    fn rest(&self, context: &FileContext<'_>) -> String {
        let helpers: String = self.moved.iter().filter_map(|moved| moved.helper.as_deref()).map(str::trim_end).collect();
        if helpers.is_empty() {
            return helpers;
        }
        let (newline, indent) = (newline_of(context.text), indent_of(context.text, self.block.range.start));
        let helpers = helpers.trim_start_matches(['\r', '\n']);
        format!("impl {} {{{newline}{helpers}{newline}{indent}}}", context.slice(self.block.of_range))
    }
}

/// One fix that moves the methods of `all` blocks of a class; `None` if it leaves `own` where it is.
fn move_methods(context: &FileContext<'_>, change: &Change, own: &Move<'_>, all: &[&Move<'_>]) -> Option<Fix> {
    let (home, base, mut others) = match home(context, own.block) {
        Home::Block(home) => (home, None, all.to_vec()),
        Home::None => (all.first()?.block, Some(all[0]), all[1..].to_vec()),
        Home::Elsewhere => return None,
    };
    others.retain(|other| other.block.module == home.module && conditions(context, other.block) == conditions(context, home));
    if !others.iter().chain(&base).any(|other| other.attribute.range == own.attribute.range) {
        return None;
    }
    let mut fix = fix_of(change, "move the methods into `#[pymethods]`".to_owned(), Source::Tree)?;
    fix.moves = true;
    for found in others.iter().chain(&base) {
        fix = class_option(context, found, fix)?;
        for path in found.moved.iter().flat_map(|moved| &moved.imports) {
            fix = fix.import(ImportEdit::Add { file: context.file, at: found.block.range.start, path: as_seen(path, context) });
        }
    }
    let newline = newline_of(context.text);
    let mut methods = String::new();
    for found in &others {
        let rest = found.rest(context);
        let removed = if rest.is_empty() { with_blank_line(context.text, found.block.range) } else { found.block.range };
        fix = fix.edit(context.file, Edit::replace(removed, rest));
        if !methods.is_empty() {
            methods.push_str(newline);
        }
        methods.push_str(&found.methods());
    }
    let Some(base) = base else { return Some(fix.edit(context.file, append(context, home, &methods))) };
    if !methods.is_empty() {
        methods.insert_str(0, newline);
    }
    Some(become_methods(context, base, &methods, fix))
}

/// The `cfg` attributes of a block, as written.
fn conditions(context: &FileContext<'_>, block: &Block) -> Vec<String> {
    let own = context.facts.attributes.iter().filter(|attribute| {
        attribute.host == Host::Impl && block.range.start <= attribute.range.start && attribute.range.end <= block.lead.start
    });
    own.filter(|attribute| attribute.name == "cfg").map(|attribute| context.code(attribute.range)).collect()
}

/// Makes a block the `#[pymethods]` of its class, with further methods at its end.
fn become_methods(context: &FileContext<'_>, base: &Move<'_>, further: &str, fix: Fix) -> Fix {
    let (block, file) = (base.block, context.file);
    let (newline, indent) = (newline_of(context.text), indent_of(context.text, block.range.start));
    let methods = base.methods();
    let methods = methods.trim_start_matches(['\r', '\n']);
    let name = base.attribute.name_range;
    let name = TextRange::new(name.end - "pyproto".len(), name.end);
    let fix = fix
        .import(ImportEdit::Add { file, at: block.range.start, path: as_seen("pyo3::pymethods", context) })
        .edit(file, Edit::replace(name, "pymethods"))
        .edit(file, Edit::replace(block.lead, " "))
        .edit(file, Edit::replace(block.inside, format!("{newline}{methods}{further}{newline}{indent}")));
    let rest = base.rest(context);
    if rest.is_empty() { fix } else { fix.edit(file, Edit::insert(block.range.end, format!("{newline}{newline}{indent}{rest}"))) }
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

/// The option that keeps a class out of the slots which its protocol did not fill.
fn class_option(context: &FileContext<'_>, found: &Move<'_>, fix: Fix) -> Option<Fix> {
    let Move { block, functions, protocol, .. } = found;
    let has_items = |functions: &[&FunctionFact]| functions.iter().any(|function| function.name.0.ends_with("item__"));
    let is_mapping = |index: usize, other: &Block| {
        other.of == block.of && protocol_of(other) == Some("PyMappingProtocol") && has_items(&members_of(context, index))
    };
    let option = match *protocol {
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
