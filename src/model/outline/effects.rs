//! What a function's body does with the interpreter, and which functions it calls.

use syn::Item;
use syn::visit::{self, Visit};

use super::Effects;
use crate::rust::{TypeRef, name_of};

/// Reads what a body does on the thread that runs it: closures handed to `spawn` and nested functions are left out.
#[derive(Default)]
pub(super) struct EffectReader {
    pub(super) effects: Effects,
    pub(super) calls: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) extracted: Vec<TypeRef>,
}

impl<'ast> Visit<'ast> for EffectReader {
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "extract"
            && let Some(turbofish) = &call.turbofish
        {
            let types = turbofish.args.iter().filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(TypeRef::new(ty)),
                _ => None,
            });
            self.extracted.extend(types);
        }
        self.methods.push(name_of(&call.method));
        if !name_of(&call.method).starts_with("spawn") {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let syn::Expr::Path(callee) = &*call.func else { return visit::visit_expr_call(self, call) };
        let names: Vec<String> = callee.path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        match names.as_slice() {
            [.., owner, name] if owner == "Python" => match name.as_str() {
                "attach" | "with_gil" | "try_attach" | "acquire_gil" => self.effects.attaches = true,
                "assume_attached" | "assume_gil_acquired" => self.effects.assumes = true,
                _ => {}
            },
            [.., name] if name.starts_with("spawn") => return,
            [name] => self.calls.push(name.clone()),
            _ => {}
        }
        visit::visit_expr_call(self, call);
    }
}
