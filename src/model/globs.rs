//! Names that globs bring in: modules whose globs lead to each other share what they bring in, and each name is looked for once.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use super::join::{CrateModel, Module, ModuleId};
use super::resolve::{Resolved, Trail};

/// The modules of a package by what their globs lead to.
#[derive(Debug, Default)]
pub(super) struct Globs {
    /// The group of each module.
    group_of: Vec<usize>,
    groups: Vec<Group>,
    /// The names that any module defines or imports.
    names: HashSet<String>,
    /// Whether a glob leads out of the package.
    leads_out: bool,
}

/// Modules whose globs lead to each other, or one module.
#[derive(Debug, Default)]
struct Group {
    members: Vec<ModuleId>,
    /// What was looked for, and what it means.
    found: Mutex<HashMap<String, Resolved>>,
}

impl Globs {
    /// Nothing is known of globs yet.
    pub(super) fn of(modules: &[Module]) -> Self {
        let names = modules.iter().flat_map(|module| module.children.keys().chain(&module.items).chain(module.imports.keys()));
        Self { names: names.cloned().collect(), ..Self::default() }
    }

    /// Groups the modules by what their globs lead to now; what was found before is forgotten.
    pub(super) fn regroup(&mut self, modules: &[Module]) {
        let ids = || (0..modules.len()).map(ModuleId);
        let mut graph = DiGraph::<ModuleId, ()>::new();
        let nodes: Vec<_> = ids().map(|module| graph.add_node(module)).collect();
        for (module, from) in modules.iter().zip(&nodes) {
            for to in leads_to(module) {
                graph.add_edge(*from, nodes[to.0], ());
            }
        }
        self.group_of = vec![0; modules.len()];
        self.groups.clear();
        for group in kosaraju_scc(&graph) {
            let mut members: Vec<ModuleId> = group.into_iter().map(|node| graph[node]).collect();
            members.sort();
            for member in &members {
                self.group_of[member.0] = self.groups.len();
            }
            self.groups.push(Group { members, ..Group::default() });
        }
        self.leads_out = modules.iter().flat_map(|module| &module.glob_targets).any(|target| matches!(target, Resolved::Pyo3(_)));
    }
}

/// The modules that the globs of one lead to, and the one that includes its text.
fn leads_to(module: &Module) -> impl Iterator<Item = ModuleId> {
    let inner = module.glob_targets.iter().filter_map(|target| match target {
        Resolved::Module(inner) => Some(*inner),
        _ => None,
    });
    inner.chain(module.includer)
}

impl CrateModel {
    /// What `name` means among all that the globs of `module` bring in.
    pub(super) fn globbed(&self, module: ModuleId, name: &str, trail: Trail<'_>) -> Resolved {
        // Before the first globs are followed, there are no groups.
        let Some(&group) = self.globs.group_of.get(module.0) else { return Resolved::Unknown };
        if !self.globs.leads_out && !self.globs.names.contains(name) {
            return Resolved::Unknown;
        }
        self.in_group(group, module, name, trail)
    }

    /// What `name` means to a group. Its member `first` is asked first, which decides where several bring in the same name.
    fn in_group(&self, group: usize, first: ModuleId, name: &str, trail: Trail<'_>) -> Resolved {
        let Group { members, found } = &self.globs.groups[group];
        let known = || found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(name) {
            return known.clone();
        }
        if trail.is_lost() {
            return Resolved::Unknown;
        }
        let others = members.iter().copied().filter(|member| *member != first);
        let mut brought = std::iter::once(first).chain(others).map(|member| self.brought_to(member, group, name, trail.further()));
        let meaning = brought.find(|meaning| *meaning != Resolved::Unknown).unwrap_or(Resolved::Unknown);
        // What a longer search might have found is not known.
        if !trail.was_cut() {
            known().insert(name.to_owned(), meaning.clone());
        }
        meaning
    }

    /// What the globs of `member` bring in from other groups, and what the members of its own group have themselves.
    fn brought_to(&self, member: ModuleId, group: usize, name: &str, trail: Trail<'_>) -> Resolved {
        let module = self.module(member);
        let from = |inner: ModuleId| {
            let other = self.globs.group_of[inner.0];
            let further = || if other == group { Resolved::Unknown } else { self.in_group(other, inner, name, trail) };
            self.own_name(inner, name, trail).unwrap_or_else(further)
        };
        let mut brought = module.glob_targets.iter().map(|target| match target {
            Resolved::Module(inner) if *inner == member => Resolved::Unknown,
            Resolved::Module(inner) => from(*inner),
            foreign => self.in_foreign(member, foreign, name),
        });
        let found = brought.find(|found| *found != Resolved::Unknown);
        found.or_else(|| module.includer.map(from)).unwrap_or(Resolved::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::resolve::Effort;
    use crate::model::{JoinInput, outline};
    use crate::rust::RustFile;
    use crate::text::Sources;

    fn model(text: &str) -> CrateModel {
        let file = Sources::default().insert("lib.rs".into(), "lib.rs".to_owned(), text.to_owned());
        let outline = outline(&RustFile::parse(text).unwrap());
        let input = JoinInput { file, path: Path::new("lib.rs"), outline: &outline };
        let mut model = CrateModel::default();
        model.pyo3_names = vec!["pyo3".to_owned()];
        model.join(&[input], Some(file), &[])
    }

    fn meaning(model: &CrateModel, module: &str, name: &str) -> Resolved {
        let root = model.library_root().unwrap();
        model.resolve(model.child(root, module).unwrap_or(root), &[name.to_owned()], false, &[])
    }

    #[test]
    fn globs_lead_through_each_other() {
        let model = model(
            "pub use a::*; pub use b::*; mod a { use super::*; pub struct A; } mod b { use super::*; pub use c::*; mod c { pub use pyo3::types::*; } }",
        );
        for module in ["", "a", "b"] {
            assert!(matches!(meaning(&model, module, "A"), Resolved::Own { name, .. } if name == "A"), "{module}");
            assert_eq!(meaning(&model, module, "PyDict"), Resolved::Pyo3("pyo3::types::PyDict".to_owned()), "{module}");
            assert_eq!(meaning(&model, module, "Missing"), Resolved::Unknown, "{module}");
        }
    }

    #[test]
    fn the_globs_of_the_module_itself_come_first() {
        let model =
            model("pub use a::*; pub use b::*; mod a { pub struct X; } mod b { pub use c::*; use super::*; mod c { pub struct X; } }");
        let Resolved::Own { module: of_root, .. } = meaning(&model, "", "X") else { panic!() };
        assert_eq!(Some(of_root), model.child(model.library_root().unwrap(), "a"));
    }

    /// The lookups that it takes to find out what `name` means to every module.
    fn lookups(modules: usize, name: &str) -> usize {
        let each = |i: usize| format!("pub use m{i}::*; mod m{i} {{ use super::*; pub struct S{i}; pub use pyo3::prelude::*; }}\n");
        let model = model(&(0..modules).map(each).collect::<String>());
        let effort = Effort::default();
        for module in 0..modules {
            model.globbed(ModuleId(module), name, Trail::new(&effort));
        }
        effort.lookups.get()
    }

    #[test]
    fn a_name_is_looked_for_once_and_not_once_a_module() {
        for name in ["S5", "PyResult", "Missing"] {
            assert!(lookups(400, name) < 3 * lookups(200, name), "{name}");
        }
    }
}
