//! Method calls: what they return by PyO3's signatures, the package's own and the standard library's.

use syn::Expr;

use super::Walker;
use super::detached::Attachment;
use crate::catalog::{Era, Signature, method_signature, symbols};
use crate::model::facts::{GilRefUse, MethodCall, TypePosition};
use crate::model::ty::Ty;
use crate::release::Release;
use crate::rust::{TypeRef, name_of, parse_type};

/// The first release that has `Bound`, under names of its own.
const BOTH_NAMES: Release = Release::new(21);

/// The first release whose plain names return `Bound`.
const BOUND_NAMES: Release = Release::new(23);

impl Walker<'_> {
    pub(super) fn method_call(&mut self, call: &syn::ExprMethodCall) -> Ty {
        let name = name_of(&call.method);
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
        self.submodule(call);
        let arguments = self.method_arguments(call, &name, &receiver);
        self.converted_items(call, &receiver);
        let range = self.range(call);
        if let Ty::Own(module, class) = &receiver {
            let (module, class) = (*module, class.clone());
            self.helper_while_detached(Some(module), Some(&class), &name, self.range(&call.method));
        }
        let types = turbofish.as_ref().map(|(_, types)| types.clone()).unwrap_or_default();
        let result = self.method_result(&name, &receiver, &arguments, &types);
        self.record_origin(self.range(&call.method), &call.receiver);
        let owned_receiver = self.is_owned_python(&call.receiver);
        self.facts.calls.push(MethodCall {
            owned_receiver,
            kept: self.kept.contains(&range),
            name: (name, self.range(&call.method)),
            receiver: (receiver_range, receiver),
            arguments: call.args.iter().map(|argument| self.spans.range(argument)).zip(arguments).collect(),
            token: self.token(),
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
        let (parameters, origin) = (closure_parameters(name, receiver), self.origin(&call.receiver));
        let types = arguments.iter().map(|argument| match argument {
            Expr::Closure(closure) => self.item_closure(closure, &parameters, origin),
            other => self.expression(other),
        });
        types.collect()
    }

    /// `option.map(Into::into)`, where what is inside is a GIL Ref.
    fn converted_items(&mut self, call: &syn::ExprMethodCall, receiver: &Ty) {
        let (Ty::Option(item) | Ty::Result(item) | Ty::List(item)) = receiver else { return };
        let Ty::GilRef(class) = &**item else { return };
        for argument in &call.args {
            if let Expr::Path(function) = argument
                && function.path.segments.len() > 1
                && function.path.segments.last().is_some_and(|last| last.ident == "into" || last.ident == "from")
            {
                self.facts.gil_ref_uses.push((self.spans.range(argument), class.clone(), GilRefUse::Converted));
            }
        }
    }

    /// Whether the receiver is a token: by its type, or by the name that everybody gives it.
    fn is_token(&self, ty: &Ty, receiver: &Expr) -> bool {
        match ty {
            Ty::Token => true,
            Ty::Unknown => matches!(self.slice(self.range(receiver)), "py" | "_py"),
            _ => false,
        }
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
            ("lock" | "try_lock" | "read" | "write", Ty::Lock(inner)) if arguments.is_empty() => return Ty::Result(inner.clone()),
            ("borrow" | "borrow_mut", Ty::Lock(inner)) if arguments.is_empty() => return (**inner).clone(),
            ("get", Ty::Cell(inner)) => return Ty::Option(inner.clone()),
            ("get_or_init", Ty::Cell(inner)) => return (**inner).clone(),
            ("get_or_try_init" | "get_or_try_init_type_ref", Ty::Cell(inner)) => return Ty::Result(inner.clone()),
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
            ("py", Ty::Guard) if arguments.is_empty() => return Ty::Token,
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
            Ty::GilRef(_) => Some(Era::GilRefs),
            Ty::Bound(_) => Some(Era::Bound),
            _ => None,
        };
        let of_py = match receiver {
            Ty::Py(class) => class.as_str(),
            Ty::GilRef(class) | Ty::Bound(class) => class,
            _ => "",
        };
        let found = classes.iter().find_map(|class| match (era, name.strip_suffix("_bound")) {
            (_, Some(plain)) => method_signature(Era::Bound, class, plain),
            (Some(era), None) => method_signature(era, class, name),
            (None, None) => self.signature(class, name),
        });
        let Some(signature) = found else { return Ty::Unknown };
        if name == "iter" && signature.returns.contains("Iterator") && !signature.returns.contains("PyIterator") {
            return Ty::List(Box::new(receiver.clone().element()));
        }
        self.signature_type(&signature, of_py, turbofish.first())
    }

    /// The time whose signatures the plain names of `Python`, `Py` and the classes have; `None` on 0.21 and 0.22, which have both.
    pub(super) fn era(&self) -> Option<Era> {
        match self.crate_model.release {
            Some(release) if release < BOTH_NAMES => Some(Era::GilRefs),
            Some(release) if release < BOUND_NAMES => None,
            _ => Some(Era::Bound),
        }
    }

    pub(super) fn signature(&self, class: &str, method: &str) -> Option<Signature> {
        if let Some(plain) = method.strip_suffix("_bound") {
            return method_signature(Era::Bound, class, plain);
        }
        if let Some(era) = self.era() {
            return method_signature(era, class, method);
        }
        let (old, new) = (method_signature(Era::GilRefs, class, method), method_signature(Era::Bound, class, method));
        match (old, new) {
            (Some(old), Some(new)) => (old.returns == new.returns).then_some(new),
            (old, new) => old.or(new),
        }
    }

    /// The returned type of a catalogue signature.
    pub(super) fn signature_type(&self, signature: &Signature, self_class: &str, turbofish: Option<&Ty>) -> Ty {
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
