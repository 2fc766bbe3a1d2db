//! Rows that no table can recognise, each by a function of its own.

use super::index::index;
use super::standing::{fix_of, is_before, standing};
use crate::catalog::Change;
use crate::diagnostic::{Findings, Fix};
use crate::model::{ClassFact, FunctionFact, Host, PathUsePosition, Source, Ty};
use crate::rules::FileContext;
use crate::rust::TypeRef;
use crate::text::{Edit, TextRange};

/// One place that a shape was found at.
struct Hit {
    range: TextRange,
    also: Option<(TextRange, String)>,
    fix: Option<Fix>,
}

impl Hit {
    fn at(range: TextRange) -> Self {
        Self { range, also: None, fix: None }
    }
}

/// A row by id, and how to find it.
struct Shape {
    id: &'static str,
    /// The form is valid on newer releases with another meaning: it counts only for a project on an older one.
    only_before: bool,
    find: fn(&FileContext<'_>, &Change) -> Vec<Hit>,
}

static SHAPES: &[Shape] = &[
    Shape { id: "trailing-option-default", only_before: true, find: trailing_options },
    Shape { id: "simple-enum-eq", only_before: true, find: simple_enums },
    Shape { id: "vec-u8-bytes", only_before: true, find: byte_vectors },
    Shape { id: "pyclass-clone-frompyobject", only_before: true, find: classes_by_value },
    Shape { id: "pyclass-clone-frompyobject", only_before: true, find: parameters_by_value },
    Shape { id: "py-clone", only_before: true, find: container_clones },
    Shape { id: "pyclass-sync", only_before: true, find: classes_without_sync },
    Shape { id: "bound-methods-traits", only_before: true, find: module_methods_without_trait },
    Shape { id: "py-clone-derive", only_before: true, find: derived_clones },
    Shape { id: "frompyobject-two-lifetimes", only_before: false, find: one_lifetime_impls },
    Shape { id: "frompyobject-bounds", only_before: false, find: one_lifetime_bounds },
    Shape { id: "pyfn-name-arg", only_before: false, find: named_pyfns },
    Shape { id: "pymodule-name-arg", only_before: false, find: named_modules },
    Shape { id: "pyclass-name-unquoted", only_before: false, find: unquoted_names },
    Shape { id: "pyfunction-args", only_before: false, find: argument_lists },
];

pub(super) fn check(context: &FileContext<'_>, rule: &str, findings: &mut Findings) {
    for shape in SHAPES {
        let Some(change) = index().row(shape.id).filter(|change| change.rule == rule) else { continue };
        let Some(standing) = standing(change, &context.package) else { continue };
        if shape.only_before && !is_before(change, &context.package) {
            continue;
        }
        for hit in (shape.find)(context, change) {
            let finding = standing.report(findings, change, &context.package, (context.file, hit.range));
            finding.fix = hit.fix;
            if let Some((range, label)) = hit.also {
                finding.also(context.file, range, label);
            }
        }
    }
}

/// Functions for Python whose last parameters are `Option`s without a signature that says what they default to.
fn trailing_options(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let concerned = |function: &&FunctionFact| {
        let accessor = ["getter", "setter", "deleter", "classattr"].iter().any(|name| function.has_attribute(name));
        let slot = function.name.0.starts_with("__") && !matches!(function.name.0.as_str(), "__new__" | "__call__");
        let described = function.options.iter().any(|option| option == "signature") || function.has_attribute("args");
        function.is_python_callable() && function.source == Source::Tree && !accessor && !slot && !described
    };
    let hit = |function: &FunctionFact| {
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
    context.facts.functions.iter().filter(concerned).filter_map(hit).collect()
}

/// The parameters that Python passes: no token, no class of a class method, no module of `pass_module`.
fn python_parameters(function: &FunctionFact) -> impl Iterator<Item = &crate::model::ParameterFact> {
    let by_attribute = function.has_attribute("classmethod") || function.options.iter().any(|option| option == "pass_module");
    let by_receiver = !function.has_receiver
        && function.block_attributes.iter().any(|name| name == "pymethods")
        && !["staticmethod", "new", "classmethod"].iter().any(|name| function.has_attribute(name));
    let without_token = function.parameters.iter().filter(|parameter| parameter.ty != Ty::Token);
    without_token.skip(usize::from(by_attribute || by_receiver))
}

/// Inserts an attribute after the last one, or before the function, with its indentation.
fn insert_attribute(text: &str, function: &FunctionFact, attribute: &str) -> Edit {
    let line_start = text[..function.range.start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line_start..function.range.start].chars().take_while(|c| c.is_whitespace()).collect();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match function.attributes_end {
        Some(end) => Edit::insert(end, format!("{newline}{indent}{attribute}")),
        None => Edit::insert(function.range.start, format!("{attribute}{newline}{indent}")),
    }
}

/// Enums without fields that Python compares with numbers and with each other.
fn simple_enums(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let concerned = |class: &&ClassFact| {
        let compares = ["__richcmp__", "__eq__", "__int__"].iter().any(|name| has_method(context, class, name));
        class.is_pyclass && class.is_fieldless && !compares && !has_option(class, &["eq", "eq_int"])
    };
    let hit = |class: &ClassFact| {
        let mut hit = Hit::at(class.name.1);
        let fix = fix_of(change, "add `eq, eq_int`".to_owned(), Source::Tree);
        hit.fix = fix.and_then(|fix| {
            let fix = fix.edit(context.file, add_class_option(class, "eq, eq_int")?);
            Some(match class.derives.iter().any(|(name, _)| name == "PartialEq") {
                true => fix,
                false => fix.edit(context.file, add_derive(context.text, class, "PartialEq")?),
            })
        });
        hit
    };
    context.facts.classes.iter().filter(concerned).map(hit).collect()
}

fn has_option(class: &ClassFact, names: &[&str]) -> bool {
    class.options.iter().any(|option| names.contains(&option.as_str()))
}

fn has_method(context: &FileContext<'_>, class: &ClassFact, name: &str) -> bool {
    let methods = context.package.crate_model.functions_named(name);
    methods.into_iter().any(|(_, function)| function.owner.as_ref().and_then(TypeRef::name) == Some(&class.name.0))
}

/// Adds an option to `#[pyclass]`; `None` when the attribute stands in a `cfg_attr`.
fn add_class_option(class: &ClassFact, option: &str) -> Option<Edit> {
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

/// What Python gets from these functions and fields is `bytes` since 0.23, and was a list before.
fn byte_vectors(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let is_bytes = |written: &str| {
        let dense: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        dense.contains("Vec<u8>") || dense.contains("[u8;")
    };
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && is_bytes(&function.returns_text));
    let exposed = |class: &&ClassFact| class.is_pyclass;
    let fields = context.facts.classes.iter().filter(exposed).flat_map(|class| {
        let all = has_option(class, &["get_all"]);
        class.fields.iter().filter(move |field| all || field.options.iter().any(|option| option == "get"))
    });
    let fields = fields.filter(|field| is_bytes(&field.written)).map(|field| field.range);
    functions.map(|function| function.returns.0).chain(fields).map(Hit::at).collect()
}

/// Classes with `Clone` that Python hands over by value: `fn f(value: Class)`.
fn classes_by_value(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let concerned = |class: &&ClassFact| {
        class.is_pyclass
            && class.derives.iter().any(|(name, _)| name == "Clone")
            && !has_option(class, &["from_py_object", "skip_from_py_object"])
            && is_extracted(context, &class.name.0)
    };
    let hit = |class: &ClassFact| {
        let mut hit = Hit::at(class.name.1);
        hit.fix = fix_of(change, "add `from_py_object`".to_owned(), Source::Tree)
            .and_then(|fix| Some(fix.edit(context.file, add_class_option(class, "from_py_object")?)));
        hit
    };
    context.facts.classes.iter().filter(concerned).map(hit).collect()
}

/// Parameters that take such a class by value: there the compiler complains.
fn parameters_by_value(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && function.source == Source::Tree);
    let parameters = functions.flat_map(|function| &function.parameters);
    let concerned = parameters.filter(|parameter| {
        let by_value = !context.slice(parameter.range).contains('&') && !context.slice(parameter.range).contains("Py");
        by_value && own_classes(&parameter.ty).iter().any(|(module, name)| loses_extraction(context, *module, name))
    });
    concerned.map(|parameter| Hit::at(parameter.range)).collect()
}

fn loses_extraction(context: &FileContext<'_>, module: crate::model::ModuleId, name: &str) -> bool {
    context.package.crate_model.type_named(module, name).is_some_and(|class| {
        let decided = class.options.iter().any(|option| option == "from_py_object" || option == "skip_from_py_object");
        class.is_class && !decided && class.derives.iter().any(|derived| derived == "Clone")
    })
}

fn own_classes(ty: &Ty) -> Vec<(crate::model::ModuleId, &str)> {
    match ty {
        Ty::Own(module, name) => vec![(*module, name)],
        Ty::Option(inner) | Ty::List(inner) | Ty::Result(inner) => own_classes(inner),
        Ty::Map(key, value) => [own_classes(key), own_classes(value)].concat(),
        Ty::Tuple(members) => members.iter().flat_map(own_classes).collect(),
        _ => Vec::new(),
    }
}

/// `.clone()` of an `Option<Py<T>>` and its like, which clones the `Py`.
fn container_clones(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let clones = context.facts.calls.iter().filter(|call| matches!(call.name.0.as_str(), "clone" | "cloned" | "to_owned" | "to_vec"));
    let of_containers = clones.filter(|call| {
        let bare = matches!(call.receiver.1, Ty::Py(_));
        // `.clone()` of a bare `Py` has a row in the table.
        call.arguments.is_empty() && holds_py(&call.receiver.1) && !(bare && call.name.0 == "clone")
    });
    of_containers.map(|call| Hit::at(call.name.1)).collect()
}

/// Classes with a field that cannot be shared between threads.
fn classes_without_sync(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let is_sendable = |class: &&ClassFact| class.is_pyclass && !has_option(class, &["unsendable"]);
    let hit = |class: &ClassFact| {
        let field = class.fields.iter().find(|field| is_not_sync(&field.written))?;
        let label = format!("`{}` is not `Sync`", field.written);
        Some(Hit { range: class.name.1, also: Some((field.range, label)), fix: None })
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

/// Methods of the module in a `#[pymodule]` function: the macro of 0.21 and 0.22 brought their trait into scope.
fn module_methods_without_trait(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let in_scope = |module| {
        context.facts.paths.iter().any(|path| {
            path.module == module
                && path.spelled.as_deref().is_some_and(|spelled| spelled == "pyo3::prelude::*" || spelled.ends_with("::PyModuleMethods"))
        })
    };
    let calls = context.facts.calls.iter().filter(|call| {
        let function = call.function.and_then(|index| context.facts.functions.get(index));
        call.receiver.1 == Ty::Bound("PyModule".to_owned()) && function.is_some_and(|function| function.has_attribute("pymodule"))
    });
    let hit = |call: &crate::model::MethodCall| {
        let path = format!("{}::types::PyModuleMethods", super::paths::extern_name(context));
        let add = crate::diagnostic::ImportEdit::Add { file: context.file, at: call.range.start, path };
        let mut hit = Hit::at(call.name.1);
        hit.fix = fix_of(change, "import `PyModuleMethods`".to_owned(), Source::Tree).map(|fix| fix.import(add));
        hit
    };
    calls
        .filter(|call| {
            !in_scope(call.module) && crate::catalog::method_signature(crate::catalog::Era::Bound, "PyModule", &call.name.0).is_some()
        })
        .map(hit)
        .collect()
}

/// Whether a function for Python takes the class by value, or a body extracts it.
fn is_extracted(context: &FileContext<'_>, class: &str) -> bool {
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
    context.package.crate_model.functions().any(|(_, function)| {
        let taken = function.python_callable && function.parameters.iter().any(|parameter| by_value(parameter, class));
        taken || function.extracted.iter().any(|extracted| by_value(extracted, class))
    })
}

/// `#[derive(Clone)]` over a `Py<T>`, which needs the feature `py-clone` since 0.22.
fn derived_clones(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let features = &context.package.package.pyo3.features;
    if features.iter().any(|feature| feature.name == "py-clone") {
        return Vec::new();
    }
    let hit = |class: &ClassFact| {
        let (_, derive) = class.derives.iter().find(|(name, _)| name == "Clone")?;
        let field = class.fields.iter().find(|field| holds_py(&field.ty))?;
        let label = format!("`{}` holds a `Py`", field.name.rsplit("::").next().unwrap_or_default());
        Some(Hit { range: *derive, also: Some((field.range, label)), fix: None })
    };
    context.facts.classes.iter().filter_map(hit).collect()
}

fn holds_py(ty: &Ty) -> bool {
    match ty {
        Ty::Py(_) => true,
        Ty::Option(inner) | Ty::List(inner) => holds_py(inner),
        Ty::Map(key, value) => holds_py(key) || holds_py(value),
        Ty::Tuple(members) => members.iter().any(holds_py),
        _ => false,
    }
}

fn one_lifetime_impls(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let implementations = context.facts.implementations.iter();
    let old = implementations.filter(|found| found.of_trait.as_deref() == Some("pyo3::FromPyObject") && found.lifetimes == 1);
    old.map(|found| Hit::at(found.trait_range)).collect()
}

fn one_lifetime_bounds(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let bounds = context.facts.paths.iter().filter(|path| path.position == PathUsePosition::Bound);
    let old = bounds.filter(|path| path.pyo3.as_deref() == Some("pyo3::FromPyObject") && path.source == Source::Tree);
    old.filter(|path| context.slice(path.range).matches('\'').count() == 1).map(|path| Hit::at(path.range)).collect()
}

/// `#[pyfn(m, "name")]`.
fn named_pyfns(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyfn");
    let hit = |attribute: &crate::model::AttributeFact| {
        let [module, name, rest @ ..] = attribute.options.as_slice() else { return None };
        if !name.is_literal || attribute.conditional {
            return None;
        }
        let mut hit = Hit::at(attribute.range);
        let (module, written) = (context.slice(module.range), context.slice(name.range));
        if rest.is_empty() {
            let indent = indent_of(context.text, attribute.range.start);
            let text = format!("#[pyfn({module})]{}{indent}#[pyo3(name = {written})]", newline_of(context.text));
            hit.fix = fix_of(change, format!("write `#[pyo3(name = {written})]`"), Source::Tree)
                .map(|fix| fix.edit(context.file, Edit::replace(attribute.range, text)));
        }
        Some(hit)
    };
    found.filter_map(hit).collect()
}

/// `#[pymodule(name)]`.
fn named_modules(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    const OPTIONS: &[&str] = &["name", "crate", "module", "submodule", "gil_used"];
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pymodule" && attribute.host == Host::Function);
    let hit = |attribute: &crate::model::AttributeFact| {
        let [option] = attribute.options.as_slice() else { return None };
        if option.value.is_some() || option.is_literal || OPTIONS.contains(&option.name.as_str()) || attribute.conditional {
            return None;
        }
        let mut hit = Hit::at(attribute.range);
        let indent = indent_of(context.text, attribute.range.start);
        let text = format!("#[pymodule]{}{indent}#[pyo3(name = \"{}\")]", newline_of(context.text), option.name);
        hit.fix = fix_of(change, format!("write `#[pyo3(name = \"{}\")]`", option.name), Source::Tree)
            .map(|fix| fix.edit(context.file, Edit::replace(attribute.range, text)));
        Some(hit)
    };
    found.filter_map(hit).collect()
}

/// `#[pyclass(name = Name)]`.
fn unquoted_names(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyclass");
    let options = found.flat_map(|attribute| attribute.options.iter()).filter(|option| option.name == "name");
    let hit = |option: &crate::model::AttributeOption| {
        let value = option.value.as_ref().filter(|value| value.is_path && !value.is_string)?;
        let written = context.slice(value.range);
        let mut hit = Hit::at(option.range);
        hit.fix = fix_of(change, format!("write `name = \"{written}\"`"), Source::Tree)
            .map(|fix| fix.edit(context.file, Edit::replace(value.range, format!("\"{written}\""))));
        Some(hit)
    };
    options.filter_map(hit).collect()
}

/// `#[pyfunction(a = "None")]`: defaults in the attribute's own list.
fn argument_lists(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    const OPTIONS: &[&str] = &["name", "signature", "text_signature", "pass_module", "crate", "warn", "category"];
    let found = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyfunction");
    let old = found.filter(|attribute| attribute.options.iter().any(|option| !OPTIONS.contains(&option.name.as_str())));
    old.map(|attribute| Hit::at(attribute.range)).collect()
}

fn indent_of(text: &str, at: usize) -> String {
    let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text[line_start..at].chars().take_while(|c| c.is_whitespace()).collect()
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
