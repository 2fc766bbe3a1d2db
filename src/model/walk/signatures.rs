//! Signatures: which lifetimes they declare, write and leave out.

use syn::visit::{self, Visit};
use syn::{FnArg, GenericArgument, PathArguments, ReceiverKind, ReturnType, Type};

use super::Walker;
use crate::model::facts::Nesting;
use crate::model::lifetimes::{Declaration, LifetimeRole, LifetimeUse, SignatureFact, Spelling};
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{TypeRef, name_of};

/// Types of PyO3 with a lifetime that can be left out, `'_` included.
const WITH_LIFETIME: &[&str] = &["Bound", "Borrowed", "PyRef", "PyRefMut"];

impl Walker<'_> {
    /// Records the signature of a function; its index.
    pub(super) fn function_signature(&mut self, signature: &syn::Signature) -> usize {
        let mut fact = SignatureFact {
            declaration: Some(self.declaration(&signature.generics, self.range(&signature.ident).end)),
            declared: declared(&signature.generics),
            outer: self.signature,
            ..SignatureFact::default()
        };
        for input in &signature.inputs {
            match input {
                FnArg::Receiver(receiver) => self.receiver(receiver, &mut fact),
                FnArg::Typed(typed) => self.input(&typed.ty, &mut fact),
            }
        }
        fact.outputs = self.lifetimes_of_return(&signature.output);
        self.lent_bounds_of_function(signature);
        self.add_signature(fact)
    }

    /// Records the header of an `impl`; its index.
    pub(super) fn header_signature(&mut self, block: &syn::ItemImpl) -> usize {
        let impl_token = self.range(&block.impl_token);
        let mut fact = SignatureFact {
            declaration: Some(self.declaration(&block.generics, impl_token.end)),
            declared: declared(&block.generics),
            outputs: self.lifetimes_of(&block.self_ty),
            ..SignatureFact::default()
        };
        if let Some((path, _)) = &block.trait_
            && let Some(PathArguments::AngleBracketed(list)) = path.segments.last().map(|segment| &segment.arguments)
        {
            for argument in &list.args {
                if let GenericArgument::Type(ty) = argument {
                    fact.inputs.extend(self.lifetimes_of(ty));
                }
            }
        }
        self.lent_bounds_of_block(block);
        self.add_signature(fact)
    }

    /// Records the lifetimes that a trait declares; their index.
    pub(super) fn trait_signature(&mut self, definition: &syn::ItemTrait) -> usize {
        self.add_signature(SignatureFact { declared: declared(&definition.generics), ..SignatureFact::default() })
    }

    /// The bound `Fn(A) -> B`, and every other bound.
    pub(super) fn bound_path(&mut self, bound: &syn::TraitBound) {
        let is_callable = |segment: &syn::PathSegment| matches!(segment.arguments, PathArguments::Parenthesized(_));
        let Some(segment) = bound.path.segments.last().filter(|segment| is_callable(segment)) else {
            return self.path_arguments(&bound.path);
        };
        let PathArguments::Parenthesized(list) = &segment.arguments else { return };
        let inputs: Vec<&Type> = list.inputs.iter().map(|input| &input.ty).collect();
        self.callable(bound.lifetimes.as_ref(), self.range(&bound.path).start, &inputs, &list.output);
    }

    /// `fn(A) -> B`.
    pub(super) fn fn_pointer(&mut self, pointer: &syn::TypeFnPtr) {
        let inputs: Vec<&Type> = pointer.inputs.iter().map(|input| &input.ty).collect();
        let after_for = pointer.lifetimes.as_ref().map_or(0, |lifetimes| self.range(&lifetimes.gt_token).end);
        let start = self.range(pointer).start.max(after_for);
        self.callable(pointer.lifetimes.as_ref(), start, &inputs, &pointer.output);
    }

    fn callable(&mut self, binder: Option<&syn::BoundLifetimes>, start: usize, inputs: &[&Type], output: &ReturnType) {
        let declaration = match binder {
            Some(binder) => Declaration { at: self.range(&binder.lt_token).end, before: "", after: ", " },
            None => Declaration { at: start, before: "for<", after: "> " },
        };
        let names = binder.iter().flat_map(|binder| &binder.lifetimes).filter_map(|parameter| match parameter {
            syn::GenericParam::Lifetime(parameter) => Some(parameter.lifetime.to_string()),
            _ => None,
        });
        let mut fact = SignatureFact {
            declaration: Some(declaration),
            declared: names.collect(),
            outer: self.signature,
            outputs: self.lifetimes_of_return(output),
            ..SignatureFact::default()
        };
        inputs.iter().for_each(|ty| self.input(ty, &mut fact));
        let index = self.add_signature(fact);
        let outer = self.signature.replace(index);
        let nesting = std::mem::replace(&mut self.nesting, Nesting::Input);
        inputs.iter().for_each(|ty| self.written_type(ty));
        self.nesting = Nesting::Output;
        if let ReturnType::Type(_, ty) = output {
            self.written_type(ty);
        }
        self.nesting = nesting;
        self.signature = outer;
    }

    fn add_signature(&mut self, fact: SignatureFact) -> usize {
        self.facts.signatures.push(fact);
        self.facts.signatures.len() - 1
    }

    /// Where a function or an `impl` whose name ends at `end` declares its first lifetime.
    fn declaration(&self, generics: &syn::Generics, end: usize) -> Declaration {
        match &generics.lt_token {
            Some(open) => {
                let after = if generics.params.is_empty() { "" } else { ", " };
                Declaration { at: self.range(open).end, before: "", after }
            }
            None => Declaration { at: end, before: "<", after: ">" },
        }
    }

    fn receiver(&self, receiver: &syn::Receiver, fact: &mut SignatureFact) {
        match &receiver.kind {
            ReceiverKind::Reference(ampersand, lifetime, _) => {
                let spelling = match lifetime {
                    Some(lifetime) => Spelling::Written(self.range(lifetime)),
                    None => Spelling::Reference(self.range(ampersand).end),
                };
                fact.receiver = Some(LifetimeUse { name: named(lifetime.as_ref()), spelling, role: LifetimeRole::Borrow });
            }
            ReceiverKind::Typed(_, ty) => self.input(ty, fact),
            _ => {}
        }
    }

    fn input(&self, ty: &Type, fact: &mut SignatureFact) {
        fact.inputs.extend(self.lifetimes_of(ty));
        if let Type::Reference(reference) = ty
            && reference.mutability.is_some()
        {
            fact.kept.extend(self.lifetimes_of(&reference.elem));
        }
    }

    fn lifetimes_of_return(&self, output: &ReturnType) -> Vec<LifetimeUse> {
        match output {
            ReturnType::Default => Vec::new(),
            ReturnType::Type(_, ty) => self.lifetimes_of(ty),
        }
    }

    fn lifetimes_of(&self, ty: &Type) -> Vec<LifetimeUse> {
        let mut reader = Reader { walker: self, found: Vec::new() };
        reader.visit_type(ty);
        reader.found
    }
}

/// The lifetimes in one type; those inside of callables have another scope.
struct Reader<'a, 'w> {
    walker: &'a Walker<'w>,
    found: Vec<LifetimeUse>,
}

impl Reader<'_, '_> {
    fn add(&mut self, lifetime: Option<&syn::Lifetime>, otherwise: Spelling, role: LifetimeRole) {
        let spelling = lifetime.map_or(otherwise, |lifetime| Spelling::Written(self.walker.range(lifetime)));
        self.found.push(LifetimeUse { name: named(lifetime), spelling, role });
    }

    /// How many lifetimes the type at a path has, and what each is.
    fn lifetimes_behind(&self, path: &syn::Path) -> Vec<LifetimeRole> {
        let names: Vec<String> = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        match self.walker.resolve_names(&names, path.leading_colon.is_some()) {
            Resolved::Pyo3(path) if path == "pyo3::Python" => vec![LifetimeRole::Token],
            Resolved::Pyo3(path) if WITH_LIFETIME.iter().any(|name| path.rsplit("::").next() == Some(name)) => {
                vec![LifetimeRole::Python]
            }
            Resolved::Own { module, name, rest } if rest.is_empty() => {
                let count = self.walker.crate_model.lifetime_count(module, &name);
                (0..count).map(|index| LifetimeRole::Own(module, name.clone(), index)).collect()
            }
            Resolved::External(path) if path[0] == "numpy" && path.last().is_some_and(|name| name.starts_with("PyRead")) => {
                vec![LifetimeRole::Python]
            }
            _ => Vec::new(),
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_, '_> {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        let role = match self.walker.resolve_type(&TypeRef::new(&reference.elem)) {
            Ty::Native(_) => LifetimeRole::GilRef(self.walker.range(reference)),
            _ => LifetimeRole::Borrow,
        };
        let after = self.walker.range(&reference.and_token).end;
        self.add(reference.lifetime.as_ref(), Spelling::Reference(after), role);
        self.visit_type(&reference.elem);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let roles = self.lifetimes_behind(path);
        let Some(segment) = path.segments.last() else { return };
        let list = match &segment.arguments {
            PathArguments::AngleBracketed(list) => Some(list),
            PathArguments::Parenthesized(_) => return,
            PathArguments::None => None,
        };
        let written = list.into_iter().flat_map(|list| &list.args).filter_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        });
        let written: Vec<_> = written.collect();
        if written.is_empty() {
            let otherwise = match list {
                Some(list) => Spelling::First(self.walker.range(&list.lt_token).end),
                None => Spelling::Alone(self.walker.range(path).end),
            };
            roles.into_iter().for_each(|role| self.add(None, otherwise, role));
        } else {
            for (index, lifetime) in written.into_iter().enumerate() {
                let role = roles.get(index).cloned().unwrap_or(LifetimeRole::Borrow);
                self.add(Some(lifetime), Spelling::Written(self.walker.range(lifetime)), role);
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

    fn visit_lifetime(&mut self, _: &'ast syn::Lifetime) {}
}

/// The name of a lifetime that is written out.
fn named(lifetime: Option<&syn::Lifetime>) -> Option<String> {
    lifetime.map(ToString::to_string).filter(|name| name != "'_")
}

fn declared(generics: &syn::Generics) -> Vec<String> {
    generics.lifetimes().map(|parameter| parameter.lifetime.to_string()).collect()
}
