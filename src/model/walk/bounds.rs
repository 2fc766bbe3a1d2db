//! Reading bounds on type parameters whose values are only ever referred to.

use syn::visit::{self, Visit};
use syn::{FnArg, GenericParam, Generics, ImplItem, ReceiverKind, Type, TypeParamBound, WherePredicate};

use super::Walker;
use crate::model::lifetimes::{Clause, LentBound};
use crate::text::TextRange;

impl Walker<'_> {
    /// Records the bounds on parameters that a function takes references to.
    pub(super) fn lent_bounds_of_function(&mut self, signature: &syn::Signature) {
        let typed = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(&*typed.ty),
            FnArg::Receiver(_) => None,
        });
        let inputs: Vec<&Type> = typed.collect();
        let is_lent = |name: &str| mentions(&inputs, name) == Some(Mention::Reference);
        let end = match &signature.output {
            syn::ReturnType::Type(_, ty) => self.range(&**ty).end,
            syn::ReturnType::Default => self.spans.of(signature.paren_token.span.close()).end,
        };
        self.lent_bounds(&signature.generics, end, is_lent);
    }

    /// Records the bounds on parameters of an `impl` whose methods borrow `self` and take no values of them.
    pub(super) fn lent_bounds_of_block(&mut self, block: &syn::ItemImpl) {
        let signatures = block.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(&function.sig),
            _ => None,
        });
        let signatures: Vec<&syn::Signature> = signatures.collect();
        let borrows = |receiver: &syn::Receiver| matches!(receiver.kind, ReceiverKind::Reference(..));
        let all_borrow = !signatures.is_empty() && signatures.iter().all(|signature| signature.receiver().is_some_and(borrows));
        let inputs = signatures.iter().flat_map(|signature| &signature.inputs).filter_map(|input| match input {
            FnArg::Typed(typed) => Some(&*typed.ty),
            FnArg::Receiver(_) => None,
        });
        let inputs: Vec<&Type> = inputs.collect();
        let is_lent = |name: &str| all_borrow && mentions(&inputs, name) != Some(Mention::Value);
        self.lent_bounds(&block.generics, self.range(&*block.self_ty).end, is_lent);
    }

    fn lent_bounds(&mut self, generics: &Generics, end: usize, is_lent: impl Fn(&str) -> bool) {
        let clause = match &generics.where_clause {
            Some(clause) => match clause.predicates.pairs().last() {
                Some(last) => {
                    let before = if last.punct().is_some() { " " } else { ", " };
                    let end = last.punct().map_or_else(|| self.range(last.value()).end, |comma| self.range(*comma).end);
                    Clause { at: end, before }
                }
                None => return,
            },
            None => Clause { at: end, before: " where " },
        };
        let mut found = Vec::new();
        for parameter in &generics.params {
            let GenericParam::Type(parameter) = parameter else { continue };
            let name = parameter.ident.to_string();
            if is_lent(&name) {
                let place = self.range(&parameter.ident);
                found.extend(self.bounds_of(&name, place, parameter.bounds.iter().collect(), None, &clause));
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            let WherePredicate::Type(predicate) = predicate else { continue };
            let Type::Path(bounded) = &predicate.bounded_ty else { continue };
            let Some(name) = bounded.path.get_ident().map(ToString::to_string).filter(|name| is_lent(name)) else { continue };
            let place = self.range(&predicate.bounded_ty);
            let only = (predicate.bounds.len() == 1 && predicate.lifetimes.is_none()).then_some(place);
            found.extend(self.bounds_of(&name, place, predicate.bounds.iter().collect(), only, &clause));
        }
        self.facts.lent_bounds.extend(found);
    }

    /// The bounds behind a type at `place`; `only` is that place where a bound stands alone in its predicate.
    fn bounds_of(
        &self,
        name: &str,
        place: TextRange,
        bounds: Vec<&TypeParamBound>,
        only: Option<TextRange>,
        clause: &Clause,
    ) -> Vec<LentBound> {
        let ranges: Vec<TextRange> = bounds.iter().map(|bound| self.range(*bound)).collect();
        let lent = |(index, range): (usize, &TextRange)| {
            let removed = match (index, ranges.get(index + 1)) {
                (0, Some(next)) => TextRange::new(range.start, next.start),
                (0, None) => TextRange::new(place.end, range.end),
                (_, _) => TextRange::new(ranges[index - 1].end, range.end),
            };
            LentBound { range: *range, parameter: name.to_owned(), predicate: only, removed, clause: *clause }
        };
        ranges.iter().enumerate().map(lent).collect()
    }
}

/// How types mention a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mention {
    /// Behind references alone.
    Reference,
    /// By value, too.
    Value,
}

fn mentions(types: &[&Type], name: &str) -> Option<Mention> {
    let mut found = Mentions { name, depth: 0, found: None };
    types.iter().for_each(|ty| found.visit_type(ty));
    found.found
}

struct Mentions<'n> {
    name: &'n str,
    depth: usize,
    found: Option<Mention>,
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.depth += 1;
        visit::visit_type_reference(self, reference);
        self.depth -= 1;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.is_ident(self.name) {
            let here = if self.depth == 0 { Mention::Value } else { Mention::Reference };
            self.found = Some(if self.found == Some(Mention::Value) { Mention::Value } else { here });
        }
        visit::visit_path(self, path);
    }
}
