//! What PyO3 calls something on each release: what is written for an older one has the names of that one.

use std::str::FromStr;
use std::sync::LazyLock;

use crate::release::Release;

/// One name of something.
#[derive(Clone, Copy, Debug)]
struct Named {
    /// Its path on the newest release.
    newest: &'static str,
    /// The name.
    name: &'static str,
    /// The first release to write it on.
    since: Release,
    /// The first on which another name is to be written.
    until: Option<Release>,
}

static NAMES: LazyLock<Vec<Named>> = LazyLock::new(|| read(include_str!("data/names.tsv")));

/// The last name of what the newest release calls `newest` (`Python::attach`), as it is to be written on `release`: `with_gil` on 0.25.
/// `None` where that release does not have it.
#[must_use]
pub fn name_on(newest: &str, release: Release) -> Option<&'static str> {
    let is_written = |named: &&Named| named.newest == newest && named.since <= release && named.until.is_none_or(|until| release < until);
    NAMES.iter().find(is_written).map(|named| named.name)
}

/// Reads lines of `newest TAB name TAB since TAB until`, the last of which may be empty.
fn read(text: &'static str) -> Vec<Named> {
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let (newest, name) = (columns.next()?, columns.next()?);
        let since = Release::from_str(columns.next()?).ok()?;
        Some(Named { newest, name, since, until: columns.next().and_then(|until| Release::from_str(until).ok()) })
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_each_other_up_to_the_newest_release() {
        let rows = include_str!("data/names.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(NAMES.len(), rows, "every row is read");
        for (nth, named) in NAMES.iter().enumerate() {
            let next = NAMES[nth + 1..].iter().find(|next| next.newest == named.newest);
            assert_eq!(named.until, next.map(|next| next.since), "{named:?}");
            assert!(next.is_some() || named.newest.ends_with(&format!("::{}", named.name)), "{named:?}");
        }
    }

    #[test]
    fn each_release_has_its_name() {
        let attach = |minor| name_on("Python::attach", Release::new(minor));
        assert_eq!([attach(25), attach(26), attach(31)], [Some("with_gil"), Some("attach"), Some("attach")]);
        assert_eq!(name_on("PyList::new", Release::new(20)), None, "that one is another function");
    }
}
