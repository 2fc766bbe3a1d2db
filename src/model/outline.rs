//! The outline of one file: what it imports, defines and declares, owned and unresolved, before any body is looked at.

use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, TraitItem, UseTree};

use crate::rust::{MacroBody, RustFile, Spans, TokenRun, TypeRef, parse_macro, token_runs};
use crate::text::TextRange;

/// One file's outline: its own module first, inline modules after it.
#[derive(Debug, Default)]
pub struct Outline {
    /// The modules of the file.
    pub modules: Vec<OutlineModule>,
}

/// One module of a file.
#[derive(Debug, Default)]
pub struct OutlineModule {
    /// Names from the file's own module down to this one; empty for the file's own.
    pub path: Vec<String>,
    /// `use` leaves, those inside function bodies included.
    pub imports: Vec<Import>,
    /// Names of everything defined here.
    pub items: Vec<String>,
    /// `mod name;` declarations.
    pub declarations: Vec<ModuleDeclaration>,
    /// Functions and methods.
    pub functions: Vec<OutlineFunction>,
    /// Structs with their fields, and enums with the fields of their variants.
    pub types: Vec<OutlineType>,
    /// `type A = B;`
    pub aliases: Vec<(String, TypeRef)>,
    /// Trait implementations: the trait and the type.
    pub implementations: Vec<(TypeRef, TypeRef)>,
    /// What the `macro_rules!` of this module expand to.
    pub macros: Vec<(String, Vec<MacroWord>)>,
    /// Files that `include!` puts in here, as written.
    pub included: Vec<String>,
}

/// A path or a method name in the definition of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroWord {
    /// The segments of the path; one for a method.
    pub segments: Vec<String>,
    /// The text of the arguments of a method call; `None` for a path.
    pub method_arguments: Option<String>,
}

/// One leaf of a `use` declaration.
#[derive(Clone, Debug)]
pub struct Import {
    /// The whole path; for a glob, what stands before `::*`.
    pub path: Vec<String>,
    /// The name it brings in; `None` for a glob and for `as _`.
    pub name: Option<String>,
    /// Whether it ends in `::*`.
    pub glob: bool,
    /// Whether the path starts with `::`.
    pub absolute: bool,
    /// Whether the declaration is visible outside its module.
    pub public: bool,
}

/// `mod name;`
#[derive(Clone, Debug)]
pub struct ModuleDeclaration {
    /// The name.
    pub name: String,
    /// `#[path = "…"]`.
    pub path: Option<String>,
}

/// What a caller sees of a function.
#[derive(Clone, Debug)]
pub struct OutlineFunction {
    /// Its name.
    pub name: String,
    /// The type of the `impl` block or the name of the trait around it.
    pub owner: Option<TypeRef>,
    /// The trait that the `impl` block implements.
    pub of_trait: Option<TypeRef>,
    /// Types of the parameters, the receiver left out.
    pub parameters: Vec<TypeRef>,
    /// The returned type.
    pub returns: TypeRef,
    /// Names of the generic type parameters, of the function and of its `impl`.
    pub generics: Vec<String>,
    /// Attribute names, such as `pyfunction`.
    pub attributes: Vec<String>,
    /// Whether Python calls it: `#[pyfunction]`, or a method of a `#[pymethods]` block.
    pub python_callable: bool,
    /// Types that the body extracts by turbofish: `extract::<T>()`.
    pub extracted: Vec<TypeRef>,
    /// What its body does with the interpreter, by itself.
    pub effects: Effects,
    /// Names of the functions that the body calls by path.
    pub calls: Vec<String>,
}

/// What calling a function does with the interpreter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// It attaches: `Python::attach`, `Python::with_gil`.
    pub attaches: bool,
    /// It makes a token out of nothing: `Python::assume_attached`.
    pub assumes: bool,
}

/// A struct or enum.
#[derive(Clone, Debug)]
pub struct OutlineType {
    /// Its name.
    pub name: String,
    /// Fields by name (`0`, `1` … for tuples); of an enum, `Variant::field`.
    pub fields: Vec<(String, TypeRef)>,
    /// Names of its generic parameters.
    pub generics: Vec<String>,
    /// Whether `#[pyclass]` stands on it.
    pub is_class: bool,
    /// Words in its `#[pyclass(…)]` and `#[pyo3(…)]` attributes: the names of the options among them.
    pub options: Vec<String>,
    /// Derived traits.
    pub derives: Vec<String>,
}

/// Reads the outline of a parsed file.
#[must_use]
pub fn outline(file: &RustFile) -> Outline {
    let mut reader = Reader { outline: Outline::default() };
    reader.module(Vec::new(), &file.tree().items);
    reader.outline
}

struct Reader {
    outline: Outline,
}

impl Reader {
    fn module(&mut self, path: Vec<String>, items: &[Item]) {
        let index = self.outline.modules.len();
        self.outline.modules.push(OutlineModule { path: path.clone(), ..OutlineModule::default() });
        let mut nested = Vec::new();
        for item in items {
            self.item(index, item, &mut nested);
        }
        for (name, items) in nested {
            let mut inner = path.clone();
            inner.push(name);
            self.module(inner, items);
        }
    }

    fn item<'a>(&mut self, index: usize, item: &'a Item, nested: &mut Vec<(String, &'a [Item])>) {
        let module = &mut self.outline.modules[index];
        match item {
            Item::Use(import) => {
                let public = !matches!(import.vis, syn::Visibility::Inherited);
                module.imports.extend(read_use(import).into_iter().map(|leaf| Import { public, ..leaf }));
            }
            Item::ExternCrate(import) => {
                let name = import.rename.as_ref().map_or(&import.ident, |(_, name)| name).to_string();
                let path = vec![import.ident.to_string()];
                module.imports.push(Import { path, name: Some(name), glob: false, absolute: true, public: false });
            }
            Item::Mod(inner) => {
                let name = inner.ident.to_string();
                module.items.push(name.clone());
                match &inner.content {
                    Some((_, items)) => nested.push((name, items)),
                    None => module.declarations.push(ModuleDeclaration { name, path: path_attribute(&inner.attrs) }),
                }
            }
            Item::Fn(function) => {
                module.items.push(function.sig.ident.to_string());
                let attributes = attribute_names(&function.attrs);
                module.functions.push(read_function(&function.sig, attributes, &Owner::default(), Some(&function.block)));
            }
            Item::Impl(block) => {
                let owner = TypeRef::new(&block.self_ty);
                let of_trait = block.trait_.as_ref().map(|(path, _)| TypeRef::from_path(path));
                if let Some(of_trait) = &of_trait {
                    module.implementations.push((of_trait.clone(), owner.clone()));
                }
                let is_pymethods = has_attribute(&block.attrs, "pymethods");
                let owner = Owner { ty: Some(owner), of_trait, generics: generic_names(&block.generics), is_pymethods };
                for item in &block.items {
                    if let ImplItem::Fn(function) = item {
                        module.functions.push(read_function(
                            &function.sig,
                            attribute_names(&function.attrs),
                            &owner,
                            Some(&function.block),
                        ));
                    }
                }
            }
            Item::Trait(definition) => {
                let name = definition.ident.to_string();
                let owner = Owner {
                    ty: Some(TypeRef::Path { segments: vec![name.clone()], arguments: Vec::new() }),
                    of_trait: None,
                    generics: generic_names(&definition.generics),
                    is_pymethods: false,
                };
                module.items.push(name);
                for item in &definition.items {
                    if let TraitItem::Fn(function) = item {
                        module.functions.push(read_function(&function.sig, Vec::new(), &owner, function.default.as_ref()));
                    }
                }
            }
            Item::Struct(definition) => {
                module.items.push(definition.ident.to_string());
                module.types.push(OutlineType {
                    name: definition.ident.to_string(),
                    fields: read_fields("", &definition.fields),
                    generics: generic_names(&definition.generics),
                    is_class: has_attribute(&definition.attrs, "pyclass"),
                    options: option_words(&definition.attrs),
                    derives: derives(&definition.attrs),
                });
            }
            Item::Enum(definition) => {
                module.items.push(definition.ident.to_string());
                let fields = definition.variants.iter().flat_map(|variant| read_fields(&format!("{}::", variant.ident), &variant.fields));
                module.types.push(OutlineType {
                    name: definition.ident.to_string(),
                    fields: fields.collect(),
                    generics: generic_names(&definition.generics),
                    is_class: has_attribute(&definition.attrs, "pyclass"),
                    options: option_words(&definition.attrs),
                    derives: derives(&definition.attrs),
                });
            }
            Item::Type(alias) => {
                module.items.push(alias.ident.to_string());
                module.aliases.push((alias.ident.to_string(), TypeRef::new(&alias.ty)));
            }
            Item::Const(item) => module.items.push(item.ident.to_string()),
            Item::Static(item) => module.items.push(item.ident.to_string()),
            Item::Union(item) => module.items.push(item.ident.to_string()),
            Item::TraitAlias(item) => module.items.push(item.ident.to_string()),
            Item::Macro(call) => self.macro_items(index, call),
            _ => {}
        }
    }

    /// Macro calls can hold items (`cfg_if!`, `lazy_static!`) and define names of their own.
    fn macro_items(&mut self, index: usize, call: &syn::ItemMacro) {
        let Some(name) = call.mac.path.segments.last().map(|segment| segment.ident.to_string()) else { return };
        let module = &mut self.outline.modules[index];
        if let Some(defined) = &call.ident {
            module.items.push(defined.to_string());
            module.macros.push((defined.to_string(), macro_words(&call.mac.tokens)));
            return;
        }
        if matches!(name.as_str(), "create_exception" | "import_exception" | "import_exception_bound") {
            // `create_exception!(module, Name, Base)` defines a type `Name`.
            let mut words = call.mac.tokens.clone().into_iter().filter_map(|token| match token {
                proc_macro2::TokenTree::Ident(word) => Some(word.to_string()),
                _ => None,
            });
            module.items.extend(words.nth(1));
            return;
        }
        if name == "include" {
            module.included.extend(call.mac.parse_body::<syn::LitStr>().ok().map(|path| path.value()));
            return;
        }
        if let MacroBody::Items(items) = parse_macro(&name, &call.mac.tokens) {
            for item in &items {
                self.item(index, item, &mut Vec::new());
            }
        }
    }
}

fn macro_words(tokens: &proc_macro2::TokenStream) -> Vec<MacroWord> {
    let word = |run: &TokenRun| {
        let segments = run.segments.iter().map(ToString::to_string).collect();
        match (run.after_dot, &run.call) {
            (true, Some(arguments)) => Some(MacroWord { segments, method_arguments: Some(arguments.to_string()) }),
            (true, None) => None,
            (false, _) => Some(MacroWord { segments, method_arguments: None }),
        }
    };
    let mut words: Vec<MacroWord> = token_runs(tokens).iter().filter_map(word).collect();
    let mut seen = Vec::new();
    words.retain(|word| {
        let new = !seen.contains(word);
        seen.push(word.clone());
        new
    });
    words
}

#[derive(Default)]
struct Owner {
    ty: Option<TypeRef>,
    of_trait: Option<TypeRef>,
    generics: Vec<String>,
    is_pymethods: bool,
}

fn read_function(signature: &syn::Signature, attributes: Vec<String>, owner: &Owner, body: Option<&syn::Block>) -> OutlineFunction {
    let mut reader = EffectReader::default();
    body.iter().for_each(|body| reader.visit_block(body));
    let mut generics = generic_names(&signature.generics);
    generics.extend(owner.generics.iter().cloned());
    OutlineFunction {
        name: signature.ident.to_string(),
        owner: owner.ty.clone(),
        of_trait: owner.of_trait.clone(),
        parameters: signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                syn::FnArg::Typed(typed) => Some(TypeRef::new(&typed.ty)),
                syn::FnArg::Receiver(_) => None,
            })
            .collect(),
        returns: TypeRef::of_return(&signature.output),
        generics,
        python_callable: owner.is_pymethods || attributes.iter().any(|name| name == "pyfunction" || name == "pyfn"),
        extracted: reader.extracted,
        attributes,
        effects: reader.effects,
        calls: reader.calls,
    }
}

/// Reads what a body does on the thread that runs it: closures handed to `spawn` and nested functions are left out.
#[derive(Default)]
struct EffectReader {
    effects: Effects,
    calls: Vec<String>,
    extracted: Vec<TypeRef>,
}

impl<'ast> Visit<'ast> for EffectReader {
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "extract"
            && let Some(turbofish) = &call.turbofish
        {
            let types = turbofish.args.iter().filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(TypeRef::new(ty)),
                _ => None,
            });
            self.extracted.extend(types);
        }
        if !call.method.to_string().starts_with("spawn") {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let syn::Expr::Path(callee) = &*call.func else { return visit::visit_expr_call(self, call) };
        let names: Vec<String> = callee.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match names.as_slice() {
            [.., owner, name] if owner == "Python" => match name.as_str() {
                "attach" | "with_gil" | "try_attach" | "acquire_gil" => self.effects.attaches = true,
                "assume_attached" | "assume_gil_acquired" => self.effects.assumes = true,
                _ => {}
            },
            [.., name] if name.starts_with("spawn") => return,
            [name] => self.calls.push(name.clone()),
            _ => {}
        }
        visit::visit_expr_call(self, call);
    }
}

fn read_fields(prefix: &str, fields: &Fields) -> Vec<(String, TypeRef)> {
    let name = |(index, field): (usize, &syn::Field)| match &field.ident {
        Some(name) => (format!("{prefix}{name}"), TypeRef::new(&field.ty)),
        None => (format!("{prefix}{index}"), TypeRef::new(&field.ty)),
    };
    fields.iter().enumerate().map(name).collect()
}

/// Names of type parameters.
pub(super) fn generic_names(generics: &syn::Generics) -> Vec<String> {
    generics.type_params().map(|parameter| parameter.ident.to_string()).collect()
}

/// Last names of the attributes, those of `cfg_attr` included.
pub(super) fn attribute_names(attributes: &[syn::Attribute]) -> Vec<String> {
    attributes
        .iter()
        .flat_map(|attribute| {
            let own = attribute.path().segments.last().map(|segment| segment.ident.to_string());
            let inner = match &attribute.meta {
                syn::Meta::List(list) if list.path.is_ident("cfg_attr") => list
                    .tokens
                    .clone()
                    .into_iter()
                    .filter_map(|token| match token {
                        proc_macro2::TokenTree::Ident(word) => Some(word.to_string()),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            own.into_iter().chain(inner)
        })
        .collect()
}

fn has_attribute(attributes: &[syn::Attribute], name: &str) -> bool {
    attribute_names(attributes).iter().any(|found| found == name)
}

/// The traits named in `#[derive(…)]`, also behind `cfg_attr`.
pub(super) fn derives(attributes: &[syn::Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes {
        if let syn::Meta::List(list) = &attribute.meta {
            let behind_cfg = list.path.is_ident("cfg_attr") && list.tokens.to_string().contains("derive");
            if list.path.is_ident("derive") || behind_cfg {
                collect_words(&list.tokens, &mut found);
            }
        }
    }
    found
}

fn option_words(attributes: &[syn::Attribute]) -> Vec<String> {
    let mut words = Vec::new();
    for attribute in attributes {
        if let syn::Meta::List(list) = &attribute.meta
            && ["pyclass", "pyo3", "cfg_attr"].iter().any(|name| list.path.is_ident(name))
        {
            collect_words(&list.tokens, &mut words);
        }
    }
    words
}

fn collect_words(tokens: &proc_macro2::TokenStream, words: &mut Vec<String>) {
    for token in tokens.clone() {
        match token {
            proc_macro2::TokenTree::Ident(word) => words.push(word.to_string()),
            proc_macro2::TokenTree::Group(group) => collect_words(&group.stream(), words),
            _ => {}
        }
    }
}

fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The leaves of a `use` declaration, in the order of [`leaf_ranges`].
pub(super) fn read_use(import: &syn::ItemUse) -> Vec<Import> {
    let mut leaves = Vec::new();
    let start = Import { path: Vec::new(), name: None, glob: false, absolute: import.leading_colon.is_some(), public: false };
    collect_leaves(&import.tree, &start, &mut leaves);
    leaves
}

fn collect_leaves(tree: &UseTree, prefix: &Import, leaves: &mut Vec<Import>) {
    let step = |name: &proc_macro2::Ident| {
        let mut next = prefix.clone();
        // `use a::{self}` names `a`.
        if name != "self" || next.path.is_empty() {
            next.path.push(name.to_string());
        }
        next
    };
    match tree {
        UseTree::Path(path) => collect_leaves(&path.tree, &step(&path.ident), leaves),
        UseTree::Name(leaf) => {
            let leaf = step(&leaf.ident);
            leaves.push(Import { name: leaf.path.last().cloned(), ..leaf });
        }
        UseTree::Rename(leaf) => {
            let name = (leaf.rename != "_").then(|| leaf.rename.to_string());
            leaves.push(Import { name, ..step(&leaf.ident) });
        }
        UseTree::Glob(_) => leaves.push(Import { glob: true, ..prefix.clone() }),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect_leaves(tree, prefix, leaves)),
    }
}

/// The byte range of every leaf of a `use` tree.
pub(super) fn leaf_ranges(tree: &UseTree, spans: Spans, found: &mut Vec<TextRange>) {
    match tree {
        UseTree::Path(step) => leaf_ranges(&step.tree, spans, found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaf_ranges(tree, spans, found)),
        leaf => found.push(spans.range(leaf)),
    }
}
