//! Taking a dependency's feature out of a list without switching the dependency off.

use super::toml::remove_array_element;
use super::{Feature, Package};
use crate::text::{Edit, TextRange};

/// Takes `feature` out of its list in the Cargo.toml with this text. In the table `[features]` an entry `dependency/feature` switches an optional
/// dependency on as well (the Cargo Book, "Features"): then the dependency alone stays in its place.
#[must_use]
pub fn without_feature(package: &Package, text: &str, feature: &Feature) -> Edit {
    let stand_in = (feature.table == "features").then(|| stand_in(package, text, feature)).flatten();
    let list = text.get(feature.array.start..feature.array.end).unwrap_or_default();
    match stand_in.filter(|stand_in| !list.contains(&format!("\"{stand_in}\""))) {
        Some(stand_in) => Edit::replace(feature.range, format!("\"{stand_in}\"")),
        None => remove_array_element(text, feature.array, feature.range),
    }
}

/// The same for `dependency/feature` in a list of another file, where features are passed to cargo; `manifest` is the text of Cargo.toml.
#[must_use]
pub fn without_passed_feature(package: &Package, manifest: &str, text: &str, array: TextRange, passed: (&str, TextRange)) -> Edit {
    let (feature, range) = passed;
    match activated(package, feature).filter(|name| is_feature(manifest, name)) {
        Some(name) => Edit::replace(range, format!("\"{name}\"")),
        None => remove_array_element(text, array, range),
    }
}

fn stand_in(package: &Package, text: &str, feature: &Feature) -> Option<String> {
    let literal = text.get(feature.range.start..feature.range.end)?.trim_matches(['"', '\'']);
    let name = activated(package, literal)?;
    Some(if is_feature(text, name) { name.to_owned() } else { format!("dep:{name}") })
}

/// The optional dependency that `name/feature` switches on; `name?/feature` switches none on.
fn activated<'f>(package: &Package, feature: &'f str) -> Option<&'f str> {
    let (name, _) = feature.split_once('/')?;
    let is_optional = |dependency: &super::Dependency| dependency.optional && dependency.extern_name == name.replace('-', "_");
    package.pyo3.dependencies.iter().any(is_optional).then_some(name)
}

/// Whether an optional dependency is a feature of its own name: not where a feature names it with `dep:`.
fn is_feature(manifest: &str, name: &str) -> bool {
    !manifest.contains(&format!("\"dep:{name}\""))
}
