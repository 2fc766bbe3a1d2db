//! Variables that kept the thread attached for the rest of their block, and what the statements behind them do.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Pat, Stmt};

use super::Walker;
use crate::model::guards::{Declared, Following, GuardFact, GuardOrigin, GuardUse, MomentaryGuard, Surrounding};
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{MacroBody, Spans, name_of, parse_macro};
use crate::text::TextRange;

/// Something that `return` and `?` leave.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// A function's, or a method's.
    Function(TextRange),
    /// A closure's, or an `async` block's.
    Closure(TextRange),
}

/// Functions that hand out a guard.
const ACQUIRING: &[&str] = &["pyo3::Python::acquire_gil", "pyo3::GILGuard::acquire", "pyo3::GILPool::new"];

impl Walker<'_> {
    /// What the block is to the innermost body around it.
    pub(super) fn surrounding(&self, block: &syn::Block) -> Surrounding {
        let range = self.range(block);
        match self.bodies.last() {
            Some(Body::Function(body)) if *body == range => Surrounding::Function,
            Some(Body::Closure(body)) if *body == range => Surrounding::Closure,
            Some(Body::Function(_)) => Surrounding::InFunction,
            Some(Body::Closure(_)) | None => Surrounding::InClosure,
        }
    }

    /// Records the guards among the statements of one block; the variables of the block are still in scope.
    pub(super) fn guards(&mut self, statements: &[Stmt], surrounding: Surrounding) {
        for (index, statement) in statements.iter().enumerate() {
            self.momentary_guard(statement);
            let Stmt::Local(local) = statement else { continue };
            let Some((name, _)) = bound_name(&local.pat) else { continue };
            let Some(init) = local.init.as_ref().filter(|init| init.diverge.is_none()) else { continue };
            let Some((origin, call)) = self.guard_origin(&init.expr) else { continue };
            let following = statements[index + 1..].iter().map(|statement| self.following(statement, &name)).collect();
            self.facts.guards.push(GuardFact {
                name,
                origin,
                call,
                statement: self.range(local),
                following,
                surrounding,
                function: self.function,
                source: self.source,
            });
        }
    }

    /// Records `Python::acquire_gil().python()` inside of a statement.
    fn momentary_guard(&mut self, statement: &Stmt) {
        let mut whole = match statement {
            Stmt::Expr(expression, _) => expression,
            Stmt::Local(local) => match &local.init {
                Some(init) if init.diverge.is_none() => &*init.expr,
                _ => return,
            },
            _ => return,
        };
        // What `?` leaves stays outside of the closure.
        while let Expr::Try(tried) = whole {
            whole = &tried.expr;
        }
        if !matches!(whole, Expr::Call(_) | Expr::MethodCall(_) | Expr::Unary(_) | Expr::Binary(_)) {
            return;
        }
        let mut tokens = Tokens(Vec::new());
        tokens.visit_expr(whole);
        let [token] = tokens.0.as_slice() else { return };
        let Some((GuardOrigin::Acquired, call)) = self.guard_origin(&token.receiver) else { return };
        let mut reader = Reader { spans: self.spans, guard: "", found: Following::default(), elsewhere: 0, loops: Vec::new() };
        reader.visit_expr(whole);
        let found = reader.found;
        if !(found.tries || found.returns || found.jumps || found.awaits || found.words.contains("py")) {
            let (token, whole) = (self.range(*token), self.range(whole));
            self.facts.momentary_guards.push(MomentaryGuard { call, token, whole });
        }
    }

    /// Whether the expression makes a guard: how, and the place of the path or method name that does.
    fn guard_origin(&self, value: &Expr) -> Option<(GuardOrigin, TextRange)> {
        match value {
            Expr::Call(call) => {
                let Expr::Path(callee) = &*call.func else { return None };
                let names: Vec<String> = callee.path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
                let Resolved::Pyo3(path) = self.resolve_names(&names, callee.path.leading_colon.is_some()) else { return None };
                ACQUIRING.contains(&path.as_str()).then(|| (GuardOrigin::Acquired, self.range(&callee.path)))
            }
            Expr::MethodCall(call) if call.method == "new_pool" => {
                Some((GuardOrigin::Pool { token: self.range(&*call.receiver) }, self.range(&call.method)))
            }
            Expr::Unsafe(inner) => match inner.block.stmts.as_slice() {
                [Stmt::Expr(inner, None)] => self.guard_origin(inner),
                _ => None,
            },
            _ => None,
        }
    }

    fn following(&self, statement: &Stmt, guard: &str) -> Following {
        let mut reader = Reader { spans: self.spans, guard, found: Following::default(), elsewhere: 0, loops: Vec::new() };
        reader.found.range = self.range(statement);
        reader.found.is_value = matches!(statement, Stmt::Expr(_, None));
        reader.visit_stmt(statement);
        let mut found = reader.found;
        if let Stmt::Local(local) = statement {
            let mut names = Vec::new();
            pattern_names(&local.pat, &mut names);
            found.declared = names
                .into_iter()
                .map(|(name, mutable)| {
                    let ty = self.variable(&name).map_or(&Ty::Unknown, |(_, ty)| ty);
                    Declared { holds_token: (*ty != Ty::Unknown).then(|| self.carries_token(ty)), name, mutable }
                })
                .collect();
            let is_token = local.init.as_ref().is_some_and(|init| is_token_of(&init.expr, guard));
            found.names_token = bound_name(&local.pat).filter(|_| is_token).map(|(name, _)| name);
        }
        found
    }
}

/// `let x` and `let x: T`: the name, and whether it is `mut`.
fn bound_name(pattern: &Pat) -> Option<(String, bool)> {
    match pattern {
        Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => Some((name_of(&ident.ident), ident.mutability.is_some())),
        Pat::Type(typed) => bound_name(&typed.pat),
        _ => None,
    }
}

fn pattern_names(pattern: &Pat, names: &mut Vec<(String, bool)>) {
    struct Names<'a>(&'a mut Vec<(String, bool)>);
    impl<'ast> Visit<'ast> for Names<'_> {
        fn visit_pat_ident(&mut self, ident: &'ast syn::PatIdent) {
            self.0.push((name_of(&ident.ident), ident.mutability.is_some()));
            visit::visit_pat_ident(self, ident);
        }
    }
    Names(names).visit_pat(pattern);
}

fn is_variable(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident(name))
}

/// `gil.python()`.
fn is_token_of(expression: &Expr, guard: &str) -> bool {
    matches!(expression, Expr::MethodCall(call) if call.method == "python" && is_variable(&call.receiver, guard))
}

/// Calls of `python()` on what is no variable.
struct Tokens<'ast>(Vec<&'ast syn::ExprMethodCall>);

impl<'ast> Visit<'ast> for Tokens<'ast> {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "python" && matches!(*call.receiver, Expr::Call(_)) {
            self.0.push(call);
        }
        visit::visit_expr_method_call(self, call);
    }

    // A block in the expression has statements of its own.
    fn visit_block(&mut self, _: &'ast syn::Block) {}
}

/// What one statement does with a guard, and where it leads.
struct Reader<'a> {
    spans: Spans,
    guard: &'a str,
    found: Following,
    /// How many closures, `async` blocks and items are around this place: what leaves them does not leave the block.
    elsewhere: usize,
    /// The labels of the loops around this place.
    loops: Vec<Option<String>>,
}

impl Reader<'_> {
    fn used(&mut self, node: &impl Spanned, how: GuardUse) {
        self.found.uses.push((self.spans.range(node), how));
    }

    fn in_elsewhere(&mut self, visit: impl FnOnce(&mut Self)) {
        self.elsewhere += 1;
        let loops = std::mem::take(&mut self.loops);
        visit(self);
        self.loops = loops;
        self.elsewhere -= 1;
    }

    fn in_loop(&mut self, label: Option<&syn::Label>, visit: impl FnOnce(&mut Self)) {
        self.loops.push(label.map(|label| label.name.ident.to_string()));
        visit(self);
        self.loops.pop();
    }

    fn jump(&mut self, label: Option<&syn::Lifetime>) {
        let inside = match label {
            None => !self.loops.is_empty(),
            Some(label) => self.loops.iter().flatten().any(|known| label.ident == known.as_str()),
        };
        self.found.jumps |= self.elsewhere == 0 && !inside;
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
        self.found.words.insert(name_of(ident));
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            token if is_token_of(token, self.guard) => self.used(token, GuardUse::Token),
            Expr::Reference(reference) if is_variable(&reference.expr, self.guard) => self.used(reference, GuardUse::Borrowed),
            Expr::Call(call) if call.args.len() == 1 && is_variable(&call.args[0], self.guard) && is_drop(&call.func) => {
                self.used(call, GuardUse::Dropped);
            }
            path if is_variable(path, self.guard) => self.used(path, GuardUse::Other),
            Expr::Closure(_) | Expr::Async(_) => self.in_elsewhere(|reader| visit::visit_expr(reader, expression)),
            Expr::Try(_) => {
                self.found.tries |= self.elsewhere == 0;
                visit::visit_expr(self, expression);
            }
            Expr::Return(_) => {
                self.found.returns |= self.elsewhere == 0;
                visit::visit_expr(self, expression);
            }
            Expr::Await(_) => {
                self.found.awaits |= self.elsewhere == 0;
                visit::visit_expr(self, expression);
            }
            Expr::Break(jump) => {
                self.jump(jump.label.as_ref());
                visit::visit_expr(self, expression);
            }
            Expr::Continue(jump) => self.jump(jump.label.as_ref()),
            Expr::ForLoop(each) => {
                self.visit_expr(&each.expr);
                self.in_loop(each.label.as_ref(), |reader| visit::visit_block(reader, &each.body));
                self.visit_pat(&each.pat);
            }
            Expr::While(loops) => self.in_loop(loops.label.as_ref(), |reader| visit::visit_expr(reader, expression)),
            Expr::Loop(loops) => self.in_loop(loops.label.as_ref(), |reader| visit::visit_expr(reader, expression)),
            _ => visit::visit_expr(self, expression),
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.in_elsewhere(|reader| visit::visit_item(reader, item));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| name_of(&segment.ident)).unwrap_or_default();
        match parse_macro(&name, &call.tokens) {
            MacroBody::Expressions(expressions) => expressions.iter().for_each(|expression| self.visit_expr(expression)),
            MacroBody::Statements(statements) => statements.iter().for_each(|statement| self.visit_stmt(statement)),
            MacroBody::Items(_) | MacroBody::Opaque => self.tokens(call.tokens.clone()),
        }
        // Names inside of format strings are variables, too.
        for literal in call.tokens.to_string().split('{').skip(1) {
            let word: String = literal.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            self.found.words.insert(word);
        }
    }
}

impl Reader<'_> {
    /// Tokens that may be anything: whatever could be meant counts.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.tokens(group.stream()),
                proc_macro2::TokenTree::Ident(ident) => {
                    if ident == self.guard {
                        self.used(&ident, GuardUse::Other);
                    }
                    self.found.returns |= ident == "return";
                    self.found.jumps |= ident == "break" || ident == "continue";
                    self.found.words.insert(name_of(&ident));
                }
                proc_macro2::TokenTree::Punct(punct) => self.found.tries |= punct.as_char() == '?',
                proc_macro2::TokenTree::Literal(_) => {}
            }
        }
    }
}

fn is_drop(callee: &Expr) -> bool {
    matches!(callee, Expr::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "drop"))
}
