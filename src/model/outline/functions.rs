//! What the outline says of a function: its signature, and what its body does.

use syn::visit::Visit;

use super::OutlineFunction;
use super::effects::EffectReader;
use super::extractions::ExtractionReader;
use super::reading::generic_names;
use crate::rust::{TypeRef, name_of};

/// What stands around a method.
#[derive(Default)]
pub(super) struct Owner {
    pub(super) ty: Option<TypeRef>,
    pub(super) of_trait: Option<TypeRef>,
    pub(super) is_trait: bool,
    pub(super) generics: Vec<String>,
    pub(super) is_pymethods: bool,
}

pub(super) fn read_function(
    signature: &syn::Signature,
    attributes: Vec<String>,
    owner: &Owner,
    body: Option<&syn::Block>,
) -> OutlineFunction {
    let mut reader = EffectReader::default();
    let mut extractions = ExtractionReader::new(owner.ty.clone());
    if let Some(body) = body {
        reader.visit_block(body);
        extractions.body(body, TypeRef::of_return(&signature.output).with_self(owner.ty.as_ref()));
    }
    let mut generics = generic_names(&signature.generics);
    generics.extend(owner.generics.iter().cloned());
    OutlineFunction {
        name: name_of(&signature.ident),
        owner: owner.ty.clone(),
        of_trait: owner.of_trait.clone(),
        is_declaration: owner.is_trait,
        has_receiver: signature.receiver().is_some(),
        parameters: signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                syn::FnArg::Typed(typed) => Some(TypeRef::new(&typed.ty).with_self(owner.ty.as_ref())),
                syn::FnArg::Receiver(_) => None,
            })
            .collect(),
        returns: TypeRef::of_return(&signature.output),
        generics,
        type_parameters: signature.generics.type_params().count() + signature.generics.const_params().count(),
        python_callable: owner.is_pymethods || attributes.iter().any(|name| name == "pyfunction" || name == "pyfn"),
        extracted: extractions.found,
        attributes,
        assumes_attached: reader.assumes_attached(),
        calls: reader.calls,
        methods: reader.methods,
    }
}
