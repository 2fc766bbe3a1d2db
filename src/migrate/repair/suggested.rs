//! Suggestions of rustc that were reviewed: kinds that a migration causes, and whose outcome means what the old code meant.

use super::Repair;
use super::site::{Site, behind_references, without_path};
use crate::compiler::{Certainty, Proposal, Suggestion};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

/// Suggestions that are taken even if rustc is not sure.
const TAKEN: &[Proposal] = &[
    Proposal::Borrow,
    Proposal::Unborrow,
    Proposal::Clone,
    Proposal::Propagate,
    Proposal::Bind,
    Proposal::Lifetime,
    Proposal::Type,
    // Of integers that say nothing `i32` was meant before, too.
    Proposal::Number,
];

/// Lints about what a rewrite can leave behind.
const LINTS: &[&str] = &["unused_imports", "unused_variables", "unused_mut", "unused_parens", "unused_braces", "redundant_imports"];

pub(super) fn suggested(site: &Site<'_>) -> Option<Repair> {
    let error = site.error;
    let is_assigned = || {
        let here = site.view.nodes.expression_at(site.place.range);
        here.and_then(|id| site.node(id).parent).is_some_and(|parent| matches!(site.node(parent).syntax, Syntax::Assign { .. }))
    };
    let is_cloned = || site.fault().unmet().is_some_and(|(_, of_trait)| of_trait == "Clone");
    // What is not asked for is none of the migration's business.
    if error.code.as_deref().is_some_and(|code| !code.starts_with('E') && !LINTS.contains(&code)) {
        return None;
    }
    let taken = |suggestion: &&Suggestion| {
        // What is borrowed in an assignment ends with it; a reference can be cloned, and gives a reference.
        let borrows = matches!(suggestion.kind, Proposal::Borrow | Proposal::BorrowOther);
        if is_dictated(site, suggestion) || borrows && (is_assigned() || is_cloned()) {
            return false;
        }
        suggestion.certainty == Certainty::MachineApplicable && !is_a_guess(suggestion.kind)
            || suggestion.certainty == Certainty::MaybeIncorrect && TAKEN.contains(&suggestion.kind)
            || imports_methods(suggestion)
            || means_object(suggestion)
            || takes_bound_out(site, suggestion)
            || iterates_over_object(site, suggestion)
            || suggestion.kind == Proposal::Underscore
    };
    let suggestion = error.suggestions.iter().find(taken)?;
    let (path, _, _) = suggestion.edits.first()?;
    if suggestion.edits.iter().any(|(other, _, _)| other != path) {
        return None;
    }
    let condition = |text: &str| if text.starts_with("use pyo3::") { condition_of_pyo3(site.view.text) } else { None };
    let edit = |range: TextRange, text: &str| {
        let condition = condition(text).map(|condition| format!("{condition}\n")).unwrap_or_default();
        Edit::replace(range, format!("{condition}{text}"))
    };
    let edits = suggestion.edits.iter().map(|(_, range, text)| edit(*range, text)).collect();
    Some(Repair::new(path, edits, suggestion.message.as_str()))
}

/// `iter` of objects became `try_iter`; numpy's arrays had an `iter` over their numbers.
fn iterates_over_object(site: &Site<'_>, suggestion: &Suggestion) -> bool {
    let receiver = site.fault().missing().map(|(_, ty)| ty).unwrap_or_default();
    let receiver = behind_references(receiver);
    let is_object = without_path(receiver).starts_with("Bound<") && !receiver.contains("PyArray");
    // The method of all objects gave a `Result`; lists, tuples and sets have one that gives an iterator.
    let after = site.view.text[site.place.range.end..].trim_start().strip_prefix("()").map(str::trim_start);
    let is_iterator = after.is_some_and(|after| {
        [".enumerate(", ".zip(", ".filter(", ".collect", ".rev(", ".chain("].iter().any(|method| after.starts_with(method))
    });
    is_object && !is_iterator && suggestion.kind == Proposal::TryIter
}

/// `into_pyarray_bound`: 0.21 and 0.22 had such names beside those of GIL Refs, and crates like numpy with them.
fn takes_bound_out(site: &Site<'_>, suggestion: &Suggestion) -> bool {
    let Some(name) = site.text(site.place.range).strip_suffix("_bound") else { return false };
    matches!(suggestion.kind, Proposal::SimilarName | Proposal::TryIter) && suggestion.edits.iter().all(|(_, _, text)| text == name)
}

/// Whether a method of a trait of the project has the name of one that objects have, which came first as long as it was no trait's.
fn means_object(suggestion: &Suggestion) -> bool {
    let is_of_object = |text: &str| text.contains("pyo3::types::Py") && text.contains("Methods::");
    suggestion.kind == Proposal::Disambiguate && suggestion.edits.iter().all(|(_, _, text)| is_of_object(text))
}

/// The methods of Python types are in traits, which the glob of the prelude brings.
fn imports_methods(suggestion: &Suggestion) -> bool {
    // With `extern crate pyo3;` rustc takes the crate for a part of this one.
    let of_pyo3 = |text: &str| {
        let path = text.trim_start().strip_prefix("use ").unwrap_or_default();
        let mut segments = path.split("::").skip_while(|segment| *segment == "crate");
        segments.next().is_some_and(|name| name == "pyo3" || name == "numpy")
    };
    suggestion.kind == Proposal::Import && suggestion.edits.iter().all(|(_, _, text)| of_pyo3(text))
}

/// `#[cfg(feature = "python")]` where it stands before all imports and items that name PyO3: without it, PyO3 is not there.
fn condition_of_pyo3(text: &str) -> Option<&str> {
    let names_pyo3 = |line: &str| line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains("pyo3::");
    let mut conditions = text.lines().zip(text.lines().skip(1)).filter(|(_, line)| names_pyo3(line)).map(|(before, _)| before);
    let first = conditions.next().filter(|line| line.starts_with("#[cfg(") && line.ends_with(")]"))?;
    (conditions.all(|other| other == first) && !text.lines().next().is_some_and(names_pyo3)).then_some(first)
}

/// Whether a bound would go to a method of a trait, which says itself what its methods ask for.
fn is_dictated(site: &Site<'_>, suggestion: &Suggestion) -> bool {
    let is_in_method = |range: &TextRange| {
        let nodes = site.view.nodes;
        let around = nodes.around(*range).into_iter().flat_map(|id| nodes.ancestors(id).map(|(_, node)| &node.syntax));
        let mut holders = around.skip_while(|syntax| !matches!(syntax, Syntax::Function(_))).skip(1);
        holders.next().is_some_and(|syntax| matches!(syntax, Syntax::Impl { of_trait: Some(_), .. }))
    };
    suggestion.kind == Proposal::Restrict && suggestion.edits.iter().any(|(_, range, _)| is_in_method(range))
}

/// Another name that is spelt alike is rarely what a renamed API needs.
fn is_a_guess(kind: Proposal) -> bool {
    matches!(kind, Proposal::SimilarName | Proposal::TryIter | Proposal::Guess)
}

#[cfg(test)]
mod tests {
    use super::condition_of_pyo3;

    #[test]
    fn imports_share_the_condition_of_the_others() {
        let condition = "#[cfg(feature = \"python\")]";
        assert_eq!(condition_of_pyo3(&format!("use std::fmt;\n{condition}\nuse pyo3::prelude::*;\n")), Some(condition));
        assert_eq!(condition_of_pyo3(&format!("{condition}\nuse pyo3::prelude::*;\nuse pyo3::types::PyList;\n")), None);
        let item = format!("\n{condition}\nimpl pyo3::IntoPyObject for S {{\n    a: pyo3::A\n}}\n");
        assert_eq!(condition_of_pyo3(&item), Some(condition));
        assert_eq!(condition_of_pyo3("use pyo3::prelude::*;\n"), None);
    }
}
