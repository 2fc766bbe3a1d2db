//! The place of an error with what stands around it.

use super::ownership::printed;
use super::{Course, Files, OldFunctions, Repair, View};
use crate::catalog::name_on;
use crate::compiler::{CompilerError, Fault, Span};
use crate::release::Release;
use crate::rust::{Node, NodeId, Syntax, TypeRef};
use crate::text::{Edit, TextRange};

/// An error and its place.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) error: &'a CompilerError,
    /// Where the error is.
    pub(super) place: &'a Span,
    /// The file of the place.
    pub(super) view: View<'a>,
    /// All files.
    pub(super) files: &'a Files<'a>,
    /// The functions that the project had before.
    pub(super) functions: &'a OldFunctions,
    /// The release to go to.
    pub(super) target: Release,
}

impl<'a> Site<'a> {
    /// The first place of an error, if its file is there.
    pub(super) fn of(error: &'a CompilerError, course: Course<'a>, files: &'a Files<'a>) -> Option<Self> {
        let place = error.spans.first()?;
        Some(Self { error, place, view: *files.get(place.path.as_path())?, files, functions: course.functions, target: course.target })
    }

    /// What is wrong.
    pub(super) fn fault(&self) -> &'a Fault {
        &self.error.diagnosis.fault
    }

    /// The wanted type and the one that is there.
    pub(super) fn types(&self) -> Option<(TypeRef, TypeRef)> {
        let types = self.error.diagnosis.types()?;
        Some((printed(&types.expected), printed(&types.found)))
    }

    /// `(T, U)` of the bound `T: From<U>`, if that is what is not met.
    pub(super) fn conversion(&self) -> Option<(&'a str, &'a str)> {
        let (target, of_trait) = self.fault().unmet()?;
        Some((target, from_of(of_trait)?))
    }

    /// The name that something has on the release to go to, by its path on the newest one.
    pub(super) fn named(&self, newest: &'static str) -> &'static str {
        name_on(newest, self.target).unwrap_or_else(|| newest.rsplit("::").next().unwrap_or(newest))
    }

    /// The name of the method that casts a `Bound`.
    pub(super) fn cast(&self) -> &'static str {
        self.named("Bound::cast")
    }

    /// What comes before an expression that needs a token where there is none; a `)` has to close it.
    pub(super) fn attach(&self) -> String {
        format!("pyo3::Python::{}(|py| ", self.named("Python::attach"))
    }

    /// The text of a range of the file.
    pub(super) fn text(&self, range: TextRange) -> &'a str {
        self.view.text.get(range.start..range.end).unwrap_or_default()
    }

    pub(super) fn node(&self, id: NodeId) -> &'a Node {
        self.view.nodes.get(id)
    }

    /// The innermost node around the place.
    pub(super) fn here(&self) -> Option<NodeId> {
        self.view.nodes.around(self.place.range)
    }

    /// The method call whose name stands at the place.
    pub(super) fn method_call(&self) -> Option<(NodeId, TextRange)> {
        let here = self.here()?;
        match &self.node(here).syntax {
            Syntax::MethodCall { receiver, method, .. } if *method == self.place.range => Some((here, *receiver)),
            _ => None,
        }
    }

    /// The innermost call of a function around the place: all of it, what is called, what is passed.
    pub(super) fn call(&self) -> Option<(TextRange, TextRange, &'a [TextRange])> {
        self.view.nodes.ancestors(self.here()?).find_map(|(_, node)| match &node.syntax {
            Syntax::Call { function, arguments } => Some((node.range, *function, arguments.as_slice())),
            _ => None,
        })
    }

    /// Where the value of an expression comes from: the value of the `let` that binds it, if it is a variable, else itself.
    pub(super) fn origin(&self, range: TextRange) -> Option<TextRange> {
        let id = self.view.nodes.expression_at(range)?;
        let name = self.text(range);
        if self.node(id).syntax == Syntax::Primary && is_name(name) { self.bound(name, id, range) } else { Some(range) }
    }

    /// The value of the `let` that a name means at a place.
    pub(super) fn bound(&self, name: &str, id: NodeId, at: TextRange) -> Option<TextRange> {
        let nodes = self.view.nodes;
        let body = nodes.body_of(id)?;
        let binds = |node: &Node| match node.syntax {
            Syntax::Let { pattern, value, .. } if self.text(pattern).trim_start_matches("mut ") == name => value,
            _ => None,
        };
        // The last one before the place, in a block around it.
        let lets = nodes.inside(TextRange::new(self.node(body).range.start, at.start)).filter_map(|(id, node)| Some((id, binds(node)?)));
        let visible = |id: NodeId| node_block(self, id).is_some_and(|block| block.contains(at));
        lets.filter(|(id, _)| visible(*id) && nodes.body_of(*id) == Some(body)).last().map(|(_, value)| value)
    }

    /// The value of a closure's body: the end of a block, else all of it.
    pub(super) fn value_of_body(&self, body: TextRange) -> Option<TextRange> {
        match self.node(self.view.nodes.expression_at(body)?).syntax {
            Syntax::Block { tail } => tail,
            _ => Some(body),
        }
    }

    /// The places of this file that the error names, the one that matters most first.
    pub(super) fn places(&self) -> impl Iterator<Item = &'a Span> {
        let path = &self.place.path;
        self.error.spans.iter().filter(move |span| span.path == *path)
    }

    /// An expression that is the token of the interpreter here: a parameter, or what a Python object in scope tells.
    pub(super) fn token(&self, id: NodeId) -> Option<String> {
        // No token lives on while a future waits.
        let around = self.view.nodes.ancestors(id).take_while(|(_, node)| node.syntax != Syntax::Async);
        around.into_iter().find_map(|(_, node)| {
            let parameters = match &node.syntax {
                Syntax::Function(function) => &function.parameters,
                Syntax::Closure(closure) => &closure.parameters,
                _ => return None,
            };
            let named = |is: &dyn Fn(&str) -> bool| {
                parameters.iter().find_map(|parameter| is(self.text(parameter.ty?)).then(|| parameter.name.clone())?)
            };
            let token = named(&|ty| without_path(ty).starts_with("Python<") || without_path(ty) == "Python");
            let attached = || parameters.iter().find(|parameter| parameter.ty.is_none() && parameter.name.as_deref() == Some("py"));
            let is_of = |ty: &str, of: &str| without_path(ty.trim_start_matches('&')).starts_with(of);
            let object = || named(&|ty| is_of(ty, "Bound<") || is_of(ty, "PyRef<"));
            let exclusive = || named(&|ty| is_of(ty, "PyRefMut<")).filter(|name| !self.is_lent(name, id));
            token
                .or_else(|| attached().and_then(|parameter| parameter.name.clone()))
                .or_else(|| object().or_else(exclusive).map(|name| format!("{name}.py()")))
        })
    }

    /// Whether a node is an argument of a call that may have the variable mutably borrowed already.
    fn is_lent(&self, name: &str, id: NodeId) -> bool {
        let range = self.node(id).range;
        let is_rooted = |text: &str| words(text).find(|word| !word.is_empty()) == Some(name);
        self.view.nodes.ancestors(id).skip(1).any(|(_, node)| match &node.syntax {
            Syntax::MethodCall { receiver, .. } => !receiver.contains(range) && is_rooted(self.text(*receiver)),
            Syntax::Call { arguments, .. } => {
                arguments.iter().any(|other| !other.contains(range) && words(self.text(*other)).any(|word| word == name))
            }
            _ => false,
        })
    }

    /// Whether others than this crate can name a function or type: it is `pub`, and not made for Python alone.
    pub(super) fn is_public(&self, id: NodeId) -> bool {
        let is_of_python = |block: TextRange| self.text(block).starts_with("#[pymethods");
        match &self.node(id).syntax {
            Syntax::Function(function) => {
                let mut around = self.view.nodes.ancestors(id).map(|(_, node)| node);
                let block = around.find(|node| matches!(node.syntax, Syntax::Impl { .. })).map(|node| node.range);
                let is_exported = function.attributes.iter().any(|name| name == "pyfunction" || name == "pymodule");
                function.is_public && !is_exported && !block.is_some_and(is_of_python)
            }
            Syntax::Definition { is_public, .. } => *is_public,
            _ => false,
        }
    }

    /// A repair in the file of the place.
    pub(super) fn repair(&self, title: impl Into<String>, mut edits: Vec<Edit>) -> Option<Repair> {
        // Nothing in the place of nothing would be in the way of what is inserted there.
        edits.retain(|edit| !(edit.range.is_empty() && edit.text.is_empty()));
        (!edits.is_empty()).then(|| Repair::new(&self.place.path, edits, title))
    }

    /// Puts a suffix behind an expression, in parentheses where it needs them.
    pub(super) fn suffix(&self, range: TextRange, suffix: &str) -> Vec<Edit> {
        let takes_suffix = self.view.nodes.expression_at(range).is_none_or(|id| self.node(id).syntax.takes_suffix());
        if takes_suffix {
            vec![Edit::insert(range.end, suffix)]
        } else {
            vec![Edit::insert(range.start, "("), Edit::insert(range.end, format!("){suffix}"))]
        }
    }
}

fn node_block(site: &Site<'_>, statement: NodeId) -> Option<TextRange> {
    Some(site.node(site.node(statement).parent?).range)
}

/// `(T, U)` of the bound `T: From<U>`, however rustc writes the name of the trait.
pub(super) fn from_bound(bound: &str) -> Option<(&str, &str)> {
    let (target, of_trait) = bound.split_once(": ")?;
    Some((target, from_of(of_trait)?))
}

/// `U` of `From<U>`.
pub(super) fn from_of(of_trait: &str) -> Option<&str> {
    without_path(of_trait).strip_prefix("From<")?.strip_suffix('>')
}

/// Whether a text is one identifier.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The identifiers and numbers of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// A type without the path before its name: `pyo3::Bound<'_, T>` is `Bound<'_, T>`.
pub(super) fn without_path(ty: &str) -> &str {
    let head = ty.find(['<', '(', ' ']).unwrap_or(ty.len());
    ty[..head].rfind("::").map_or(ty, |at| &ty[at + 2..])
}

/// `T` of `&'a mut T`, as often as it is a reference.
pub(super) fn behind_references(ty: &str) -> &str {
    let Some(rest) = ty.strip_prefix('&') else { return ty };
    let target = without_lifetime(rest);
    behind_references(target.strip_prefix("mut ").unwrap_or(target))
}

/// `T` of `'a T`, which is what `&'a T` refers to.
pub(super) fn without_lifetime(ty: &str) -> &str {
    match ty.strip_prefix('\'') {
        Some(named) => named.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start(),
        None => ty,
    }
}

/// Whether a text is `a`, `a.b` or `a.0`: what can be written twice without being evaluated twice.
pub(super) fn is_place(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// Insertions at one place in one edit, in their order.
pub(super) fn merged(edits: Vec<Edit>) -> Vec<Edit> {
    let mut merged: Vec<Edit> = Vec::new();
    for edit in edits {
        match merged.iter_mut().find(|other| other.range == edit.range && edit.range.is_empty()) {
            Some(other) => other.text.push_str(&edit.text),
            None => merged.push(edit),
        }
    }
    merged
}
