//! Shapes of classes: enums that are compared, classes that are taken by value, shared or cloned.

use super::Hit;
use crate::catalog::Change;
use crate::model::{ClassFact, ModuleId, OutlineFunction, Source, Ty};
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
    let methods = context.package.crate_model.functions_named(name);
    let is_of = |function: &OutlineFunction| function.owner.as_ref().and_then(TypeRef::name) == Some(&class.name.0);
    methods.into_iter().any(|(place, function)| is_of(function) && context.package.crate_model.may_name(place, class.module))
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
            && is_extracted(context, class)
    };
    let hit = |class: &ClassFact| {
        let mut hit = Hit::at(class.name.1);
        hit.fix = fix_of(change, "add `from_py_object`".to_owned(), Source::Tree)
            .and_then(|fix| Some(fix.edit(context.file, add_class_option(class, "from_py_object")?)));
        hit
    };
    context.facts.classes.iter().filter(concerned).map(hit).collect()
}

/// Parameters and derived fields that take such a class by value: there the compiler complains.
pub(super) fn parameters_by_value(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && function.source == Source::Tree);
    let parameters = functions.flat_map(|function| &function.parameters);
    let derived = context.facts.classes.iter().filter(|class| class.derives.iter().any(|(name, _)| name == "FromPyObject"));
    let fields = derived.flat_map(|class| &class.fields).map(|field| (field.range, &field.ty));
    let places = parameters.map(|parameter| (parameter.range, &parameter.ty)).chain(fields);
    let concerned = places.filter(|(range, ty)| {
        let written = context.code(*range);
        let by_value = !written.contains('&') && !written.contains("Py");
        by_value && own_classes(ty).iter().any(|(module, name)| loses_extraction(context, *module, name))
    });
    concerned.map(|(range, _)| Hit::at(range)).collect()
}

/// Whether a type of the package implements the trait of this name, derived or by hand.
fn implements(context: &FileContext<'_>, module: ModuleId, name: &str, wanted: &str) -> bool {
    let model = context.package.crate_model;
    let derived = model.type_named(module, name).is_some_and(|ty| ty.derives.iter().any(|derived| derived == wanted));
    let is_of = |place: ModuleId, ty: &TypeRef| matches!(model.ty(place, ty, &[], &[]), Ty::Own(home, of) if home == module && of == name);
    derived || model.implementations().any(|(place, of_trait, ty)| of_trait.name() == Some(wanted) && is_of(place, ty))
}

fn loses_extraction(context: &FileContext<'_>, module: ModuleId, name: &str) -> bool {
    context.package.crate_model.type_named(module, name).is_some_and(|class| {
        let decided = class.options.iter().any(|option| option == "from_py_object" || option == "skip_from_py_object");
        class.is_class && !decided && implements(context, module, name, "Clone") && !implements(context, module, name, "FromPyObject")
    })
}

/// The package's own types that a type is made of.
pub(super) fn own_classes(ty: &Ty) -> Vec<(ModuleId, &str)> {
    match ty {
        Ty::Own(module, name) => vec![(*module, name)],
        Ty::Option(inner) | Ty::List(inner) | Ty::Result(inner) => own_classes(inner),
        Ty::Map(key, value) => [own_classes(key), own_classes(value)].concat(),
        Ty::Tuple(members) => members.iter().flat_map(own_classes).collect(),
        _ => Vec::new(),
    }
}

/// Whether a function for Python takes the class by value, or a body extracts it.
fn is_extracted(context: &FileContext<'_>, class: &ClassFact) -> bool {
    fn by_value(written: &TypeRef, class: &str) -> bool {
        match written {
            TypeRef::Path { segments, arguments } => {
                let name = segments.last().map_or("", String::as_str);
                let container = matches!(name, "Option" | "Vec" | "HashMap" | "BTreeMap" | "HashSet" | "Result" | "PyResult");
                name == class || (container && arguments.iter().any(|argument| by_value(argument, class)))
            }
            TypeRef::Tuple(members) => members.iter().any(|member| by_value(member, class)),
            TypeRef::Slice(element) => by_value(element, class),
            _ => false,
        }
    }
    let (home, class) = (class.module, class.name.0.as_str());
    // Functions within functions are no part of the crate's model.
    let here = context.facts.functions.iter().filter(|function| function.is_python_callable());
    let mut written = here.flat_map(|function| &function.parameters).map(|parameter| parse_type(context.slice(parameter.range)));
    written.any(|written| by_value(&written, class))
        || context.package.crate_model.functions().any(|(place, function)| {
            let taken = function.python_callable && function.parameters.iter().any(|parameter| by_value(parameter, class));
            let extracted = taken || function.extracted.iter().any(|extracted| by_value(extracted, class));
            extracted && context.package.crate_model.may_name(place, home)
        })
}

/// Classes with a field that cannot be shared between threads.
pub(super) fn classes_without_sync(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let is_sendable = |class: &&ClassFact| class.is_pyclass && !has_option(class, &["unsendable"]);
    let hit = |class: &ClassFact| {
        let field = class.fields.iter().find(|field| is_not_sync(&field.written))?;
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
