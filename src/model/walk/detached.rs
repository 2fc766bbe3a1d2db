//! Attachment: which closures run detached, and what of Python they reach.

use syn::Expr;

use super::Walker;
use crate::model::detached::{DetachedAccess, DetachedAccessKind};
use crate::model::facts::{PathUsePosition, TypePosition};
use crate::model::outline::ACQUIRING;
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::name_of;
use crate::text::TextRange;

/// A closure or block that changes whether the thread is attached.
#[derive(Clone, Debug)]
pub(super) enum Attachment {
    /// The closure of `Python::attach`.
    Attached,
    /// The closure of `detach`: the method's name and its place, and the number of variable scopes outside the closure.
    Detached(String, TextRange, usize),
    /// Code that runs on another thread or at another time.
    Elsewhere,
}

/// Associated functions of `Python` that attach the thread for a closure.
const ATTACHING: &[&str] = &["attach", "with_gil", "try_attach", "with_gil_unchecked", "attach_unchecked"];
/// Associated functions of `Python` that make a token out of nothing.
const ASSUMING: &[&str] = &["assume_attached", "assume_gil_acquired"];

/// The function of `Python` at a canonical path: `attach` for `pyo3::Python::attach`.
fn python_function(path: &str) -> Option<&str> {
    path.strip_prefix("pyo3::Python::")
}

pub(super) fn attaches(path: &str) -> bool {
    python_function(path).is_some_and(|name| ATTACHING.contains(&name))
}

impl Walker<'_> {
    /// Whether no token from outside is good here: a detached closure is around this place, and nothing inside of it attaches.
    pub(super) fn is_detached(&self) -> bool {
        let deciding = self.attachment.iter().rev().find(|attachment| !matches!(attachment, Attachment::Elsewhere));
        matches!(deciding, Some(Attachment::Detached(..)))
    }

    /// The detached closure that directly surrounds this place.
    pub(super) fn detached(&self) -> Option<(&str, TextRange, usize)> {
        match self.attachment.last()? {
            Attachment::Detached(name, range, depth) => Some((name, *range, *depth)),
            _ => None,
        }
    }

    fn report_detached(&mut self, kind: DetachedAccessKind, range: TextRange) {
        let Some((name, detach, _)) = self.detached() else { return };
        let detach_name = name.to_owned();
        // One report a closure and variable: the first place tells it all.
        let known = self.facts.detached.iter().any(|access| access.detach == detach && access.kind == kind);
        if !known {
            self.facts.detached.push(DetachedAccess { kind, range, detach, detach_name });
        }
    }

    /// A variable is used that was declared in the scope number `depth`.
    pub(super) fn captured(&mut self, name: &str, depth: usize, ty: &Ty, range: TextRange) {
        // Another thread that is started inside the closure is not attached either.
        let reaching = self.attachment.iter().rposition(|attachment| !matches!(attachment, Attachment::Elsewhere));
        let Some(index) = reaching else { return };
        let Attachment::Detached(_, _, scopes) = self.attachment[index] else { return };
        if depth >= scopes || !self.carries_token(ty) {
            return;
        }
        let elsewhere = self.attachment.split_off(index + 1);
        self.report_detached(DetachedAccessKind::Captured(name.to_owned(), ty.describe()), range);
        self.attachment.extend(elsewhere);
    }

    /// Whether a value of this type carries a token: itself, or in a field of the package's own struct.
    pub(super) fn carries_token(&self, ty: &Ty) -> bool {
        let Ty::Own(module, name) = ty else { return ty.carries_token() };
        let fields = self.crate_model.type_named(*module, name).map(|own| own.fields.as_slice()).unwrap_or_default();
        fields.iter().any(|(field, _)| self.field_type(*module, name, field).carries_token())
    }

    /// A function is called by path.
    pub(super) fn called_while_detached(&mut self, resolved: &Resolved, range: TextRange) {
        if self.detached().is_none() {
            return;
        }
        match resolved {
            Resolved::Pyo3(path) => match python_function(path) {
                Some(name) if ASSUMING.contains(&name) => self.report_detached(DetachedAccessKind::Assumed(name.to_owned()), range),
                // From here on the closure is attached, as far as anybody can tell.
                _ if path.rsplit("::").next().is_some_and(|name| ACQUIRING.contains(&name)) => {
                    self.attachment.pop();
                    self.attachment.push(Attachment::Attached);
                }
                _ => {}
            },
            Resolved::Own { module, name, rest } => {
                let function = rest.last().unwrap_or(name);
                let owner = (!rest.is_empty()).then_some(name.as_str());
                self.helper_while_detached(Some(*module), owner, function, range);
            }
            _ => {}
        }
    }

    /// A function of the package is called: its summary tells what it does.
    pub(super) fn helper_while_detached(
        &mut self,
        module: Option<crate::model::join::ModuleId>,
        owner: Option<&str>,
        name: &str,
        range: TextRange,
    ) {
        if self.detached().is_none() {
            return;
        }
        if self.crate_model.assumes_attached(module, owner, name) {
            self.report_detached(DetachedAccessKind::AssumingHelper(name.to_owned()), range);
        }
    }

    /// Reports a detached closure whose body is a call that attaches. Beside other work that is how long work asks for signals, or takes what it needs
    /// from Python piece by piece.
    fn attaches_only(&mut self, body: &Expr) {
        match body {
            Expr::Block(block) => {
                if let [syn::Stmt::Expr(body, _)] = block.block.stmts.as_slice() {
                    self.attaches_only(body);
                }
            }
            Expr::Try(inner) => self.attaches_only(&inner.expr),
            Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => self.attaches_only(&call.receiver),
            Expr::Call(call) => {
                let Expr::Path(callee) = &*call.func else { return };
                let names: Vec<String> = callee.path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
                let Resolved::Pyo3(path) = self.resolve_names(&names, callee.path.leading_colon.is_some()) else { return };
                if let Some(name) = python_function(&path).filter(|name| ATTACHING.contains(name)) {
                    let range = self.range(callee);
                    self.report_detached(DetachedAccessKind::Attached(name.to_owned()), range);
                }
            }
            _ => {}
        }
    }

    /// Visits the arguments of a call whose closures run in the given way.
    pub(super) fn arguments_with(&mut self, arguments: &[&Expr], attachment: Attachment, parameters: &[Ty]) -> Vec<Ty> {
        let mut types = Vec::new();
        for argument in arguments {
            types.push(match argument {
                Expr::Closure(closure) => {
                    self.attachment.push(attachment.clone());
                    self.attaches_only(&closure.body);
                    let ty = self.closure_body(closure, parameters, TypePosition::Closure);
                    self.attachment.pop();
                    ty
                }
                // The function itself: `py.detach(work)`.
                Expr::Path(path)
                    if path.qself.is_none() && path.path.get_ident().is_none_or(|name| self.variable(&name_of(name)).is_none()) =>
                {
                    let resolved = self.record_path(&path.path, PathUsePosition::Value, None);
                    self.in_position(TypePosition::Turbofish, |walker| walker.path_arguments(&path.path));
                    self.attachment.push(attachment.clone());
                    self.called_while_detached(&resolved, self.range(path));
                    self.attachment.pop();
                    Ty::Unknown
                }
                other => self.expression(other),
            });
        }
        types
    }

    /// Whether `name` hands its closure to another thread: `spawn`, rayon's iterators.
    pub(super) fn runs_elsewhere(&self, name: &str, receiver: TextRange) -> bool {
        let spawns = name.starts_with("spawn") || matches!(name, "install" | "scope" | "broadcast" | "block_on" | "future_into_py");
        let receiver = self.slice(receiver);
        spawns || receiver.contains("par_iter") || receiver.contains("par_bridge") || receiver.contains("par_chunks")
    }

    /// The attachment of a detached closure that starts here.
    pub(super) fn detach_here(&self, name: &str, range: TextRange) -> Attachment {
        Attachment::Detached(name.to_owned(), range, self.variables.len())
    }
}
