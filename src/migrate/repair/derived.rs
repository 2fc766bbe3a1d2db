//! `#[derive(FromPyObject)]` on types that hold borrowed texts: the lifetime of a derived implementation is that of Python objects now.

use super::Repair;
use super::imports::with_separator;
use super::site::{Site, without_lifetime};
use crate::compiler::{Fault, Generics};
use crate::rust::{Node, Syntax};
use crate::text::{Edit, TextRange};

/// The fields own their texts, and a lifetime that nothing else has goes.
pub(super) fn owning(site: &Site<'_>) -> Option<Repair> {
    let is_meant = match site.fault() {
        Fault::Other => site.error.code.is_none(),
        // The stable ABI of Pythons before 3.10 lends no text.
        Fault::Unmet { .. } => site.fault().unmet().is_some_and(|(ty, of_trait)| ty == "&str" && of_trait.contains("FromPyObject<")),
        _ => true,
    };
    if !is_meant || site.text(site.place.range) != "FromPyObject" {
        return None;
    }
    let nodes = site.view.nodes;
    let (_, definition) = nodes.ancestors(site.here()?).find(|(_, node)| matches!(node.syntax, Syntax::Definition { .. }))?;
    let Syntax::Definition { lifetimes, .. } = &definition.syntax else { return None };
    let owned: Vec<Edit> = nodes.inside(definition.range).filter_map(|(_, node)| owned(site, node)).collect();
    if owned.is_empty() {
        return None;
    }
    let is_left = |name: &str, declared: TextRange| {
        let mentions = site.text(definition.range).match_indices(name).map(|(at, _)| definition.range.start + at);
        let longer = |at: usize| site.view.text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        mentions
            .filter(|at| !longer(*at) && *at != declared.start)
            .any(|at| !owned.iter().any(|edit| edit.range.contains(TextRange::empty(at))))
    };
    let unused: Vec<TextRange> = lifetimes.iter().copied().filter(|declared| !is_left(site.text(*declared), *declared)).collect();
    let mut edits = owned.clone();
    if let [only] = unused[..] {
        edits.push(Edit::delete(with_brackets(site, only)));
    }
    site.repair("own the texts that are extracted", edits)
}

/// The type that owns what a field borrowed.
fn owned(site: &Site<'_>, node: &Node) -> Option<Edit> {
    let Syntax::TypeReference { .. } = node.syntax else { return None };
    let owner = match without_lifetime(site.text(node.range).strip_prefix('&')?.trim_start()) {
        "str" => "String",
        "[u8]" => "pyo3::pybacked::PyBackedBytes",
        _ => return None,
    };
    Some(Edit::replace(node.range, owner))
}

/// The lifetime with the brackets around it, or with its comma.
fn with_brackets(site: &Site<'_>, lifetime: TextRange) -> TextRange {
    let (before, after) = (site.view.text[..lifetime.start].trim_end(), site.view.text[lifetime.end..].trim_start());
    if before.ends_with('<') && after.starts_with('>') {
        return TextRange::new(before.len() - 1, site.view.text.len() - after.len() + 1);
    }
    with_separator(site, lifetime)
}

/// `A<'_>` where `A` has no lifetime any more.
pub(super) fn without_argument(site: &Site<'_>) -> Option<Repair> {
    if *site.fault() != Fault::GenericCount(Generics::OneLifetimeTooMany) {
        return None;
    }
    let Syntax::TypePath { name, lifetimes, .. } = &site.node(site.here()?).syntax else { return None };
    let [lifetime] = lifetimes[..] else { return None };
    (name == site.text(site.place.range))
        .then(|| site.repair("leave out the lifetime", vec![Edit::delete(with_brackets(site, lifetime))]))?
}
