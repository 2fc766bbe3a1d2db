//! E0277, E0599: a bound on `Clone` that PyO3's types meet with its feature `py-clone` only, where there is no call to rewrite.

use std::path::Path;

use super::ownership::printed;
use super::{Concern, Repair};
use crate::compiler::{CompilerError, Fault};
use crate::project::toml;
use crate::rust::TypeRef;
use crate::text::Edit;

/// The feature without which they have no `Clone` since 0.22.
const FEATURE: &str = "\"py-clone\"";

/// What has no `Clone` without it.
const COUNTED: [&str; 3] = ["Py", "PyBackedStr", "PyBackedBytes"];

/// Switches `py-clone` on, if that is what `error` misses. It changes what a clone without a token does, so whatever else repairs comes first.
/// `text` gives a manifest as it is now.
pub fn py_clone<'t>(error: &CompilerError, text: impl Fn(&Path) -> Option<&'t str>) -> Option<Repair> {
    let place = error.spans.first().filter(|_| misses_clone(error))?;
    let manifests = place.path.ancestors().skip(1).map(|folder| folder.join("Cargo.toml"));
    let (path, text) = manifests.into_iter().find_map(|path| text(&path).map(|text| (path, text)))?;
    let repair =
        Repair::new(&path, vec![with_feature(text)?], "ask for PyO3's feature `py-clone`: a clone on a thread that is not attached panics");
    Some(Repair { id: "py-clone", concern: Some(Concern::CloneAttached), ..repair })
}

/// Whether the error is about `T: Clone` for one of the types.
fn misses_clone(error: &CompilerError) -> bool {
    match &error.diagnosis.fault {
        Fault::Unmet { ty, of_trait } => of_trait == "Clone" && is_counted(&printed(ty)),
        fault if fault.missing().is_some() => {
            error.diagnosis.unmet_bounds().filter_map(|bound| bound.strip_suffix(": Clone")).any(|ty| holds_counted(&printed(ty)))
        }
        _ => false,
    }
}

fn is_counted(ty: &TypeRef) -> bool {
    ty.name().is_some_and(|name| COUNTED.contains(&name))
}

/// Whether it is one of the types or holds one: with `derive`, that is what decides whether it can be cloned.
fn holds_counted(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Path { arguments, .. } => is_counted(ty) || arguments.iter().any(holds_counted),
        TypeRef::Tuple(items) => items.iter().any(holds_counted),
        _ => false,
    }
}

/// The feature among those of the dependency `pyo3`.
fn with_feature(text: &str) -> Option<Edit> {
    let path = ["dependencies", "pyo3"];
    let manifest = toml::parse(text).ok()?;
    let pyo3 = manifest.get(&path)?;
    if let Some(version) = pyo3.value.as_text() {
        let literal = &text[version.range.start..version.range.end];
        return Some(Edit::replace(version.range, format!("{{ version = {literal}, features = [{FEATURE}] }}")));
    }
    let Some(features) = pyo3.value.get("features") else { return manifest.insert_key(&path, "features", &format!("[{FEATURE}]")) };
    let named = features.value.texts();
    match named.last() {
        _ if named.iter().any(|feature| feature.value == "py-clone") => None,
        Some(last) => Some(Edit::insert(last.range.end, format!(", {FEATURE}"))),
        None => Some(Edit::replace(features.value_range(), format!("[{FEATURE}]"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::apply_edits;

    fn error(code: &str, message: &str, notes: &[&str]) -> CompilerError {
        CompilerError {
            code: Some(code.to_owned()),
            message: message.to_owned(),
            notes: notes.iter().map(|&note| note.to_owned()).collect(),
            ..CompilerError::default()
        }
        .diagnosed()
    }

    #[test]
    fn bounds_on_clone_are_seen() {
        let bound = |ty: &str| misses_clone(&error("E0277", &format!("the trait bound `{ty}: Clone` is not satisfied"), &[]));
        assert!(bound("PyBackedStr") && bound("pyo3::Py<pyo3::PyAny>"));
        assert!(!bound("Thing") && !bound("Vec<PyBackedStr>"));
        let unmet = "the following trait bounds were not satisfied:\n`PyBackedStr: Clone`";
        assert!(misses_clone(&error("E0599", "the method `a` exists for struct `B<PyBackedStr>`", &[unmet])));
        let unmet = "the following trait bounds were not satisfied:\n`Held<A, Vec<pyo3::Py<PyAny>>>: Clone`\nwhich is required by \
                     `Held<A, Vec<pyo3::Py<PyAny>>>: ToOwned`";
        assert!(misses_clone(&error("E0599", "the method `to_owned` exists for enum `Held`", &[unmet])));
        let unmet = unmet.replace("Py<PyAny>", "Bound<'_, PyAny>");
        assert!(!misses_clone(&error("E0599", "the method `to_owned` exists for enum `Held`", &[&unmet])));
        assert!(!misses_clone(&error("E0599", "no method named `a` found for struct `PyBackedStr`", &[])));
    }

    #[test]
    fn every_notation_of_the_dependency_takes_the_feature() {
        let with = |text: &str| with_feature(text).map(|edit| apply_edits(text, &[edit]).unwrap());
        for (before, after) in [
            ("[dependencies]\npyo3 = \"0.30\"\n", "[dependencies]\npyo3 = { version = \"0.30\", features = [\"py-clone\"] }\n"),
            (
                "[dependencies]\npyo3 = { version = \"0.30\", features = [\"abi3\"] }\n",
                "[dependencies]\npyo3 = { version = \"0.30\", features = [\"abi3\", \"py-clone\"] }\n",
            ),
            (
                "[dependencies]\npyo3 = { version = \"0.30\" }\n",
                "[dependencies]\npyo3 = { version = \"0.30\", features = [\"py-clone\"] }\n",
            ),
            ("[dependencies.pyo3]\nversion = \"0.30\"\n", "[dependencies.pyo3]\nversion = \"0.30\"\nfeatures = [\"py-clone\"]\n"),
            (
                "[dependencies.pyo3]\nversion = \"0.30\"\nfeatures = []\n",
                "[dependencies.pyo3]\nversion = \"0.30\"\nfeatures = [\"py-clone\"]\n",
            ),
        ] {
            assert_eq!(with(before).as_deref(), Some(after));
        }
        assert_eq!(with("[dependencies]\npyo3 = { version = \"0.30\", features = [\"py-clone\"] }\n"), None);
        assert_eq!(with("[dependencies]\nserde = \"1\"\n"), None);
    }
}
