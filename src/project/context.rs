//! The files around those that were named: what of a package may take part when only some of it is asked for.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::linked::{module_declarations, path_attributes};

/// The Rust files of a package, read only where a module leads to them.
#[derive(Debug, Default)]
pub(super) struct Context {
    files: BTreeSet<PathBuf>,
    /// By the module that each can be: `a` for `a.rs` and `a/mod.rs`.
    by_module: HashMap<String, Vec<PathBuf>>,
    by_name: HashMap<String, Vec<PathBuf>>,
}

impl Context {
    pub(super) fn new(files: BTreeSet<PathBuf>) -> Self {
        let mut context = Self::default();
        for file in &files {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let module = stem.filter(|stem| stem != "mod").or_else(|| file.parent().and_then(name));
            context.by_module.entry(module.unwrap_or_default()).or_default().push(file.clone());
            context.by_name.entry(name(file).unwrap_or_default()).or_default().push(file.clone());
        }
        Self { files, ..context }
    }

    /// Every file, for packages of which no target tells where they begin.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter()
    }

    pub(super) fn contains(&self, path: &Path) -> bool {
        self.files.contains(path)
    }

    /// The files that declarations in `text`, the file at `path`, may mean. Which of them they mean depends on the modules around, and the join
    /// will tell: here it is enough that none is missed.
    pub(super) fn declared_in(&self, path: &Path, text: &str) -> Vec<PathBuf> {
        let folder = path.parent().unwrap_or(path);
        let modules = module_declarations(text).into_iter().filter_map(|name| self.by_module.get(name));
        let below = modules.flatten().filter(|file| file.starts_with(folder));
        let names = path_attributes(text).into_iter().filter_map(|written| Path::new(written).file_name()?.to_str());
        below.chain(names.filter_map(|name| self.by_name.get(name)).flatten()).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_lead_to_all_files_that_they_may_mean() {
        let files = ["/p/src/lib.rs", "/p/src/a.rs", "/p/src/b/mod.rs", "/p/src/b/a.rs", "/p/x/a.rs", "/p/src/fn.rs", "/p/x/odd.rs"];
        let context = Context::new(files.iter().map(PathBuf::from).collect());
        let declared = |path: &str, text: &str| {
            let found = context.declared_in(Path::new(path), text);
            found.iter().map(|file| file.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(declared("/p/src/lib.rs", "mod a;"), ["/p/src/a.rs", "/p/src/b/a.rs"]);
        assert_eq!(declared("/p/src/lib.rs", "mod b { mod a; }\nmod r#fn;"), ["/p/src/a.rs", "/p/src/b/a.rs", "/p/src/fn.rs"]);
        assert_eq!(declared("/p/src/lib.rs", "pub mod b;"), ["/p/src/b/mod.rs"]);
        assert_eq!(declared("/p/src/b/mod.rs", "mod a;"), ["/p/src/b/a.rs"]);
        assert_eq!(declared("/p/src/lib.rs", "#[path = \"../x/odd.rs\"] mod o { }"), ["/p/x/odd.rs"]);
        assert_eq!(declared("/p/src/lib.rs", "mod x {}"), [""; 0]);
    }
}
