//! What the lifetime parameters of types are used for, as written.

use syn::visit::{self, Visit};
use syn::{GenericArgument, PathArguments};

use crate::rust::TypeRef;

/// The lifetime parameters of a struct, an enum or an alias.
#[derive(Clone, Debug, Default)]
pub struct OutlineLifetimes {
    /// Their names.
    pub names: Vec<String>,
    /// Which of them stands where.
    pub uses: Vec<(String, OutlineLifetimeUse)>,
    /// Whether the type derives `Copy`.
    pub is_copy: bool,
}

/// A place where a lifetime stands.
#[derive(Clone, Debug)]
pub enum OutlineLifetimeUse {
    /// On a reference to this type.
    Reference(TypeRef),
    /// As an argument of this path, with its number.
    Argument(TypeRef, usize),
}

/// Reads the lifetimes of the parameters and types of an item.
pub(super) fn read_lifetimes<'a>(
    generics: &syn::Generics,
    types: impl Iterator<Item = &'a syn::Type>,
    derives: &[String],
) -> OutlineLifetimes {
    let names = generics.lifetimes().map(|parameter| parameter.lifetime.to_string()).collect();
    let mut reader = Reader { uses: Vec::new() };
    types.for_each(|ty| reader.visit_type(ty));
    OutlineLifetimes { names, uses: reader.uses, is_copy: derives.iter().any(|name| name == "Copy") }
}

struct Reader {
    uses: Vec<(String, OutlineLifetimeUse)>,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if let Some(lifetime) = &reference.lifetime {
            self.uses.push((lifetime.to_string(), OutlineLifetimeUse::Reference(TypeRef::new(&reference.elem))));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(PathArguments::AngleBracketed(list)) = path.segments.last().map(|segment| &segment.arguments) {
            let lifetimes = list.args.iter().filter_map(|argument| match argument {
                GenericArgument::Lifetime(lifetime) => Some(lifetime.to_string()),
                _ => None,
            });
            for (index, name) in lifetimes.enumerate() {
                self.uses.push((name, OutlineLifetimeUse::Argument(TypeRef::from_path(path), index)));
            }
        }
        visit::visit_path(self, path);
    }
}
