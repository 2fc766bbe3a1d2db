//! What the functions of a project were before it was migrated.

use std::collections::BTreeSet;

use super::site::without_path;
use crate::catalog::{Era, method_signature};
use crate::rust::{Nodes, Syntax};

/// PyO3's classes whose methods a method of the project can be taken for.
const CLASSES: &[&str] =
    &["PyAny", "PyDict", "PyList", "PyTuple", "PySet", "PySequence", "PyMapping", "PyModule", "PyType", "PyString", "Py"];

/// What the functions of a project were.
#[derive(Clone, Debug, Default)]
pub struct Former {
    /// Functions none of which could fail.
    infallible: BTreeSet<String>,
}

impl Former {
    /// Reads the texts that the project's Rust files had; one that does not parse says nothing.
    pub fn read<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let (mut infallible, mut fallible) = (BTreeSet::new(), BTreeSet::new());
        for text in texts {
            let Ok(nodes) = Nodes::read(text) else { continue };
            for (_, node) in nodes.iter() {
                let Syntax::Function(function) = &node.syntax else { continue };
                let output = function.output.map_or("", |output| &text[output.start..output.end]);
                let head = without_path(output);
                let could_fail = head[..head.find('<').unwrap_or(head.len())].trim_end().ends_with("Result");
                let names = if could_fail { &mut fallible } else { &mut infallible };
                names.insert(function.name.clone());
            }
        }
        infallible.retain(|name| !fallible.contains(name));
        Self { infallible }
    }

    /// Whether a function of this name could not fail, so that it panicked where it fails now. PyO3 has no method of this name.
    pub(super) fn panicked(&self, name: &str) -> bool {
        let is_of_pyo3 = || {
            let has = |class: &&str| [Era::GilRefs, Era::Bound].iter().any(|era| method_signature(*era, class, name).is_some());
            CLASSES.iter().any(|class| has(&class))
        };
        self.infallible.contains(name) && !is_of_pyo3()
    }
}
