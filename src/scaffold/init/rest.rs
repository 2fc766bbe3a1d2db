//! What describes, tests and publishes a project, where its module is not the templates': README, tests, workflows, checks.

use super::Work;
use super::draft::Draft;
use crate::scaffold::answers::Ci;
use crate::scaffold::write::stays_inside;

/// Where other services than GitHub have their instructions.
const OTHER_CI: [&str; 6] = [".gitlab-ci.yml", ".circleci", "azure-pipelines.yml", ".cirrus.yml", ".woodpecker", ".buildkite"];

/// Creates the files that the manifests name as README, and tells which of the other files are missing.
pub(super) fn complete(work: &mut Work<'_>, cargo: Option<&Draft>, pyproject: Option<&Draft>) {
    complete_readme(work, cargo, "package");
    complete_readme(work, pyproject, "project");
    if work.is_fresh {
        return;
    }
    let is_created = |work: &Work<'_>, path: &str| work.plan.create.iter().any(|file| file.path.starts_with(path));
    let has_ci = work.found.below(".github/workflows/").next().is_some() || OTHER_CI.iter().any(|path| work.found.has(path));
    let missing = [
        ("README", work.found.at_top("README") || is_created(work, "README")),
        ("tests in Python", work.found.below("").any(is_test) || is_created(work, "tests/")),
        ("workflow that tests and builds wheels", has_ci || work.answers.ci == Ci::None),
        ("`.pre-commit-config.yaml`", work.found.has(".pre-commit-config.yaml")),
    ];
    let missing: Vec<&str> = missing.into_iter().filter(|(_, is_there)| !is_there).map(|(what, _)| what).collect();
    if !missing.is_empty() {
        work.leave(format!("there is no {}; what `hognose new` writes into another folder has examples", missing.join(", no ")));
    }
}

/// Whether pytest would collect a file.
pub(super) fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py"))
}

/// A README that a manifest names has to be there: neither cargo nor maturin packages the project without it.
fn complete_readme(work: &mut Work<'_>, draft: Option<&Draft>, table: &str) {
    let named = draft.and_then(|draft| draft.text_at(&[table, "readme"]).or_else(|| draft.text_at(&[table, "readme", "file"])));
    let Some(path) = named.filter(|path| !work.found.has(path) && work.plan.create.iter().all(|file| file.path != *path)) else { return };
    if path.ends_with(".md") && stays_inside(&path) {
        let description = draft.and_then(|draft| draft.text_at(&[table, "description"]));
        let description = description.map(|text| format!("\n{text}\n")).unwrap_or_default();
        let title = format!("# {}\n", work.answers.names.name);
        work.create(&path, format!("{title}{description}"));
    } else {
        work.leave(format!("`[{table}] readme` names `{path}`, which is not there; write it, or remove the key"));
    }
}
