//! The places in a file as owned facts: expressions, statements, functions and types with their byte ranges, and what stands around them.

mod read;

use super::file::{ParseFailure, RustFile};
use crate::text::TextRange;

/// A file's nodes, each after the one that it is part of.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    nodes: Vec<Node>,
}

/// One of [`Nodes`]; its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(usize);

/// Something with a place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is, with the places of its parts.
    pub syntax: Syntax,
    /// Its bytes.
    pub range: TextRange,
    /// What it is part of.
    pub parent: Option<NodeId>,
}

/// What a node is; ranges are those of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `impl A for B` with the path of the trait.
    Impl {
        /// `A`.
        of_trait: Option<TextRange>,
        /// `B`.
        of_type: TextRange,
    },
    /// `trait A { … }`.
    Trait,
    /// A `struct` or an `enum`, its attributes included.
    Definition {
        /// The lifetimes that it declares.
        lifetimes: Vec<TextRange>,
        /// Whether it is `pub`, without a restriction.
        is_public: bool,
    },
    /// A `fn`, wherever it stands.
    Function(Function),
    /// `|x| …`.
    Closure(Closure),
    /// `async { … }`: what `?` and `return` inside of it leave.
    Async,
    /// `{ …; … }`.
    Block {
        /// The expression at its end, which is its value.
        tail: Option<TextRange>,
    },
    /// A statement other than `let`.
    Statement {
        /// Whether a `;` ends it.
        ended: bool,
    },
    /// `let pattern: ty = value;`
    Let {
        /// What it binds.
        pattern: TextRange,
        /// The written type.
        ty: Option<TextRange>,
        /// What is bound.
        value: Option<TextRange>,
    },
    /// `let pattern = value` as a condition.
    LetCondition {
        /// What has to match.
        pattern: TextRange,
        /// What is looked at.
        value: TextRange,
    },
    /// `receiver.method::<generics>(arguments)`.
    MethodCall {
        /// The expression before the dot.
        receiver: TextRange,
        /// The name.
        method: TextRange,
        /// The types between `::<` and `>`, these included.
        generics: Option<TextRange>,
        /// What is passed.
        arguments: Vec<TextRange>,
    },
    /// `function(arguments)`.
    Call {
        /// What is called.
        function: TextRange,
        /// What is passed.
        arguments: Vec<TextRange>,
    },
    /// `&value`.
    Reference {
        /// What is borrowed.
        value: TextRange,
    },
    /// `value?`.
    Try {
        /// What may fail.
        value: TextRange,
    },
    /// `return value`.
    Return {
        /// What is returned.
        value: Option<TextRange>,
    },
    /// `match value { … }`.
    Match {
        /// What is looked at.
        value: TextRange,
        /// The values of its arms.
        arms: Vec<TextRange>,
    },
    /// `if … { … } else { … }`.
    If {
        /// The block and what stands behind `else`.
        branches: Vec<TextRange>,
        /// Whether it has an `else` and so a value.
        has_else: bool,
    },
    /// `for pattern in value { … }`.
    For {
        /// What each item is bound to.
        pattern: TextRange,
        /// What is iterated over.
        value: TextRange,
    },
    /// `a.b`, a path, a literal, a macro call, `[x]`, `(x)`, `(a, b)`: what a suffix can follow.
    Primary,
    /// `field` in `S { field }`: name and value at once.
    Shorthand,
    /// `place = value`.
    Assign {
        /// What is assigned to.
        place: TextRange,
        /// What is assigned.
        value: TextRange,
    },
    /// Any other expression.
    Other,
    /// `&'a T` as a type.
    TypeReference {
        /// `'a`.
        lifetime: Option<TextRange>,
        /// `T`.
        inner: TextRange,
    },
    /// `A<'a, T>` as a type.
    TypePath {
        /// The last segment's name.
        name: String,
        /// The lifetimes among its arguments.
        lifetimes: Vec<TextRange>,
        /// The types among its arguments.
        arguments: Vec<TextRange>,
    },
    /// Any other type.
    TypeOther,
}

/// A `fn` with the places of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Names of its attributes.
    pub attributes: Vec<String>,
    /// Whether it is `pub`, without a restriction.
    pub is_public: bool,
    /// Where its name ends: generics stand or go there.
    pub name_end: usize,
    /// What stands between `<` and `>`, these included.
    pub generics: Option<TextRange>,
    /// Its parameters; `self` without a type is left out.
    pub parameters: Vec<Parameter>,
    /// Where the list of its parameters ends, after the `)`.
    pub inputs_end: usize,
    /// The type after `->`.
    pub output: Option<TextRange>,
    /// Its body, braces included.
    pub body: Option<TextRange>,
}

/// A closure with the places of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The type after `->`.
    pub output: Option<TextRange>,
    /// Its body.
    pub body: TextRange,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, if it is no pattern.
    pub name: Option<String>,
    /// What it binds.
    pub pattern: TextRange,
    /// Its written type.
    pub ty: Option<TextRange>,
}

impl Nodes {
    /// Reads a text.
    ///
    /// # Errors
    /// As [`RustFile::parse`].
    pub fn read(text: &str) -> Result<Self, ParseFailure> {
        RustFile::inspect(text, |file| Self { nodes: read::nodes(file) })
    }

    /// The node of this number.
    #[must_use]
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// All nodes, outer ones first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index), node))
    }

    /// The outermost expression that has exactly these bytes.
    #[must_use]
    pub fn expression_at(&self, range: TextRange) -> Option<NodeId> {
        self.iter().find(|(_, node)| node.range == range && node.syntax.is_expression()).map(|(id, _)| id)
    }

    /// The innermost node that holds these bytes.
    #[must_use]
    pub fn around(&self, range: TextRange) -> Option<NodeId> {
        self.iter().rev().find(|(_, node)| node.range.contains(range)).map(|(id, _)| id)
    }

    /// The type that has exactly these bytes.
    #[must_use]
    pub fn type_at(&self, range: TextRange) -> Option<NodeId> {
        self.iter().find(|(_, node)| node.range == range && node.syntax.is_type()).map(|(id, _)| id)
    }

    /// The node and what it is part of, from inside to outside.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        std::iter::successors(Some(id), |id| self.get(*id).parent).map(|id| (id, self.get(id)))
    }

    /// The nodes inside of these bytes, outer ones first.
    pub fn inside(&self, range: TextRange) -> impl Iterator<Item = (NodeId, &Node)> {
        self.iter().filter(move |(_, node)| range.contains(node.range))
    }

    /// The closure, function or `async` block that `return` and `?` leave at this node, if the node is not that itself.
    #[must_use]
    pub fn body_of(&self, id: NodeId) -> Option<NodeId> {
        let is_body = |node: &Node| matches!(node.syntax, Syntax::Function(_) | Syntax::Closure(_) | Syntax::Async);
        self.ancestors(id).skip(1).find(|(_, node)| is_body(node)).map(|(id, _)| id)
    }

    /// The `fn` around this node.
    #[must_use]
    pub fn function_of(&self, id: NodeId) -> Option<&Function> {
        self.ancestors(id).find_map(|(_, node)| if let Syntax::Function(function) = &node.syntax { Some(function) } else { None })
    }

    /// The type whose `impl` is around this node.
    #[must_use]
    pub fn implemented_type(&self, id: NodeId) -> Option<TextRange> {
        self.ancestors(id).find_map(|(_, node)| if let Syntax::Impl { of_type, .. } = node.syntax { Some(of_type) } else { None })
    }

    /// The statement around this node.
    #[must_use]
    pub fn statement_of(&self, id: NodeId) -> Option<NodeId> {
        self.ancestors(id).find(|(_, node)| matches!(node.syntax, Syntax::Statement { .. } | Syntax::Let { .. })).map(|(id, _)| id)
    }
}

impl Syntax {
    /// Whether a method can be called on it without parentheses.
    #[must_use]
    pub const fn takes_suffix(&self) -> bool {
        matches!(self, Self::MethodCall { .. } | Self::Call { .. } | Self::Try { .. } | Self::Primary | Self::Shorthand)
    }

    /// Whether it calls a function or a method.
    #[must_use]
    pub const fn is_call(&self) -> bool {
        matches!(self, Self::MethodCall { .. } | Self::Call { .. })
    }

    /// Whether it is an expression.
    #[must_use]
    pub const fn is_expression(&self) -> bool {
        match self {
            Self::Impl { .. } | Self::Trait | Self::Definition { .. } | Self::Function(_) | Self::Statement { .. } | Self::Let { .. } => {
                false
            }
            _ => !self.is_type(),
        }
    }

    /// Whether it is a type.
    #[must_use]
    pub const fn is_type(&self) -> bool {
        matches!(self, Self::TypeReference { .. } | Self::TypePath { .. } | Self::TypeOther)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str, part: &str) -> TextRange {
        let start = text.find(part).unwrap();
        TextRange::new(start, start + part.len())
    }

    #[test]
    fn places_know_what_is_around_them() {
        let text = "impl A for B { fn f(&self, x: u8) -> u8 { let y = g(|z| h(z)?); y.k(1) } }";
        let nodes = Nodes::read(text).unwrap();
        let here = nodes.around(range(text, "h(z)")).unwrap();
        assert!(matches!(nodes.get(here).syntax, Syntax::Call { .. }));
        assert!(matches!(nodes.get(nodes.body_of(here).unwrap()).syntax, Syntax::Closure(_)));
        assert!(matches!(nodes.get(nodes.statement_of(here).unwrap()).syntax, Syntax::Let { .. }));
        let function = nodes.function_of(here).unwrap();
        assert_eq!(
            (function.name.as_str(), function.output),
            ("f", Some(range(text, "-> u8")).map(|r| TextRange::new(r.start + 3, r.end)))
        );
        let implemented = Syntax::Impl { of_trait: Some(range(text, "A")), of_type: range(text, "B") };
        assert!(nodes.ancestors(here).any(|(_, node)| node.syntax == implemented));
        assert_eq!(nodes.implemented_type(here), Some(range(text, "B")));
        let tail = nodes.inside(function.body.unwrap()).next().unwrap().1;
        assert_eq!(tail.syntax, Syntax::Block { tail: Some(range(text, "y.k(1)")) });
    }

    #[test]
    fn expressions_in_macros_have_places() {
        let text = "fn f() { println!(\"{}\", a.b()); }";
        let nodes = Nodes::read(text).unwrap();
        let call = nodes.expression_at(range(text, "a.b()")).unwrap();
        assert!(matches!(nodes.get(call).syntax, Syntax::MethodCall { .. }));
    }

    #[test]
    fn expressions_in_templates_of_macros_have_places() {
        let text = "macro_rules! m { ($v:ident, $($t:ty),*) => {{ $($v.is::<$t>(a.b());)* }}; () => { + }; }";
        let nodes = Nodes::read(text).unwrap();
        let place = |part| nodes.get(nodes.expression_at(range(text, part)).unwrap());
        let Syntax::MethodCall { receiver, .. } = place("$v.is::<$t>(a.b())").syntax else { panic!() };
        assert_eq!(&text[receiver.start..receiver.end], "$v");
        assert!(matches!(place("a.b()").syntax, Syntax::MethodCall { .. }));
    }

    #[test]
    fn the_short_form_of_a_field_is_no_ordinary_value() {
        let text = "fn f() -> S { S { a, b: c } }";
        let nodes = Nodes::read(text).unwrap();
        assert_eq!(nodes.get(nodes.expression_at(TextRange::new(18, 19)).unwrap()).syntax, Syntax::Shorthand);
        assert_eq!(nodes.get(nodes.expression_at(range(text, "c")).unwrap()).syntax, Syntax::Primary);
    }
}
