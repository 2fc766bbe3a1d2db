//! Formatting what was formatted: a file that rustfmt had nothing to change in has its form again after the migration.

use std::path::{Path, PathBuf};

use super::record::Record;
use super::tree::{Tree, line_now};
use crate::engine::write::{Rewrite, write_files};
use crate::project::{Package, Project};
use crate::text::{SourceFile, Sources};
use crate::toolchain::command::Invocation;
use crate::toolchain::locate::Surroundings;
use crate::toolchain::rustup::{away_from_pins, with_any_toolchain};

/// Gives every changed file the form that it had before; a file whose people did not use rustfmt, or whose edition is not known, stays as it is.
pub(super) fn format_as_before(project: &mut Project, tree: &mut Tree, record: &mut Record, around: &Surroundings) {
    let Some(rustfmt) = around.on_path("rustfmt".as_ref()) else { return };
    let then = project.sources.clone();
    for (file, before) in tree.rewritten(&then) {
        let source = then.get(file);
        let Some(edition) = edition_of(project, &source.path) else { continue };
        let formatted = |text: &str| formatted(&rustfmt, text, &edition, source);
        if formatted(&before).as_deref() == Some(before.as_str())
            && let Some(text) = formatted(&source.text)
        {
            tree.set(file, text, &mut project.sources);
        }
    }
    let now = &project.sources;
    let review = record.review.iter_mut().map(|review| (&review.path, &mut review.line));
    let repairs = record.repairs.iter_mut().map(|repair| (&repair.path, &mut repair.line));
    let left = record.left.iter_mut().map(|left| (&left.path, &mut left.line));
    for (path, line) in review.chain(repairs).chain(left) {
        *line = line_now(&then, now, path, *line);
    }
}

/// Writes what formatting changed; `then` is what stands on the disk.
///
/// # Errors
/// What stood in the way; nothing was written.
pub(super) fn write(then: &Sources, now: &Sources) -> Result<(), String> {
    let changed = now.iter().filter(|(file, source)| source.text != then.get(*file).text);
    let rewrites: Vec<Rewrite<'_>> =
        changed.map(|(file, source)| Rewrite { path: &source.path, before: &then.get(file).text, after: &source.text }).collect();
    write_files(&rewrites).map_err(|error| error.to_string())
}

/// The edition of the package that holds the file: the innermost.
fn edition_of(project: &Project, path: &Path) -> Option<String> {
    let around = project.packages.iter().filter(|package| path.starts_with(&package.dir));
    around.max_by_key(|package| package.dir.as_os_str().len()).map(|package: &Package| package.edition.clone())
}

/// The text as rustfmt prints it, with the settings of the file's folder; `None` when it does not.
///
/// A rustfmt that rustup starts in the project is the one that the project's toolchain file names, which may be any program at all:
/// it runs elsewhere, and gets the settings by their path.
fn formatted(rustfmt: &Path, text: &str, edition: &str, source: &SourceFile) -> Option<String> {
    let mut rustfmt = Invocation::new(rustfmt).args(["--quiet", "--edition", edition]);
    if let Some(settings) = settings_of(&source.path) {
        rustfmt = rustfmt.arg("--config-path").arg(settings);
    }
    let rustfmt = away_from_pins(rustfmt, &source.path);
    let answer = with_any_toolchain(rustfmt, |rustfmt| rustfmt.capture_of(text)).ok()?;
    answer.success.then_some(answer.stdout).filter(|text| !text.is_empty())
}

/// The file that rustfmt would take its settings from: the nearest above the source.
fn settings_of(source: &Path) -> Option<PathBuf> {
    let folders = source.ancestors().skip(1);
    let mut files = folders.flat_map(|folder| [".rustfmt.toml", "rustfmt.toml"].map(|name| folder.join(name)));
    files.find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_the_nearest_ones() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let example = here.join("example-ext");
        assert_eq!(settings_of(&example.join("src/pure/mod.rs")), Some(example.join(".rustfmt.toml")));
        assert_eq!(settings_of(&here.join("src/lib.rs")), Some(here.join(".rustfmt.toml")));
    }
}
