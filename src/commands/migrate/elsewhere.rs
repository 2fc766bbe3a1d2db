//! Files that a migration does not change and that may still name what is gone: workflows, tox.ini, READMEs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Migration;
use super::plan::Plan;
use super::record::{Left, Voice};
use crate::commands::fixing::counted;
use crate::migrate::{Mention, Prose, mentions};
use crate::project::{Project, display_path, read_text};

/// Files that say how a project is built and tested.
const CONFIGURATION: [&str; 12] = [
    ".gitlab-ci.yml",
    ".travis.yml",
    ".cirrus.yml",
    ".appveyor.yml",
    "appveyor.yml",
    "azure-pipelines.yml",
    "tox.ini",
    "noxfile.py",
    "Makefile",
    "justfile",
    "Dockerfile",
    ".readthedocs.yaml",
];

/// Files for people.
const SENTENCES: [&str; 5] = ["README.md", "README.rst", "README.txt", "README", "CONTRIBUTING.md"];

/// So many lines of one file are told, and the number of the others.
const MOST_LINES: usize = 6;

impl Migration<'_> {
    /// Lists what files around the project still say of Pythons, features and options that are gone.
    pub(super) fn name_mentions(&mut self, project: &Project, plan: &Plan) {
        let dirs = plan.packages.iter().map(|&index| project.packages[index].dir.as_path());
        let folders = dirs.flat_map(Path::ancestors).filter(|folder| folder.starts_with(&project.root));
        let folders: BTreeSet<&Path> = folders.chain([project.root.as_path()]).collect();
        for (path, prose) in folders.into_iter().flat_map(files) {
            let Ok(text) = read_text(&path) else { continue };
            let shown = display_path(&path, &project.root);
            let found = mentions(&text, prose, self.options.to);
            self.record.left.extend(found.chunk_by(|a, b| a.why == b.why).map(|same| told(&shown, same)));
        }
        self.record.left.sort();
    }
}

/// The files of a folder that may say something.
fn files(folder: &Path) -> Vec<(PathBuf, Prose)> {
    let entries = fs::read_dir(folder.join(".github/workflows")).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
    let mut found: Vec<(PathBuf, Prose)> = entries.filter(is_yaml).map(|path| (path, Prose::Configuration)).collect();
    found.extend(CONFIGURATION.iter().map(|name| (folder.join(name), Prose::Configuration)));
    found.extend(SENTENCES.iter().map(|name| (folder.join(name), Prose::Sentences)));
    found.retain(|(path, _)| path.is_file());
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// What a file says that is wrong for one reason, in one line.
fn told(path: &str, same: &[Mention]) -> Left {
    let names: BTreeSet<&str> = same.iter().map(|mention| mention.what.as_str()).collect();
    let lines: BTreeSet<usize> = same.iter().map(|mention| mention.line).collect();
    let first = lines.first().copied().unwrap_or_default();
    let mut others: Vec<String> = lines.iter().skip(1).take(MOST_LINES).map(ToString::to_string).collect();
    if lines.len() > MOST_LINES + 1 {
        others.push(counted(lines.len() - MOST_LINES - 1, "more", "more"));
    }
    let others = if others.is_empty() { String::new() } else { format!(" (also in line {})", others.join(", ")) };
    let why = same.first().map(|mention| mention.why.as_str()).unwrap_or_default();
    Left {
        voice: Voice::Elsewhere,
        path: path.to_owned(),
        line: first,
        code: None,
        message: format!("{}: {why}{others}", names.into_iter().collect::<Vec<_>>().join(", ")),
        rendered: None,
        help: None,
        explained_by: None,
    }
}
