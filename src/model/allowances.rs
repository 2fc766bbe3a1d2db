//! Where attributes silence rustc about deprecated items, and where they raise it again.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::join::{CrateModel, ModuleId};
use super::outline::allows_deprecated;
use crate::rust::{MacroBody, RustFile, macro_arms, name_of, parse_macro};
use crate::text::TextRange;

/// A part of the file, and whether deprecated items are accepted in it; a smaller part inside of it decides for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// What the attribute stands on, attributes included.
    pub range: TextRange,
    /// `allow` and `expect`, against `warn`, `deny` and `forbid`.
    pub allows: bool,
}

/// What the attributes of a file say, those on its module and around it included.
pub(super) fn read(file: &RustFile, text: &str, crate_model: &CrateModel, module: ModuleId) -> Vec<Allowance> {
    let whole = crate_model.conditions(module).allows_deprecated;
    let range = TextRange::new(0, text.len());
    let found = whole.map(|allows| Allowance { range, allows }).into_iter().collect();
    let mut reader = Reader { file, hosts: Vec::new(), found };
    // Most files name neither the lint nor its group.
    if text.contains("deprecated") || text.contains("warnings") {
        file.tree().items.iter().for_each(|item| reader.visit_item(item));
    }
    reader.found
}

struct Reader<'a> {
    file: &'a RustFile,
    /// What can have attributes, around this place.
    hosts: Vec<TextRange>,
    found: Vec<Allowance>,
}

impl Reader<'_> {
    fn on(&mut self, host: &impl Spanned, walk: impl FnOnce(&mut Self)) {
        self.hosts.push(self.file.spans().range(host));
        walk(self);
        self.hosts.pop();
    }

    /// `allow(…)` before `a = b` stands on the statement; the tree has it on `a`.
    fn host(&self) -> Option<TextRange> {
        let innermost = self.hosts.last()?;
        self.hosts.iter().find(|host| host.start == innermost.start).copied()
    }

    fn arms(&mut self, definition: &TokenStream) {
        for arm in macro_arms(definition) {
            arm.statements.iter().flatten().for_each(|statement| self.visit_stmt(statement));
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let (Some(range), Some(allows)) = (self.host(), allows_deprecated(std::slice::from_ref(attribute))) {
            self.found.push(Allowance { range, allows });
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.on(item, |reader| visit::visit_item(reader, item));
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        self.on(item, |reader| visit::visit_impl_item(reader, item));
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        self.on(item, |reader| visit::visit_trait_item(reader, item));
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.on(field, |reader| visit::visit_field(reader, field));
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.on(variant, |reader| visit::visit_variant(reader, variant));
    }

    fn visit_fn_arg(&mut self, argument: &'ast syn::FnArg) {
        self.on(argument, |reader| visit::visit_fn_arg(reader, argument));
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        self.on(statement, |reader| visit::visit_stmt(reader, statement));
    }

    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        self.on(expression, |reader| visit::visit_expr(reader, expression));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.on(arm, |reader| visit::visit_arm(reader, arm));
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        self.on(field, |reader| visit::visit_field_value(reader, field));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| name_of(&segment.ident)).unwrap_or_default();
        if name == "macro_rules" {
            return self.arms(&call.tokens);
        }
        match parse_macro(&name, &call.tokens) {
            MacroBody::Expressions(expressions) => expressions.iter().for_each(|expression| self.visit_expr(expression)),
            MacroBody::Items(items) => items.iter().for_each(|item| self.visit_item(item)),
            MacroBody::Statements(statements) => statements.iter().for_each(|statement| self.visit_stmt(statement)),
            MacroBody::Opaque => {}
        }
    }
}
