//! Calls: of paths, of methods, and of closures; what they return by PyO3's signatures, the package's own and the standard library's.

use syn::Expr;

use super::Walker;
use super::detached::{Attachment, attaches};
use crate::catalog::{Era, Signature, method_signature, symbols};
use crate::model::facts::{Callee, GilRefUse, MethodCall, PathUsePosition, TypePosition};
use crate::model::join::ModuleId;
use crate::model::outline::OutlineFunction;
use crate::model::resolve::Resolved;
use crate::model::ty::{Ty, is_native};
use crate::release::Release;
use crate::rust::{TypeRef, parse_type};
use crate::text::TextRange;

/// The first release whose plain names return `Bound`.
const BOUND_NAMES: Release = Release::new(23);

impl Walker<'_> {
    pub(super) fn call(&mut self, call: &syn::ExprCall) -> Ty {
        let Expr::Path(callee) = &*call.func else {
            self.expression(&call.func);
            call.args.iter().for_each(|argument| {
                self.expression(argument);
            });
            return Ty::Unknown;
        };
        let names: Vec<String> = callee.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let is_local = names.len() == 1 && self.variable(&names[0]).is_some();
        if is_local {
            self.path_expression_of(callee);
            let types: Vec<Ty> = call.args.iter().map(|argument| self.expression(argument)).collect();
            drop(types);
            return Ty::Unknown;
        }
        let index = self.facts.paths.len();
        let resolved = self.record_path(&callee.path, PathUsePosition::Value, None);
        if let Some(qself) = &callee.qself {
            self.in_position(TypePosition::Turbofish, |walker| walker.written_type(&qself.ty));
        }
        self.in_position(TypePosition::Turbofish, |walker| walker.path_arguments(&callee.path));
        let range = self.range(call);
        self.called_while_detached(&resolved, self.range(callee));
        let types = self.call_arguments(call, &resolved);
        if let Resolved::Pyo3(path) = &resolved {
            self.method_by_path(path, self.range(&callee.path));
            for (argument, ty) in call.args.iter().zip(&types) {
                if let Ty::GilRef(class) = ty {
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

    /// `PyAny::eq(a, b)`: a method of the time of GIL Refs, called as a function.
    fn method_by_path(&mut self, path: &str, range: TextRange) {
        let Some((owner, method)) = path.rsplit_once("::") else { return };
        let class = owner.rsplit("::").next().unwrap_or_default();
        let is_method = is_native(owner) && method_signature(Era::GilRefs, class, method).is_some_and(|signature| signature.has_receiver);
        if is_method && self.era() == Era::GilRefs {
            self.facts.gil_ref_uses.push((range, class.to_owned(), GilRefUse::Argument));
        }
    }

    fn path_expression_of(&mut self, callee: &syn::ExprPath) {
        if let Some(name) = callee.path.get_ident().map(ToString::to_string)
            && let Some((depth, ty)) = self.variable(&name)
        {
            let ty = ty.clone();
            self.captured(&name, depth, &ty, self.range(callee));
        }
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
            Resolved::Own { module, name, rest } => self.own_call_result(*module, name, rest),
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

    fn own_call_result(&self, module: ModuleId, name: &str, rest: &[String]) -> Ty {
        match rest {
            [] => {
                let found = self.crate_model.functions_named(name).find(|(home, function)| *home == module && function.owner.is_none());
                match found {
                    Some((home, function)) => self.returned(home, function, Ty::Unknown),
                    // A tuple struct's constructor.
                    None if self.crate_model.type_named(module, name).is_some() => Ty::Own(module, name.to_owned()),
                    None => Ty::Unknown,
                }
            }
            [method] => self.own_method_result(&Ty::Own(module, name.to_owned()), method).unwrap_or_default(),
            _ => Ty::Unknown,
        }
    }

    /// What the package's own method `name` returns on a value of `ty`.
    fn own_method_result(&self, ty: &Ty, name: &str) -> Option<Ty> {
        let mut candidates = self.crate_model.functions_named(name).filter(|(_, function)| function.owner.is_some());
        let found = match ty {
            Ty::Own(_, class) => candidates.find(|(_, function)| function.owner.as_ref().and_then(TypeRef::name) == Some(class)),
            _ => None,
        };
        let (home, function) = found?;
        Some(self.returned(home, function, ty.clone()))
    }

    fn returned(&self, home: ModuleId, function: &OutlineFunction, self_ty: Ty) -> Ty {
        replace_self(&function.returns, &self_ty).unwrap_or_else(|| self.crate_model.ty(home, &function.returns, &function.generics, &[]))
    }

    pub(super) fn method_call(&mut self, call: &syn::ExprMethodCall) -> Ty {
        let name = call.method.to_string();
        if matches!(
            name.as_str(),
            "unwrap" | "expect" | "map_err" | "ok" | "unwrap_or_else" | "unwrap_or" | "and_then" | "is_ok" | "is_err"
        ) {
            self.take_as_result(&call.receiver);
        }
        let receiver = self.expression(&call.receiver);
        let receiver_range = self.range(&*call.receiver);
        let turbofish = call.turbofish.as_ref().map(|list| {
            self.in_position(TypePosition::Turbofish, |walker| list.args.iter().for_each(|argument| walker.argument(argument)));
            let types = list.args.iter().filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(self.resolve_type(&TypeRef::new(ty))),
                _ => None,
            });
            (self.range(list), types.collect::<Vec<_>>())
        });
        let arguments = self.method_arguments(call, &name, &receiver);
        let range = self.range(call);
        if let Ty::Own(module, class) = &receiver {
            let (module, class) = (*module, class.clone());
            self.helper_while_detached(Some(module), Some(&class), &name, self.range(&call.method));
        }
        let types = turbofish.as_ref().map(|(_, types)| types.clone()).unwrap_or_default();
        let result = self.method_result(&name, &receiver, &arguments, &types);
        self.facts.calls.push(MethodCall {
            name: (name, self.range(&call.method)),
            receiver: (receiver_range, receiver),
            arguments: call.args.iter().map(|argument| self.spans.range(argument)).zip(arguments).collect(),
            turbofish,
            taken_as_result: self.taken_as_result.contains(&range),
            range,
            module: self.module,
            source: self.source,
            function: self.function,
        });
        result
    }

    fn method_arguments(&mut self, call: &syn::ExprMethodCall, name: &str, receiver: &Ty) -> Vec<Ty> {
        let arguments: Vec<&Expr> = call.args.iter().collect();
        let detaches = matches!(name, "allow_threads" | "detach") && arguments.len() == 1;
        if detaches && self.is_token(receiver, &call.receiver) {
            let detached = self.detach_here(name, self.range(&call.method));
            return self.arguments_with(&arguments, detached, &[]);
        }
        if self.runs_elsewhere(name, self.range(&*call.receiver)) {
            return self.arguments_with(&arguments, Attachment::Elsewhere, &[]);
        }
        let parameters = closure_parameters(name, receiver);
        let types = arguments.iter().map(|argument| match argument {
            Expr::Closure(closure) => self.closure(closure, &parameters),
            other => self.expression(other),
        });
        types.collect()
    }

    /// Whether the receiver is a token: by its type, or by the name that everybody gives it.
    fn is_token(&self, ty: &Ty, receiver: &Expr) -> bool {
        match ty {
            Ty::Token => true,
            Ty::Unknown => matches!(self.slice(self.range(receiver)), "py" | "_py"),
            _ => false,
        }
    }

    /// Visits a closure; `parameters` are the types that its caller gives it. Its type is that of its body.
    pub(super) fn closure(&mut self, closure: &syn::ExprClosure, parameters: &[Ty]) -> Ty {
        self.scoped(|walker| {
            for (index, input) in closure.inputs.iter().enumerate() {
                let given = parameters.get(index).cloned().unwrap_or_default();
                walker.in_position(TypePosition::Closure, |walker| match input {
                    syn::Pat::Type(typed) => {
                        walker.written_type(&typed.ty);
                        let written = walker.resolve_type(&TypeRef::new(&typed.ty));
                        walker.bind(&typed.pat, if written == Ty::Unknown { given } else { written });
                    }
                    other => walker.bind(other, given),
                });
            }
            if let syn::ReturnType::Type(_, ty) = &closure.output {
                walker.in_position(TypePosition::Closure, |walker| walker.written_type(ty));
            }
            walker.expression(&closure.body)
        })
    }

    fn method_result(&mut self, name: &str, receiver: &Ty, arguments: &[Ty], turbofish: &[Ty]) -> Ty {
        if let Some(ty) = self.own_method_result(receiver, name) {
            return ty;
        }
        let closure_result = || Box::new(arguments.first().cloned().unwrap_or_default());
        match (name, receiver) {
            ("unwrap" | "expect" | "unwrap_or" | "unwrap_or_default" | "unwrap_or_else", Ty::Option(_) | Ty::Result(_)) => {
                return receiver.clone().unwrapped();
            }
            ("ok", Ty::Result(inner)) | ("ok_or" | "ok_or_else", Ty::Option(inner)) => {
                return if name == "ok" { Ty::Option(inner.clone()) } else { Ty::Result(inner.clone()) };
            }
            ("map", Ty::Option(_)) => return Ty::Option(closure_result()),
            ("map", Ty::Result(_)) => return Ty::Result(closure_result()),
            ("and_then", Ty::Option(_) | Ty::Result(_)) => return *closure_result(),
            ("map_or" | "map_or_else", Ty::Option(_) | Ty::Result(_)) => return arguments.last().cloned().unwrap_or_default(),
            (
                "map_err" | "or_else" | "as_ref" | "as_mut" | "as_deref" | "cloned" | "copied" | "take" | "filter" | "or" | "transpose",
                Ty::Option(_) | Ty::Result(_),
            ) => {
                return receiver.clone();
            }
            ("iter" | "into_iter" | "iter_mut" | "drain" | "values" | "keys", Ty::Map(key, value)) => {
                return Ty::List(match name {
                    "keys" => key.clone(),
                    "values" => value.clone(),
                    _ => Box::new(Ty::Tuple(vec![(**key).clone(), (**value).clone()])),
                });
            }
            ("get" | "get_mut" | "remove", Ty::Map(_, value)) => return Ty::Option(value.clone()),
            ("map", Ty::List(_)) => return Ty::List(closure_result()),
            ("next" | "first" | "last" | "get" | "pop" | "nth" | "next_back" | "min" | "max", Ty::List(element)) => {
                return Ty::Option(element.clone());
            }
            ("enumerate", Ty::List(element)) => return Ty::List(Box::new(Ty::Tuple(vec![Ty::Plain, (**element).clone()]))),
            ("zip", Ty::List(element)) => {
                let other = arguments.first().cloned().unwrap_or_default().element();
                return Ty::List(Box::new(Ty::Tuple(vec![(**element).clone(), other])));
            }
            ("collect", Ty::List(_)) => return turbofish.first().cloned().unwrap_or_default(),
            (
                "iter" | "into_iter" | "iter_mut" | "filter" | "rev" | "skip" | "take" | "peekable" | "chain" | "cloned" | "copied"
                | "as_slice" | "to_vec" | "drain" | "step_by" | "skip_while" | "take_while",
                Ty::List(_),
            ) => return receiver.clone(),
            ("clone" | "to_owned" | "borrow" | "borrow_mut" | "as_ref" | "as_mut" | "deref" | "lock", _) if arguments.is_empty() => {
                return receiver.clone();
            }
            ("to_string" | "to_lowercase" | "to_uppercase" | "trim", _) => return Ty::Text,
            ("py", Ty::Unknown) if arguments.is_empty() && self.crate_model.functions_named("py").next().is_none() => return Ty::Token,
            ("into_iter", Ty::GilRef(_) | Ty::Bound(_)) => return Ty::List(Box::new(receiver.clone().element())),
            _ => {}
        }
        self.pyo3_method_result(name, receiver, turbofish)
    }

    /// What a method of PyO3 returns, by the signatures of the catalogue.
    fn pyo3_method_result(&self, name: &str, receiver: &Ty, turbofish: &[Ty]) -> Ty {
        let classes: Vec<&str> = match receiver {
            Ty::Token => vec!["Python"],
            Ty::Error => vec!["PyErr"],
            Ty::GilRef(class) => vec![class, "PyAny"],
            Ty::Bound(class) => vec![class, "Bound", "PyAny"],
            Ty::Py(_) => vec!["Py"],
            _ => return Ty::Unknown,
        };
        // A GIL Ref's methods are those of its time, a Bound's those of today; the others go by the release.
        let era = match receiver {
            Ty::GilRef(_) => Era::GilRefs,
            Ty::Bound(_) => Era::Bound,
            _ => self.era(),
        };
        let of_py = match receiver {
            Ty::Py(class) => class.as_str(),
            Ty::GilRef(class) | Ty::Bound(class) => class,
            _ => "",
        };
        let plain = name.strip_suffix("_bound").unwrap_or(name);
        let found = classes.iter().find_map(|class| {
            if plain != name {
                return method_signature(Era::Bound, class, plain);
            }
            method_signature(era, class, name)
        });
        let Some(signature) = found else { return Ty::Unknown };
        if name == "iter" && signature.returns.contains("Iterator") && !signature.returns.contains("PyIterator") {
            return Ty::List(Box::new(receiver.clone().element()));
        }
        self.signature_type(&signature, of_py, turbofish.first())
    }

    /// Which signatures hold for names that both times have.
    fn era(&self) -> Era {
        match self.crate_model.release {
            Some(release) if release < BOUND_NAMES => Era::GilRefs,
            _ => Era::Bound,
        }
    }

    fn signature(&self, class: &str, method: &str) -> Option<Signature> {
        match method.strip_suffix("_bound") {
            Some(plain) => method_signature(Era::Bound, class, plain),
            None => method_signature(self.era(), class, method),
        }
    }

    /// The returned type of a catalogue signature.
    fn signature_type(&self, signature: &Signature, self_class: &str, turbofish: Option<&Ty>) -> Ty {
        catalogue_type(&parse_type(signature.returns), self_class, turbofish)
    }
}

/// A type of the catalogue's signatures: names are PyO3's, `T` is what the turbofish names, `Self` the class.
fn catalogue_type(written: &TypeRef, self_class: &str, turbofish: Option<&Ty>) -> Ty {
    let inner = |written: &TypeRef| catalogue_type(written, self_class, turbofish);
    match written {
        TypeRef::Reference(target) => match inner(target) {
            Ty::Native(class) => Ty::GilRef(class),
            Ty::Own(..) => Ty::Unknown,
            other => other,
        },
        TypeRef::Tuple(members) => Ty::Tuple(members.iter().map(inner).collect()),
        TypeRef::Slice(element) => Ty::List(Box::new(inner(element))),
        TypeRef::Path { segments, arguments } => {
            let name = segments.last().map_or("", String::as_str);
            let arguments = arguments.iter().map(inner).collect();
            match name {
                "Self" if !self_class.is_empty() => Ty::Native(self_class.to_owned()),
                // `Py<T>::as_ref` gives what a reference to a `T` was: a native type itself, or the cell of a class.
                "AsRefTarget" if symbols().contains(&format!("pyo3::types::{self_class}")) => Ty::Native(self_class.to_owned()),
                "AsRefTarget" if !self_class.is_empty() => Ty::Native("PyCell".to_owned()),
                "T" | "D" | "U" => turbofish.cloned().unwrap_or_else(|| match self_class {
                    "" => Ty::Unknown,
                    class => Ty::Native(class.to_owned()),
                }),
                "Python" | "PyErr" | "PyObject" | "PyResult" | "Py" | "Bound" | "Borrowed" | "PyRef" | "PyRefMut" | "PyCell" => {
                    Ty::of_pyo3(&format!("pyo3::{name}"), arguments)
                }
                "PyAny" => Ty::Native(name.to_owned()),
                _ if name.starts_with("Py") => Ty::of_pyo3(&format!("pyo3::types::{name}"), arguments),
                _ => Ty::of_std(segments, arguments),
            }
        }
        _ => Ty::Unknown,
    }
}

/// The types that a method gives the closure it takes.
fn closure_parameters(name: &str, receiver: &Ty) -> Vec<Ty> {
    match (name, receiver) {
        (
            "map" | "and_then" | "filter" | "for_each" | "map_or" | "inspect" | "is_some_and" | "is_ok_and",
            Ty::Option(inner) | Ty::Result(inner),
        ) => {
            vec![(**inner).clone()]
        }
        ("fold" | "try_fold", other) => vec![Ty::Unknown, other.clone().element()],
        ("unwrap_or_else" | "or_else" | "map_err" | "ok_or_else" | "sort_by" | "sort_by_key", _) => Vec::new(),
        (_, Ty::List(inner)) => vec![(**inner).clone()],
        (_, Ty::GilRef(_) | Ty::Bound(_)) => vec![receiver.clone().element()],
        _ => Vec::new(),
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
