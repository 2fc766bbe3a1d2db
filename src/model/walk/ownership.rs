//! Ownership: which values outlive their statement, and which are owned or borrowed once GIL Refs are `Bound`s.

use syn::{Block, Expr, Stmt};

use super::Walker;
use crate::model::facts::MethodCall;
use crate::model::ty::Ty;
use crate::rust::name_of;

/// Methods that take a value out of a `Result` or an `Option`.
const UNWRAPPING: &[&str] =
    &["unwrap", "expect", "unwrap_or", "unwrap_or_else", "unwrap_or_default", "map_err", "ok", "ok_or", "ok_or_else"];

/// Methods of PyO3 whose value borrows from the receiver, today and in the time of GIL Refs.
const BORROWING: &[&str] = &["as_ref", "bind", "as_any", "as_unbound", "bind_borrowed", "as_super"];

/// Methods that look at an object as another type, borrowed from the receiver.
const CASTING: &[&str] = &["downcast", "downcast_exact", "downcast_unchecked", "cast_as", "cast", "cast_exact"];

impl Walker<'_> {
    /// Notes that the value of this expression outlives its statement.
    pub(super) fn keep(&mut self, value: &Expr) {
        match value {
            Expr::Block(inner) => self.keep_tail(&inner.block),
            Expr::Unsafe(inner) => self.keep_tail(&inner.block),
            Expr::If(branch) => {
                self.keep_tail(&branch.then_branch);
                branch.else_branch.iter().for_each(|(_, other)| self.keep(other));
            }
            Expr::Match(matching) => matching.arms.iter().for_each(|arm| self.keep(&arm.body)),
            Expr::Call(call) if is_wrapping(&call.func) => call.args.iter().for_each(|argument| self.keep(argument)),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.keep(element)),
            other => {
                let range = self.range(unwrapped(other));
                self.kept.insert(range);
            }
        }
    }

    /// Notes that the value of this block outlives it.
    pub(super) fn keep_tail(&mut self, block: &Block) {
        if let Some(Stmt::Expr(tail, None)) = block.stmts.last() {
            self.keep(tail);
        }
    }

    /// Whether an expression that was visited is an object of its own once GIL Refs are `Bound`s.
    pub(super) fn is_owned_python(&self, value: &Expr) -> bool {
        match unwrapped(value) {
            Expr::MethodCall(call) => self.visited(call).is_some_and(|call| {
                let of_python = matches!(call.receiver.1, Ty::GilRef(_) | Ty::Bound(_) | Ty::Token | Ty::Py(_));
                let name = call.name.0.as_str();
                of_python && !BORROWING.contains(&name) && !(CASTING.contains(&name) && !(call.owned_receiver && call.kept))
            }),
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => {
                    let range = self.range(&path.path);
                    self.facts.paths.iter().rev().any(|path| path.range == range && path.pyo3.is_some())
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression that was visited is borrowed once GIL Refs are `Bound`s.
    pub(super) fn is_borrowed_python(&self, value: &Expr) -> bool {
        match unwrapped(value) {
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) | Expr::Reference(_) => true,
            Expr::MethodCall(call) => self.visited(call).is_some_and(|call| {
                let name = call.name.0.as_str();
                BORROWING.contains(&name) || CASTING.contains(&name) && !(call.owned_receiver && call.kept)
            }),
            Expr::Macro(call) => call.mac.path.segments.last().is_some_and(|segment| segment.ident == "intern"),
            Expr::Match(matching) => matching.arms.iter().all(|arm| self.is_borrowed_python(&arm.body)),
            _ => false,
        }
    }

    fn visited(&self, call: &syn::ExprMethodCall) -> Option<&MethodCall> {
        let range = self.range(call);
        self.facts.calls.iter().rev().find(|found| found.range == range)
    }
}

/// What an expression takes its value out of: `x` of `x?`, `x.unwrap()`, `(x)`, `x as T`.
fn unwrapped(value: &Expr) -> &Expr {
    match value {
        Expr::Try(inner) => unwrapped(&inner.expr),
        Expr::Paren(inner) => unwrapped(&inner.expr),
        Expr::Group(inner) => unwrapped(&inner.expr),
        Expr::Cast(cast) => unwrapped(&cast.expr),
        Expr::MethodCall(call) if UNWRAPPING.contains(&name_of(&call.method).as_str()) => unwrapped(&call.receiver),
        other => other,
    }
}

/// `Ok`, `Some`, `Err`.
fn is_wrapping(callee: &Expr) -> bool {
    let Expr::Path(path) = callee else { return false };
    path.path.get_ident().is_some_and(|name| name == "Ok" || name == "Some")
}
