//! The types that a tree has for its modules: stubs and `py.typed`.

use std::path::Path;

use ignore::WalkBuilder;

use crate::project::display_path;
use crate::wheel::{Stub, Wheel};

/// Folders with files that are for something else than the package.
const ELSEWHERE: [&str; 14] = [
    "test",
    "tests",
    "doc",
    "docs",
    "example",
    "examples",
    "typings",
    "node_modules",
    "site-packages",
    "build",
    "dist",
    "venv",
    "vendor",
    "third_party",
];

/// The files with types that belong into the packages of this wheel.
pub(super) fn find(root: &Path, build_dir: &Path, wheel: &Wheel) -> Vec<Stub> {
    let (own, build) = (root.to_owned(), build_dir.to_owned());
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).hidden(true).filter_entry(move |entry| {
        let name = entry.file_name().to_string_lossy();
        let is_foreign = ELSEWHERE.contains(&&*name) || entry.path() == build || entry.path().join("pyvenv.cfg").is_file();
        entry.path() == own || !entry.file_type().is_some_and(|kind| kind.is_dir()) || !is_foreign
    });
    let mut tops: Vec<&str> = wheel.modules.iter().filter_map(|module| module.name.split('.').next()).collect();
    tops.dedup();
    let files = walk.build().filter_map(Result::ok).map(|entry| display_path(entry.path(), root));
    let mut stubs: Vec<Stub> = files.filter_map(|source| stub(&source, &tops, wheel)).collect();
    stubs.sort_by(|left, right| left.source.cmp(&right.source));
    stubs
}

/// Where a file of the tree has to be in the wheel, if it has types of one of these packages.
fn stub(source: &str, tops: &[&str], wheel: &Wheel) -> Option<Stub> {
    let has_types = source.ends_with(".pyi") || source.ends_with("/py.typed");
    let parts: Vec<&str> = source.split('/').filter(|_| has_types).collect();
    let is_top = |part: &str| tops.iter().any(|top| part.strip_prefix(top).is_some_and(|rest| matches!(rest, "" | ".pyi" | "-stubs")));
    let places: Vec<String> = (0..parts.len()).filter(|at| is_top(parts[*at])).map(|at| parts[at..].join("/")).collect();
    // maturin makes a package of a module whose stub lies beside its manifest.
    let packages = places.iter().filter_map(|place| Some(format!("{}/__init__.pyi", place.strip_suffix(".pyi")?)));
    // A folder around the package may have its name, too.
    let there = places.iter().cloned().chain(packages).find(|place| wheel.files.contains_key(place));
    let place = there.or_else(|| places.last().cloned())?;
    Some(Stub { source: source.to_owned(), place })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::wheel::Module;

    fn found(files: &[&str], modules: &[&str], wheel: &[&str]) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().expect("folder");
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
            fs::File::create(path).expect("file");
        }
        let module =
            |name: &&str| Module { path: String::new(), name: (*name).to_owned(), abi: crate::wheel::ModuleAbi::Open, needs: None };
        let wheel = Wheel {
            modules: modules.iter().map(module).collect(),
            files: wheel.iter().map(|path| ((*path).to_owned(), 0)).collect(),
            ..Wheel::default()
        };
        find(dir.path(), &dir.path().join("target"), &wheel).into_iter().map(|stub| (stub.source, stub.place)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(source, place)| ((*source).to_owned(), (*place).to_owned())).collect()
    }

    #[test]
    fn types_lie_where_their_package_is() {
        let files = ["rust/demo/__init__.pyi", "rust/demo/py.typed", "rust/demo/sub/x.pyi", "rust/demo/x.py"];
        let expected = [
            ("rust/demo/__init__.pyi", "demo/__init__.pyi"),
            ("rust/demo/py.typed", "demo/py.typed"),
            ("rust/demo/sub/x.pyi", "demo/sub/x.pyi"),
        ];
        assert_eq!(found(&files, &["demo.demo", "demo._other"], &[]), pairs(&expected));
        assert_eq!(found(&["demo.pyi"], &["demo.demo"], &["demo/__init__.pyi"]), pairs(&[("demo.pyi", "demo/__init__.pyi")]));
        let nested = ["demo/demo/a.pyi"];
        assert_eq!(found(&nested, &["demo"], &["demo/a.pyi"]), pairs(&[("demo/demo/a.pyi", "demo/a.pyi")]));
        assert_eq!(found(&nested, &["demo"], &["demo/demo/a.pyi"]), pairs(&[("demo/demo/a.pyi", "demo/demo/a.pyi")]));
        assert_eq!(found(&nested, &["demo"], &[]), pairs(&[("demo/demo/a.pyi", "demo/a.pyi")]));
        assert_eq!(found(&["demo.pyi"], &["demo"], &[]), pairs(&[("demo.pyi", "demo.pyi")]));
        assert_eq!(found(&["demo-stubs/__init__.pyi"], &["demo"], &[]), pairs(&[("demo-stubs/__init__.pyi", "demo-stubs/__init__.pyi")]));
    }

    #[test]
    fn types_of_others_are_left_alone() {
        let files = [
            "typings/demo/__init__.pyi",
            "other/x.pyi",
            "tests/demo/a.pyi",
            "target/demo/a.pyi",
            ".venv/demo/a.pyi",
            "env/pyvenv.cfg",
            "env/demo/a.pyi",
            "py.typed",
        ];
        assert_eq!(found(&files, &["demo.demo"], &[]), []);
        assert_eq!(found(&["demo/a.pyi"], &["demo_x"], &[]), []);
    }
}
