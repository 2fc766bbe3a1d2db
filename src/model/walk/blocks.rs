//! The heads of `impl` blocks.

use super::Walker;
use crate::model::block::Block;
use crate::model::outline::attribute_names;
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::name_of;
use crate::text::TextRange;

impl Walker<'_> {
    pub(super) fn block_fact(&self, block: &syn::ItemImpl, self_ty: &Ty) -> Block {
        let of_trait = block.trait_.as_ref().and_then(|(path, _)| {
            let names: Vec<String> = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
            match self.resolve_names(&names, path.leading_colon.is_some()) {
                Resolved::Pyo3(path) => Some(path),
                _ => None,
            }
        });
        let (keyword, of) = (self.range(&block.impl_token), self.range(&*block.self_ty));
        let braces = block.brace_token.span;
        Block {
            range: self.range(block),
            lead: TextRange::new(keyword.end, of.start),
            inside: TextRange::new(self.spans.of(braces.open()).end, self.spans.of(braces.close()).start),
            of: self_ty.clone(),
            of_range: of,
            of_trait,
            attributes: attribute_names(&block.attrs),
            lifetimes: block.generics.lifetimes().map(|parameter| parameter.lifetime.to_string()).collect(),
            module: self.module,
            source: self.source,
        }
    }
}
