//! Patterns: which variables they declare, and with which types.

use std::collections::BTreeSet;

use syn::Pat;
use syn::visit::{self, Visit};

use super::Walker;
use crate::model::facts::PathUsePosition;
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{TypeRef, is_macro_variable, name_of};

impl Walker<'_> {
    /// Declares the variables of `pattern`, which matches a value of type `ty`.
    pub(super) fn bind(&mut self, pattern: &Pat, ty: Ty) {
        match pattern {
            Pat::Ident(ident) => {
                if let Some((_, inner)) = &ident.subpat {
                    self.bind(inner, ty.clone());
                }
                self.declare(name_of(&ident.ident), ty);
            }
            Pat::Type(typed) => {
                self.in_position(self.let_position, |walker| walker.written_type(&typed.ty));
                let named = TypeRef::new(&typed.ty);
                let written = self.resolve_type(&named);
                let target = if let TypeRef::Reference(target) = &named { target } else { &named };
                // What a macro is given decides, and not what the value seems to be.
                let is_open = target.name().is_some_and(is_macro_variable);
                self.bind(&typed.pat, if written == Ty::Unknown && !is_open { ty } else { written });
            }
            Pat::Reference(inner) => self.bind(&inner.pat, ty),
            Pat::Paren(inner) => self.bind(&inner.pat, ty),
            Pat::Tuple(tuple) => {
                let mut types = match ty {
                    Ty::Tuple(types) if types.len() == tuple.elems.len() => types.into_iter(),
                    _ => Vec::new().into_iter(),
                };
                for element in &tuple.elems {
                    self.bind(element, types.next().unwrap_or_default());
                }
            }
            Pat::TupleStruct(variant) => {
                let resolved = self.record_path(&variant.path, PathUsePosition::Value, None);
                let name = variant.path.segments.last().map(|segment| name_of(&segment.ident)).unwrap_or_default();
                for (index, element) in variant.elems.iter().enumerate() {
                    let field = match (name.as_str(), &ty) {
                        ("Some", Ty::Option(inner)) | ("Ok", Ty::Result(inner)) => (**inner).clone(),
                        ("Err", Ty::Result(_)) => Ty::Unknown,
                        _ => self.variant_field(&resolved, &index.to_string()),
                    };
                    self.bind(element, field);
                }
            }
            Pat::Struct(variant) => {
                let resolved = self.record_path(&variant.path, PathUsePosition::Value, None);
                for field in &variant.fields {
                    let name = match &field.member {
                        syn::Member::Named(name) => name_of(name),
                        syn::Member::Unnamed(index) => index.index.to_string(),
                    };
                    let ty = self.variant_field(&resolved, &name);
                    self.bind(&field.pat, ty);
                }
            }
            Pat::Or(alternatives) => alternatives.cases.iter().for_each(|case| self.bind(case, ty.clone())),
            Pat::Slice(slice) => {
                let element = ty.element();
                slice.elems.iter().for_each(|inner| self.bind(inner, element.clone()));
            }
            Pat::Guard(guarded) => {
                self.bind(&guarded.pat, ty);
                self.expression(&guarded.guard);
            }
            Pat::Path(path) => {
                self.record_path(&path.path, PathUsePosition::Value, None);
            }
            Pat::Macro(call) => {
                self.macro_call(&call.mac);
            }
            Pat::Const(_) | Pat::Lit(_) | Pat::Range(_) | Pat::Rest(_) | Pat::Wild(_) | Pat::Verbatim(_) => {}
            _ => {}
        }
    }

    /// The type of a field of the struct or variant that a pattern names.
    fn variant_field(&self, resolved: &Resolved, field: &str) -> Ty {
        let Resolved::Own { module, name, rest } = resolved else { return Ty::Unknown };
        let full = match rest.as_slice() {
            [] => field.to_owned(),
            [variant] => format!("{variant}::{field}"),
            _ => return Ty::Unknown,
        };
        self.field_type(*module, name, &full)
    }
}

/// The names that a body binds, those in closures, `async` blocks and items left out: they are not in scope where the body returns.
pub(super) fn bound_names(body: &syn::Block) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);

    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, ident: &'ast syn::PatIdent) {
            self.0.insert(name_of(&ident.ident));
            visit::visit_pat_ident(self, ident);
        }

        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}

        fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }

    let mut names = Names(BTreeSet::new());
    names.visit_block(body);
    names.0
}
