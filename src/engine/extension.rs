//! Whether a package's library is a module that Python loads.

use super::analysis::Analysis;
use crate::model::{PathUse, PathUsePosition};
use crate::project::{Package, TargetKind};
use crate::text::FileId;

/// Functions and macros of programs that start Python themselves.
const STARTING: &[&str] =
    &["::append_to_inittab", "::prepare_freethreaded_python", "::with_embedded_python_interpreter", "::Python::initialize"];

/// Whether the library defines a `#[pymodule]` for Python to load: one that is not for tests alone, in a crate that does not start Python itself.
pub(super) fn defines_module(package: &Package, analysis: &Analysis) -> bool {
    let mut library = analysis.files.iter().filter(|(file, _)| analysis.crate_model.is_in_library(*file));
    let defines = library.any(|(_, facts)| {
        facts.attributes.iter().any(|attribute| attribute.name == "pymodule" && !attribute.in_test && !attribute.conditional)
    });
    defines && !embeds_python(package, analysis)
}

fn embeds_python(package: &Package, analysis: &Analysis) -> bool {
    let initializes = package.pyo3.features.iter().any(|feature| feature.name == "auto-initialize" && feature.table != "dev-dependencies");
    let starts = |path: &PathUse| {
        let named = path.pyo3.as_deref().is_some_and(|path| STARTING.iter().any(|name| path.ends_with(name)));
        named && !path.in_test && !matches!(path.position, PathUsePosition::Import { .. })
    };
    let mut programs = analysis.files.iter().filter(|(file, _)| !is_test(package, analysis, *file));
    initializes || programs.any(|(_, facts)| facts.paths.iter().any(starts))
}

/// Whether a file belongs to a test or a benchmark: those start Python around an extension.
fn is_test(package: &Package, analysis: &Analysis, file: FileId) -> bool {
    let model = &analysis.crate_model;
    let first = |file: FileId| model.modules_of(file).and_then(<[_]>::first).copied();
    let Some(root) = first(file).map(|module| model.root_of(module)) else { return false };
    let tests = package.targets.iter().filter(|target| matches!(target.kind, TargetKind::Test | TargetKind::Bench));
    tests.into_iter().any(|target| first(target.root) == Some(root))
}
