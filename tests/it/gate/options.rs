//! The options of `new` in every combination: all render, cargo resolves them, and what tools can read without building, they accept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hognose::scaffold::answers::{Abi, Answers, Author, COMPILED, Ci, License, Python};
use hognose::scaffold::names::Names;
use hognose::scaffold::render::{Rendered, render};
use hognose::scaffold::template::{self, Template};
use hognose::scaffold::write::write;
use hognose::toolchain::command::Invocation;
use rayon::prelude::*;

use super::checks::VALIDATE_PYPROJECT;
use super::tools::Tools;
use crate::workshop;

const LICENSES: [License; 6] = [License::Mit, License::Apache, License::MitOrApache, License::Bsd, License::Mpl, License::None];

#[test]
fn every_combination_of_options_renders_and_resolves() {
    let tools = Tools::ready();
    let rendered: Vec<Vec<Rendered>> = combinations().par_iter().map(|(template, answers)| files(*template, answers)).collect();
    let root = workshop::outside();

    // Projects whose manifests ask for the same are resolved once.
    let distinct: BTreeMap<String, &Vec<Rendered>> = rendered.iter().map(|files| (asked_for(files), files)).collect();
    let faults: Vec<String> = distinct
        .values()
        .enumerate()
        .collect::<Vec<_>>()
        .into_par_iter()
        .filter_map(|(number, files)| {
            let project = root.path().join(format!("resolved/{number}"));
            write(files, &project).expect("written");
            resolve(&tools, &project).err()
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let validate =
        tools.program("validate-pyproject").args(&VALIDATE_PYPROJECT[..8]).args(distinct_files(&rendered, "pyproject.toml", root.path()));
    passes(&validate);
    let workflows = distinct_files(&rendered, ".yml", root.path());
    let in_github: Vec<&PathBuf> = workflows.iter().filter(|path| path.to_string_lossy().contains("workflows")).collect();
    assert!(!in_github.is_empty(), "a template has a workflow");
    passes(&tools.program("zizmor").args(["--offline", "--no-progress", "--strict-collection"]).args(in_github));
    println!("gate: {} combinations, {} resolutions, {} workflows", rendered.len(), distinct.len(), workflows.len());
}

/// Names set how long lines are and in what order imports stand.
#[test]
fn projects_with_any_name_are_formatted() {
    let tools = Tools::ready();
    let root = workshop::outside();
    let names =
        [("a1", None), ("zz-top-very-long-extension-name", None), ("some-name", Some("a")), ("zz", Some("a_module_with_a_long_name"))];
    for template in template::ALL {
        for (name, module) in names {
            let answers = Answers::with_defaults(Names::new(name, module).expect("a good name"));
            let project = root.path().join(format!("named/{}/{name}", template.name));
            write(&files(*template, &answers), &project).expect("written");
            passes(&tools.cargo(&project).args(["fmt", "--all", "--check"]));
        }
    }
    let ruff = |args: &[&str]| tools.program("ruff").args(args).arg("named").in_dir(root.path());
    passes(&ruff(&["check"]));
    passes(&ruff(&["format", "--check"]));
}

/// Every answer with every other; floors are the oldest, one in the middle, and the newest.
fn combinations() -> Vec<(Template, Answers)> {
    let author = Author { name: "Zoë \"Z\" O'Neill".to_owned(), email: Some("zoe@example.com".to_owned()) };
    let mut all = Vec::new();
    for template in template::ALL {
        for abi in [Abi::Stable, Abi::PerRelease] {
            for python in ["3.9", "3.12", "3.15"].map(|text| Python::read(text).expect("a release")) {
                for ci in [Ci::GitHub, Ci::None] {
                    for license in LICENSES {
                        for author in [None, Some(author.clone())] {
                            let names = Names::new("some-name", None).expect("a good name");
                            all.push((*template, Answers { names, compiled: COMPILED.to_owned(), python, abi, ci, license, author }));
                        }
                    }
                }
            }
        }
    }
    all
}

fn files(template: Template, answers: &Answers) -> Vec<Rendered> {
    render(template, answers).unwrap_or_else(|error| panic!("{} with {answers:?}: {error}", template.name))
}

/// What the Cargo manifests say, without what no resolution looks at.
fn asked_for(files: &[Rendered]) -> String {
    let manifests = files.iter().filter(|file| file.path.ends_with("Cargo.toml"));
    let tables = manifests.map(|file| {
        let mut table: toml::Table = text(file).parse().unwrap_or_else(|error| panic!("{}: {error}\n{}", file.path, text(file)));
        for package in [&["package"][..], &["workspace", "package"]] {
            let place = package.iter().try_fold(&mut table, |table, key| table.get_mut(*key)?.as_table_mut());
            if let Some(place) = place {
                place.retain(|key, _| !matches!(key, "license" | "license-file" | "authors" | "description"));
            }
        }
        format!("{}\n{table}", file.path)
    });
    tables.collect()
}

/// Resolves with what cargo has already, and asks the registry only if that is not enough.
fn resolve(tools: &Tools, project: &Path) -> Result<(), String> {
    let metadata = || tools.cargo(project).args(["metadata", "--format-version", "1", "--quiet"]);
    let mut done = metadata().arg("--offline").capture();
    if done.as_ref().is_ok_and(|done| !done.success) {
        done = metadata().capture();
    }
    match done {
        Ok(done) if done.success => Ok(()),
        Ok(done) => Err(format!("$ {}\nin {}\n{}", metadata().shown(), project.display(), done.stderr)),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes each text once of all files whose path ends like this, and answers where.
fn distinct_files(rendered: &[Vec<Rendered>], suffix: &str, root: &Path) -> Vec<PathBuf> {
    let all = rendered.iter().flatten().filter(|file| file.path.ends_with(suffix));
    let distinct: BTreeMap<&[u8], &Rendered> = all.map(|file| (file.contents.as_slice(), file)).collect();
    let placed = distinct.into_values().enumerate().map(|(number, file)| {
        let place = root.join(format!("distinct/{number}")).join(&file.path);
        workshop::write(&place, text(file));
        place
    });
    placed.collect()
}

fn text(file: &Rendered) -> &str {
    std::str::from_utf8(&file.contents).expect("text")
}

fn passes(invocation: &Invocation) {
    let done = invocation.run(&mut |_| {}).expect("it can be run");
    assert!(done.success, "$ {}\n{}", invocation.shown(), done.output);
}
