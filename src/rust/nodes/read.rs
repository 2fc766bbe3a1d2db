//! From a tree to its nodes.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ReturnType, Signature, Stmt, Type, Visibility};

use super::{Closure, Function, Node, NodeId, Parameter, Syntax};
use crate::rust::file::{RustFile, Spans};
use crate::rust::macros::{MacroBody, parse_macro};
use crate::rust::names::name_of;
use crate::rust::templates::macro_arms;
use crate::text::TextRange;

/// All nodes of a file, each after the one that it is part of.
pub(super) fn nodes(file: &RustFile) -> Vec<Node> {
    let mut reader = Reader { spans: file.spans(), nodes: Vec::new(), around: None };
    reader.visit_file(file.tree());
    reader.nodes
}

struct Reader {
    spans: Spans,
    nodes: Vec<Node>,
    around: Option<NodeId>,
}

impl Reader {
    fn add(&mut self, syntax: Syntax, range: TextRange, inside: impl FnOnce(&mut Self)) {
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node { syntax, range, parent: self.around });
        let outer = self.around.replace(id);
        inside(self);
        self.around = outer;
    }

    fn range(&self, node: &impl Spanned) -> TextRange {
        self.spans.range(node)
    }

    fn ranges<'a, T: Spanned + 'a>(&self, nodes: impl IntoIterator<Item = &'a T>) -> Vec<TextRange> {
        nodes.into_iter().map(|node| self.range(node)).collect()
    }

    fn function(&self, attributes: &[syn::Attribute], visibility: &Visibility, signature: &Signature, body: Option<&syn::Block>) -> Syntax {
        let generics = &signature.generics;
        let typed = |input: &syn::FnArg| match input {
            syn::FnArg::Typed(input) => Some(self.parameter(&input.pat, Some(&*input.ty))),
            syn::FnArg::Receiver(_) => None,
        };
        let name = |attribute: &syn::Attribute| attribute.path().segments.last().map(|segment| name_of(&segment.ident));
        Syntax::Function(Function {
            name: name_of(&signature.ident),
            attributes: attributes.iter().filter_map(name).collect(),
            is_public: matches!(visibility, Visibility::Public(_)),
            name_end: self.range(&signature.ident).end,
            generics: generics.lt_token.zip(generics.gt_token).map(|(from, to)| self.range(&from).cover(self.range(&to))),
            parameters: signature.inputs.iter().filter_map(typed).collect(),
            inputs_end: self.spans.of(signature.paren_token.span.close()).end,
            output: self.output(&signature.output),
            body: body.map(|body| self.range(body)),
        })
    }

    fn output(&self, output: &ReturnType) -> Option<TextRange> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.range(ty)),
        }
    }

    fn parameter(&self, pattern: &syn::Pat, ty: Option<&Type>) -> Parameter {
        let name = if let syn::Pat::Ident(name) = pattern { Some(name_of(&name.ident)) } else { None };
        Parameter { name, pattern: self.range(pattern), ty: ty.map(|ty| self.range(ty)) }
    }

    fn closure(&self, closure: &syn::ExprClosure) -> Closure {
        let parameter = |pattern: &syn::Pat| match pattern {
            syn::Pat::Type(typed) => self.parameter(&typed.pat, Some(&*typed.ty)),
            other => self.parameter(other, None),
        };
        let output = self.output(&closure.output);
        Closure { parameters: closure.inputs.iter().map(parameter).collect(), output, body: self.range(&closure.body) }
    }

    fn expression(&self, expression: &Expr) -> Syntax {
        match expression {
            Expr::MethodCall(call) => Syntax::MethodCall {
                receiver: self.range(&call.receiver),
                method: self.range(&call.method),
                generics: call.turbofish.as_ref().map(|generics| self.range(generics)),
                arguments: self.ranges(&call.args),
            },
            Expr::Call(call) => Syntax::Call { function: self.range(&call.func), arguments: self.ranges(&call.args) },
            Expr::Reference(reference) if reference.mutability.is_none() => Syntax::Reference { value: self.range(&reference.expr) },
            Expr::Try(inner) => Syntax::Try { value: self.range(&inner.expr) },
            Expr::Return(returned) => Syntax::Return { value: returned.expr.as_ref().map(|value| self.range(value)) },
            Expr::Match(found) => {
                Syntax::Match { value: self.range(&found.expr), arms: found.arms.iter().map(|arm| self.range(&arm.body)).collect() }
            }
            Expr::If(branch) => {
                let otherwise = branch.else_branch.as_ref().map(|(_, branch)| self.range(branch));
                let has_else = otherwise.is_some();
                Syntax::If { branches: std::iter::once(self.range(&branch.then_branch)).chain(otherwise).collect(), has_else }
            }
            Expr::ForLoop(each) => Syntax::For { pattern: self.range(&each.pat), value: self.range(&each.expr) },
            Expr::Let(condition) => Syntax::LetCondition { pattern: self.range(&condition.pat), value: self.range(&condition.expr) },
            Expr::Assign(assign) => Syntax::Assign { place: self.range(&assign.left), value: self.range(&assign.right) },
            Expr::Closure(closure) => Syntax::Closure(self.closure(closure)),
            Expr::Async(_) => Syntax::Async,
            Expr::Block(block) => self.block(&block.block),
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) | Expr::Lit(_) | Expr::Paren(_) | Expr::Macro(_) | Expr::Tuple(_) => {
                Syntax::Primary
            }
            Expr::Array(_) | Expr::Await(_) => Syntax::Primary,
            _ => Syntax::Other,
        }
    }

    fn block(&self, block: &syn::Block) -> Syntax {
        let tail = match block.stmts.last() {
            Some(Stmt::Expr(tail, None)) => Some(self.range(tail)),
            Some(Stmt::Macro(tail)) if tail.semi_token.is_none() => Some(self.range(tail)),
            _ => None,
        };
        Syntax::Block { tail }
    }

    fn definition(&self, visibility: &Visibility, generics: &syn::Generics) -> Syntax {
        let lifetimes = generics.lifetimes().map(|parameter| self.range(parameter)).collect();
        Syntax::Definition { lifetimes, is_public: matches!(visibility, Visibility::Public(_)) }
    }

    fn ty(&self, ty: &Type) -> Syntax {
        match ty {
            Type::Reference(reference) => Syntax::TypeReference {
                lifetime: reference.lifetime.as_ref().map(|lifetime| self.range(lifetime)),
                inner: self.range(&reference.elem),
            },
            Type::Path(path) => {
                let Some(last) = path.path.segments.last() else { return Syntax::TypeOther };
                let (mut lifetimes, mut arguments) = (Vec::new(), Vec::new());
                if let syn::PathArguments::AngleBracketed(list) = &last.arguments {
                    for argument in &list.args {
                        match argument {
                            syn::GenericArgument::Lifetime(lifetime) => lifetimes.push(self.range(lifetime)),
                            syn::GenericArgument::Type(ty) => arguments.push(self.range(ty)),
                            _ => {}
                        }
                    }
                }
                Syntax::TypePath { name: name_of(&last.ident), lifetimes, arguments }
            }
            _ => Syntax::TypeOther,
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of_trait = item.trait_.as_ref().map(|of| self.range(&of.0));
        self.add(Syntax::Impl { of_trait, of_type: self.range(&item.self_ty) }, self.range(item), |reader| {
            visit::visit_item_impl(reader, item)
        });
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.add(Syntax::Trait, self.range(item), |reader| visit::visit_item_trait(reader, item));
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let syntax = self.definition(&item.vis, &item.generics);
        self.add(syntax, self.range(item), |reader| visit::visit_item_struct(reader, item));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let syntax = self.definition(&item.vis, &item.generics);
        self.add(syntax, self.range(item), |reader| visit::visit_item_enum(reader, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let syntax = self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block));
        self.add(syntax, self.range(item), |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let syntax = self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block));
        self.add(syntax, self.range(item), |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        let syntax = self.function(&item.attrs, &Visibility::Inherited, &item.sig, item.default.as_ref());
        self.add(syntax, self.range(item), |reader| visit::visit_trait_item_fn(reader, item));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.add(self.block(block), self.range(block), |reader| visit::visit_block(reader, block));
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let syntax = match statement {
            Stmt::Local(local) => {
                let (pattern, ty) = match &local.pat {
                    syn::Pat::Type(typed) => (self.range(&typed.pat), Some(self.range(&typed.ty))),
                    other => (self.range(other), None),
                };
                Syntax::Let { pattern, ty, value: local.init.as_ref().map(|init| self.range(&init.expr)) }
            }
            Stmt::Expr(_, ended) => Syntax::Statement { ended: ended.is_some() },
            Stmt::Macro(call) => Syntax::Statement { ended: call.semi_token.is_some() },
            Stmt::Item(_) => return visit::visit_stmt(self, statement),
        };
        self.add(syntax, self.range(statement), |reader| visit::visit_stmt(reader, statement));
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        let syntax = self.expression(expression);
        self.add(syntax, self.range(expression), |reader| match expression {
            // Its block is this very node.
            Expr::Block(block) => block.block.stmts.iter().for_each(|statement| reader.visit_stmt(statement)),
            _ => visit::visit_expr(reader, expression),
        });
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if field.colon_token.is_some() {
            return visit::visit_field_value(self, field);
        }
        self.add(Syntax::Shorthand, self.range(&field.expr), |_| ());
    }

    fn visit_type(&mut self, ty: &'ast Type) {
        self.add(self.ty(ty), self.range(ty), |reader| visit::visit_type(reader, ty));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| name_of(&segment.ident)).unwrap_or_default();
        if name == "macro_rules" {
            let arms = macro_arms(&call.tokens);
            return arms.iter().filter_map(|arm| arm.statements.as_ref()).flatten().for_each(|statement| self.visit_stmt(statement));
        }
        match parse_macro(&name, &call.tokens) {
            MacroBody::Expressions(expressions) => expressions.iter().for_each(|expression| self.visit_expr(expression)),
            MacroBody::Items(items) => items.iter().for_each(|item| self.visit_item(item)),
            MacroBody::Statements(statements) => statements.iter().for_each(|statement| self.visit_stmt(statement)),
            MacroBody::Opaque => {}
        }
    }
}
