//! Where the type of a value is written: of a variable, and of what is taken out of it.

use syn::visit::Visit;
use syn::{Expr, Pat};

use super::Walker;
use crate::rust::name_of;
use crate::text::TextRange;

impl Walker<'_> {
    /// Notes for the variables of a pattern, which are in scope already, where the type of their value is written.
    pub(super) fn originate(&mut self, pattern: &Pat, origin: Option<TextRange>) {
        let Some(origin) = origin else { return };
        let mut names = Names::default();
        names.visit_pat(pattern);
        let depth = self.variables.len() - 1;
        self.origins.extend(names.0.into_iter().map(|name| ((depth, name), origin)));
    }

    /// Where the type of what a `let` declares is written: in its annotation, or with what its value comes from.
    pub(super) fn origin_of_local(&self, local: &syn::Local) -> Option<TextRange> {
        match &local.pat {
            Pat::Type(typed) => Some(self.range(&*typed.ty)),
            _ => local.init.as_ref().and_then(|init| self.origin(&init.expr)),
        }
    }

    /// Records the origin of a value that is used at `place`.
    pub(super) fn record_origin(&mut self, place: TextRange, value: &Expr) {
        if let Some(origin) = self.origin(value) {
            self.facts.origins.insert(place, origin);
        }
    }

    /// Where the type of the variable is written that a value is, or comes from.
    pub(super) fn origin(&self, value: &Expr) -> Option<TextRange> {
        match value {
            Expr::Path(path) => {
                let name = name_of(path.path.get_ident()?);
                let (depth, _) = self.variable(&name)?;
                self.origins.get(&(depth, name)).copied()
            }
            Expr::MethodCall(call) => self.origin(&call.receiver),
            Expr::Field(field) => self.origin(&field.base),
            Expr::Index(index) => self.origin(&index.expr),
            Expr::Try(inner) => self.origin(&inner.expr),
            Expr::Paren(inner) => self.origin(&inner.expr),
            Expr::Reference(inner) => self.origin(&inner.expr),
            Expr::Unary(inner) => self.origin(&inner.expr),
            // `Some(x)`.
            Expr::Call(call) if call.args.len() == 1 => self.origin(&call.args[0]),
            _ => None,
        }
    }
}

/// The names that a pattern declares.
#[derive(Default)]
struct Names(Vec<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.0.push(name_of(&pattern.ident));
    }
}
