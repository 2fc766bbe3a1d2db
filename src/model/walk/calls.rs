//! Calls: of paths, of methods, and of closures; what they return by PyO3's signatures, the package's own and the standard library's.

use syn::Expr;

use super::Walker;
use super::detached::{Attachment, attaches};
use super::guards::Body;
use crate::catalog::{Era, method_signature};
use crate::model::facts::{Callee, GilRefUse, PathUsePosition, TypePosition};
use crate::model::join::ModuleId;
use crate::model::outline::OutlineFunction;
use crate::model::resolve::Resolved;
use crate::model::ty::{Ty, is_native};
use crate::rust::{TypeRef, name_of};
use crate::text::TextRange;

impl Walker<'_> {
    pub(super) fn call(&mut self, call: &syn::ExprCall) -> Ty {
        let callee = match &*call.func {
            Expr::Path(callee) if !self.is_variable(&callee.path) => callee,
            other => {
                self.expression(other);
                call.args.iter().for_each(|argument| {
                    self.expression(argument);
                });
                return Ty::Unknown;
            }
        };
        let names: Vec<String> = callee.path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        let index = self.facts.paths.len();
        let resolved = self.record_path(&callee.path, PathUsePosition::Value, None);
        if let Some(qself) = &callee.qself {
            self.in_position(TypePosition::Turbofish, |walker| walker.written_type(&qself.ty));
        }
        self.in_position(TypePosition::Turbofish, |walker| walker.path_arguments(&callee.path));
        let range = self.range(call);
        self.called_while_detached(&resolved, self.range(callee));
        self.shared_closure(call, &resolved);
        let types = self.call_arguments(call, &resolved);
        if let Resolved::Pyo3(path) = &resolved {
            self.method_by_path(path, self.range(&callee.path));
            for (argument, ty) in call.args.iter().zip(&types) {
                if let Ty::GilRef(class) = ty {
                    self.record_origin(self.spans.range(argument), argument);
                    let passed = (self.spans.range(argument), class.clone(), GilRefUse::Argument);
                    self.facts.gil_ref_uses.push(passed);
                }
            }
        }
        let recorded = self.facts.paths.get_mut(index).filter(|path| path.range == self.spans.range(&callee.path));
        if let Some(path) = recorded {
            let ranges = call.args.iter().map(|argument| self.spans.range(argument));
            let taken_as_result = self.taken_as_result.contains(&range);
            path.call = Some(Callee { arguments: ranges.zip(types.iter().cloned()).collect(), range, taken_as_result });
        }
        self.call_result(&names, &resolved, &types, callee)
    }

    /// `PyAny::eq`: a method of the time of GIL Refs, named as a function.
    pub(super) fn method_by_path(&mut self, path: &str, range: TextRange) {
        let Some((owner, method)) = path.rsplit_once("::") else { return };
        let class = owner.rsplit("::").next().unwrap_or_default();
        let is_method = is_native(owner) && method_signature(Era::GilRefs, class, method).is_some_and(|signature| signature.has_receiver);
        if is_method && self.era() != Some(Era::Bound) {
            self.facts.gil_ref_uses.push((range, class.to_owned(), GilRefUse::Argument));
        }
    }

    fn is_variable(&self, path: &syn::Path) -> bool {
        path.segments.len() == 1 && self.variable(&name_of(&path.segments[0].ident)).is_some()
    }

    fn call_arguments(&mut self, call: &syn::ExprCall, resolved: &Resolved) -> Vec<Ty> {
        let arguments: Vec<&Expr> = call.args.iter().collect();
        match resolved {
            Resolved::Pyo3(path) if attaches(path) => self.arguments_with(&arguments, Attachment::Attached, &[Ty::Token]),
            // `Python::allow_threads(py, || …)`.
            Resolved::Pyo3(path) if path == "pyo3::Python::allow_threads" || path == "pyo3::Python::detach" => {
                let name = path.rsplit("::").next().unwrap_or_default().to_owned();
                let detached = self.detach_here(&name, self.range(&*call.func));
                self.arguments_with(&arguments, detached, &[])
            }
            Resolved::External(path) if path.last().is_some_and(|name| self.runs_elsewhere(name, self.range(&*call.func))) => {
                self.arguments_with(&arguments, Attachment::Elsewhere, &[])
            }
            _ => arguments.iter().map(|argument| self.expression(argument)).collect(),
        }
    }

    fn call_result(&mut self, names: &[String], resolved: &Resolved, arguments: &[Ty], callee: &syn::ExprPath) -> Ty {
        let first = || Box::new(arguments.first().cloned().unwrap_or_default());
        match resolved {
            Resolved::Unknown => match names.last().map(String::as_str) {
                Some("Some") => Ty::Option(first()),
                Some("Ok") => Ty::Result(first()),
                Some("Err") => Ty::Result(Box::default()),
                Some("new" | "clone" | "from") if names.len() == 2 && matches!(names[0].as_str(), "Box" | "Rc" | "Arc") => *first(),
                _ => Ty::Unknown,
            },
            Resolved::Pyo3(path) => {
                let Some((owner, method)) = path.rsplit_once("::") else { return Ty::Unknown };
                let class = owner.rsplit("::").next().unwrap_or_default();
                let turbofish = self.path_turbofish(callee);
                // `Py::new(py, X)` and `Py::<T>::from(..)`.
                if class == "Py" || class == "PyObject" {
                    let ty = self.path_owner_type(callee).unwrap_or_default();
                    let ty = if class == "PyObject" { Ty::Py("PyAny".to_owned()) } else { ty };
                    return match method {
                        "new" => Ty::Result(Box::new(Ty::Py(String::new()))),
                        _ => ty,
                    };
                }
                match self.signature(class, method) {
                    Some(signature) => self.signature_type(&signature, class, turbofish.first()),
                    None => Ty::Unknown,
                }
            }
            Resolved::Own { module, name, rest } => self.own_call_result(*module, name, rest, arguments),
            Resolved::External(_) | Resolved::Module(_) => Ty::Unknown,
        }
    }

    /// The types of the last segment's turbofish.
    fn path_turbofish(&self, callee: &syn::ExprPath) -> Vec<Ty> {
        match TypeRef::from_path(&callee.path) {
            TypeRef::Path { arguments, .. } => arguments.iter().map(|argument| self.resolve_type(argument)).collect(),
            _ => Vec::new(),
        }
    }

    /// The type before the last segment: `Py<PyAny>` of `Py::<PyAny>::from`.
    fn path_owner_type(&self, callee: &syn::ExprPath) -> Option<Ty> {
        let mut owner = callee.path.clone();
        owner.segments.pop();
        owner.segments.pop_punct();
        Some(self.resolve_type(&TypeRef::from_path(&owner)))
    }

    fn own_call_result(&self, module: ModuleId, name: &str, rest: &[String], arguments: &[Ty]) -> Ty {
        match rest {
            [] => {
                let found = self.crate_model.functions_named(name).find(|(home, function)| *home == module && function.owner.is_none());
                match found {
                    Some((home, function)) => self.returned(home, function, Ty::Unknown),
                    // A tuple struct's constructor. A generic one is what it was given, `SendWrapper(object)`.
                    None if arguments.iter().any(Ty::carries_token) && self.is_generic(module, name) => Ty::Tuple(arguments.to_vec()),
                    None if self.crate_model.type_named(module, name).is_some() => Ty::Own(module, name.to_owned()),
                    None => Ty::Unknown,
                }
            }
            [method] => self.own_method_result(&Ty::Own(module, name.to_owned()), method).unwrap_or_default(),
            _ => Ty::Unknown,
        }
    }

    fn is_generic(&self, module: ModuleId, name: &str) -> bool {
        self.crate_model.type_named(module, name).is_some_and(|own| !own.generics.is_empty())
    }

    /// What the package's own method `name` returns on a value of `ty`.
    pub(super) fn own_method_result(&self, ty: &Ty, name: &str) -> Option<Ty> {
        let mut candidates = self.crate_model.functions_named(name).filter(|(_, function)| function.owner.is_some());
        let found = match ty {
            Ty::Own(home, class) => candidates.find(|(place, function)| {
                function.owner.as_ref().and_then(TypeRef::name) == Some(class) && self.crate_model.may_name(*place, *home)
            }),
            _ => None,
        };
        let (home, function) = found?;
        Some(self.returned(home, function, ty.clone()))
    }

    fn returned(&self, home: ModuleId, function: &OutlineFunction, self_ty: Ty) -> Ty {
        replace_self(&function.returns, &self_ty).unwrap_or_else(|| self.crate_model.ty(home, &function.returns, &function.generics, &[]))
    }

    /// Visits a closure of which is not known where and when it runs.
    pub(super) fn closure(&mut self, closure: &syn::ExprClosure, parameters: &[Ty], position: TypePosition) -> Ty {
        self.attachment.push(Attachment::Elsewhere);
        let ty = self.closure_body(closure, parameters, position);
        self.attachment.pop();
        ty
    }

    /// Visits a closure that a method is given for what it takes out of its receiver, whose type is written at `origin`.
    pub(super) fn item_closure(&mut self, closure: &syn::ExprClosure, parameters: &[Ty], origin: Option<TextRange>) -> Ty {
        let outer = std::mem::replace(&mut self.item_origin, origin);
        let ty = self.closure(closure, parameters, TypePosition::ClosureItem);
        self.item_origin = outer;
        ty
    }

    /// Visits a closure; `parameters` are the types that its caller gives it. Its type is that of its body.
    pub(super) fn closure_body(&mut self, closure: &syn::ExprClosure, parameters: &[Ty], position: TypePosition) -> Ty {
        self.keep(&closure.body);
        let body = self.range(&*closure.body);
        self.facts.inner_bodies.push(body);
        let item_origin = self.item_origin.take();
        self.scoped(|walker| {
            for (index, input) in closure.inputs.iter().enumerate() {
                let given = parameters.get(index).cloned().unwrap_or_default();
                walker.in_position(position, |walker| match input {
                    syn::Pat::Type(typed) => {
                        walker.written_type(&typed.ty);
                        let written = walker.resolve_type(&TypeRef::new(&typed.ty));
                        walker.bind(&typed.pat, if written == Ty::Unknown { given } else { written });
                    }
                    other => walker.bind(other, given),
                });
                let written = match input {
                    syn::Pat::Type(typed) => Some(walker.range(&*typed.ty)),
                    _ => item_origin,
                };
                walker.originate(input, written);
            }
            if let syn::ReturnType::Type(_, ty) = &closure.output {
                walker.in_position(TypePosition::Other, |walker| walker.written_type(ty));
            }
            walker.bodies.push(Body::Closure(walker.range(&*closure.body)));
            let ty = walker.expression(&closure.body);
            walker.bodies.pop();
            ty
        })
    }
}

/// The type that a signature mentions as `Self`, alone or in an `Option` or `Result`.
fn replace_self(written: &TypeRef, self_ty: &Ty) -> Option<Ty> {
    match written {
        TypeRef::Path { segments, arguments } => match (segments.last()?.as_str(), arguments.first()) {
            ("Self", _) => Some(self_ty.clone()),
            ("Option", Some(inner)) => Some(Ty::Option(Box::new(replace_self(inner, self_ty)?))),
            ("Result" | "PyResult", Some(inner)) => Some(Ty::Result(Box::new(replace_self(inner, self_ty)?))),
            _ => None,
        },
        TypeRef::Reference(inner) => replace_self(inner, self_ty),
        _ => None,
    }
}
