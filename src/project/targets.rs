//! Which targets a package has: cargo's rules of discovery, and the tables that override them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::TargetKind;
use super::manifest::Manifest;
use super::toml::Node;
use crate::text::{TextRange, clean};

/// A target's root file, not read yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TargetRoot {
    pub(super) kind: TargetKind,
    pub(super) path: PathBuf,
}

/// A path in a manifest at which nothing is.
#[derive(Debug)]
pub(super) struct MissingRoot {
    pub(super) at: TextRange,
    pub(super) written: String,
}

/// One kind of target that a package can have many of.
struct Many {
    kind: TargetKind,
    table: &'static str,
    auto: &'static str,
    folder: &'static str,
}

const MANY: [Many; 4] = [
    Many { kind: TargetKind::Binary, table: "bin", auto: "autobins", folder: "src/bin" },
    Many { kind: TargetKind::Test, table: "test", auto: "autotests", folder: "tests" },
    Many { kind: TargetKind::Bench, table: "bench", auto: "autobenches", folder: "benches" },
    Many { kind: TargetKind::Example, table: "example", auto: "autoexamples", folder: "examples" },
];

/// Finds the root files of all targets, and the written paths that lead nowhere.
pub(super) fn find(manifest: &Manifest) -> (Vec<TargetRoot>, Vec<MissingRoot>) {
    let mut search = Search { manifest, dir: manifest.dir(), roots: Vec::new(), missing: Vec::new(), seen: BTreeSet::new() };
    search.library();
    for many in &MANY {
        search.tables(many);
        search.discover(many);
    }
    search.build_script();
    (search.roots, search.missing)
}

struct Search<'a> {
    manifest: &'a Manifest,
    dir: &'a Path,
    roots: Vec<TargetRoot>,
    missing: Vec<MissingRoot>,
    seen: BTreeSet<PathBuf>,
}

impl Search<'_> {
    fn add(&mut self, kind: TargetKind, path: PathBuf) {
        if self.seen.insert(path.clone()) {
            self.roots.push(TargetRoot { kind, path });
        }
    }

    fn add_if_there(&mut self, kind: TargetKind, path: PathBuf) -> bool {
        let is_there = path.is_file();
        if is_there {
            self.add(kind, path);
        }
        is_there
    }

    /// Adds the file that `path` of this table names; `None` when the table names none.
    fn add_written(&mut self, kind: TargetKind, table: Node<'_>) -> Option<()> {
        let written = table.get("path")?.value.as_text()?;
        let path = clean(&self.dir.join(&written.value));
        if !self.add_if_there(kind, path) {
            self.missing.push(MissingRoot { at: written.range, written: written.value });
        }
        Some(())
    }

    fn library(&mut self) {
        let table = self.manifest.toml.get(&["lib"]).map(|lib| lib.value);
        if table.and_then(|table| self.add_written(TargetKind::Library, table)).is_none() {
            self.add_if_there(TargetKind::Library, self.dir.join("src/lib.rs"));
        }
    }

    fn tables(&mut self, many: &Many) {
        let manifest = self.manifest;
        let tables = manifest.toml.get(&[many.table]).map(|entry| entry.value.elements()).unwrap_or_default();
        for table in tables {
            if self.add_written(many.kind, table).is_some() {
                continue;
            }
            let Some(name) = table.get("name").and_then(|name| name.value.as_str()) else { continue };
            let folder = self.dir.join(many.folder);
            let found = self.add_if_there(many.kind, folder.join(format!("{name}.rs")))
                || self.add_if_there(many.kind, folder.join(name).join("main.rs"));
            if !found && many.kind == TargetKind::Binary {
                self.add_if_there(many.kind, self.dir.join("src/main.rs"));
            }
        }
    }

    fn discover(&mut self, many: &Many) {
        let flag = self.manifest.package().and_then(|package| package.get(many.auto)).and_then(|flag| flag.value.as_bool());
        if flag == Some(false) {
            return;
        }
        if many.kind == TargetKind::Binary {
            self.add_if_there(many.kind, self.dir.join("src/main.rs"));
        }
        let Ok(entries) = fs::read_dir(self.dir.join(many.folder)) else { return };
        let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
                self.add(many.kind, path);
            } else {
                self.add_if_there(many.kind, path.join("main.rs"));
            }
        }
    }

    fn build_script(&mut self) {
        let written = self.manifest.package().and_then(|package| package.get("build")).map(|build| build.value);
        if written.and_then(Node::as_bool) == Some(false) {
            return;
        }
        let Some(text) = written.and_then(Node::as_text) else {
            self.add_if_there(TargetKind::BuildScript, self.dir.join("build.rs"));
            return;
        };
        let path = clean(&self.dir.join(&text.value));
        if !self.add_if_there(TargetKind::BuildScript, path) {
            self.missing.push(MissingRoot { at: text.range, written: text.value });
        }
    }
}
