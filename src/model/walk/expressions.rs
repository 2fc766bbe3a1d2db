//! Expressions: each is visited once, and answers with its type as far as it can be told.

use syn::visit;
use syn::{Block, Expr, Lit, Stmt};

use super::Walker;
use super::detached::Attachment;
use super::guards::Body;
use crate::model::facts::{GilRefUse, PairFact, PathUsePosition, Source, TypePosition};
use crate::model::join::ModuleId;
use crate::model::outline::read_use;
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{TypeRef, name_of};

impl Walker<'_> {
    /// Visits an expression and tells its type.
    pub(super) fn expression(&mut self, expression: &Expr) -> Ty {
        match expression {
            Expr::Paren(inner) => self.expression(&inner.expr),
            Expr::Group(inner) => self.expression(&inner.expr),
            Expr::Reference(inner) => match self.expression(&inner.expr) {
                Ty::Native(class) => Ty::GilRef(class),
                other => other,
            },
            Expr::Unary(inner) => self.expression(&inner.expr),
            Expr::Lit(literal) => match literal.lit {
                Lit::Str(_) => Ty::Text,
                _ => Ty::Plain,
            },
            Expr::Path(path) => self.path_expression(path),
            Expr::Call(call) => self.call(call),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Field(field) => self.field(field),
            Expr::Try(inner) => {
                self.take_as_result(&inner.expr);
                self.expression(&inner.expr).unwrapped()
            }
            Expr::If(branch) => self.if_expression(branch),
            Expr::Let(binding) => {
                // The condition's scope is the one that the `if` or `while` opened.
                self.note_result_pattern(&binding.pat, &binding.expr);
                let ty = self.expression(&binding.expr);
                let origin = self.origin(&binding.expr);
                self.bind(&binding.pat, ty);
                self.originate(&binding.pat, origin);
                Ty::Plain
            }
            Expr::Match(matching) => self.match_expression(matching),
            Expr::Block(inner) => self.block(&inner.block),
            Expr::Unsafe(inner) => self.block(&inner.block),
            Expr::Const(inner) => self.block(&inner.block),
            Expr::Closure(closure) => self.closure(closure, &[], TypePosition::Closure),
            Expr::ForLoop(each) => {
                let iterated = self.expression(&each.expr);
                let (looped, origin) = (self.range(&*each.expr), self.origin(&each.expr));
                self.record_origin(looped, &each.expr);
                if let Ty::GilRef(class) = &iterated {
                    self.facts.gil_ref_uses.push((self.spans.range(&*each.expr), class.clone(), GilRefUse::Loop));
                }
                let element = iterated.element();
                self.scoped(|walker| {
                    walker.bind(&each.pat, element);
                    walker.originate(&each.pat, origin);
                    walker.block(&each.body);
                });
                Ty::Plain
            }
            Expr::While(loops) => self.scoped(|walker| {
                walker.expression(&loops.cond);
                walker.block(&loops.body);
                Ty::Plain
            }),
            Expr::Loop(loops) => {
                self.block(&loops.body);
                Ty::Unknown
            }
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Tuple(tuple) => self.tuple(tuple),
            Expr::Array(array) => {
                let types: Vec<Ty> = array.elems.iter().map(|element| self.expression(element)).collect();
                Ty::List(Box::new(types.into_iter().next().unwrap_or_default()))
            }
            Expr::Index(index) => {
                self.expression(&index.index);
                let receiver = self.expression(&index.expr);
                self.indexing(index, &receiver);
                match receiver {
                    // A slice of a list is a list.
                    whole if matches!(*index.index, Expr::Range(_)) => whole,
                    Ty::Map(_, value) => *value,
                    other => other.element(),
                }
            }
            Expr::Cast(cast) => {
                self.expression(&cast.expr);
                self.in_position(TypePosition::Cast, |walker| walker.written_type(&cast.ty));
                self.resolve_type(&TypeRef::new(&cast.ty))
            }
            Expr::Struct(literal) => self.struct_expression(literal),
            Expr::Binary(binary) => {
                let operands = [self.expression(&binary.left), self.expression(&binary.right)];
                if computes(&binary.op) { result_of_operator(operands) } else { Ty::Plain }
            }
            Expr::Assign(assign) => {
                self.keep(&assign.right);
                let value = self.expression(&assign.right);
                self.expression(&assign.left);
                self.refine(&assign.left, value);
                Ty::Plain
            }
            Expr::Async(inner) => {
                let body = self.range(&inner.block);
                self.facts.inner_bodies.push(body);
                self.attachment.push(Attachment::Elsewhere);
                self.bodies.push(Body::Closure(self.range(&inner.block)));
                self.block(&inner.block);
                self.bodies.pop();
                self.attachment.pop();
                Ty::Unknown
            }
            Expr::Return(inner) => {
                inner.expr.iter().for_each(|value| self.keep(value));
                inner.expr.iter().for_each(|value| {
                    self.expression(value);
                });
                Ty::Unknown
            }
            other => {
                visit::visit_expr(self, other);
                Ty::Unknown
            }
        }
    }

    /// A variable that was declared without a type takes the one of its first assignment.
    fn refine(&mut self, target: &Expr, value: Ty) {
        let Expr::Path(path) = target else { return };
        let Some(name) = path.path.get_ident().map(name_of) else { return };
        if let Some(known) = self.variables.iter_mut().rev().find_map(|scope| scope.get_mut(&name))
            && *known == Ty::Unknown
        {
            *known = value;
        }
    }

    fn path_expression(&mut self, path: &syn::ExprPath) -> Ty {
        if let Some(qself) = &path.qself {
            self.in_position(TypePosition::Turbofish, |walker| walker.written_type(&qself.ty));
        }
        if let Some(name) = path.path.get_ident() {
            let name = name_of(name);
            if let Some((depth, ty)) = self.variable(&name) {
                let ty = ty.clone();
                self.captured(&name, depth, &ty, self.range(path));
                return ty;
            }
        }
        let resolved = self.record_path(&path.path, PathUsePosition::Value, None);
        if let Resolved::Pyo3(full) = &resolved {
            self.method_by_path(full, self.range(&path.path));
        }
        self.in_position(TypePosition::Turbofish, |walker| walker.path_arguments(&path.path));
        match resolved {
            Resolved::Own { module, name, rest } if rest.is_empty() => match self.crate_model.static_type(module, &name) {
                Some(written) => self.crate_model.ty(module, written, &[], &[]),
                // A struct without fields is a value.
                None if self.crate_model.type_named(module, &name).is_some_and(|own| own.fields.is_empty()) => Ty::Own(module, name),
                None => Ty::Unknown,
            },
            _ => Ty::Unknown,
        }
    }

    fn field(&mut self, field: &syn::ExprField) -> Ty {
        let owner = match &*field.base {
            Expr::Path(path) => path.path.get_ident().and_then(|name| self.variable(&name_of(name))),
            _ => None,
        };
        // A closure captures the field alone, not all of the struct.
        let (base, depth) = match owner {
            Some((depth, own @ Ty::Own(..))) => (own.clone(), Some(depth)),
            _ => (self.expression(&field.base), None),
        };
        let ty = self.type_of_field(&base, field);
        if let Some(depth) = depth {
            let range = self.range(field);
            let name = self.slice(range).to_owned();
            self.captured(&name, depth, &ty, range);
        }
        ty
    }

    fn type_of_field(&self, base: &Ty, field: &syn::ExprField) -> Ty {
        match (base, &field.member) {
            (Ty::Own(module, name), syn::Member::Named(member)) => self.field_type(*module, name, &name_of(member)),
            (Ty::Own(module, name), syn::Member::Unnamed(index)) => self.field_type(*module, name, &index.index.to_string()),
            (Ty::Tuple(types), syn::Member::Unnamed(index)) => types.get(index.index as usize).cloned().unwrap_or_default(),
            _ => Ty::Unknown,
        }
    }

    /// The type of a field of the package's own type `name`.
    pub(super) fn field_type(&self, module: ModuleId, name: &str, field: &str) -> Ty {
        let Some(owner) = self.crate_model.type_named(module, name) else { return Ty::Unknown };
        let Some((_, written)) = owner.fields.iter().find(|(known, _)| known == field) else { return Ty::Unknown };
        self.crate_model.ty(module, written, &owner.generics, &[])
    }

    fn if_expression(&mut self, branch: &syn::ExprIf) -> Ty {
        let then = self.scoped(|walker| {
            walker.expression(&branch.cond);
            walker.block(&branch.then_branch)
        });
        let other = branch.else_branch.as_ref().map(|(_, other)| self.expression(other));
        if then == Ty::Unknown { other.unwrap_or_default() } else { then }
    }

    fn match_expression(&mut self, matching: &syn::ExprMatch) -> Ty {
        for arm in &matching.arms {
            self.note_result_pattern(&arm.pat, &matching.expr);
        }
        let scrutinee = self.expression(&matching.expr);
        let origin = self.origin(&matching.expr);
        let mut ty = Ty::Unknown;
        for arm in &matching.arms {
            let arm_ty = self.scoped(|walker| {
                walker.bind(&arm.pat, scrutinee.clone());
                walker.originate(&arm.pat, origin);
                walker.expression(&arm.body)
            });
            if ty == Ty::Unknown {
                ty = arm_ty;
            }
        }
        ty
    }

    /// `Ok(x)` and `Err(x)` patterns take the value for a `Result`.
    fn note_result_pattern(&mut self, pattern: &syn::Pat, value: &Expr) {
        let name = match pattern {
            syn::Pat::TupleStruct(variant) => variant.path.segments.last().map(|segment| name_of(&segment.ident)),
            syn::Pat::Guard(guarded) => return self.note_result_pattern(&guarded.pat, value),
            _ => None,
        };
        if matches!(name.as_deref(), Some("Ok" | "Err")) {
            self.take_as_result(value);
        }
    }

    /// Notes that the value of this expression is taken for a `Result`.
    pub(super) fn take_as_result(&mut self, value: &Expr) {
        let range = self.range(value);
        self.taken_as_result.insert(range);
    }

    fn struct_expression(&mut self, literal: &syn::ExprStruct) -> Ty {
        self.record_path(&literal.path, PathUsePosition::Value, None);
        self.in_position(TypePosition::Turbofish, |walker| walker.path_arguments(&literal.path));
        for field in &literal.fields {
            self.keep(&field.expr);
            self.expression(&field.expr);
        }
        literal.rest.iter().for_each(|rest| {
            self.expression(rest);
        });
        self.resolve_type(&TypeRef::from_path(&literal.path))
    }

    fn tuple(&mut self, tuple: &syn::ExprTuple) -> Ty {
        let types: Vec<Ty> = tuple.elems.iter().map(|element| self.expression(element)).collect();
        if let ([first, second], [left, right]) = (types.as_slice(), tuple.elems.iter().collect::<Vec<_>>().as_slice())
            && self.source == Source::Tree
        {
            let members = [(self.range(left), first.clone()), (self.range(right), second.clone())];
            self.facts.pairs.push(PairFact { range: self.range(tuple), members, function: self.function });
        }
        Ty::Tuple(types)
    }

    /// Visits a block in a scope of its own; its type is that of the last expression.
    pub(super) fn block(&mut self, block: &Block) -> Ty {
        let surrounding = self.surrounding(block);
        self.scoped(|walker| {
            let ty = walker.statements(&block.stmts);
            walker.guards(&block.stmts, surrounding);
            ty
        })
    }

    /// Visits statements in the current scope.
    pub(super) fn statements(&mut self, statements: &[Stmt]) -> Ty {
        // A `use` counts in the whole block, wherever it stands.
        for statement in statements {
            if let Stmt::Item(syn::Item::Use(import)) = statement {
                self.imports.extend(read_use(import));
            }
        }
        let mut last = Ty::Tuple(Vec::new());
        for statement in statements {
            last = match statement {
                Stmt::Expr(expression, None) => self.expression(expression),
                Stmt::Expr(expression, Some(_)) => {
                    self.expression(expression);
                    Ty::Tuple(Vec::new())
                }
                Stmt::Local(local) => {
                    self.local(local);
                    Ty::Tuple(Vec::new())
                }
                Stmt::Item(item) => {
                    self.item(item);
                    Ty::Tuple(Vec::new())
                }
                Stmt::Macro(call) => {
                    let ty = self.macro_call(&call.mac);
                    if call.semi_token.is_some() { Ty::Tuple(Vec::new()) } else { ty }
                }
            };
        }
        last
    }

    fn local(&mut self, local: &syn::Local) {
        let mut ty = Ty::Unknown;
        if let Some(init) = &local.init {
            self.note_result_pattern(&local.pat, &init.expr);
            self.keep(&init.expr);
            ty = self.expression(&init.expr);
            if let Some((_, otherwise)) = &init.diverge {
                self.expression(otherwise);
            }
        }
        let origin = self.origin_of_local(local);
        match (&local.pat, &local.init) {
            (syn::Pat::Type(_), Some(init)) if self.is_borrowed_python(&init.expr) => {
                let outer = std::mem::replace(&mut self.let_position, TypePosition::LetBorrowed);
                self.bind(&local.pat, ty);
                self.let_position = outer;
            }
            _ => self.bind(&local.pat, ty),
        }
        self.originate(&local.pat, origin);
        self.know(local);
    }
}

/// Whether the operator's result is for the types of its operands to say; comparisons, logic and assignments always give the same.
fn computes(operator: &syn::BinOp) -> bool {
    use syn::BinOp::{Add, BitAnd, BitOr, BitXor, Div, Mul, Rem, Shl, Shr, Sub};
    matches!(operator, Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_) | BitXor(_) | BitAnd(_) | BitOr(_) | Shl(_) | Shr(_))
}

/// What numbers and texts make; the operators of other types can make anything.
fn result_of_operator([left, right]: [Ty; 2]) -> Ty {
    match (left, right) {
        (Ty::Plain | Ty::Byte, Ty::Plain | Ty::Byte) => Ty::Plain,
        (Ty::Text, Ty::Text) => Ty::Text,
        _ => Ty::Unknown,
    }
}
