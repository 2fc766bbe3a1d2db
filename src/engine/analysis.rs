//! From a package's files to facts: outlines first, then the join, then the facts of each file.

use std::collections::HashMap;

use rayon::prelude::*;

use super::isolate::{Fault, isolated};
use crate::diagnostic::{Skipped, SkippedKind};
use crate::model::{CrateModel, FileModel, JoinInput, Outline, analyse, outline};
use crate::project::{Package, TargetKind};
use crate::rust::{PARSER_STACK, ParseFailure, RustFile};
use crate::text::{FileId, Sources};

/// What a package's sources say.
#[derive(Debug, Default)]
pub(super) struct Analysis {
    pub(super) crate_model: CrateModel,
    /// Facts by file, in the order of the files.
    pub(super) files: Vec<(FileId, FileModel)>,
    /// Files without a tree.
    pub(super) failures: Vec<(FileId, ParseFailure)>,
    /// Files that mention PyO3 and that no target reaches.
    pub(super) unreached: Vec<FileId>,
    /// What hognose itself failed at.
    pub(super) faults: Vec<Fault>,
}

/// What came of the work on a file.
type Isolated<T> = (FileId, Result<T, Fault>);

/// Runs `work` on a thread pool whose stacks are big enough for deep code.
pub(super) fn with_big_stacks<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(PARSER_STACK).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// Reads all facts of a package.
pub(super) fn analyse_package(package: &Package, sources: &Sources) -> Analysis {
    // Parsed twice, once for the outline and once for the facts: a tree cannot leave its thread.
    let read = |file| isolated(sources, file, "outline", || RustFile::parse(&sources.get(file).text).map(|file| outline(&file)));
    let parsed: Vec<Isolated<Result<Outline, ParseFailure>>> = package.rust_files.par_iter().map(|&file| (file, read(file))).collect();
    let mut outlines = HashMap::new();
    let mut failures = Vec::new();
    let mut faults = Vec::new();
    for (file, result) in parsed {
        match result {
            Ok(Ok(outline)) => {
                outlines.insert(file, outline);
            }
            Ok(Err(failure)) => failures.push((file, failure)),
            Err(fault) => faults.push(fault),
        }
    }
    let crate_model = isolated(sources, package.manifest, "join", || join(package, sources, &outlines)).unwrap_or_else(|fault| {
        // Without the tree of modules no file is reached, and no fact is told.
        faults.extend(package.rust_files.iter().map(|&file| Fault { file, ..fault.clone() }));
        faults.push(fault);
        CrateModel::default()
    });
    let facts: Vec<Isolated<Option<FileModel>>> = package
        .rust_files
        .par_iter()
        .filter(|file| outlines.contains_key(file))
        .map(|&file| (file, isolated(sources, file, "facts", || facts_of(sources, file, &crate_model))))
        .collect();
    let mut files = Vec::new();
    let mut unreached = Vec::new();
    for (file, facts) in facts {
        match facts {
            Ok(Some(facts)) => files.push((file, facts)),
            Ok(None) if sources.get(file).text.contains("pyo3") => unreached.push(file),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    failures.retain(|(file, _)| is_reachable(package, sources, *file));
    Analysis { crate_model, files, failures, unreached, faults }
}

fn facts_of(sources: &Sources, file: FileId, crate_model: &CrateModel) -> Option<FileModel> {
    crate_model.modules_of(file)?;
    let text = &sources.get(file).text;
    let tree = RustFile::parse(text).ok()?;
    analyse(&tree, file, text, crate_model)
}

fn join(package: &Package, sources: &Sources, outlines: &HashMap<FileId, Outline>) -> CrateModel {
    let mut model = CrateModel::default();
    model.pyo3_names.clone_from(&package.pyo3.extern_names);
    model.ffi_names.clone_from(&package.pyo3.ffi_extern_names);
    model.library_name = package.library.as_ref().map(|library| library.name.clone());
    model.release = package.pyo3.release;
    let inputs: Vec<JoinInput<'_>> = package
        .rust_files
        .iter()
        .filter_map(|&file| Some(JoinInput { file, path: &sources.get(file).path, outline: outlines.get(&file)? }))
        .collect();
    let mut library = package.targets.iter().find(|target| target.kind == TargetKind::Library).map(|target| target.root);
    let roots: Vec<FileId> = package.targets.iter().map(|target| target.root).collect();
    if roots.is_empty() {
        // A build system such as CMake may complete the manifest: the file that is called so is the library.
        library = package.rust_files.iter().copied().find(|file| sources.get(*file).path.ends_with("lib.rs"));
    }
    model.join(&inputs, library, &roots)
}

/// A file without a tree counts when it looks like part of the package: a target's root, or a file below `src`.
fn is_reachable(package: &Package, sources: &Sources, file: FileId) -> bool {
    package.targets.iter().any(|target| target.root == file) || sources.get(file).path.starts_with(package.dir.join("src"))
}

/// What a failure to parse means for the report on coverage.
pub(super) fn skipped_for(sources: &Sources, file: FileId, failure: &ParseFailure) -> Skipped {
    Skipped {
        path: sources.get(file).display.clone(),
        place: Some((failure.place.line, failure.place.column)),
        kind: SkippedKind::Unparsable,
        reason: failure.reason.clone(),
    }
}
