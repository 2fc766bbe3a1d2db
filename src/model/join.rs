//! The join: the outlines of all files of a package as one tree of modules, with its functions, types and aliases.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::extracted::OwnType;
use super::globs::Globs;
use super::lookups::Lookups;
use super::outline::{Conditions, Import, MacroWord, Outline, OutlineFunction, OutlineLifetimes, OutlineModule, OutlineType};
use super::resolve::Resolved;
use crate::release::Release;
use crate::rust::{TypeRef, bare_name};
use crate::text::{FileId, clean};

/// How many globs may lead through each other before one is found.
const MAX_GLOB_CHAIN: usize = 8;

/// Names one module of a [`CrateModel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub(super) usize);

/// What is known of a package before any function body is read.
#[derive(Debug, Default)]
pub struct CrateModel {
    /// Names under which the sources see `pyo3`.
    pub pyo3_names: Vec<String>,
    /// Names under which they see `pyo3-ffi`.
    pub ffi_names: Vec<String>,
    /// The package's own library, as tests and binaries see it.
    pub library_name: Option<String>,
    /// The PyO3 release in use.
    pub release: Option<Release>,
    modules: Vec<Module>,
    roots: HashMap<PathBuf, ModuleId>,
    by_file: HashMap<FileId, Vec<ModuleId>>,
    library_root: Option<ModuleId>,
    pub(super) functions: Vec<(ModuleId, OutlineFunction)>,
    functions_by_name: HashMap<String, Vec<usize>>,
    types: HashMap<(ModuleId, String), OutlineType>,
    macros: HashMap<String, Vec<MacroWord>>,
    /// The modules that call a macro of this name.
    macro_callers: HashMap<String, Vec<ModuleId>>,
    /// The types that Python hands over by value, once somebody has asked for them.
    pub(super) extracted: OnceLock<HashSet<OwnType>>,
    /// The functions that are no methods.
    pub(super) free_functions: HashSet<(ModuleId, String)>,
    pub(super) lookups: Lookups,
    pub(super) globs: Globs,
}

/// One module.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) parent: Option<ModuleId>,
    pub(super) children: HashMap<String, ModuleId>,
    pub(super) items: HashSet<String>,
    pub(super) imports: HashMap<String, Vec<Import>>,
    pub(super) globs: Vec<Import>,
    /// What is brought in without a name, or in the body of a function alone.
    pub(super) hidden_imports: Vec<Import>,
    /// What each of `globs` leads to.
    pub(super) glob_targets: Vec<Resolved>,
    pub(super) aliases: HashMap<String, TypeRef>,
    /// Lifetime parameters of the types and aliases.
    pub(super) lifetimes: HashMap<String, OutlineLifetimes>,
    /// Types of statics and constants.
    pub(super) statics: HashMap<String, TypeRef>,
    pub(super) implementations: Vec<(TypeRef, TypeRef)>,
    /// The module whose text `include!`s this one.
    pub(super) includer: Option<ModuleId>,
    /// What the attributes on it, and on the modules around it, say.
    pub(super) conditions: Conditions,
}

/// One file as input of the join.
#[derive(Clone, Copy, Debug)]
pub struct JoinInput<'a> {
    /// The file.
    pub file: FileId,
    /// Where it is.
    pub path: &'a Path,
    /// Its outline.
    pub outline: &'a Outline,
}

impl CrateModel {
    /// Joins the files that are reached from `roots` (the library first). Files that nothing reaches take no part.
    #[must_use]
    pub fn join(self, files: &[JoinInput<'_>], library: Option<FileId>, roots: &[FileId]) -> Self {
        let by_path: HashMap<&Path, &JoinInput<'_>> = files.iter().map(|input| (input.path, input)).collect();
        let mut joining = Joining { model: self, by_path };
        for root in library.into_iter().chain(roots.iter().copied()) {
            let Some(input) = files.iter().find(|input| input.file == root) else { continue };
            let id = joining.file(input, None, FileRole::Root, Conditions::default());
            if Some(root) == library {
                joining.model.library_root = id;
            }
        }
        joining.model.index();
        joining.model
    }

    /// The modules of a file: its own first, then the inline ones, as in its outline; `None` when nothing reaches the file.
    #[must_use]
    pub fn modules_of(&self, file: FileId) -> Option<&[ModuleId]> {
        self.by_file.get(&file).map(Vec::as_slice)
    }

    /// Whether a file belongs to the library, and not to a test, an example or another target.
    #[must_use]
    pub fn is_in_library(&self, file: FileId) -> bool {
        let own = self.modules_of(file).and_then(<[ModuleId]>::first);
        own.is_some_and(|module| Some(self.root_of(*module)) == self.library_root)
    }

    /// What attributes on a module, and on those around it, say.
    pub(super) fn conditions(&self, module: ModuleId) -> Conditions {
        self.module(module).conditions
    }

    /// Whether code in `place` can mean an item of the module `home` at all: they are of one target, or the item is of the library.
    #[must_use]
    pub fn may_name(&self, place: ModuleId, home: ModuleId) -> bool {
        let target = self.root_of(home);
        Some(target) == self.library_root || target == self.root_of(place)
    }

    /// The inline or file module `name` directly below `module`.
    #[must_use]
    pub fn child(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        self.module(module).children.get(name).copied()
    }

    /// All functions and methods of this name, with the module of each.
    pub fn functions_named(&self, name: &str) -> impl Iterator<Item = (ModuleId, &OutlineFunction)> {
        let indices = self.functions_by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        indices.iter().map(|&index| (self.functions[index].0, &self.functions[index].1))
    }

    /// The written type of the static or constant `name` of `module`.
    pub(super) fn static_type(&self, module: ModuleId, name: &str) -> Option<&TypeRef> {
        self.module(module).statics.get(name)
    }

    /// What the package's own macro `name` expands to; empty for macros of others.
    #[must_use]
    pub fn macro_words(&self, name: &str) -> &[MacroWord] {
        self.macros.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a macro of the package writes this name.
    #[must_use]
    pub(super) fn macros_name(&self, name: &str) -> bool {
        self.macros.values().flatten().any(|word| word.segments.iter().any(|segment| segment == name))
    }

    /// A module that calls the package's own macro `name` and knows the path `segments` as an item of PyO3: names in a macro are looked up
    /// where it is called. `None` where another caller means something else by it.
    #[must_use]
    pub fn caller_that_knows(&self, name: &str, segments: &[String]) -> Option<ModuleId> {
        let callers = self.macro_callers.get(name)?;
        let meanings = callers.iter().map(|&caller| (caller, self.resolve(caller, segments, false, &[])));
        let mut known = meanings.filter(|(_, meaning)| *meaning != Resolved::Unknown);
        let (first, meaning) = known.next()?;
        (matches!(meaning, Resolved::Pyo3(_)) && known.all(|(_, other)| other == meaning)).then_some(first)
    }

    /// Whether no other module than this one calls the package's own macro `name`.
    #[must_use]
    pub fn is_called_here_only(&self, name: &str, module: ModuleId) -> bool {
        self.macro_callers.get(name).is_none_or(|callers| callers.iter().all(|caller| *caller == module))
    }

    /// The type `name` defined in `module`.
    #[must_use]
    pub fn type_named(&self, module: ModuleId, name: &str) -> Option<&OutlineType> {
        self.types.get(&(module, name.to_owned()))
    }

    /// All functions with their modules.
    pub fn functions(&self) -> impl Iterator<Item = (ModuleId, &OutlineFunction)> {
        self.functions.iter().map(|(module, function)| (*module, function))
    }

    /// All structs and enums with their modules.
    pub fn types(&self) -> impl Iterator<Item = (ModuleId, &OutlineType)> {
        self.types.iter().map(|((module, _), ty)| (*module, ty))
    }

    /// All trait implementations: module, trait, type.
    pub fn implementations(&self) -> impl Iterator<Item = (ModuleId, &TypeRef, &TypeRef)> {
        let of = |(index, module)| {
            let module: &Module = module;
            module.implementations.iter().map(move |(of_trait, ty)| (ModuleId(index), of_trait, ty))
        };
        self.modules.iter().enumerate().flat_map(of)
    }

    /// Whether calling a function of the package makes a token out of nothing, itself or in the functions that it calls in turn.
    ///
    /// Several functions of one name: those in `module` and on `owner` if there are any.
    #[must_use]
    pub fn assumes_attached(&self, module: Option<ModuleId>, owner: Option<&str>, name: &str) -> bool {
        self.assumes_at(module, owner, name, &mut HashSet::new())
    }

    fn assumes_at(&self, module: Option<ModuleId>, owner: Option<&str>, name: &str, seen: &mut HashSet<String>) -> bool {
        if seen.len() > 64 || !seen.insert(name.to_owned()) {
            return false;
        }
        let fits = |home: ModuleId, function: &OutlineFunction| {
            let of_owner = function.owner.as_ref().and_then(TypeRef::name) == owner;
            of_owner && module.is_none_or(|module| if owner.is_some() { self.may_name(home, module) } else { module == home })
        };
        let mut functions = self.functions_named(name).filter(|(home, function)| fits(*home, function));
        functions.any(|(home, function)| {
            function.assumes_attached || function.calls.iter().any(|called| self.assumes_at(Some(home), None, called, seen))
        })
    }

    pub(super) fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0]
    }

    pub(super) fn library_root(&self) -> Option<ModuleId> {
        self.library_root
    }

    /// The module at the top of the target that `module` belongs to.
    #[must_use]
    pub fn root_of(&self, module: ModuleId) -> ModuleId {
        let mut at = module;
        while let Some(parent) = self.module(at).parent.or(self.module(at).includer) {
            at = parent;
        }
        at
    }

    fn index(&mut self) {
        for (index, (module, function)) in self.functions.iter().enumerate() {
            if function.owner.is_none() {
                self.free_functions.insert((*module, function.name.clone()));
            }
            self.functions_by_name.entry(function.name.clone()).or_default().push(index);
        }
        self.globs = Globs::of(&self.modules);
        // Each pass can open at most one further link of a chain of globs; chains are short.
        for _ in 0..MAX_GLOB_CHAIN {
            let targets: Vec<Vec<Resolved>> = (0..self.modules.len()).map(|index| self.glob_targets_of(ModuleId(index))).collect();
            let mut changed = false;
            for (module, targets) in self.modules.iter_mut().zip(targets) {
                changed |= module.glob_targets != targets;
                module.glob_targets = targets;
            }
            self.globs.regroup(&self.modules);
            if !changed {
                break;
            }
        }
    }
}

/// How a file came into the crate; decides where its own `mod` declarations look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileRole {
    Root,
    Module,
    Included,
}

struct Joining<'a> {
    model: CrateModel,
    by_path: HashMap<&'a Path, &'a JoinInput<'a>>,
}

impl Joining<'_> {
    /// Adds a file and everything its declarations reach.
    fn file(&mut self, input: &JoinInput<'_>, parent: Option<ModuleId>, role: FileRole, outer: Conditions) -> Option<ModuleId> {
        if self.model.by_file.contains_key(&input.file) {
            return self.model.roots.get(input.path).copied();
        }
        let mut ids = Vec::new();
        let mut by_path: HashMap<&[String], ModuleId> = HashMap::new();
        for module in &input.outline.modules {
            let id = ModuleId(self.model.modules.len());
            let above = module.path.split_last().and_then(|(name, above)| Some((name, *by_path.get(above)?)));
            let mut added = read_module(module);
            added.conditions = module.conditions.inside(above.map_or(outer, |(_, above)| self.model.module(above).conditions));
            match above {
                Some((name, above)) => {
                    added.parent = Some(above);
                    self.model.modules[above.0].children.insert(name.clone(), id);
                }
                None if role == FileRole::Included => added.includer = parent,
                None => added.parent = parent,
            }
            self.model.modules.push(added);
            self.model.functions.extend(module.functions.iter().map(|function| (id, function.clone())));
            self.model.types.extend(module.types.iter().map(|ty| ((id, ty.name.clone()), ty.clone())));
            for (name, words) in &module.macros {
                self.model.macros.entry(name.clone()).or_default().extend(words.iter().cloned());
            }
            for name in &module.macro_calls {
                let callers = self.model.macro_callers.entry(name.clone()).or_default();
                // A module may call it thousands of times.
                if callers.last() != Some(&id) {
                    callers.push(id);
                }
            }
            by_path.insert(&module.path, id);
            ids.push(id);
        }
        let own = *ids.first()?;
        self.model.by_file.insert(input.file, ids.clone());
        self.model.roots.insert(input.path.to_owned(), own);
        for (module, &id) in input.outline.modules.iter().zip(&ids) {
            self.declarations(input.path, module, id, role);
        }
        Some(own)
    }

    fn declarations(&mut self, path: &Path, module: &OutlineModule, id: ModuleId, role: FileRole) {
        let Some(folder) = path.parent() else { return };
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        // The files of `mod a;` stand beside a root or a `mod.rs`, and in the folder `x` for `x.rs`.
        let own_folder = if role == FileRole::Module && stem != "mod" { folder.join(stem) } else { folder.to_owned() };
        let inner: PathBuf = module.path.iter().map(|name| bare_name(name)).collect();
        for declaration in &module.declarations {
            let candidates = match &declaration.path {
                // Inside an inline module, `path` counts from that module's folder.
                Some(written) if !module.path.is_empty() => vec![own_folder.join(&inner).join(written)],
                Some(written) => vec![folder.join(written)],
                None => {
                    let base = own_folder.join(&inner);
                    let name = bare_name(&declaration.name);
                    vec![base.join(format!("{name}.rs")), base.join(name).join("mod.rs")]
                }
            };
            let found = candidates.iter().find_map(|candidate| self.by_path.get(clean(candidate).as_path()).copied());
            let Some(input) = found else { continue };
            let input = *input;
            let role = if declaration.path.is_some() { FileRole::Root } else { FileRole::Module };
            let conditions = declaration.conditions.inside(self.model.module(id).conditions);
            if let Some(child) = self.file(&input, Some(id), role, conditions) {
                self.model.modules[id.0].children.insert(declaration.name.clone(), child);
            }
        }
        for included in &module.included {
            if let Some(input) = self.by_path.get(clean(&folder.join(included)).as_path()).copied() {
                let input = *input;
                let conditions = self.model.module(id).conditions;
                self.file(&input, Some(id), FileRole::Included, conditions);
            }
        }
    }
}

fn read_module(outline: &OutlineModule) -> Module {
    let mut module = Module {
        items: outline.items.iter().cloned().collect(),
        aliases: outline.aliases.iter().cloned().collect(),
        lifetimes: outline.lifetimes.iter().cloned().collect(),
        statics: outline.statics.iter().cloned().collect(),
        implementations: outline.implementations.clone(),
        hidden_imports: outline.local_imports.clone(),
        ..Module::default()
    };
    for import in &outline.imports {
        match &import.name {
            Some(name) => module.imports.entry(name.clone()).or_default().push(import.clone()),
            None if import.glob => module.globs.push(import.clone()),
            None => module.hidden_imports.push(import.clone()),
        }
    }
    module
}
