//! What mutants have found: projects that broke a promise, as small as they got, and keep it now.

use super::faults;
use crate::sandbox::Files;

const MANIFEST: &str = "[package]\nname = \"ext\"\n\n[dependencies]\npyo3 = \"0.20\"\n";

fn keeps_the_promises(manifest: &str, lib: &str) {
    let files: Files =
        [("Cargo.toml", manifest), ("src/lib.rs", lib)].map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into();
    assert_eq!(faults(&files), Vec::new(), "{manifest}\n{lib}");
}

#[test]
fn a_file_may_end_with_a_carriage_return() {
    keeps_the_promises(MANIFEST, "use pyo3::exceptions::ValueError;\r");
}

#[test]
fn comments_between_imports_may_hold_others() {
    keeps_the_promises(MANIFEST, "use pyo3::types::{PyTzInfo,/*/**/\n */timezone_utc};");
    keeps_the_promises(MANIFEST, "use pyo3::types::{PyTzInfo, // one\r\n /* two /* three */\r\n */ timezone_utc};");
}

#[test]
fn a_default_in_a_string_may_end_with_a_comment() {
    keeps_the_promises(MANIFEST, "#[pyfunction(count = \"1 // once\")]\nfn repeat(text: &str, count: usize) -> String {}\n");
}

#[test]
fn no_key_is_written_twice() {
    let settings = |lines: &str| format!("{MANIFEST}\n[package.metadata.hognose]\n{lines}");
    keeps_the_promises(&settings("select = []\nselects = []\n"), "");
    keeps_the_promises(&settings("targets = \"0.30\"\ntargett = \"0.29\"\n"), "");
}
