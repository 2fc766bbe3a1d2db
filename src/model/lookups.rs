//! What is asked of one class, call or path after the other: told from all facts of the package or the file once.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::facts::{FileModel, PathUse, PathUsePosition};
use super::join::{CrateModel, ModuleId};
use super::outline::OutlineFunction;
use super::ty::Ty;
use crate::rust::TypeRef;

/// Answers by name, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    /// The own types that implement a trait, by the trait's last name.
    implementors: OnceLock<HashMap<String, HashSet<(ModuleId, String)>>>,
    /// Where methods are defined, by the names of their type and their own.
    methods: OnceLock<HashMap<String, HashMap<String, Vec<ModuleId>>>>,
    /// The methods that are the package's own, as places in the list of its functions, by their names.
    own_methods: OnceLock<HashMap<String, Vec<usize>>>,
    /// The names of what functions of the package call by path, and as methods.
    called: OnceLock<(HashSet<String>, HashSet<String>)>,
}

impl CrateModel {
    /// Whether the package's own type `name` of `module` implements a trait with this last name, other than by `derive`.
    #[must_use]
    pub fn implements(&self, of_trait: &str, module: ModuleId, name: &str) -> bool {
        let implementors = self.lookups.implementors.get_or_init(|| self.all_implementors());
        implementors.get(of_trait).is_some_and(|types| types.contains(&(module, name.to_owned())))
    }

    /// The modules in which a type that is called `owner` has a method of this name.
    #[must_use]
    pub fn homes_of_method(&self, owner: &str, name: &str) -> &[ModuleId] {
        let methods = self.lookups.methods.get_or_init(|| self.all_methods());
        methods.get(owner).and_then(|methods| methods.get(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a function of the package calls one of this name by path.
    #[must_use]
    pub fn calls_function(&self, name: &str) -> bool {
        self.called().0.contains(name)
    }

    /// Whether a function of the package calls a method of this name.
    #[must_use]
    pub fn calls_method(&self, name: &str) -> bool {
        self.called().1.contains(name)
    }

    fn called(&self) -> &(HashSet<String>, HashSet<String>) {
        self.lookups.called.get_or_init(|| {
            let functions = || self.functions().map(|(_, function)| function);
            let calls = functions().flat_map(|function| function.calls.iter().cloned()).collect();
            (calls, functions().flat_map(|function| function.methods.iter().cloned()).collect())
        })
    }

    pub(super) fn function_at(&self, index: usize) -> (ModuleId, &OutlineFunction) {
        let (module, function) = &self.functions[index];
        (*module, function)
    }

    /// Whether `module` has a function of this name that is no method.
    pub(super) fn has_function(&self, module: ModuleId, name: &str) -> bool {
        self.free_functions.contains(&(module, name.to_owned()))
    }

    pub(super) fn own_methods_named(&self, name: &str) -> &[usize] {
        let own = self.lookups.own_methods.get_or_init(|| {
            let mut own: HashMap<String, Vec<usize>> = HashMap::new();
            for (index, (home, function)) in self.functions().enumerate() {
                if self.is_own_method(home, function) {
                    own.entry(function.name.clone()).or_default().push(index);
                }
            }
            own
        });
        own.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn all_implementors(&self) -> HashMap<String, HashSet<(ModuleId, String)>> {
        let mut all: HashMap<String, HashSet<(ModuleId, String)>> = HashMap::new();
        for (place, of_trait, ty) in self.implementations() {
            if let (Some(of_trait), Ty::Own(home, name)) = (of_trait.name(), self.ty(place, ty, &[], &[])) {
                all.entry(of_trait.to_owned()).or_default().insert((home, name));
            }
        }
        all
    }

    fn all_methods(&self) -> HashMap<String, HashMap<String, Vec<ModuleId>>> {
        let mut all: HashMap<String, HashMap<String, Vec<ModuleId>>> = HashMap::new();
        for (place, function) in self.functions() {
            if let Some(owner) = function.owner.as_ref().and_then(TypeRef::name) {
                all.entry(owner.to_owned()).or_default().entry(function.name.clone()).or_default().push(place);
            }
        }
        all
    }
}

impl FileModel {
    /// Whether a `use` of the module begins with this name, or is for it alone. Asked once all facts are there.
    #[must_use]
    pub fn imports(&self, module: ModuleId, name: &str) -> bool {
        let is_import = |path: &&PathUse| matches!(path.position, PathUsePosition::Import { .. });
        let first = |path: &PathUse| (path.module, path.segments[0].0.clone());
        let imported = self.imported.get_or_init(|| self.paths.iter().filter(is_import).map(first).collect());
        imported.contains(&(module, name.to_owned()))
    }
}
