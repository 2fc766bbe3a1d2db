//! Reading bounds on type parameters whose values are only ever referred to.

use syn::visit::{self, Visit};
use syn::{FnArg, Generics, ImplItem, ReceiverKind, Type, TypeParamBound, WherePredicate};

use super::Walker;
use crate::model::lifetimes::{Clause, LentBound, LentBy};
use crate::rust::name_of;
use crate::text::TextRange;

impl Walker<'_> {
    /// Records the bounds on parameters that a function takes references to.
    pub(super) fn lent_bounds_of_function(&mut self, signature: &syn::Signature) {
        let inputs: Vec<&Type> = signature.inputs.iter().filter_map(typed).collect();
        for (name, _, bounds) in parameters(&signature.generics) {
            if mentions(&inputs, &name) != Some(Mention::Reference) {
                continue;
            }
            let copies = |bound: &&TypeParamBound| matches!(bound, TypeParamBound::Trait(of) if ["Clone", "Copy"].iter().any(|name| of.path.is_ident(name)));
            let holder = LentBy::Function { is_cloned: bounds.iter().any(|bound| copies(&bound)) };
            let lent = bounds.iter().map(|bound| LentBound { range: self.range(bound), holder: holder.clone() });
            self.facts.lent_bounds.extend(lent.collect::<Vec<_>>());
        }
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
        let inputs: Vec<&Type> = signatures.iter().flat_map(|signature| &signature.inputs).filter_map(typed).collect();
        let Some(clause) = self.clause(&block.generics, self.range(&*block.self_ty).end).filter(|_| all_borrow) else { return };
        for (name, bounded, bounds) in parameters(&block.generics) {
            if mentions(&inputs, &name) == Some(Mention::Value) {
                continue;
            }
            let lent = self.bounds_of_block(&name, &bounded, bounds, clause);
            self.facts.lent_bounds.extend(lent);
        }
    }

    /// Records what a trait asks of those who implement it.
    pub(super) fn supertraits(&mut self, definition: &syn::ItemTrait) {
        let Some(colon) = &definition.colon_token else { return };
        let ranges: Vec<TextRange> = definition.supertraits.iter().map(|bound| self.range(bound)).collect();
        let items = self.spans.of(definition.brace_token.span.open()).end;
        let colon = self.range(colon).start;
        let lent =
            removals(&ranges, colon).into_iter().map(|(range, removed)| LentBound { range, holder: LentBy::Trait { removed, items } });
        self.facts.lent_bounds.extend(lent);
    }

    /// Where a further predicate goes; `end` is that of what comes before a first one.
    fn clause(&self, generics: &Generics, end: usize) -> Option<Clause> {
        let Some(clause) = &generics.where_clause else { return Some(Clause { at: end, before: " where " }) };
        let last = clause.predicates.pairs().next_back()?;
        Some(match last.punct() {
            Some(comma) => Clause { at: self.range(*comma).end, before: " " },
            None => Clause { at: self.range(last.value()).end, before: ", " },
        })
    }

    fn bounds_of_block(&self, name: &str, bounded: &Bounded<'_>, bounds: &Bounds, clause: Clause) -> Vec<LentBound> {
        let ranges: Vec<TextRange> = bounds.iter().map(|bound| self.range(bound)).collect();
        let (place, predicate) = match bounded {
            Bounded::Parameter(ident) => (self.range(*ident), None),
            Bounded::Predicate(ty) => (self.range(*ty), (ranges.len() == 1).then(|| self.range(*ty))),
        };
        let lent = |(range, removed)| LentBound { range, holder: LentBy::Block { parameter: name.to_owned(), predicate, removed, clause } };
        removals(&ranges, place.end).into_iter().map(lent).collect()
    }
}

/// Each of the bounds with what to delete to be rid of it; `bounded` is where the colon may go from.
fn removals(bounds: &[TextRange], bounded: usize) -> Vec<(TextRange, TextRange)> {
    let removed = |(index, range): (usize, &TextRange)| {
        let removed = match (index, bounds.get(index + 1)) {
            (0, Some(next)) => TextRange::new(range.start, next.start),
            (0, None) => TextRange::new(bounded, range.end),
            (_, _) => TextRange::new(bounds[index - 1].end, range.end),
        };
        (*range, removed)
    };
    bounds.iter().enumerate().map(removed).collect()
}

type Bounds = syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>;

/// What stands before the colon of bounds.
enum Bounded<'s> {
    /// `T` where it is declared.
    Parameter(&'s syn::Ident),
    /// `T` in a `where` clause.
    Predicate(&'s Type),
}

/// The type parameters that have bounds, where they are declared or in the `where` clause.
fn parameters(generics: &Generics) -> Vec<(String, Bounded<'_>, &Bounds)> {
    let declared =
        generics.type_params().map(|parameter| (name_of(&parameter.ident), Bounded::Parameter(&parameter.ident), &parameter.bounds));
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates).filter_map(|predicate| {
        let WherePredicate::Type(predicate) = predicate else { return None };
        let Type::Path(bounded) = &predicate.bounded_ty else { return None };
        let name = bounded.path.get_ident().filter(|_| predicate.lifetimes.is_none())?;
        Some((name_of(name), Bounded::Predicate(&predicate.bounded_ty), &predicate.bounds))
    });
    declared.chain(predicates).collect()
}

fn typed(input: &FnArg) -> Option<&Type> {
    match input {
        FnArg::Typed(typed) => Some(&typed.ty),
        FnArg::Receiver(_) => None,
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
