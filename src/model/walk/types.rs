//! Types and paths as facts.

use syn::visit::{self, Visit};
use syn::{GenericArgument, PathArguments, Type};

use super::Walker;
use crate::model::facts::{Callee, GilRefType, PathUse, PathUsePosition, TypePosition};
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{TypeRef, name_of};

impl Walker<'_> {
    /// A type as written: records GIL Refs and the paths in it.
    pub(super) fn written_type(&mut self, ty: &Type) {
        match ty {
            Type::Reference(reference) => {
                self.gil_ref(reference);
                self.inside(false, |walker| walker.written_type(&reference.elem));
            }
            Type::Path(path) => {
                if let Some(qself) = &path.qself {
                    self.written_type(&qself.ty);
                    if qself.as_token.is_some() {
                        self.record_path(&path.path, PathUsePosition::Type, None);
                    }
                    self.path_arguments(&path.path);
                } else {
                    self.type_path(&path.path);
                }
            }
            Type::Paren(inner) => self.written_type(&inner.elem),
            Type::Group(inner) => self.written_type(&inner.elem),
            Type::FnPtr(pointer) => self.fn_pointer(pointer),
            _ => self.inside(false, |walker| visit::visit_type(walker, ty)),
        }
    }

    /// A path that names a type.
    pub(super) fn type_path(&mut self, path: &syn::Path) {
        self.record_path(path, PathUsePosition::Type, None);
        let is_option = path.segments.last().is_some_and(|segment| segment.ident == "Option");
        self.inside(is_option, |walker| walker.path_arguments(path));
    }

    pub(super) fn bound(&mut self, bound: &syn::TraitBound) {
        self.record_path(&bound.path, PathUsePosition::Bound, None);
        if self.type_position == TypePosition::Other {
            self.in_position(TypePosition::Bound, |walker| walker.bound_path(bound));
        } else {
            self.inside(false, |walker| walker.bound_path(bound));
        }
    }

    /// Visits the generic arguments of all segments.
    pub(super) fn path_arguments(&mut self, path: &syn::Path) {
        for segment in &path.segments {
            match &segment.arguments {
                PathArguments::None => {}
                PathArguments::AngleBracketed(list) => list.args.iter().for_each(|argument| self.argument(argument)),
                PathArguments::Parenthesized(list) => {
                    list.inputs.iter().for_each(|input| self.written_type(&input.ty));
                    self.visit_return_type(&list.output);
                }
            }
        }
    }

    pub(super) fn argument(&mut self, argument: &GenericArgument) {
        match argument {
            GenericArgument::Type(ty) => self.written_type(ty),
            GenericArgument::AssocType(binding) => self.written_type(&binding.ty),
            other => visit::visit_generic_argument(self, other),
        }
    }

    fn gil_ref(&mut self, reference: &syn::TypeReference) {
        let target = TypeRef::new(&reference.elem);
        let Ty::Native(class) = self.resolve_type(&target) else { return };
        let external = match &target {
            TypeRef::Path { segments, .. } => matches!(self.resolve_names(segments, false), Resolved::External(_)),
            _ => false,
        };
        self.facts.gil_refs.push(GilRefType {
            range: self.range(reference),
            target: self.range(&*reference.elem),
            class,
            external,
            lifetime: reference.lifetime.as_ref().map(ToString::to_string),
            position: self.type_position,
            nesting: self.nesting,
            signature: self.signature,
            source: self.source,
            function: self.function,
            module: self.module,
        });
    }

    /// Records a path; returns what it means.
    pub(super) fn record_path(&mut self, path: &syn::Path, position: PathUsePosition, call: Option<Callee>) -> Resolved {
        let names: Vec<String> = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        let resolved = match names.first() {
            Some(first) if first == "Self" => self.on_self(&names),
            Some(only) if names.len() == 1 && (self.generics.contains(only) || self.variable(only).is_some()) => Resolved::Unknown,
            _ => self.resolve_names(&names, path.leading_colon.is_some()),
        };
        let segments = path.segments.iter().map(|segment| (name_of(&segment.ident), self.range(&segment.ident))).collect();
        self.push_path(segments, self.range(path), &resolved, position, call);
        resolved
    }

    /// `Self::new` where `Self` is a type of the package.
    fn on_self(&self, names: &[String]) -> Resolved {
        match &self.self_ty {
            Ty::Own(module, name) => Resolved::Own { module: *module, name: name.clone(), rest: names[1..].to_vec() },
            _ => Resolved::Unknown,
        }
    }

    pub(super) fn push_path(
        &mut self,
        segments: Vec<(String, crate::text::TextRange)>,
        range: crate::text::TextRange,
        resolved: &Resolved,
        position: PathUsePosition,
        call: Option<Callee>,
    ) {
        let (pyo3, external) = match resolved {
            Resolved::Pyo3(path) => (Some(path.clone()), None),
            Resolved::External(path) => (None, Some(path.join("::"))),
            // `T::type_object_bound(py)`: the last name alone may tell.
            _ if position == PathUsePosition::Value && segments.len() > 1 => (None, None),
            _ => return,
        };
        self.facts.paths.push(PathUse {
            segments,
            range,
            pyo3,
            spelled: None,
            external,
            root: None,
            position,
            call,
            module: self.module,
            source: self.source,
            function: self.function,
            signature: self.signature,
            in_test: self.in_test,
        });
    }
}
