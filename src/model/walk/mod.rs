//! The walk: one pass over a file's tree that turns it into facts, with names resolved and local types inferred.

mod blocks;
mod bounds;
mod calls;
mod classes;
mod conversions;
mod detached;
mod expressions;
mod guards;
mod imports;
mod items;
mod known;
mod macros;
mod methods;
mod origins;
mod ownership;
mod patterns;
mod signatures;
mod types;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use syn::spanned::Spanned;
use syn::visit::Visit;

use super::allowances;
use super::facts::{FileModel, Nesting, Source, TypePosition};
use super::join::{CrateModel, ModuleId};
use super::outline::{Import, MacroWord};
use super::resolve::Resolved;
use super::ty::Ty;
use crate::catalog::symbols;
use crate::release::Release;
use crate::rust::{RustFile, Spans, TypeRef, scan_long_strings};
use crate::text::{FileId, TextRange};
use detached::Attachment;
use guards::Body;
use known::Known;

/// Names of PyO3's prelude that are gone, with the first release without them, as the catalogue says. No crate is likely to have others of these names
/// as long as PyO3 has them.
const GONE_FROM_PRELUDE: [(&str, Release); 5] = [
    ("PyObject", Release::new(28)),
    ("IntoPy", Release::new(25)),
    ("ToPyObject", Release::new(25)),
    ("PyTryFrom", Release::new(23)),
    ("PyCell", Release::new(23)),
];

/// Reads the facts of one parsed file. `None` when no target of the package reaches the file.
#[must_use]
pub fn analyse(file: &RustFile, id: FileId, text: &str, crate_model: &CrateModel) -> Option<FileModel> {
    let module = *crate_model.modules_of(id)?.first()?;
    let mut walker = Walker {
        crate_model,
        spans: file.spans(),
        text,
        module,
        imports: Vec::new(),
        generics: Vec::new(),
        variables: vec![HashMap::new()],
        known: HashMap::new(),
        origins: HashMap::new(),
        item_origin: None,
        self_ty: Ty::Unknown,
        block_attributes: Vec::new(),
        function: None,
        type_position: TypePosition::Other,
        nesting: Nesting::Whole,
        signature: None,
        source: Source::Tree,
        in_quote: false,
        attachment: Vec::new(),
        taken_as_result: HashSet::new(),
        kept: HashSet::new(),
        let_position: TypePosition::Let,
        in_test: crate_model.conditions(module).test_only,
        bodies: Vec::new(),
        expansions: HashMap::new(),
        facts: FileModel::default(),
    };
    walker.facts.allowances = allowances::read(file, text, crate_model, module);
    for item in &file.tree().items {
        walker.visit_item(item);
    }
    if !walker.facts.guards.is_empty() {
        walker.facts.long_strings = scan_long_strings(text);
    }
    Some(walker.facts)
}

/// Words of a macro with what they mean.
type Words<'a> = Rc<Vec<(&'a MacroWord, Resolved)>>;

/// The state of the walk at one place of the tree.
struct Walker<'a> {
    crate_model: &'a CrateModel,
    spans: Spans,
    text: &'a str,
    /// The module that the walk is in.
    module: ModuleId,
    /// `use` leaves of the function bodies around this place.
    imports: Vec<Import>,
    /// Generic type parameters in scope.
    generics: Vec<String>,
    /// Local variables, innermost scope last.
    variables: Vec<HashMap<String, Ty>>,
    /// What is known of variables beside their types, by the depth of the scope and the name.
    known: HashMap<(usize, String), Known>,
    /// Where the types of variables are written, likewise.
    origins: HashMap<(usize, String), TextRange>,
    /// The same for what the next closure is given.
    item_origin: Option<TextRange>,
    /// The type of `self`.
    self_ty: Ty,
    /// Attributes of the `impl` block around this place.
    block_attributes: Vec<String>,
    /// The function around this place.
    function: Option<usize>,
    /// Where the type that is being visited stands.
    type_position: TypePosition,
    /// What there is between that position and the type that is being visited.
    nesting: Nesting,
    /// The innermost signature around this place, bodies left out.
    signature: Option<usize>,
    /// How the tokens at this place were read.
    source: Source,
    /// Whether this is what a procedural macro writes.
    in_quote: bool,
    /// Closures around this place that attach or detach.
    attachment: Vec<Attachment>,
    /// Places of expressions whose value is taken for a `Result`.
    taken_as_result: HashSet<TextRange>,
    /// Places of expressions whose value outlives its statement.
    kept: HashSet<TextRange>,
    /// The position of the type that a `let` is annotated with.
    let_position: TypePosition,
    /// Whether this place is for tests alone: behind `#[cfg(test)]`, or in a `#[test]`.
    in_test: bool,
    /// Bodies of functions, closures and `async` blocks around this place.
    bodies: Vec<Body>,
    /// What macros of the package bring to the places where they are called, by macro and module.
    expansions: HashMap<(String, ModuleId), Words<'a>>,
    facts: FileModel,
}

impl Walker<'_> {
    fn range(&self, node: &impl Spanned) -> TextRange {
        self.spans.range(node)
    }

    fn slice(&self, range: TextRange) -> &str {
        self.text.get(range.start..range.end).unwrap_or_default()
    }

    fn resolve_names(&self, segments: &[String], absolute: bool) -> Resolved {
        let resolved = self.crate_model.resolve(self.module, segments, absolute, &self.imports);
        match segments {
            // Whoever calls the macro has imported it; in a later release they mean something of their own.
            [name] if self.in_quote && resolved == Resolved::Unknown && self.had_in_prelude(name) => {
                Resolved::Pyo3(symbols().canonical_start(&format!("pyo3::prelude::{name}")))
            }
            _ => resolved,
        }
    }

    /// Whether PyO3's prelude of the release in use has a name that later ones have not.
    fn had_in_prelude(&self, name: &str) -> bool {
        let gone = GONE_FROM_PRELUDE.iter().find(|(gone, _)| *gone == name);
        gone.zip(self.crate_model.release).is_some_and(|((_, since), release)| release < *since)
    }

    fn resolve_type(&self, written: &TypeRef) -> Ty {
        if written.name() == Some("Self") {
            return self.self_ty.clone();
        }
        self.crate_model.ty(self.module, written, &self.generics, &self.imports)
    }

    /// Runs `walk` with a scope of its own for variables and imports.
    fn scoped<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let imports = self.imports.len();
        self.variables.push(HashMap::new());
        let value = walk(self);
        self.variables.pop();
        self.imports.truncate(imports);
        value
    }

    fn declare(&mut self, name: String, ty: Ty) {
        let key = (self.variables.len() - 1, name.clone());
        self.known.remove(&key);
        self.origins.remove(&key);
        if let Some(scope) = self.variables.last_mut() {
            scope.insert(name, ty);
        }
    }

    /// The variable's type and the depth of its scope.
    fn variable(&self, name: &str) -> Option<(usize, &Ty)> {
        self.variables.iter().enumerate().rev().find_map(|(depth, scope)| scope.get(name).map(|ty| (depth, ty)))
    }

    /// An expression for a token: the innermost variable that is one, else a call on the innermost one that carries a token.
    fn token(&self) -> Option<String> {
        if self.is_detached() {
            return None;
        }
        let innermost = |wanted: fn(&Ty) -> bool| {
            self.variables.iter().enumerate().rev().find_map(|(depth, scope)| {
                let is_visible = |name: &&String| self.variable(name).is_some_and(|(found, _)| found == depth);
                scope.iter().filter(|(_, ty)| wanted(ty)).map(|(name, _)| name).filter(is_visible).min()
            })
        };
        // An object can have moved away; a token is a copy.
        let token = innermost(|ty| *ty == Ty::Token).cloned();
        token.or_else(|| innermost(|ty| matches!(ty, Ty::GilRef(_) | Ty::Guard)).map(|name| format!("{name}.py()")))
    }

    /// Runs `walk` while types stand in the given position.
    fn in_position<T>(&mut self, position: TypePosition, walk: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.type_position, position);
        let nesting = std::mem::take(&mut self.nesting);
        let value = walk(self);
        self.type_position = before;
        self.nesting = nesting;
        value
    }

    /// Runs `walk` for what is inside of the type at the current position.
    fn inside(&mut self, in_option: bool, walk: impl FnOnce(&mut Self)) {
        let position = match self.type_position {
            TypePosition::Parameter => TypePosition::InsideParameter,
            other => other,
        };
        let nesting = self.nesting.deeper(in_option);
        self.in_position(position, |walker| {
            walker.nesting = nesting;
            walk(walker);
        });
    }
}

impl<'ast> Visit<'ast> for Walker<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.item(item);
    }

    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        self.expression(expression);
    }

    fn visit_type(&mut self, ty: &'ast syn::Type) {
        self.written_type(ty);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.type_path(path);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.block(block);
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        self.bound(bound);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.macro_call(call);
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        self.bind(pattern, Ty::Unknown);
    }
}
