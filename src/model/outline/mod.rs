//! The outline of one file: what it imports, defines and declares, owned and unresolved, before any body is looked at.

mod effects;
mod extractions;
mod functions;
mod lifetimes;
mod reading;

use syn::{ImplItem, Item, TraitItem};

pub(super) use effects::ACQUIRING;
pub(super) use extractions::{ExtractedBy, Extraction};
use functions::{Owner, read_function};
use lifetimes::read_lifetimes;
pub(super) use lifetimes::{OutlineLifetimeUse, OutlineLifetimes};
pub(super) use reading::{
    allows_deprecated, attribute_names, derives, generic_names, is_switched_off, is_test_only, item_attributes, leaf_ranges, read_use,
};
use reading::{has_attribute, local_imports, macro_calls, macro_words, option_words, path_attribute, read_fields, settable};

use crate::rust::{MacroBody, RustFile, TypeRef, name_of, parse_macro};

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
    /// `use` leaves.
    pub imports: Vec<Import>,
    /// Those inside of function bodies.
    pub local_imports: Vec<Import>,
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
    /// Lifetime parameters of types and aliases, by the name of the type.
    pub lifetimes: Vec<(String, OutlineLifetimes)>,
    /// Trait implementations: the trait and the type.
    pub implementations: Vec<(TypeRef, TypeRef)>,
    /// Statics and constants with their types.
    pub statics: Vec<(String, TypeRef)>,
    /// What the `macro_rules!` of this module expand to.
    pub macros: Vec<(String, Vec<MacroWord>)>,
    /// Names of the macros that are called here.
    pub macro_calls: Vec<String>,
    /// Files that `include!` puts in here, as written.
    pub included: Vec<String>,
    /// What its own attributes say; those of a `mod name;` stand with the declaration.
    pub conditions: Conditions,
}

/// A path or a method name in the definition of a macro.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
}

/// `mod name;`
#[derive(Clone, Debug)]
pub struct ModuleDeclaration {
    /// The name.
    pub name: String,
    /// `#[path = "…"]`.
    pub path: Option<String>,
    /// What its attributes say.
    pub conditions: Conditions,
}

/// What the attributes of a module mean for all that is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Whether only tests have it.
    pub test_only: bool,
    /// Whether rustc is silent there about deprecated items; `None` when the attributes do not say.
    pub allows_deprecated: Option<bool>,
}

impl Conditions {
    fn of(attributes: &[syn::Attribute]) -> Self {
        Self { test_only: is_test_only(attributes), allows_deprecated: allows_deprecated(attributes) }
    }

    /// What counts for a module with these attributes inside of one with `outer`.
    #[must_use]
    pub fn inside(self, outer: Self) -> Self {
        Self { test_only: self.test_only || outer.test_only, allows_deprecated: self.allows_deprecated.or(outer.allows_deprecated) }
    }
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
    /// Whether a trait declares it.
    pub is_declaration: bool,
    /// Whether it has `self` in some form.
    pub has_receiver: bool,
    /// Types of the parameters, the receiver left out.
    pub parameters: Vec<TypeRef>,
    /// The returned type.
    pub returns: TypeRef,
    /// Names of the generic type parameters, of the function and of its `impl`.
    pub generics: Vec<String>,
    /// How many types and constants a turbofish on it has.
    pub type_parameters: usize,
    /// Attribute names, such as `pyfunction`.
    pub attributes: Vec<String>,
    /// Whether Python calls it: `#[pyfunction]`, or a method of a `#[pymethods]` block.
    pub python_callable: bool,
    /// Types that the body extracts.
    pub extracted: Vec<Extraction>,
    /// Whether its body, closures left out, makes a token out of nothing: `Python::assume_attached`.
    pub assumes_attached: bool,
    /// Names of the functions that the body, closures left out, calls by path.
    pub calls: Vec<String>,
    /// Names of the methods that the body calls.
    pub methods: Vec<String>,
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
    /// Names of the fields that Python can set.
    pub settable: Vec<String>,
}

/// Reads the outline of a parsed file.
#[must_use]
pub fn outline(file: &RustFile) -> Outline {
    let mut reader = Reader { outline: Outline::default() };
    reader.module(Vec::new(), &file.tree().attrs, &file.tree().items);
    reader.outline
}

impl OutlineModule {
    fn add_type(
        &mut self,
        name: &proc_macro2::Ident,
        fields: Vec<(String, TypeRef)>,
        generics: &syn::Generics,
        attributes: &[syn::Attribute],
    ) {
        self.items.push(name_of(name));
        self.types.push(OutlineType {
            name: name_of(name),
            fields,
            generics: generic_names(generics),
            is_class: has_attribute(attributes, "pyclass"),
            options: option_words(attributes),
            derives: derives(attributes),
            settable: Vec::new(),
        });
    }
}

struct Reader {
    outline: Outline,
}

impl Reader {
    fn module(&mut self, path: Vec<String>, attributes: &[syn::Attribute], items: &[Item]) {
        let index = self.outline.modules.len();
        self.outline.modules.push(OutlineModule { path: path.clone(), conditions: Conditions::of(attributes), ..OutlineModule::default() });
        let mut nested = Vec::new();
        for item in items {
            self.item(index, item, &mut nested);
        }
        for module in nested {
            let mut inner = path.clone();
            inner.push(name_of(&module.ident));
            let items = module.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
            self.module(inner, &module.attrs, items);
        }
    }

    fn item<'a>(&mut self, index: usize, item: &'a Item, nested: &mut Vec<&'a syn::ItemMod>) {
        if is_switched_off(item) {
            return;
        }
        let module = &mut self.outline.modules[index];
        module.macro_calls.extend(macro_calls(item));
        module.local_imports.extend(local_imports(item));
        match item {
            Item::Use(import) => module.imports.extend(read_use(import)),
            Item::ExternCrate(import) => {
                let name = name_of(import.rename.as_ref().map_or(&import.ident, |(_, name)| name));
                let path = vec![name_of(&import.ident)];
                module.imports.push(Import { path, name: Some(name), glob: false, absolute: true });
            }
            Item::Mod(inner) => {
                let name = name_of(&inner.ident);
                module.items.push(name.clone());
                match &inner.content {
                    Some(_) => nested.push(inner),
                    None => {
                        let (path, conditions) = (path_attribute(&inner.attrs), Conditions::of(&inner.attrs));
                        module.declarations.push(ModuleDeclaration { name, path, conditions });
                    }
                }
            }
            Item::Fn(function) => {
                module.items.push(name_of(&function.sig.ident));
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
                let owner = Owner { ty: Some(owner), of_trait, is_pymethods, generics: generic_names(&block.generics), ..Owner::default() };
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
                let name = name_of(&definition.ident);
                let owner = Owner {
                    ty: Some(TypeRef::Path { segments: vec![name.clone()], arguments: Vec::new() }),
                    is_trait: true,
                    generics: generic_names(&definition.generics),
                    ..Owner::default()
                };
                module.items.push(name);
                for item in &definition.items {
                    if let TraitItem::Fn(function) = item {
                        module.functions.push(read_function(&function.sig, Vec::new(), &owner, function.default.as_ref()));
                    }
                }
            }
            Item::Struct(definition) => {
                let types = definition.fields.iter().map(|field| &field.ty);
                let lifetimes = read_lifetimes(&definition.generics, types, &derives(&definition.attrs));
                module.lifetimes.push((name_of(&definition.ident), lifetimes));
                let fields = read_fields("", &definition.fields);
                module.add_type(&definition.ident, fields, &definition.generics, &definition.attrs);
                module.types.iter_mut().last().into_iter().for_each(|own| own.settable = settable(&definition.fields, &own.options));
            }
            Item::Enum(definition) => {
                let types = definition.variants.iter().flat_map(|variant| &variant.fields).map(|field| &field.ty);
                let lifetimes = read_lifetimes(&definition.generics, types, &derives(&definition.attrs));
                module.lifetimes.push((name_of(&definition.ident), lifetimes));
                let fields = definition.variants.iter().flat_map(|variant| read_fields(&format!("{}::", variant.ident), &variant.fields));
                module.add_type(&definition.ident, fields.collect(), &definition.generics, &definition.attrs);
            }
            Item::Type(alias) => {
                module.items.push(name_of(&alias.ident));
                module.aliases.push((name_of(&alias.ident), TypeRef::new(&alias.ty)));
                let lifetimes = read_lifetimes(&alias.generics, std::iter::once(&*alias.ty), &[]);
                module.lifetimes.push((name_of(&alias.ident), lifetimes));
            }
            Item::Const(item) => {
                module.items.push(name_of(&item.ident));
                module.statics.push((name_of(&item.ident), TypeRef::new(&item.ty)));
            }
            Item::Static(item) => {
                module.items.push(name_of(&item.ident));
                module.statics.push((name_of(&item.ident), TypeRef::new(&item.ty)));
            }
            Item::Union(item) => module.items.push(name_of(&item.ident)),
            Item::TraitAlias(item) => module.items.push(name_of(&item.ident)),
            Item::Macro(call) => self.macro_items(index, call),
            _ => {}
        }
    }

    /// Macro calls can hold items (`cfg_if!`, `lazy_static!`) and define names of their own.
    fn macro_items(&mut self, index: usize, call: &syn::ItemMacro) {
        let Some(name) = call.mac.path.segments.last().map(|segment| name_of(&segment.ident)) else { return };
        let module = &mut self.outline.modules[index];
        if let Some(defined) = &call.ident {
            module.items.push(name_of(defined));
            module.macros.push((name_of(defined), macro_words(&call.mac.tokens)));
            return;
        }
        if matches!(name.as_str(), "create_exception" | "import_exception" | "import_exception_bound") {
            // `create_exception!(module, Name, Base)` defines a type `Name`.
            let mut words = call.mac.tokens.clone().into_iter().filter_map(|token| match token {
                proc_macro2::TokenTree::Ident(word) => Some(name_of(&word)),
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
