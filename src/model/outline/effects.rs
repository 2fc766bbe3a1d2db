//! What a function's body does with the interpreter, and which functions it calls.

use syn::Item;
use syn::visit::{self, Visit};

use crate::rust::name_of;

/// Functions after which the thread is attached for the rest of the body.
pub(in crate::model) const ACQUIRING: &[&str] = &["acquire_gil", "acquire", "PyGILState_Ensure", "PyEval_RestoreThread"];

/// Reads what a body does. Where and when closures and `async` blocks run is open, and nested functions are others' business.
#[derive(Default)]
pub(super) struct EffectReader {
    pub(super) calls: Vec<String>,
    pub(super) methods: Vec<String>,
    assumes: bool,
    acquires: bool,
    /// Number of closures around this place.
    closures: usize,
}

impl EffectReader {
    /// Whether the body makes a token out of nothing, and relies on its callers for that.
    pub(super) fn assumes_attached(&self) -> bool {
        self.assumes && !self.acquires
    }
}

impl<'ast> Visit<'ast> for EffectReader {
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.closures += 1;
        visit::visit_expr_closure(self, closure);
        self.closures -= 1;
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.methods.push(name_of(&call.method));
        if !name_of(&call.method).starts_with("spawn") {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let syn::Expr::Path(callee) = &*call.func else { return visit::visit_expr_call(self, call) };
        let names: Vec<String> = callee.path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        let is_here = self.closures == 0;
        match names.as_slice() {
            [.., owner, name] if owner == "Python" && is_here && name.starts_with("assume_") => self.assumes = true,
            [.., name] if ACQUIRING.contains(&name.as_str()) => self.acquires = true,
            [.., name] if name.starts_with("spawn") => return,
            [name] if is_here => self.calls.push(name.clone()),
            _ => {}
        }
        visit::visit_expr_call(self, call);
    }
}
