//! Shapes of classes: enums that are compared, classes that are taken by value, shared or cloned.

use super::Hit;
use crate::catalog::Change;
use crate::model::{ClassFact, FieldFact, ModuleId, Source, Ty, is_container};
use crate::rules::FileContext;
use crate::rules::migration::standing::fix_of;
use crate::rust::{TypeRef, parse_type};
use crate::text::{Edit, indent_of, newline_of};

/// Enums without fields that Python compares with numbers and with each other.
pub(super) fn simple_enums(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let concerned = |class: &&ClassFact| {
        let compares = ["__richcmp__", "__eq__", "__int__"].iter().any(|name| has_method(context, class, name));
        class.is_pyclass && class.is_fieldless && !compares && !has_option(class, &["eq", "eq_int"])
    };
    let hit = |class: &ClassFact| {
        let mut hit = Hit::at(class.name.1);
        let fix = fix_of(change, "add `eq, eq_int`".to_owned(), Source::Tree);
        hit.fix = fix.and_then(|fix| {
            let fix = fix.edit(context.file, add_class_option(class, "eq, eq_int")?);
            let compared = class.derives.iter().any(|(name, _)| name == "PartialEq");
            Some(match compared || implements(context, class.module, &class.name.0, "PartialEq") {
                true => fix,
                false => fix.edit(context.file, add_derive(context.text, class, "PartialEq")?),
            })
        });
        hit
    };
    context.facts.classes.iter().filter(concerned).map(hit).collect()
}

pub(super) fn has_option(class: &ClassFact, names: &[&str]) -> bool {
    class.options.iter().any(|option| names.contains(&option.as_str()))
}

fn has_method(context: &FileContext<'_>, class: &ClassFact, name: &str) -> bool {
    may_be_named(context, class, context.package.crate_model.homes_of_method(&class.name.0, name))
}

/// Whether code in one of these places can mean the class.
fn may_be_named(context: &FileContext<'_>, class: &ClassFact, places: &[ModuleId]) -> bool {
    places.iter().any(|place| context.package.crate_model.may_name(*place, class.module))
}

/// Adds an option to `#[pyclass]`; `None` when the attribute stands in a `cfg_attr`.
pub(super) fn add_class_option(class: &ClassFact, option: &str) -> Option<Edit> {
    let (attribute, arguments) = class.attribute?;
    Some(match arguments {
        Some(inside) if inside.is_empty() => Edit::insert(inside.start, option),
        Some(inside) => Edit::insert(inside.start, format!("{option}, ")),
        None => Edit::insert(attribute.end - 1, format!("({option})")),
    })
}

fn add_derive(text: &str, class: &ClassFact, name: &str) -> Option<Edit> {
    if let Some((_, range)) = class.derives.last() {
        return Some(Edit::insert(range.end, format!(", {name}")));
    }
    let (attribute, _) = class.attribute?;
    let indent = indent_of(text, attribute.start);
    Some(Edit::insert(attribute.end, format!("{}{indent}#[derive({name})]", newline_of(text))))
}

/// Classes with `Clone` that Python hands over by value: `fn f(value: Class)`.
pub(super) fn classes_by_value(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let concerned = |class: &&ClassFact| {
        class.is_pyclass
            && (class.derives.iter().any(|(name, _)| name == "Clone") || implements(context, class.module, &class.name.0, "Clone"))
            && !has_option(class, &["from_py_object", "skip_from_py_object"])
            && !implements(context, class.module, &class.name.0, "FromPyObject")
            && (context.package.crate_model.is_extracted(class.module, &class.name.0) || is_taken_in_body(context, class))
    };
    let hit = |class: &ClassFact| {
        let mut hit = Hit::at(class.name.1);
        hit.fix = fix_of(change, "add `from_py_object`".to_owned(), Source::Tree)
            .and_then(|fix| Some(fix.edit(context.file, add_class_option(class, "from_py_object")?)));
        hit
    };
    context.facts.classes.iter().filter(concerned).map(hit).collect()
}

/// Whether a class in the body of a function, which is no part of the crate's model, is taken by value in this file.
fn is_taken_in_body(context: &FileContext<'_>, class: &ClassFact) -> bool {
    fn is_held(written: &TypeRef, name: &str) -> bool {
        match written {
            TypeRef::Path { arguments, .. } => {
                written.name() == Some(name) || (is_container(written) && arguments.iter().any(|argument| is_held(argument, name)))
            }
            TypeRef::Tuple(members) => members.iter().any(|member| is_held(member, name)),
            TypeRef::Slice(element) => is_held(element, name),
            _ => false,
        }
    }
    let is_local = context.package.crate_model.type_named(class.module, &class.name.0).is_none();
    let functions = context.facts.functions.iter().filter(|function| is_local && function.is_python_callable());
    let mut parameters = functions.flat_map(|function| &function.parameters).map(|parameter| parse_type(context.slice(parameter.range)));
    parameters.any(|written| is_held(&written, &class.name.0))
}

/// Parameters and derived fields that take such a class by value: there the compiler complains.
pub(super) fn parameters_by_value(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let model = context.package.crate_model;
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && function.source == Source::Tree);
    let parameters = functions.flat_map(|function| function.parameters.iter().map(|one| (function.module, one.range, &one.ty)));
    let fields = context.facts.classes.iter().flat_map(|class| {
        let derived = class.derives.iter().any(|(name, _)| name == "FromPyObject");
        let all = derived || has_option(class, &["set_all"]);
        let set = move |field: &&FieldFact| all || field.options.iter().any(|option| option == "set");
        class.fields.iter().filter(set).map(|field| (class.module, field.range, &field.ty))
    });
    let concerned = parameters.chain(fields).filter(|(module, range, ty)| {
        let written = parse_type(context.slice(*range));
        let types = if written.name() == Some("Self") { ty.own_types() } else { model.own_types_in(*module, &written, &[]) };
        types.iter().any(|(module, name)| loses_extraction(context, *module, name))
    });
    concerned.map(|(_, range, _)| Hit::at(range)).collect()
}

/// Whether a type of the package implements the trait of this name, derived or by hand.
fn implements(context: &FileContext<'_>, module: ModuleId, name: &str, wanted: &str) -> bool {
    let model = context.package.crate_model;
    let derived = model.type_named(module, name).is_some_and(|ty| ty.derives.iter().any(|derived| derived == wanted));
    derived || model.implements(wanted, module, name)
}

fn loses_extraction(context: &FileContext<'_>, module: ModuleId, name: &str) -> bool {
    context.package.crate_model.type_named(module, name).is_some_and(|class| {
        let decided = class.options.iter().any(|option| option == "from_py_object" || option == "skip_from_py_object");
        class.is_class && !decided && implements(context, module, name, "Clone") && !implements(context, module, name, "FromPyObject")
    })
}

/// Classes with a field that cannot be shared between threads.
pub(super) fn classes_without_sync(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let is_sendable = |class: &&ClassFact| {
        class.is_pyclass && !has_option(class, &["unsendable"]) && !implements(context, class.module, &class.name.0, "Sync")
    };
    let hit = |class: &ClassFact| {
        let field = class.fields.iter().find(|field| {
            let inside = field.ty.own_types();
            is_not_sync(&field.written) || inside.iter().any(|(module, name)| !is_own_sync(context, *module, name, &mut Vec::new()))
        })?;
        let label = format!("`{}` is not `Sync`", field.written);
        let fix = fix_of(change, "add `unsendable`".to_owned(), Source::Tree);
        let fix = fix.and_then(|fix| Some(fix.edit(context.file, add_class_option(class, "unsendable")?)));
        Some(Hit { range: class.name.1, also: Some((field.range, label)), fix })
    };
    context.facts.classes.iter().filter(is_sendable).filter_map(hit).collect()
}

/// Whether a type as written is one that nobody can share: a lock around it would make it so.
fn is_not_sync(written: &str) -> bool {
    let dense: String = written.chars().filter(|c| !c.is_whitespace() || *c == ' ').collect();
    let has = |word: &str| {
        let mut places = dense.match_indices(word);
        places.any(|(at, _)| !dense[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let locked = has("Mutex<") || has("RwLock<");
    let unshared_trait = has("dyn ") && !dense.contains("Sync") && dense.contains("Send");
    !locked && (has("RefCell<") || has("Cell<") || has("Rc<") || has("UnsafeCell<") || unshared_trait)
}

/// Whether a type of the package can be shared as far as its fields show; `seen` are the types around it.
fn is_own_sync<'c>(context: &FileContext<'c>, module: ModuleId, name: &str, seen: &mut Vec<(ModuleId, &'c str)>) -> bool {
    let model = context.package.crate_model;
    let Some(own) = model.type_named(module, name) else { return true };
    let is_known = own.is_class || seen.contains(&(module, &own.name)) || implements(context, module, name, "Sync");
    if is_known {
        return true;
    }
    seen.push((module, &own.name));
    own.fields.iter().all(|(_, field)| match field {
        TypeRef::Path { arguments, .. } => match model.ty(module, field, &own.generics, &[]) {
            Ty::Lock(_) => field.name() != Some("RefCell"),
            Ty::Own(home, inner) => is_own_sync(context, home, &inner, seen),
            _ => arguments.is_empty() || !matches!(field.name(), Some("Cell" | "Rc" | "UnsafeCell")),
        },
        _ => true,
    })
}
