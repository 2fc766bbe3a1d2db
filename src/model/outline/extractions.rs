//! Where a body takes values out of Python: which type each `extract()` is to give, by what is written around it.

use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Pat, ReturnType, Stmt};

use super::reading::attribute_names;
use crate::rust::{MacroBody, TypeRef, name_of, parse_macro};

/// A type that is extracted.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// Where the type is written.
    pub of: ExtractedBy,
    /// How many references are taken of what is extracted.
    pub lent: usize,
}

/// Who says which type is extracted.
#[derive(Clone, Debug)]
pub enum ExtractedBy {
    /// A turbofish, an annotation, the function's return type.
    Written(TypeRef),
    /// The parameter of a function, or the field of a tuple struct: its path, and which.
    Argument(Vec<String>, usize),
    /// The parameter of a method: its name, how many it has, and which.
    MethodArgument(String, usize, usize),
    /// The field of a struct or of a variant.
    Field(Vec<String>, String),
}

/// Methods that keep the type of what is extracted, as far as it is inside of a `Result` or an `Option`.
const KEEPING: &[&str] = &[
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "map_err",
    "ok",
    "or",
    "or_else",
    "ok_or",
    "ok_or_else",
    "context",
    "with_context",
    "wrap_err",
    "transpose",
    "flatten",
    "collect",
    "rev",
    "filter",
    "take",
    "skip",
    "chain",
];

/// Methods that give what their closure returns.
const MAPPING: &[&str] = &["map", "and_then", "filter_map", "flat_map", "try_fold"];

/// Reads the body of a function: nested functions, closures and `async` blocks belong to it.
#[derive(Default)]
pub(super) struct ExtractionReader {
    pub(super) found: Vec<Extraction>,
    /// The type that `Self` stands for.
    self_type: Option<TypeRef>,
    /// What the functions and closures around this place return, innermost last.
    returns: Vec<TypeRef>,
}

impl ExtractionReader {
    pub(super) fn new(self_type: Option<TypeRef>) -> Self {
        Self { self_type, ..Self::default() }
    }

    /// Reads a body whose last expression is returned as `returns`.
    pub(super) fn body(&mut self, body: &Block, returns: TypeRef) {
        self.returns.push(returns.clone());
        self.tail(body, &ExtractedBy::Written(returns), 0);
        self.visit_block(body);
        self.returns.pop();
    }

    /// Follows a value back to the `extract` that it comes from.
    fn value(&mut self, value: &Expr, of: &ExtractedBy, lent: usize) {
        match value {
            Expr::Paren(inner) => self.value(&inner.expr, of, lent),
            Expr::Group(inner) => self.value(&inner.expr, of, lent),
            Expr::Try(inner) => self.value(&inner.expr, of, lent),
            Expr::Await(inner) => self.value(&inner.base, of, lent),
            Expr::Reference(inner) => self.value(&inner.expr, of, lent + 1),
            Expr::Block(inner) => self.tail(&inner.block, of, lent),
            Expr::Unsafe(inner) => self.tail(&inner.block, of, lent),
            Expr::If(branch) => {
                self.tail(&branch.then_branch, of, lent);
                branch.else_branch.iter().for_each(|(_, other)| self.value(other, of, lent));
            }
            Expr::Match(matching) => matching.arms.iter().for_each(|arm| self.value(&arm.body, of, lent)),
            Expr::MethodCall(call) => self.method_call(call, of, lent),
            Expr::Call(call) if is_wrapper(&call.func) => call.args.iter().for_each(|inner| self.value(inner, of, lent)),
            Expr::Tuple(tuple) => {
                let ExtractedBy::Written(written) = of else { return };
                let members = members(written, tuple.elems.len());
                let typed = tuple.elems.iter().zip(members.into_iter().flatten());
                typed.for_each(|(element, ty)| self.value(element, &ExtractedBy::Written(ty.clone()), lent));
            }
            _ => {}
        }
    }

    fn tail(&mut self, block: &Block, of: &ExtractedBy, lent: usize) {
        if let Some(Stmt::Expr(value, None)) = block.stmts.last() {
            self.value(value, of, lent);
        }
    }

    fn method_call(&mut self, call: &syn::ExprMethodCall, of: &ExtractedBy, lent: usize) {
        let name = name_of(&call.method);
        if name == "extract" && call.turbofish.is_none() {
            self.found.push(Extraction { of: of.clone(), lent });
        } else if KEEPING.contains(&name.as_str()) {
            self.value(&call.receiver, of, lent);
        } else if MAPPING.contains(&name.as_str())
            && let Some(Expr::Closure(closure)) = call.args.last()
        {
            self.value(&closure.body, of, lent);
        }
    }

    /// The names of a path, with those of the type for `Self`.
    fn names(&self, path: &syn::Path) -> Vec<String> {
        let names: Vec<String> = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        match (names.split_first(), &self.self_type) {
            (Some((first, rest)), Some(TypeRef::Path { segments, .. })) if first == "Self" => [segments, rest].concat(),
            _ => names,
        }
    }

    fn written(&mut self, types: impl IntoIterator<Item = TypeRef>) {
        self.found.extend(types.into_iter().map(|ty| Extraction { of: ExtractedBy::Written(ty), lent: 0 }));
    }
}

impl<'ast> Visit<'ast> for ExtractionReader {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if attribute_names(&function.attrs).iter().any(|name| name == "pyfunction" || name == "pyfn") {
            let parameters = function.sig.inputs.iter().filter_map(|input| match input {
                syn::FnArg::Typed(typed) => Some(TypeRef::new(&typed.ty)),
                syn::FnArg::Receiver(_) => None,
            });
            self.written(parameters);
        }
        self.body(&function.block, TypeRef::of_return(&function.sig.output));
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        let returns = match &closure.output {
            ReturnType::Default => TypeRef::Other,
            ReturnType::Type(_, ty) => TypeRef::new(ty),
        };
        self.value(&closure.body, &ExtractedBy::Written(returns.clone()), 0);
        self.returns.push(returns);
        visit::visit_expr_closure(self, closure);
        self.returns.pop();
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.returns.push(TypeRef::Other);
        visit::visit_expr_async(self, block);
        self.returns.pop();
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Pat::Type(typed), Some(init)) = (&local.pat, &local.init) {
            self.value(&init.expr, &ExtractedBy::Written(TypeRef::new(&typed.ty)), 0);
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_return(&mut self, returned: &'ast syn::ExprReturn) {
        if let (Some(value), Some(returns)) = (&returned.expr, self.returns.last().cloned()) {
            self.value(value, &ExtractedBy::Written(returns), 0);
        }
        visit::visit_expr_return(self, returned);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        if let (Expr::Field(field), Some(TypeRef::Path { segments, .. })) = (&*assign.left, self.self_type.clone())
            && let (Expr::Path(owner), syn::Member::Named(name)) = (&*field.base, &field.member)
            && owner.path.is_ident("self")
        {
            self.value(&assign.right, &ExtractedBy::Field(segments, name_of(name)), 0);
        }
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_struct(&mut self, literal: &'ast syn::ExprStruct) {
        let owner = self.names(&literal.path);
        for field in &literal.fields {
            if let syn::Member::Named(name) = &field.member {
                self.value(&field.expr, &ExtractedBy::Field(owner.clone(), name_of(name)), 0);
            }
        }
        visit::visit_expr_struct(self, literal);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(callee) = &*call.func
            && callee.qself.is_none()
        {
            let names = self.names(&callee.path);
            // `T::extract(object)`.
            if let [owner @ .., last] = names.as_slice()
                && !owner.is_empty()
                && (last == "extract" || last == "extract_bound")
            {
                self.written([TypeRef::Path { segments: owner.to_vec(), arguments: Vec::new() }]);
            }
            for (index, argument) in call.args.iter().enumerate() {
                self.value(argument, &ExtractedBy::Argument(names.clone(), index), 0);
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = name_of(&call.method);
        if name == "extract"
            && let Some(turbofish) = &call.turbofish
        {
            let types = turbofish.args.iter().filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(TypeRef::new(ty)),
                _ => None,
            });
            self.written(types.collect::<Vec<_>>());
        }
        // `collect::<Vec<T>>()` says what its closures give.
        if let Some(syn::GenericArgument::Type(ty)) = call.turbofish.as_ref().and_then(|turbofish| turbofish.args.first())
            && KEEPING.contains(&name.as_str())
        {
            self.value(&call.receiver, &ExtractedBy::Written(TypeRef::new(ty)), 0);
        }
        for (index, argument) in call.args.iter().enumerate() {
            self.value(argument, &ExtractedBy::MethodArgument(name.clone(), call.args.len(), index), 0);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| name_of(&segment.ident)).unwrap_or_default();
        match parse_macro(&name, &call.tokens) {
            MacroBody::Expressions(expressions) => expressions.iter().for_each(|expression| self.visit_expr(expression)),
            MacroBody::Statements(statements) => statements.iter().for_each(|statement| self.visit_stmt(statement)),
            MacroBody::Items(_) | MacroBody::Opaque => {}
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Fn(function) = item {
            self.visit_item_fn(function);
        }
    }
}

/// `Ok`, `Some`.
fn is_wrapper(callee: &Expr) -> bool {
    matches!(callee, Expr::Path(path) if path.path.is_ident("Ok") || path.path.is_ident("Some"))
}

/// The types of the members of a tuple, where a type says them: `(A, B)`, `Vec<(A, B)>`, `HashMap<A, B>`.
fn members(written: &TypeRef, count: usize) -> Option<&[TypeRef]> {
    match written {
        TypeRef::Tuple(members) if members.len() == count => Some(members),
        TypeRef::Path { arguments, .. } if matches!(written.name(), Some("Result" | "PyResult")) => members(arguments.first()?, count),
        TypeRef::Path { arguments, .. } if arguments.len() == count && count > 1 => Some(arguments),
        TypeRef::Path { arguments, .. } => members(arguments.first()?, count),
        _ => None,
    }
}
