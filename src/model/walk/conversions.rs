//! Reading the implementations of conversion traits.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, GenericArgument, PathArguments, Stmt};

use super::Walker;
use crate::model::conversions::{ConversionFunction, ConversionImpl, Exit, ExitKind};
use crate::model::facts::Source;
use crate::model::ty::Ty;
use crate::rust::{Spans, TypeRef, name_of};
use crate::text::TextRange;

/// Macros that never return.
const DIVERGING: &[&str] = &["panic", "unreachable", "todo", "unimplemented"];

impl Walker<'_> {
    /// Records an `impl` of the PyO3 trait `of_trait`, when its functions have been visited.
    pub(super) fn conversion(&mut self, block: &syn::ItemImpl, of_trait: &str) {
        let Some((path, _)) = &block.trait_ else { return };
        let Some(last) = path.segments.last().filter(|_| matches!(self.source, Source::Tree | Source::Definition)) else { return };
        let arguments: Vec<&GenericArgument> = match &last.arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().collect(),
            _ => Vec::new(),
        };
        let trait_type = arguments.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some((self.range(ty), self.resolve_type(&TypeRef::new(ty)))),
            _ => None,
        });
        let generics = &block.generics;
        let lifetimes: Vec<String> = generics.lifetimes().map(|parameter| parameter.lifetime.to_string()).collect();
        let function = block.items.iter().find_map(|item| match item {
            syn::ImplItem::Fn(function) if is_conversion(&name_of(&function.sig.ident)) => Some(function),
            _ => None,
        });
        let fact = ConversionImpl {
            of_trait: of_trait.to_owned(),
            trait_range: self.range(path),
            trait_name: self.range(&last.ident),
            trait_lifetimes: arguments
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Lifetime(lifetime) => Some(lifetime.to_string()),
                    _ => None,
                })
                .collect(),
            trait_type,
            generics_at: generics.lt_token.as_ref().map_or_else(|| self.range(&block.impl_token).end, |token| self.range(token).end),
            lifetimes: generics.lt_token.is_some().then_some(lifetimes),
            self_type: (self.range(&*block.self_ty), self.resolve_type(&TypeRef::new(&block.self_ty))),
            function: function.map(|function| self.conversion_function(function)),
            module: self.module,
            source: self.source,
        };
        self.facts.conversions.push(fact);
    }

    /// The values that a function returns.
    pub(super) fn exits(&self, body: &Block) -> Vec<Exit> {
        let mut exits = Exits { walker: self, found: Vec::new() };
        exits.tail_of(body);
        exits.visit_block(body);
        exits.found
    }

    fn conversion_function(&self, function: &syn::ImplItemFn) -> ConversionFunction {
        let signature = &function.sig;
        let parameter = signature.inputs.iter().rev().find_map(|input| match input {
            syn::FnArg::Typed(typed) => Some(typed),
            syn::FnArg::Receiver(_) => None,
        });
        let mut words = SelfWords { spans: self.spans, found: Vec::new() };
        words.visit_impl_item_fn(function);
        ConversionFunction {
            name: (name_of(&signature.ident), self.range(&signature.ident)),
            range: self.spans.of(function.span()),
            generics: signature.generics.lt_token.is_some().then(|| self.range(&signature.generics)),
            receiver: signature.receiver().map(|receiver| self.range(receiver)),
            parameter: parameter.map(|typed| (self.range(&*typed.pat), self.range(&*typed.ty))),
            class: parameter.and_then(|typed| referenced_class(&typed.ty)).map(|ty| self.range(ty)),
            returns: match &signature.output {
                syn::ReturnType::Default => TextRange::empty(self.range(signature).end),
                syn::ReturnType::Type(_, ty) => self.range(&**ty),
            },
            selfs: words.found,
            exits: self.exits(&function.block),
        }
    }
}

fn is_conversion(name: &str) -> bool {
    matches!(name, "extract" | "extract_bound" | "into_py" | "to_object")
}

/// The class of `&'a PyAny` and of `&Bound<'py, PyAny>`.
fn referenced_class(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Reference(reference) = ty else { return None };
    let syn::Type::Path(path) = &*reference.elem else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(list) if last.ident == "Bound" => list.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        PathArguments::None => Some(&reference.elem),
        _ => None,
    }
}

/// Collects the expressions whose value a function returns.
struct Exits<'w, 'm> {
    walker: &'w Walker<'m>,
    found: Vec<Exit>,
}

impl Exits<'_, '_> {
    fn tail_of(&mut self, block: &Block) {
        match block.stmts.last() {
            Some(Stmt::Expr(expression, None)) => self.tail(expression),
            Some(Stmt::Macro(call)) if call.semi_token.is_none() => self.push(call.mac.span(), kind_of_macro(&call.mac), true),
            _ => {}
        }
    }

    fn tail(&mut self, expression: &Expr) {
        match expression {
            Expr::Block(inner) => self.tail_of(&inner.block),
            Expr::Unsafe(inner) => self.tail_of(&inner.block),
            Expr::Match(matching) => matching.arms.iter().for_each(|arm| self.tail(&arm.body)),
            Expr::If(branch) => {
                self.tail_of(&branch.then_branch);
                if let Some((_, other)) = &branch.else_branch {
                    self.tail(other);
                }
            }
            // Collected with the other returns, or no way out.
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Loop(_) => {}
            Expr::Macro(call) => self.push(call.span(), kind_of_macro(&call.mac), true),
            other => {
                let takes_suffix = matches!(
                    other,
                    Expr::Path(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Field(_) | Expr::Index(_) | Expr::Paren(_) | Expr::Try(_)
                );
                self.push(other.span(), self.kind(other), takes_suffix);
            }
        }
    }

    fn push(&mut self, span: proc_macro2::Span, kind: ExitKind, takes_suffix: bool) {
        self.found.push(Exit { range: self.walker.spans.of(span), kind, takes_suffix });
    }

    fn kind(&self, expression: &Expr) -> ExitKind {
        let call = match expression {
            Expr::MethodCall(call) => call,
            Expr::Call(call) => return self.wrapped(call).unwrap_or(ExitKind::Value),
            _ => return ExitKind::Value,
        };
        let range = self.walker.range(call);
        let recorded = self.walker.facts.calls.iter().rev().find(|known| known.range == range);
        let receiver = self.walker.range(&*call.receiver);
        ExitKind::Call {
            method: name_of(&call.method),
            call: TextRange::new(receiver.end, range.end),
            receiver: (receiver, recorded.map_or(Ty::Unknown, |known| known.receiver.1.clone())),
            arguments: call.args.iter().map(|argument| self.walker.range(argument)).reduce(TextRange::cover),
        }
    }
}

impl Exits<'_, '_> {
    fn wrapped(&self, call: &syn::ExprCall) -> Option<ExitKind> {
        let Expr::Path(path) = &*call.func else { return None };
        let name = path.path.get_ident().filter(|name| *name == "Ok" || *name == "Some" || *name == "Err")?;
        Some(ExitKind::Wrapped { name: name.to_string(), value: self.walker.range(call.args.first()?) })
    }
}

impl<'ast> Visit<'ast> for Exits<'_, '_> {
    fn visit_expr_return(&mut self, inner: &'ast syn::ExprReturn) {
        if let Some(value) = &inner.expr {
            self.tail(value);
        }
        visit::visit_expr_return(self, inner);
    }

    // What these return is not returned by the function.
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

fn kind_of_macro(call: &syn::Macro) -> ExitKind {
    let name = call.path.segments.last().map(|segment| name_of(&segment.ident));
    if name.is_some_and(|name| DIVERGING.contains(&name.as_str())) { ExitKind::Diverges } else { ExitKind::Value }
}

/// Collects the places of `Self`.
struct SelfWords {
    spans: Spans,
    found: Vec<(TextRange, bool)>,
}

impl SelfWords {
    fn tokens(&mut self, tokens: &TokenStream) {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "Self" => {
                    let followed = matches!(tokens.get(index + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
                    self.found.push((self.spans.of(word.span()), followed));
                }
                TokenTree::Group(group) => self.tokens(&group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for SelfWords {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first().filter(|first| first.ident == "Self") {
            self.found.push((self.spans.range(&first.ident), path.segments.len() > 1));
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(&call.tokens);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
