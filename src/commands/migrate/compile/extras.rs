//! Which tests, examples and benchmarks use PyO3, so that they are compiled as well.

use crate::compiler::MemberTargetKind;
use crate::project::{Package, Project, TargetKind};

/// The kinds of targets, besides libraries and programs, of which some use PyO3 or the module itself.
pub(super) fn of(project: &Project, packages: &[&Package]) -> Vec<MemberTargetKind> {
    let kinds = [MemberTargetKind::Example, MemberTargetKind::Test, MemberTargetKind::Bench];
    kinds.into_iter().filter(|kind| packages.iter().any(|package| has(project, package, *kind))).collect()
}

fn has(project: &Project, package: &Package, kind: MemberTargetKind) -> bool {
    let names = package.pyo3.extern_names.iter().chain(&package.pyo3.ffi_extern_names);
    let names: Vec<&str> = names.chain(package.library.iter().map(|library| &library.name)).map(String::as_str).collect();
    let uses = |text: &str| names.iter().any(|name| text.contains(name));
    let text = |file| project.sources.get(file).text.as_str();
    let is_of_kind = |of: TargetKind| {
        matches!(
            (of, kind),
            (TargetKind::Example, MemberTargetKind::Example)
                | (TargetKind::Test, MemberTargetKind::Test)
                | (TargetKind::Bench, MemberTargetKind::Bench)
        )
    };
    let by_target = package.targets.iter().any(|target| is_of_kind(target.kind) && uses(text(target.root)));
    // The library's own tests, beside its code.
    let has_own = || package.rust_files.iter().any(|&file| text(file).contains("cfg(test)") && uses(text(file)));
    by_target || (kind == MemberTargetKind::Test && has_own())
}
