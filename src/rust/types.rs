//! Types as written, owned and without spans, so that they can cross threads.

use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::names::name_of;

/// A type as written; names are not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRef {
    /// A path with the type arguments of its last segment.
    Path {
        /// Names of the segments.
        segments: Vec<String>,
        /// Type arguments of the last segment.
        arguments: Vec<TypeRef>,
    },
    /// `&T`, `&mut T`.
    Reference(Box<TypeRef>),
    /// `(A, B)`; no members for `()`.
    Tuple(Vec<TypeRef>),
    /// `[T]` and `[T; N]`.
    Slice(Box<TypeRef>),
    /// `impl Trait` and `dyn Trait`: the traits.
    Traits(Vec<TypeRef>),
    /// Anything else.
    Other,
}

/// The types of numbers, truth values and characters: a copy of one is as good as a reference.
pub const SCALARS: &[&str] =
    &["bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64"];

impl TypeRef {
    /// Reads a type.
    #[must_use]
    pub fn new(ty: &Type) -> Self {
        match ty {
            Type::Path(path) if path.qself.is_none() => Self::from_path(&path.path),
            Type::Reference(reference) => Self::Reference(Box::new(Self::new(&reference.elem))),
            Type::Paren(inner) => Self::new(&inner.elem),
            Type::Group(inner) => Self::new(&inner.elem),
            Type::Tuple(tuple) => Self::Tuple(tuple.elems.iter().map(Self::new).collect()),
            Type::Slice(slice) => Self::Slice(Box::new(Self::new(&slice.elem))),
            Type::Array(array) => Self::Slice(Box::new(Self::new(&array.elem))),
            Type::ImplTrait(bounds) => Self::from_bounds(bounds.bounds.iter()),
            Type::TraitObject(bounds) => Self::from_bounds(bounds.bounds.iter()),
            _ => Self::Other,
        }
    }

    /// Reads a path as a type: of a trait, a constructor, an attribute.
    #[must_use]
    pub fn from_path(path: &syn::Path) -> Self {
        let segments = path.segments.iter().map(|segment| name_of(&segment.ident)).collect();
        let arguments = match path.segments.last().map(|segment| &segment.arguments) {
            Some(PathArguments::AngleBracketed(list)) => list.args.iter().filter_map(type_argument).collect(),
            _ => Vec::new(),
        };
        Self::Path { segments, arguments }
    }

    /// The type with `owner` in the place of `Self`.
    #[must_use]
    pub fn with_self(self, owner: Option<&Self>) -> Self {
        let Some(replacement) = owner else { return self };
        let inside = |types: Vec<Self>| types.into_iter().map(|ty| ty.with_self(owner)).collect();
        match self {
            Self::Path { segments, .. } if segments == ["Self"] => replacement.clone(),
            Self::Path { segments, arguments } => Self::Path { segments, arguments: inside(arguments) },
            Self::Reference(target) => Self::Reference(Box::new(target.with_self(owner))),
            Self::Slice(element) => Self::Slice(Box::new(element.with_self(owner))),
            Self::Tuple(members) => Self::Tuple(inside(members)),
            other => other,
        }
    }

    /// Reads what a function returns; `()` when nothing is written.
    #[must_use]
    pub fn of_return(output: &ReturnType) -> Self {
        match output {
            ReturnType::Default => Self::Tuple(Vec::new()),
            ReturnType::Type(_, ty) => Self::new(ty),
        }
    }

    /// Reads trait bounds; `Item = T` and other associated types count as arguments of their trait.
    pub fn from_bounds<'a>(bounds: impl Iterator<Item = &'a TypeParamBound>) -> Self {
        Self::Traits(
            bounds
                .filter_map(|bound| match bound {
                    TypeParamBound::Trait(bound) => Some(Self::from_path(&bound.path)),
                    _ => None,
                })
                .collect(),
        )
    }

    /// The name of the last path segment, for `Option`, `Vec` and their like.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Path { segments, .. } => segments.last().map(String::as_str),
            _ => None,
        }
    }
}

fn type_argument(argument: &GenericArgument) -> Option<TypeRef> {
    match argument {
        GenericArgument::Type(ty) => Some(TypeRef::new(ty)),
        GenericArgument::AssocType(binding) => Some(TypeRef::new(&binding.ty)),
        _ => None,
    }
}

/// Reads a type from text, as the signatures of the catalogue hold it; [`TypeRef::Other`] for what is no type.
#[must_use]
pub fn parse_type(text: &str) -> TypeRef {
    #[expect(clippy::disallowed_methods, reason = "this module is part of the only place that parses Rust")]
    syn::parse_str::<Type>(text).map_or(TypeRef::Other, |ty| TypeRef::new(&ty))
}

/// The text that a string literal stands for, escapes resolved; `None` for what is no string literal.
#[must_use]
pub fn string_value(literal: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this module is part of the only place that parses Rust")]
    syn::parse_str::<syn::LitStr>(literal).ok().map(|literal| literal.value())
}

/// Whether a method can be called on this expression without parentheses around it; `None` for what is no expression.
#[must_use]
pub fn takes_suffix(text: &str) -> Option<bool> {
    #[expect(clippy::disallowed_methods, reason = "this module is part of the only place that parses Rust")]
    let expression = syn::parse_str::<syn::Expr>(text).ok()?;
    Some(matches!(
        expression,
        syn::Expr::Path(_)
            | syn::Expr::Call(_)
            | syn::Expr::MethodCall(_)
            | syn::Expr::Field(_)
            | syn::Expr::Index(_)
            | syn::Expr::Lit(_)
            | syn::Expr::Paren(_)
            | syn::Expr::Macro(_)
            | syn::Expr::Try(_)
            | syn::Expr::Tuple(_)
            | syn::Expr::Array(_)
            | syn::Expr::Await(_)
    ))
}
