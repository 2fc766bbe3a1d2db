//! Values of which more is known than their type: modules by their names, values that threads cannot share, places in sequences.

use syn::visit::Visit;
use syn::{Expr, Lit, Pat};

use super::Walker;
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::model::values::{Indexing, NamedSubmodule, Part, UnsharedCapture};
use crate::rust::{TypeRef, name_of};

/// What is known of a variable.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// It is a new module of this name.
    Module(String),
    /// It holds a value of this type, which is `Send` and not `Sync`.
    Unshared(String),
}

/// Functions that make a module and take its name last.
const NEW_MODULE: &[&str] = &["pyo3::types::PyModule::new", "pyo3::types::PyModule::new_bound"];

/// Types that can move to another thread, and be used by one at a time.
const UNSHARED: &[&str] = &["Cell", "RefCell", "UnsafeCell", "OnceCell", "LazyCell"];

impl Walker<'_> {
    /// Notes brackets behind a sequence of Python.
    pub(super) fn indexing(&mut self, index: &syn::ExprIndex, sequence: &Ty) {
        if !matches!(sequence, Ty::GilRef(class) if matches!(class.as_str(), "PyList" | "PyTuple" | "PySequence")) {
            return;
        }
        let place = |end: &Option<Box<Expr>>| end.as_deref().map(|end| self.range(end));
        let part = match &*index.index {
            Expr::Range(range) if matches!(range.limits, syn::RangeLimits::Closed(_)) => None,
            Expr::Range(range) => Some(Part::Slice(place(&range.start), place(&range.end))),
            item => Some(Part::Item(self.range(item))),
        };
        let (range, sequence) = (self.range(index), (self.range(&*index.expr), sequence.clone()));
        self.facts.indexings.push(Indexing { range, sequence, part, function: self.function, source: self.source });
    }

    /// Notes what a `let` says of the variable that it declares; the variable is in scope already.
    pub(super) fn know(&mut self, local: &syn::Local) {
        let (pattern, written) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            other => (other, None),
        };
        let Pat::Ident(name) = pattern else { return };
        let by_type = written.and_then(|ty| self.unshared_type(&TypeRef::new(ty)));
        let by_value = || local.init.as_ref().and_then(|init| self.known_value(&init.expr));
        if let Some(known) = by_type.or_else(by_value) {
            let name = name_of(&name.ident);
            let depth = self.variables.len() - 1;
            self.known.insert((depth, name), known);
        }
    }

    /// Records `parent.add_submodule(&module)` with the name of the module, where that is known.
    pub(super) fn submodule(&mut self, call: &syn::ExprMethodCall) {
        let Some(module) = call.args.last().filter(|_| call.method == "add_submodule") else { return };
        if let Some(Known::Module(name)) = self.known_value(module) {
            let place = self.range(&call.method);
            self.facts.submodules.push(NamedSubmodule { place, name });
        }
    }

    /// Records what the closure that `PyCFunction::new_closure` is given captures, where threads are known not to share it.
    pub(super) fn shared_closure(&mut self, call: &syn::ExprCall, resolved: &Resolved) {
        let is_named = matches!(resolved, Resolved::Pyo3(path) if path == "pyo3::types::PyCFunction::new_closure");
        let Some(closure) = call.args.last().filter(|_| is_named) else { return };
        if let Some(Known::Unshared(ty)) = self.known_value(closure) {
            let place = self.range(&*call.func);
            self.facts.unshared_captures.push(UnsharedCapture { place, closure: self.range(closure), ty });
        }
    }

    fn known_value(&self, value: &Expr) -> Option<Known> {
        match value {
            Expr::Paren(inner) => self.known_value(&inner.expr),
            Expr::Reference(inner) => self.known_value(&inner.expr),
            Expr::Try(inner) => self.known_value(&inner.expr),
            Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => self.known_value(&call.receiver),
            Expr::Path(path) => self.known_variable(&name_of(path.path.get_ident()?)),
            Expr::Closure(closure) => self.captured_unshared(closure),
            Expr::Call(call) => self.known_call(call),
            _ => None,
        }
    }

    fn known_variable(&self, name: &str) -> Option<Known> {
        let (depth, _) = self.variable(name)?;
        self.known.get(&(depth, name.to_owned())).cloned()
    }

    fn known_call(&self, call: &syn::ExprCall) -> Option<Known> {
        let Expr::Path(callee) = &*call.func else { return None };
        let names: Vec<String> = callee.path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        match (self.resolve_names(&names, callee.path.leading_colon.is_some()), call.args.last()) {
            (Resolved::Pyo3(path), Some(Expr::Lit(literal))) if NEW_MODULE.contains(&path.as_str()) => match &literal.lit {
                Lit::Str(name) => Some(Known::Module(name.value())),
                _ => None,
            },
            (Resolved::External(path), _) => match path.as_slice() {
                [.., owner, function] if ["new", "from", "default"].contains(&function.as_str()) => {
                    self.unshared_path(&path[..path.len() - 1], owner)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn unshared_type(&self, written: &TypeRef) -> Option<Known> {
        let TypeRef::Path { segments, .. } = written else { return None };
        match self.resolve_names(segments, false) {
            Resolved::External(path) => self.unshared_path(&path, path.last()?),
            _ => None,
        }
    }

    fn unshared_path(&self, path: &[String], name: &str) -> Option<Known> {
        let is_std = path.first().is_some_and(|root| root == "std" || root == "core");
        (is_std && UNSHARED.contains(&name)).then(|| Known::Unshared(name.to_owned()))
    }

    /// A variable from outside of the closure that threads cannot share.
    fn captured_unshared(&self, closure: &syn::ExprClosure) -> Option<Known> {
        let mut names = Names::default();
        names.visit_expr_closure(closure);
        let captured = names.used.iter().filter(|name| !names.declared.contains(name));
        captured.filter_map(|name| self.known_variable(name)).find(|known| matches!(known, Known::Unshared(_)))
    }
}

/// The variables of a piece of code.
#[derive(Default)]
struct Names {
    used: Vec<String>,
    declared: Vec<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.used.extend(path.path.get_ident().map(name_of));
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.declared.push(name_of(&pattern.ident));
    }
}
