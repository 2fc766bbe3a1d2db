//! The project's functions as they were before the migration: one that could not fail panicked where it fails now.

use std::collections::BTreeMap;

use crate::rust::{Nodes, Syntax};

/// The functions that a project had, by name.
#[derive(Clone, Debug, Default)]
pub struct OldFunctions {
    by_name: BTreeMap<String, Vec<OldFunction>>,
}

#[derive(Clone, Debug)]
struct OldFunction {
    /// The type whose function it is.
    of: Option<String>,
    can_fail: bool,
}

impl OldFunctions {
    /// Those in the texts of files; a text that is no Rust has none.
    pub fn read<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut functions = Self::default();
        for text in texts {
            if let Ok(nodes) = Nodes::read(text) {
                functions.add(text, &nodes);
            }
        }
        functions
    }

    fn add(&mut self, text: &str, nodes: &Nodes) {
        for (id, node) in nodes.iter() {
            let Syntax::Function(function) = &node.syntax else { continue };
            let output = function.output.and_then(|output| text.get(output.start..output.end)).unwrap_or_default();
            let can_fail = output.split(|c: char| !c.is_alphanumeric()).any(|word| word.ends_with("Result"));
            let old = OldFunction { of: nodes.implemented_type(id).map(|of| name_of(text.get(of.start..of.end))), can_fail };
            self.by_name.entry(function.name.clone()).or_default().push(old);
        }
    }

    /// Whether all functions that a call by this path can mean could not fail: `f`, `module::f`, `Type::f`.
    pub(super) fn path_was_infallible(&self, path: &str) -> bool {
        let (before, name) = path.rsplit_once("::").unwrap_or(("", path));
        let of = before.rsplit("::").next().map(|segment| name_of(Some(segment)));
        let named = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let of_type: Vec<&OldFunction> = named.iter().filter(|old| old.of.is_some() && old.of == of).collect();
        let meant = if of_type.is_empty() { named.iter().filter(|old| old.of.is_none()).collect() } else { of_type };
        !meant.is_empty() && meant.iter().all(|old| !old.can_fail)
    }

    /// The same for all methods of a name.
    pub(super) fn method_was_infallible(&self, name: &str) -> bool {
        let mut methods = self.by_name.get(name).into_iter().flatten().filter(|old| old.of.is_some()).peekable();
        methods.peek().is_some() && methods.all(|old| !old.can_fail)
    }
}

/// `Type` of `module::Type<'a>`.
fn name_of(ty: Option<&str>) -> String {
    let ty = ty.unwrap_or_default();
    let head = &ty[..ty.find('<').unwrap_or(ty.len())];
    head.rsplit("::").next().unwrap_or(head).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_known_by_their_types() {
        let text = "
            fn f() -> T { g() }
            impl<'a> m::A<'a> { fn new() -> Self { x } fn get(&self) -> PyResult<T> { y } fn put(&self) { z } }
            impl B { fn new() -> Result<Self, E> { x } fn get(&self) -> T { y } }
        ";
        let old = OldFunctions::read([text, "no Rust {"]);
        let infallible: Vec<&str> = ["f", "m::f", "A::f", "A::new", "m::A::new", "A::<'_>::new", "B::new", "new", "h"]
            .into_iter()
            .filter(|path| old.path_was_infallible(path))
            .collect();
        assert_eq!(infallible, ["f", "m::f", "A::f", "A::new", "m::A::new"]);
        assert!(old.method_was_infallible("put"));
        assert!(!old.method_was_infallible("get"));
        assert!(!old.method_was_infallible("f"));
    }
}
