//! Macro calls: parsed bodies are walked as ordinary code, the others read token by token.

use std::rc::Rc;

use proc_macro2::TokenStream;

use super::{Walker, Words};
use crate::catalog::{Matcher, changes};
use crate::model::facts::{Callee, GilRefType, MethodCall, PathUsePosition, Source, TypePosition};
use crate::model::join::ModuleId;
use crate::model::outline::MacroWord;
use crate::model::resolve::Resolved;
use crate::model::ty::Ty;
use crate::rust::{
    MacroBody, TokenRun, TypeRef, macro_arms, macro_variable, name_of, parse_macro, quoted_statements, template_of_quote, token_runs,
};
use crate::text::TextRange;

/// Macros whose bodies are text or names, not code that runs here.
const NO_CODE: &[&str] = &["stringify", "include_str", "include_bytes", "include", "concat", "env", "option_env", "compile_error"];

/// Macros that write their arguments as text: anything with `Debug` will do.
const SHOWING: &[&str] = &[
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "todo",
    "unreachable",
    "dbg",
    "error",
    "warn",
    "info",
    "debug",
    "trace",
];

impl<'a> Walker<'a> {
    /// Visits a macro call and tells the type of its value.
    pub(super) fn macro_call(&mut self, call: &syn::Macro) -> Ty {
        let name = call.path.segments.last().map(|segment| name_of(&segment.ident)).unwrap_or_default();
        self.record_path(&call.path, PathUsePosition::Macro, None);
        if NO_CODE.contains(&name.as_str()) {
            return Ty::Plain;
        }
        self.expansion(&name, self.range(&call.path));
        if SHOWING.contains(&name.as_str()) {
            self.facts.shown.push(self.range(call));
        }
        let types = match parse_macro(&name, &call.tokens) {
            MacroBody::Expressions(expressions) => expressions.iter().map(|expression| self.macro_argument(expression)).collect(),
            MacroBody::Items(items) => {
                // Names that the macro's items define are in the module's outline already.
                items.iter().for_each(|item| self.item(item));
                Vec::new()
            }
            MacroBody::Statements(statements) => {
                self.scoped(|walker| walker.statements(&statements));
                Vec::new()
            }
            MacroBody::Opaque => {
                let range = self.range(call);
                let is_read = match template_of_quote(&name, &call.tokens) {
                    Some(template) => self.quoted(&template),
                    None => {
                        self.tokens(&call.tokens, None);
                        false
                    }
                };
                if !is_read {
                    self.facts.opaque_macros.push((name.clone(), range));
                }
                Vec::new()
            }
        };
        match name.as_str() {
            "vec" => Ty::List(Box::new(types.into_iter().next().unwrap_or_default())),
            "format" => Ty::Text,
            "intern" => match self.crate_model.release {
                Some(release) if release.minor() < 23 => Ty::GilRef("PyString".to_owned()),
                _ => Ty::Bound("PyString".to_owned()),
            },
            _ => Ty::Unknown,
        }
    }

    /// What a procedural macro writes: its names mean something only where that ends up. Whether it is Rust.
    fn quoted(&mut self, template: &TokenStream) -> bool {
        let before = std::mem::replace(&mut self.source, Source::Definition);
        let outer = std::mem::replace(&mut self.in_quote, true);
        let statements = quoted_statements(template);
        match &statements {
            Some(statements) => self.as_code(statements),
            None => token_runs(template).iter().for_each(|run| self.token_run(run, names_of(run))),
        }
        (self.source, self.in_quote) = (before, outer);
        statements.is_some()
    }

    /// What a macro of the package brings to the place where it is called: there the compiler complains.
    fn expansion(&mut self, name: &str, place: TextRange) {
        let crate_model = self.crate_model;
        if crate_model.macro_words(name).is_empty() || self.source != Source::Tree {
            return;
        }
        self.facts.expansions.push((place, name.to_owned()));
        let before = std::mem::replace(&mut self.source, Source::Expansion);
        for (word, resolved) in self.words_that_count(name).iter() {
            if let Some(arguments) = &word.method_arguments {
                self.bare_method(word.segments.concat(), place, arguments);
                continue;
            }
            let segments = word.segments.iter().map(|segment| (segment.clone(), place)).collect();
            self.push_path(segments, place, resolved, PathUsePosition::Type, None);
        }
        self.source = before;
    }

    /// The words of a macro of the package that mean something where the walk is: most are names of the macro's own. A macro may be called
    /// thousands of times, and its words mean the same to the whole module.
    fn words_that_count(&mut self, name: &str) -> Words<'a> {
        let key = (name.to_owned(), self.module);
        if let Some(known) = self.expansions.get(&key).filter(|_| self.imports.is_empty()) {
            return Rc::clone(known);
        }
        let crate_model = self.crate_model;
        let resolve = |word: &'a MacroWord| {
            let resolved = if word.method_arguments.is_some() { Resolved::Unknown } else { self.resolve_names(&word.segments, false) };
            let counts = word.method_arguments.is_some() || word.segments.len() > 1 || is_meaningful(&resolved);
            counts.then_some((word, resolved))
        };
        let words: Words<'a> = Rc::new(crate_model.macro_words(name).iter().filter_map(resolve).collect());
        if self.imports.is_empty() {
            self.expansions.insert(key, Rc::clone(&words));
        }
        words
    }

    /// A method call of which only the name and the arguments' text are known.
    fn bare_method(&mut self, name: String, place: TextRange, arguments: &str) {
        let arguments = match arguments {
            "" => Vec::new(),
            "py" | "_py" | "$py" | "$ py" => vec![(place, Ty::Token)],
            _ => vec![(place, Ty::Unknown)],
        };
        self.facts.calls.push(MethodCall {
            name: (name, place),
            receiver: (place, Ty::Unknown),
            arguments,
            token: None,
            owned_receiver: false,
            kept: false,
            turbofish: None,
            range: place,
            taken_as_result: true,
            module: self.module,
            source: self.source,
            function: self.function,
        });
    }

    /// `name = value` in a macro is a named argument, no assignment.
    fn macro_argument(&mut self, argument: &syn::Expr) -> Ty {
        match argument {
            syn::Expr::Assign(assign) => self.expression(&assign.right),
            other => {
                self.type_argument(other);
                self.expression(other)
            }
        }
    }

    /// `&PyList` as an argument of a macro: classes of Python have no values of that form, so it is a type.
    fn type_argument(&mut self, argument: &syn::Expr) {
        let syn::Expr::Reference(reference) = argument else { return };
        let syn::Expr::Path(syn::ExprPath { qself: None, path, .. }) = &*reference.expr else { return };
        let names: Vec<String> = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        if reference.mutability.is_none() && (names.len() > 1 || self.variable(&names[0]).is_none()) {
            let resolved = self.resolve_names(&names, false);
            let (range, target) = (self.range(reference), self.range(path));
            // What the macro does with it is not known; as a parameter it stays a reference.
            self.in_position(TypePosition::Parameter, |walker| walker.lent_class(names, &resolved, range, target));
        }
    }

    /// What the `macro_rules!` with this name expands to.
    pub(super) fn macro_definition(&mut self, name: &str, definition: &syn::Macro) {
        self.facts.macro_definitions.push((name.to_owned(), self.range(definition)));
        for arm in macro_arms(&definition.tokens) {
            match &arm.statements {
                Some(statements) => self.template(name, &arm.tokens, statements),
                None => self.tokens(&arm.tokens, Some(name)),
            }
        }
    }

    /// Visits what an arm expands to as ordinary code.
    fn template(&mut self, name: &str, tokens: &TokenStream, statements: &[syn::Stmt]) {
        let before = (self.source, self.module);
        let runs = token_runs(tokens);
        let open = runs.iter().filter(|run| !run.after_dot).find_map(|run| self.caller_that_knows(name, run));
        // Names in a macro are looked up where it is called.
        if let Some(caller) = open {
            (self.source, self.module) = (Source::Definition, caller);
        } else if !self.crate_model.is_called_here_only(name, self.module) {
            self.source = Source::Definition;
        }
        self.as_code(statements);
        (self.source, self.module) = before;
    }

    /// Visits a template. A token may be there where it ends up.
    fn as_code(&mut self, statements: &[syn::Stmt]) {
        self.scoped(|walker| {
            for token in ["py".to_owned(), "_py".to_owned(), macro_variable("py")] {
                walker.declare(token, Ty::Token);
            }
            walker.statements(statements);
        });
    }

    /// The module of a caller that knows names which nobody here does.
    fn caller_that_knows(&self, name: &str, run: &TokenRun) -> Option<ModuleId> {
        let names = names_of(run);
        let is_open = self.resolve_names(&names, false) == Resolved::Unknown;
        if is_open { self.crate_model.caller_that_knows(name, &names) } else { None }
    }

    /// Reads bare tokens, perhaps of the `definition` of a macro: what they become is for the macro to say, so these facts are marked.
    fn tokens(&mut self, tokens: &TokenStream, definition: Option<&str>) {
        let before = (self.source, self.module);
        for run in token_runs(tokens) {
            self.source = Source::Tokens;
            if let Some(caller) = definition.filter(|_| !run.after_dot).and_then(|name| self.caller_that_knows(name, &run)) {
                (self.source, self.module) = (Source::Definition, caller);
            }
            self.token_run(&run, names_of(&run));
            (self.source, self.module) = before;
        }
    }

    fn token_run(&mut self, run: &TokenRun, names: Vec<String>) {
        let Some(first) = run.segments.first() else { return };
        let Some(last) = run.segments.last() else { return };
        let range = self.spans.of(first.span()).cover(self.spans.of(last.span()));
        if run.after_dot {
            if let Some(arguments) = &run.call {
                self.bare_method(name_of(last), range, &arguments.to_string());
            }
            return;
        }
        let resolved = self.resolve_names(&names, false);
        let position = match (&run.call, run.bang) {
            (_, true) => PathUsePosition::Macro,
            (Some(_), _) => PathUsePosition::Value,
            _ => PathUsePosition::Type,
        };
        let call = run.call.as_ref().map(|_| Callee { arguments: Vec::new(), range, taken_as_result: true });
        let segments = run.segments.iter().map(|segment| (name_of(segment), self.spans.of(segment.span()))).collect();
        self.push_path(segments, range, &resolved, position, call);
        if let Some(reference) = run.reference {
            self.lent_class(names, &resolved, self.spans.of(reference).cover(range), range);
        }
    }

    /// A reference to a native class, if these names mean one.
    fn lent_class(&mut self, names: Vec<String>, resolved: &Resolved, range: TextRange, target: TextRange) {
        let written = TypeRef::Path { segments: names, arguments: Vec::new() };
        if let Ty::Native(class) = self.resolve_type(&written) {
            self.facts.gil_refs.push(GilRefType {
                range,
                target,
                class,
                external: matches!(resolved, Resolved::External(_)),
                lifetime: None,
                position: self.type_position,
                nesting: self.nesting,
                signature: None,
                source: self.source,
                function: self.function,
                module: self.module,
            });
        }
    }
}

/// Whether a name that a macro writes is more than one of the macro's own: those could be crates as well.
fn is_meaningful(resolved: &Resolved) -> bool {
    let is_of_row = |name: &String| {
        let mut rows =
            changes().iter().filter_map(|change| if let Matcher::Path { paths, .. } = &change.matcher { Some(paths) } else { None });
        rows.any(|paths| paths.contains(name))
    };
    match resolved {
        Resolved::Unknown => false,
        Resolved::External(path) => path.len() > 1 || path.iter().any(is_of_row),
        _ => true,
    }
}

fn names_of(run: &TokenRun) -> Vec<String> {
    run.segments.iter().map(name_of).collect()
}
