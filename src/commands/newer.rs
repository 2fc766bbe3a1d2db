//! Projects on a PyO3 that came out after this program: it knows nothing of what that release changed, and says so.

use std::io::{self, Write};

use crate::release::Release;
use crate::report::one_line;

/// The packages that are on such a release, in one sentence; `None` without any. Takes each package's name and release.
pub(super) fn sentence<'a>(packages: impl IntoIterator<Item = (&'a str, Option<Release>)>) -> Option<String> {
    let newer = packages.into_iter().filter_map(|(name, release)| Some((name, release.filter(|release| release.is_newer_than_known())?)));
    let newer: Vec<(&str, Release)> = newer.collect();
    let (name, release) = newer.first()?;
    let others = match newer.len() - 1 {
        0 => String::new(),
        1 => " (and 1 more package on such a release)".to_owned(),
        count => format!(" (and {count} more packages on such releases)"),
    };
    let newest = Release::NEWEST;
    Some(format!("`{}` is on PyO3 {release}{others}, and this version of hognose knows PyO3 only up to {newest}", one_line(name)))
}

/// Warns of it, once.
pub(super) fn warn<'a>(packages: impl IntoIterator<Item = (&'a str, Option<Release>)>, err: &mut dyn Write) -> io::Result<()> {
    let Some(sentence) = sentence(packages) else { return Ok(()) };
    writeln!(err, "warning: {sentence}")?;
    writeln!(err, "  = help: update hognose; what later releases changed is not checked")
}
