//! Taking a dependency's feature out of a list without switching the dependency off.

use super::dependencies::TABLES;
use super::toml::{self, Entry, Node, Toml, remove_array_element};
use super::{Feature, Package};
use crate::text::{Edit, TextRange};

/// Takes `feature` out of its list in the Cargo.toml with this text. A list that has no other goes as a whole, and a table that is left with a version only
/// becomes a string. In the table `[features]` an entry `dependency/feature` switches an optional dependency on as well (the Cargo Book, "Features"): then
/// the dependency alone stays in its place.
#[must_use]
pub fn without_feature(package: &Package, text: &str, feature: &Feature) -> Vec<Edit> {
    if feature.table != "features" {
        return without_list(text, feature).unwrap_or_else(|| vec![remove_array_element(text, feature.array, feature.range)]);
    }
    let stand_in = stand_in(package, text, feature);
    let list = text.get(feature.array.start..feature.array.end).unwrap_or_default();
    vec![match stand_in.filter(|stand_in| !list.contains(&format!("\"{stand_in}\""))) {
        Some(stand_in) => Edit::replace(feature.range, format!("\"{stand_in}\"")),
        None => remove_array_element(text, feature.array, feature.range),
    }]
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

/// Takes the list out that holds nothing but this feature.
fn without_list(text: &str, feature: &Feature) -> Option<Vec<Edit>> {
    let toml = toml::parse(text).ok()?;
    let path = dependency_of_list(&toml, feature)?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    only_version(text, toml.get(&path)?.value).or_else(|| toml.remove_key(&[path, vec!["features"]].concat()).map(|edit| vec![edit]))
}

/// The path of keys to the dependency whose list of features holds nothing but this one.
fn dependency_of_list(toml: &Toml, feature: &Feature) -> Option<Vec<String>> {
    let targets = toml.get(&["target"]).map(|target| target.value.entries()).unwrap_or_default();
    let targets = targets.iter().map(|target| vec!["target", target.key]);
    let holders = [Vec::new(), vec!["workspace"]].into_iter().chain(targets);
    let tables = holders
        .flat_map(|holder| TABLES.iter().flat_map(|(_, spellings)| *spellings).map(move |name| [holder.clone(), vec![*name]].concat()));
    let is_alone = |list: Entry<'_>| list.value_range() == feature.array && list.value.texts().len() == 1;
    let in_table = |table: Vec<&str>| {
        let entries = toml.get(&table)?.value.entries();
        let dependency = entries.into_iter().find(|entry| entry.value.get("features").is_some_and(is_alone))?;
        Some(table.iter().chain([&dependency.key]).map(|key| (*key).to_owned()).collect())
    };
    tables.into_iter().find_map(in_table)
}

/// Makes `{ version = "0.30", features = […] }` the version alone.
fn only_version(text: &str, dependency: Node<'_>) -> Option<Vec<Edit>> {
    let is_inline = text.get(dependency.range().start..)?.starts_with('{');
    let is_rest = |entry: &Entry<'_>| matches!(entry.key, "version" | "features");
    let version = dependency.get("version").filter(|_| is_inline && dependency.entries().iter().all(is_rest))?.value.as_text()?.range;
    let whole = dependency.range();
    Some(vec![Edit::delete(TextRange::new(whole.start, version.start)), Edit::delete(TextRange::new(version.end, whole.end))])
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
