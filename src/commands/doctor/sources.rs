//! The crates on this disk that a crate is built from, and when their code was changed last.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ignore::WalkBuilder;

use crate::project::toml::{self, Node, Toml};
use crate::toolchain::platform::same_file;

/// The newest change in the path dependencies of the crate in `dir`, and in theirs.
pub(super) fn dependencies_changed(dir: &Path) -> Option<SystemTime> {
    let mut crates = vec![dir.to_owned()];
    let mut next = 0;
    while let Some(dir) = crates.get(next) {
        let found = path_dependencies(dir);
        next += 1;
        for path in found {
            if !crates.iter().any(|known| same_file(known, &path)) {
                crates.push(path);
            }
        }
    }
    crates.iter().skip(1).filter_map(|dir| changed(dir)).max()
}

/// When a file was written last.
pub(super) fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

fn changed(dir: &Path) -> Option<SystemTime> {
    let sources = WalkBuilder::new(dir.join("src")).require_git(false).git_global(false).build().flatten().map(ignore::DirEntry::into_path);
    let rust = sources.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.chain(["Cargo.toml", "build.rs"].map(|name| dir.join(name))).filter_map(|path| modified(&path)).max()
}

/// The folders of the crates that this one's manifest names by their paths, or takes so from its workspace.
fn path_dependencies(dir: &Path) -> Vec<PathBuf> {
    let Some(manifest) = manifest_in(dir) else { return Vec::new() };
    let workspace = dir.ancestors().find_map(|dir| Some((dir, manifest_in(dir).filter(|toml| toml.get(&["workspace"]).is_some())?)));
    let root = manifest.root();
    let targets = root.get("target").map(|entry| entry.value.entries()).unwrap_or_default();
    let tables = std::iter::once(root).chain(targets.into_iter().map(|target| target.value));
    let dependencies = tables.flat_map(|table| ["dependencies", "build-dependencies"].into_iter().filter_map(move |key| table.get(key)));
    let path_of = |key: &str, written: Node<'_>| {
        if let Some(path) = written.get("path") {
            return Some(dir.join(path.value.as_str()?));
        }
        let (root, workspace) = workspace.as_ref().filter(|_| written.get("workspace").is_some())?;
        Some(root.join(workspace.get(&["workspace", "dependencies", key, "path"])?.value.as_str()?))
    };
    dependencies.flat_map(|table| table.value.entries()).filter_map(|entry| path_of(entry.key, entry.value)).collect()
}

fn manifest_in(dir: &Path) -> Option<Toml> {
    toml::parse(&fs::read_to_string(dir.join(OsStr::new("Cargo.toml"))).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[test]
    fn code_counts_that_lies_in_other_crates() {
        let dir = tempfile::tempdir().expect("folder");
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let write = |path: &str, text: &str, age: u64| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
            let mut file = fs::File::create(path).expect("file");
            file.write_all(text.as_bytes()).expect("written");
            file.set_modified(start - Duration::from_secs(age)).expect("a time");
        };
        write("Cargo.toml", "[workspace]\n[workspace.dependencies]\ncore = { path = \"core\" }\n", 0);
        write("py/Cargo.toml", "[dependencies]\ncore.workspace = true\npyo3 = \"0.30\"\n", 0);
        write("py/src/lib.rs", "", 0);
        write("core/Cargo.toml", "[target.'cfg(unix)'.dependencies]\nbase = { path = \"../base\" }\n", 9);
        write("core/src/lib.rs", "", 8);
        write("base/Cargo.toml", "[build-dependencies]\ncore = { path = \"../core\" }\n", 7);
        write("base/src/deep/code.rs", "", 6);
        write("base/tests/all.rs", "", 1);
        assert_eq!(dependencies_changed(&dir.path().join("py")), Some(start - Duration::from_secs(6)));
        assert_eq!(dependencies_changed(dir.path()), None);
    }
}
