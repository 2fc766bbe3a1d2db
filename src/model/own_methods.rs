//! Methods of the package itself, and whether a call can mean one of them: its receiver and its shape tell them apart from PyO3's.

use super::facts::{MethodCall, Source};
use super::join::{CrateModel, ModuleId};
use super::outline::OutlineFunction;
use super::resolve::Resolved;
use super::ty::Ty;
use crate::rust::TypeRef;

impl CrateModel {
    /// Whether the package itself defines a method of this name: inherent, in a trait of its own, or for a trait of another crate than PyO3.
    #[must_use]
    pub fn defines_method(&self, name: &str) -> bool {
        self.own_methods(name).next().is_some()
    }

    /// Whether a method of the package itself may be what is called. What is not known of the receiver speaks for it; arguments that it does
    /// not take speak against it.
    #[must_use]
    pub fn may_be_own(&self, call: &MethodCall) -> bool {
        self.own_methods(&call.name.0).any(|(home, method)| {
            self.fits_shape(home, method, call) && self.is_in_scope(home, method, call) && self.fits_receiver(home, method, call)
        })
    }

    fn own_methods(&self, name: &str) -> impl Iterator<Item = (ModuleId, &OutlineFunction)> {
        self.own_methods_named(name).iter().map(|&index| self.function_at(index))
    }

    /// Whether a function is a method that neither PyO3 nor one of its traits knows.
    pub(super) fn is_own_method(&self, home: ModuleId, function: &OutlineFunction) -> bool {
        let is_of_pyo3 = |of_trait: &TypeRef| matches!(self.meaning(home, of_trait), Resolved::Pyo3(_));
        function.owner.is_some() && !function.of_trait.as_ref().is_some_and(is_of_pyo3)
    }

    /// Whether the method takes as many arguments and types as it is given, and a token where one is.
    fn fits_shape(&self, home: ModuleId, method: &OutlineFunction, call: &MethodCall) -> bool {
        if call.source != Source::Tree {
            return true;
        }
        let types = call.turbofish.as_ref().map(|(_, types)| types.len());
        let takes_token = method.parameters.first().map(|first| self.ty(home, first, &method.generics, &[]));
        let is_token = |ty: &Ty| (*ty != Ty::Unknown).then_some(*ty == Ty::Token);
        let first = takes_token.as_ref().and_then(is_token).zip(call.arguments.first().and_then(|(_, ty)| is_token(ty)));
        method.has_receiver
            && method.parameters.len() == call.arguments.len()
            && types.is_none_or(|types| types == method.type_parameters)
            && first.is_none_or(|(taken, given)| taken == given)
    }

    fn fits_receiver(&self, home: ModuleId, method: &OutlineFunction, call: &MethodCall) -> bool {
        let receiver = &call.receiver.1;
        if *receiver == Ty::Unknown || self.has_deref(receiver) {
            return true;
        }
        let Some(owner) = &method.owner else { return false };
        if !method.is_declaration {
            return self.may_have(home, owner, &method.generics, receiver);
        }
        // What implements the trait, as far as no macro does.
        let of_trait = self.meaning(home, owner);
        let by_macro = owner.name().is_some_and(|name| self.macros_name(name));
        let mut implementations = self.implementations().filter(|(module, of, _)| self.meaning(*module, of) == of_trait);
        by_macro || implementations.any(|(module, _, ty)| self.may_have(module, ty, &[], receiver))
    }

    /// Whether a trait's method can be called where the call stands: the trait has to be in scope.
    fn is_in_scope(&self, home: ModuleId, method: &OutlineFunction, call: &MethodCall) -> bool {
        let of_trait = if method.is_declaration { method.owner.as_ref() } else { method.of_trait.as_ref() };
        let Some(of_trait) = of_trait.filter(|_| call.source == Source::Tree) else { return true };
        match (self.meaning(home, of_trait), of_trait.name()) {
            (meaning @ Resolved::Own { .. }, Some(name)) => self.brings_in(call.module, name, &meaning),
            _ => true,
        }
    }

    fn meaning(&self, module: ModuleId, written: &TypeRef) -> Resolved {
        match written {
            TypeRef::Path { segments, .. } => self.resolve(module, segments, false, &[]),
            _ => Resolved::Unknown,
        }
    }

    /// Whether a method of the type `written` can be called on a `receiver` that is known. Types of other crates are none of those.
    fn may_have(&self, module: ModuleId, written: &TypeRef, generics: &[String], receiver: &Ty) -> bool {
        match self.ty(module, written, generics, &[]) {
            Ty::Unknown => !self.is_foreign(module, written, generics),
            owner => may_be(&owner, receiver),
        }
    }

    fn is_foreign(&self, module: ModuleId, written: &TypeRef, generics: &[String]) -> bool {
        match written {
            TypeRef::Reference(target) => self.is_foreign(module, target, generics),
            TypeRef::Path { segments, .. } => {
                !generics.contains(&segments[0]) && matches!(self.meaning(module, written), Resolved::External(_))
            }
            _ => false,
        }
    }

    /// Whether methods of another type can be called on it: the package implements `Deref` for it.
    fn has_deref(&self, receiver: &Ty) -> bool {
        let Ty::Own(module, name) = receiver else { return false };
        ["Deref", "DerefMut"].iter().any(|of_trait| self.implements(of_trait, *module, name))
    }
}

/// Whether a method of `owner` can be called on a `receiver`; a generic parameter is unknown.
fn may_be(owner: &Ty, receiver: &Ty) -> bool {
    match (owner, receiver) {
        (Ty::Unknown, _) | (_, Ty::Unknown) | (Ty::Own(..), Ty::Guard) => true,
        (Ty::Own(home, name), Ty::Own(module, own)) => home == module && name == own,
        (Ty::Option(owner), Ty::Option(receiver))
        | (Ty::Result(owner), Ty::Result(receiver))
        | (Ty::List(owner), Ty::List(receiver))
        | (Ty::Lock(owner), Ty::Lock(receiver))
        | (Ty::Cell(owner), Ty::Cell(receiver)) => may_be(owner, receiver),
        (Ty::Map(key, value), Ty::Map(known, held)) => may_be(key, known) && may_be(value, held),
        (Ty::Tuple(owners), Ty::Tuple(members)) => {
            owners.len() == members.len() && owners.iter().zip(members).all(|(owner, member)| may_be(owner, member))
        }
        (Ty::Plain | Ty::Byte, Ty::Plain | Ty::Byte) => true,
        (owner, receiver) => is_object(owner) && is_object(receiver) || owner == receiver,
    }
}

/// Whether it is an object of Python, which leads to others by `Deref`.
fn is_object(ty: &Ty) -> bool {
    matches!(ty, Ty::GilRef(_) | Ty::Native(_) | Ty::Bound(_) | Ty::Py(_) | Ty::Guard)
}
