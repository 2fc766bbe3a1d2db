//! Which of the package's types Python hands over by value: as arguments, in fields, and wherever a body extracts one.

use std::collections::HashSet;

use super::join::{CrateModel, ModuleId};
use super::outline::{ExtractedBy, Extraction, OutlineFunction};
use super::resolve::Resolved;
use super::ty::Ty;
use crate::rust::TypeRef;

/// Types that PyO3 converts with what they hold, those of the crates that its features know included.
const CONTAINERS: &[&str] = &[
    "Option",
    "Vec",
    "VecDeque",
    "LinkedList",
    "BinaryHeap",
    "HashMap",
    "BTreeMap",
    "HashSet",
    "BTreeSet",
    "IndexMap",
    "IndexSet",
    "SmallVec",
    "Either",
    "Cow",
];

/// Types whose first argument is what there is if nothing went wrong.
const OUTCOMES: &[&str] = &["Result", "PyResult"];

/// Whether PyO3 converts a type with what it holds.
#[must_use]
pub fn is_container(written: &TypeRef) -> bool {
    written.name().is_some_and(|name| CONTAINERS.contains(&name))
}

/// A type of the package.
pub type OwnType = (ModuleId, String);

impl CrateModel {
    /// Whether Python hands over values of this type of the package anywhere.
    #[must_use]
    pub fn is_extracted(&self, module: ModuleId, name: &str) -> bool {
        self.extracted.get_or_init(|| self.find_extracted()).contains(&(module, name.to_owned()))
    }

    /// The package's own types that a value of the type `written` is made of, as far as PyO3 converts it with what it holds.
    #[must_use]
    pub fn own_types_in(&self, module: ModuleId, written: &TypeRef, generics: &[String]) -> Vec<OwnType> {
        let mut found = Vec::new();
        self.collect_own(module, written, generics, &mut found);
        found
    }

    fn collect_own(&self, module: ModuleId, written: &TypeRef, generics: &[String], found: &mut Vec<OwnType>) {
        match written {
            TypeRef::Tuple(members) => members.iter().for_each(|member| self.collect_own(module, member, generics, found)),
            TypeRef::Slice(element) => self.collect_own(module, element, generics, found),
            TypeRef::Path { arguments, .. } => {
                if let Ty::Own(home, name) = self.ty(module, written, generics, &[]) {
                    return found.push((home, name));
                }
                let name = written.name().unwrap_or_default();
                let held = match OUTCOMES.contains(&name) {
                    true => 1,
                    false if is_container(written) => arguments.len(),
                    false => 0,
                };
                arguments.iter().take(held).for_each(|argument| self.collect_own(module, argument, generics, found));
                // What an alias stands for.
                if held == 0 && arguments.is_empty() {
                    found.extend(self.ty(module, written, generics, &[]).own_types());
                }
            }
            TypeRef::Reference(_) | TypeRef::Traits(_) | TypeRef::Other => {}
        }
    }

    fn find_extracted(&self) -> HashSet<OwnType> {
        let mut found = Vec::new();
        for (home, function) in self.functions() {
            for parameter in function.parameters.iter().filter(|_| function.python_callable) {
                self.collect_own(home, parameter, &function.generics, &mut found);
            }
            function.extracted.iter().for_each(|extraction| self.collect_extracted(home, function, extraction, &mut found));
        }
        for (home, ty) in self.types() {
            let derives = ty.derives.iter().any(|derived| derived == "FromPyObject");
            let fields = ty.fields.iter().filter(|(name, _)| derives || ty.settable.contains(name));
            fields.for_each(|(_, field)| self.collect_own(home, field, &ty.generics, &mut found));
        }
        found.into_iter().collect()
    }

    fn collect_extracted(&self, home: ModuleId, function: &OutlineFunction, extraction: &Extraction, found: &mut Vec<OwnType>) {
        let mut collect = |module: ModuleId, written: &TypeRef, generics: &[String]| {
            if let Some(owned) = owned(written, extraction.lent) {
                self.collect_own(module, owned, generics, found);
            }
        };
        match &extraction.of {
            ExtractedBy::Written(written) => collect(home, written, &function.generics),
            ExtractedBy::Argument(path, index) => {
                let Resolved::Own { module, name, rest } = self.resolve(home, path, false, &[]) else { return };
                let owner = rest.first().map(|_| name.as_str());
                let called = rest.first().unwrap_or(&name);
                if let Some((module, function)) = self.function_of(module, owner, called) {
                    let index = index.checked_sub(usize::from(function.has_receiver));
                    let parameter = index.and_then(|index| function.parameters.get(index));
                    parameter.iter().for_each(|parameter| collect(module, parameter, &function.generics));
                } else {
                    self.field(module, &name, &rest, &index.to_string()).iter().for_each(|(ty, generics)| collect(module, ty, generics));
                }
            }
            ExtractedBy::MethodArgument(name, count, index) => {
                let takes = |function: &&(ModuleId, &OutlineFunction)| function.1.has_receiver && function.1.parameters.len() == *count;
                let methods: Vec<_> = self.functions_named(name).collect();
                let mut fitting = methods.iter().filter(takes);
                // Several of one name: which is called is not known here.
                if let (Some((module, function)), None) = (fitting.next(), fitting.next()) {
                    function.parameters.get(*index).iter().for_each(|parameter| collect(*module, parameter, &function.generics));
                }
            }
            ExtractedBy::Field(path, field) => {
                if let Resolved::Own { module, name, rest } = self.resolve(home, path, false, &[]) {
                    self.field(module, &name, &rest, field).iter().for_each(|(ty, generics)| collect(module, ty, generics));
                }
            }
        }
    }

    fn function_of(&self, module: ModuleId, owner: Option<&str>, name: &str) -> Option<(ModuleId, &OutlineFunction)> {
        self.functions_named(name)
            .find(|(home, function)| function.owner.as_ref().and_then(TypeRef::name) == owner && (owner.is_some() || *home == module))
    }

    /// The type of a field of the struct `name`, or of its variant, with the generic parameters of the struct.
    fn field(&self, module: ModuleId, name: &str, variant: &[String], field: &str) -> Option<(&TypeRef, &[String])> {
        let own = self.type_named(module, name)?;
        let full = variant.iter().map(String::as_str).chain([field]).collect::<Vec<_>>().join("::");
        let (_, ty) = own.fields.iter().find(|(known, _)| *known == full)?;
        Some((ty, &own.generics))
    }
}

/// What is extracted so that `lent` references to it make the type.
fn owned(written: &TypeRef, lent: usize) -> Option<&TypeRef> {
    match (written, lent) {
        (_, 0) => Some(written),
        (TypeRef::Reference(target), _) => owned(target, lent - 1),
        _ => None,
    }
}
