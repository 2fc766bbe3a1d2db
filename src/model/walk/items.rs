//! Items: modules, imports, functions, classes, implementations.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{FnArg, Item, ReturnType};

use super::Walker;
use super::guards::Body;
use super::patterns::bound_names;
use crate::model::attributes::{AttributeFact, Host, OptionValue, read_attribute};
use crate::model::facts::{FunctionFact, GilRefType, Implementation, Nesting, ParameterFact, PathUsePosition, TypePosition};
use crate::model::outline::{attribute_names, generic_names, is_switched_off, is_test_only, item_attributes};
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{TypeRef, code, name_of};
use crate::text::TextRange;

impl Walker<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        if is_switched_off(item) {
            return;
        }
        let attributes = item_attributes(item);
        let in_test = self.in_test;
        self.in_test |= is_test_only(attributes);
        self.item_inside(item);
        self.in_test = in_test;
    }

    fn item_inside(&mut self, item: &Item) {
        match item {
            Item::Use(import) => self.import(import),
            Item::Mod(module) => {
                self.attributes(&module.attrs, Host::Module, None);
                let Some((_, items)) = &module.content else { return };
                let Some(inner) = self.crate_model.child(self.module, &name_of(&module.ident)) else { return };
                let outer = std::mem::replace(&mut self.module, inner);
                items.iter().for_each(|item| self.item(item));
                self.module = outer;
            }
            Item::Fn(function) => self.function(&function.attrs, &function.sig, Some(&function.block), function.span(), &[]),
            Item::Impl(block) => self.implementation(block),
            Item::Trait(definition) => {
                let generics = self.push_generics(&definition.generics);
                let own_signature = self.trait_signature(definition);
                let outer_signature = self.signature.replace(own_signature);
                definition.supertraits.iter().for_each(|bound| self.visit_type_param_bound(bound));
                self.supertraits(definition);
                self.visit_generics(&definition.generics);
                for item in &definition.items {
                    match item {
                        syn::TraitItem::Fn(function) => {
                            self.function(&function.attrs, &function.sig, function.default.as_ref(), function.span(), &[]);
                        }
                        other => visit::visit_trait_item(self, other),
                    }
                }
                self.signature = outer_signature;
                self.generics.truncate(generics);
            }
            Item::Struct(definition) => {
                let generics = self.push_generics(&definition.generics);
                let head = (&definition.ident, &definition.generics, self.range(definition));
                self.class(head, &definition.attrs, &[(String::new(), &definition.fields)], false);
                self.visit_generics(&definition.generics);
                self.generics.truncate(generics);
            }
            Item::Enum(definition) => {
                let generics = self.push_generics(&definition.generics);
                let fields: Vec<_> = definition.variants.iter().map(|v| (format!("{}::", v.ident), &v.fields)).collect();
                let head = (&definition.ident, &definition.generics, self.range(definition));
                self.class(head, &definition.attrs, &fields, true);
                for variant in &definition.variants {
                    self.attributes(&variant.attrs, Host::Other, None);
                }
                self.visit_generics(&definition.generics);
                self.generics.truncate(generics);
            }
            Item::Type(alias) => {
                let generics = self.push_generics(&alias.generics);
                self.in_position(TypePosition::Alias, |walker| walker.written_type(&alias.ty));
                self.generics.truncate(generics);
            }
            Item::Static(item) => {
                self.attributes(&item.attrs, Host::Other, None);
                self.in_position(TypePosition::Field, |walker| walker.written_type(&item.ty));
                self.expression(&item.expr);
            }
            Item::Macro(call) => match &call.ident {
                Some(name) => self.macro_definition(&name_of(name), &call.mac),
                None => {
                    self.macro_call(&call.mac);
                }
            },
            other => visit::visit_item(self, other),
        }
    }

    /// Adds generic type parameters; returns how many there were before.
    pub(super) fn push_generics(&mut self, generics: &syn::Generics) -> usize {
        let before = self.generics.len();
        self.generics.extend(generic_names(generics));
        before
    }

    fn implementation(&mut self, block: &syn::ItemImpl) {
        let generics = self.push_generics(&block.generics);
        self.attributes(&block.attrs, Host::Impl, None);
        self.visit_generics(&block.generics);
        let header = self.header_signature(block);
        let outer_signature = self.signature.replace(header);
        self.in_position(TypePosition::ImplHeader, |walker| {
            if let Some((path, _)) = &block.trait_ {
                walker.record_path(path, PathUsePosition::Implemented, None);
                walker.path_arguments(path);
            }
            walker.written_type(&block.self_ty);
        });
        let of_trait = self.record_implementation(block);
        let self_ty = self.resolve_type(&TypeRef::new(&block.self_ty));
        let index = self.facts.blocks.len();
        let fact = self.block_fact(block, &self_ty);
        self.facts.blocks.push(fact);
        self.impl_on_native(block, &self_ty);
        let outer_ty = std::mem::replace(&mut self.self_ty, self_ty);
        let outer_attributes = std::mem::replace(&mut self.block_attributes, attribute_names(&block.attrs));
        for item in &block.items {
            match item {
                syn::ImplItem::Fn(function) => {
                    let (block_attributes, first) = (self.block_attributes.clone(), self.facts.functions.len());
                    self.function(&function.attrs, &function.sig, Some(&function.block), function.span(), &block_attributes);
                    self.facts.functions[first].block = Some(index);
                }
                other => visit::visit_impl_item(self, other),
            }
        }
        if let Some(of_trait) = of_trait.filter(|path| ["FromPyObject", "IntoPy", "ToPyObject"].iter().any(|name| path.ends_with(name))) {
            self.conversion(block, &of_trait);
        }
        self.signature = outer_signature;
        self.self_ty = outer_ty;
        self.block_attributes = outer_attributes;
        self.generics.truncate(generics);
    }

    /// `impl Trait for PyAny`: its methods took GIL Refs as `&self`. Functions alone are called on the type, and stay there.
    fn impl_on_native(&mut self, block: &syn::ItemImpl, self_ty: &Ty) {
        let Ty::Native(class) = self_ty else { return };
        let mut functions = block.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(function) => Some(function.sig.receiver().is_some()),
            _ => None,
        });
        if functions.next().is_some_and(|first| !first && !functions.any(|takes_self| takes_self)) {
            return;
        }
        let range = self.range(&*block.self_ty);
        self.facts.gil_refs.push(GilRefType {
            range,
            target: range,
            class: class.clone(),
            external: false,
            lifetime: None,
            position: TypePosition::ImplHeader,
            nesting: Nesting::Whole,
            signature: self.signature,
            source: self.source,
            function: None,
            module: self.module,
        });
    }

    /// Records `impl Trait for Type`; the canonical path of the trait, if it is PyO3's.
    fn record_implementation(&mut self, block: &syn::ItemImpl) -> Option<String> {
        let (path, _) = block.trait_.as_ref()?;
        let names: Vec<String> = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        let resolved = self.resolve_names(&names, path.leading_colon.is_some());
        if matches!(&resolved, Resolved::Pyo3(path) if path == "pyo3::FromPyObject") {
            let range = self.range(block);
            self.facts.dictated.push(range);
        }
        let of_trait = match resolved {
            Resolved::Pyo3(path) => path,
            _ => return None,
        };
        let lifetimes = match path.segments.last().map(|segment| &segment.arguments) {
            Some(syn::PathArguments::AngleBracketed(list)) => {
                list.args.iter().filter(|argument| matches!(argument, syn::GenericArgument::Lifetime(_))).count()
            }
            _ => 0,
        };
        let ident_of = |item: &syn::ImplItem| match item {
            syn::ImplItem::Fn(function) => Some(function.sig.ident.clone()),
            syn::ImplItem::Type(ty) => Some(ty.ident.clone()),
            syn::ImplItem::Const(constant) => Some(constant.ident.clone()),
            _ => None,
        };
        let items = block.items.iter().filter_map(ident_of).map(|name| (name_of(&name), self.range(&name))).collect();
        let trait_range = self.range(path);
        self.facts.implementations.push(Implementation { of_trait: Some(of_trait.clone()), trait_range, items, lifetimes });
        Some(of_trait)
    }

    pub(super) fn function(
        &mut self,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        body: Option<&syn::Block>,
        span: proc_macro2::Span,
        block_attributes: &[String],
    ) {
        let generics = self.push_generics(&signature.generics);
        let index = self.facts.functions.len();
        let fact = self.function_fact(attributes, signature, body, self.spans.of(span), block_attributes);
        self.facts.functions.push(fact);
        let outer = self.function.replace(index);
        let in_test = self.in_test;
        self.in_test |= attributes.iter().any(|attribute| attribute.path().segments.last().is_some_and(|name| name.ident == "test"));
        self.attributes(attributes, Host::Function, Some(index));
        let own_signature = self.function_signature(signature);
        let outer_signature = self.signature.replace(own_signature);
        self.visit_generics(&signature.generics);
        let outer_attachment = std::mem::take(&mut self.attachment);
        self.scoped(|walker| {
            for input in &signature.inputs {
                match input {
                    FnArg::Receiver(receiver) => {
                        let ty = match (&walker.self_ty, &receiver.kind) {
                            (Ty::Native(class), syn::ReceiverKind::Reference(..)) => Ty::GilRef(class.clone()),
                            (ty, _) => ty.clone(),
                        };
                        walker.declare("self".to_owned(), ty);
                        if let syn::ReceiverKind::Typed(_, ty) = &receiver.kind {
                            walker.in_position(TypePosition::Parameter, |walker| walker.written_type(ty));
                        }
                    }
                    FnArg::Typed(typed) => {
                        walker.attributes(&typed.attrs, Host::Parameter, None);
                        walker.in_position(TypePosition::Parameter, |walker| walker.written_type(&typed.ty));
                        let ty = walker.resolve_type(&TypeRef::new(&typed.ty));
                        walker.bind(&typed.pat, ty);
                        let written = walker.range(&*typed.ty);
                        walker.originate(&typed.pat, Some(written));
                    }
                }
            }
            walker.in_position(TypePosition::Return, |walker| walker.visit_return_type(&signature.output));
            if let Some(body) = body {
                walker.signature = None;
                walker.keep_tail(body);
                walker.bodies.push(Body::Function(walker.range(body)));
                walker.in_position(TypePosition::Other, |walker| walker.block(body));
                walker.bodies.pop();
            }
        });
        self.attachment = outer_attachment;
        self.signature = outer_signature;
        self.function = outer;
        self.in_test = in_test;
        self.generics.truncate(generics);
    }

    fn function_fact(
        &self,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        body: Option<&syn::Block>,
        range: TextRange,
        block_attributes: &[String],
    ) -> FunctionFact {
        let parameter = |input: &FnArg| match input {
            FnArg::Receiver(_) => None,
            FnArg::Typed(typed) => {
                let written = TypeRef::new(&typed.ty);
                let ty = self.resolve_type(&written);
                Some(ParameterFact {
                    name: match &*typed.pat {
                        syn::Pat::Ident(ident) => Some(name_of(&ident.ident)),
                        _ => None,
                    },
                    pattern: self.range(&*typed.pat),
                    range: self.range(&*typed.ty),
                    is_token: ty == Ty::Token || (ty == Ty::Unknown && written.name() == Some("Python")),
                    is_option: written.name() == Some("Option"),
                    ty,
                })
            }
        };
        let own_attributes = attribute_names(attributes);
        let is_exposed =
            block_attributes.iter().chain(&own_attributes).any(|name| ["pymethods", "pyfunction", "pyfn"].contains(&name.as_str()));
        let parentheses = signature.paren_token.span;
        let parentheses = (self.spans.of(parentheses.open()), self.spans.of(parentheses.close()));
        let returns = match &signature.output {
            ReturnType::Default => TextRange::empty(self.range(signature).end),
            ReturnType::Type(_, ty) => self.range(&**ty),
        };
        FunctionFact {
            name: (name_of(&signature.ident), self.range(&signature.ident)),
            range,
            attributes_end: attributes.last().map(|attribute| self.range(attribute).end),
            attributes: own_attributes,
            options: self.option_names(attributes),
            block_attributes: block_attributes.to_vec(),
            block: None,
            has_receiver: signature.receiver().is_some(),
            parameters: signature.inputs.iter().filter_map(parameter).collect(),
            inputs: TextRange::new(parentheses.0.end, parentheses.1.start),
            bound: body.filter(|_| is_exposed).map(bound_names).unwrap_or_default(),
            exits: if is_exposed { body.map(|body| self.exits(body)).unwrap_or_default() } else { Vec::new() },
            returns: (returns, self.resolve_type(&TypeRef::of_return(&signature.output))),
            returns_text: code(self.slice(returns)),
            body: body.map(|body| self.range(body)),
            module: self.module,
            source: self.source,
        }
    }

    /// Names of all options in all attributes.
    fn option_names(&self, attributes: &[syn::Attribute]) -> Vec<String> {
        self.read_alone(attributes).flat_map(|fact| fact.options.into_iter().map(|option| option.name)).collect()
    }

    /// The attributes without what they stand on.
    fn read_alone<'a>(&self, attributes: &'a [syn::Attribute]) -> impl Iterator<Item = AttributeFact> + use<'a> {
        let (spans, template) = (self.spans, self.attribute_template(Host::Other, None, Vec::new()));
        attributes.iter().flat_map(move |attribute| read_attribute(attribute, spans, &template))
    }

    fn attribute_template(&self, host: Host, function: Option<usize>, siblings: Vec<String>) -> AttributeFact {
        AttributeFact {
            name: String::new(),
            name_range: TextRange::default(),
            range: TextRange::default(),
            conditional: false,
            options: Vec::new(),
            arguments: None,
            value: None::<OptionValue>,
            host,
            block_attributes: self.block_attributes.as_slice().into(),
            function,
            siblings: siblings.into(),
            in_test: self.in_test,
        }
    }

    pub(super) fn attributes(&mut self, attributes: &[syn::Attribute], host: Host, function: Option<usize>) {
        if attributes.is_empty() {
            return;
        }
        let template = self.attribute_template(host, function, attribute_names(attributes));
        for attribute in attributes {
            let path = attribute.path();
            if !path.is_ident("doc") && !path.is_ident("derive") && !path.is_ident("cfg_attr") {
                self.record_path(path, PathUsePosition::Attribute, None);
            }
            self.facts.attributes.extend(read_attribute(attribute, self.spans, &template));
        }
    }
}
