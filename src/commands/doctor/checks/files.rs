//! Checks of what builds have left behind, and of what the project's layout hides.

use super::Report;
use crate::commands::doctor::facts::Facts;
use crate::commands::doctor::project_facts::{Extension, ProjectFacts};
use crate::toolchain::platform::Platform;

/// Compiled modules beside the Python sources: the one that Python loads should be the newest one, and newer than its sources.
pub(super) fn extensions(facts: &Facts, report: &mut Report) {
    let Some(project) = &facts.project else { return };
    let Some(Ok(python)) = facts.venv().map(|venv| &venv.python) else { return };
    let (_, minor) = python.version.series;
    let loaded = project
        .extensions
        .iter()
        .filter_map(|extension| Some((order(&extension.tag, minor, python.free_threaded)?, extension)))
        .min_by_key(|(order, _)| *order);
    let Some((_, loaded)) = loaded else {
        if let Some(other) = project.extensions.first() {
            report.note(
                "stale-extension",
                format!("{} is not for the environment's Python {}", shown(other, project), python.label()),
                "Python does not load it, and there is no other: the import fails",
                &facts.in_project(&["maturin develop"]),
            );
        }
        return;
    };
    let newer =
        project.extensions.iter().find(|other| order(&other.tag, minor, python.free_threaded).is_some() && other.built > loaded.built);
    if let Some(newer) = newer {
        report.problem(
            "stale-extension",
            format!("{} hides {}, which is newer", shown(loaded, project), shown(newer, project)),
            "Python loads the module with the most specific name, so your changes do not show",
            &[facts.platform.remove(facts.seen_here(&loaded.path))],
        );
    } else if project.changed.is_some_and(|changed| changed > loaded.built) {
        report.note(
            "stale-extension",
            format!("{} is older than the Rust sources", shown(loaded, project)),
            "Python runs the old code",
            &facts.in_project(&["maturin develop"]),
        );
    } else {
        report.healthy(format!("{} is newer than its sources", shown(loaded, project)));
    }
}

/// The minor number of the first Python 3 with a stable ABI for free threading.
const FIRST_ABI3T: u16 = 15;

/// In which place Python looks for a module with this tag; `None` if it does not.
fn order(tag: &str, minor: u16, free_threaded: bool) -> Option<u8> {
    let threading = if free_threaded { "t" } else { "" };
    let own = [format!("cpython-3{minor}{threading}"), format!("cp3{minor}{threading}")];
    match tag {
        "" => Some(3),
        "abi3" => (!free_threaded).then_some(1),
        // PEP 803: both kinds of Python load it.
        "abi3t" => (minor >= FIRST_ABI3T).then_some(2),
        tag => own.iter().any(|own| tag == own || tag.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('-'))).then_some(0),
    }
}

fn shown(extension: &Extension, project: &ProjectFacts) -> String {
    extension.path.strip_prefix(&project.root).unwrap_or(&extension.path).display().to_string()
}

pub(super) fn layout_and_leftovers(facts: &Facts, report: &mut Report) {
    let Some(project) = facts.project.as_ref().filter(|project| project.by_maturin) else { return };
    let package = project.module.split('.').next().unwrap_or_default();
    if project.flat_package {
        let mut fix = facts.in_project(&["mkdir python", &format!("git mv {} python/", facts.platform.quote(package))]);
        fix.push("python-source = \"python\"   # pyproject.toml, [tool.maturin]".to_owned());
        report.note(
            "flat-layout",
            format!("the Python package `{package}` is beside pyproject.toml"),
            "Python and pytest, when they run in this folder, import it instead of what is installed",
            &fix,
        );
    }
    if project.has_stub && !project.stub_builds.is_empty() {
        report.problem(
            "generate-stubs",
            format!("{} builds with `--generate-stubs`, and there is a stub beside the module already", project.stub_builds.join(", ")),
            "maturin refuses to overwrite it, fails, and leaves a wheel of 22 bytes",
            &["(build without `--generate-stubs`, and keep the stub in the repository)"],
        );
    }
    for wheel in &project.empty_wheels {
        let shown = wheel.strip_prefix(&project.root).unwrap_or(wheel).display();
        report.problem(
            "empty-wheel",
            format!("{shown} is empty: a failed build has left it"),
            "pip refuses it, and a release that uploads the whole folder publishes it",
            &[facts.platform.remove(facts.seen_here(wheel))],
        );
    }
    // Without the feature, cargo's builds link to libpython.
    if facts.platform == Platform::MacOs && project.extension_module && !project.links_on_macos {
        report.note(
            "macos-linking",
            "nothing tells the linker that Python's symbols are resolved at run time",
            "`cargo build` fails with undefined symbols; `maturin develop` passes the flags itself",
            &["pyo3_build_config::add_extension_module_link_args();   // build.rs"],
        );
    }
}
