//! Rows about attributes and their options.

use super::index::index;
use super::paths::fill;
use super::standing::{fix_of, standing};
use crate::catalog::{Change, Matcher};
use crate::diagnostic::{Findings, Fix};
use crate::model::{AttributeFact, AttributeOption, Source};
use crate::rules::FileContext;
use crate::text::{Edit, TextRange, with_line};

/// Attributes that make an item PyO3's business: `#[name]` or `#[args]` elsewhere are somebody else's.
const PYO3_HOSTS: &[&str] =
    &["pyfunction", "pyfn", "pymethods", "pyclass", "pyproto", "pymodule", "getter", "setter", "new", "staticmethod", "classmethod"];

pub(super) fn check(context: &FileContext<'_>, rule: &str, findings: &mut Findings) {
    for attribute in &context.facts.attributes {
        for change in index().attributes.get(attribute.name.as_str()).into_iter().flatten().filter(|change| change.rule == rule) {
            let Matcher::Attribute { within, .. } = &change.matcher else { continue };
            if fits(attribute, within.as_deref())
                && let Some(standing) = standing(change, &context.package)
            {
                let place = (context.file, attribute.range);
                standing.report(findings, change, &context.package, place).fix = fix_attribute(context, change, attribute);
            }
        }
        for option in &attribute.options {
            for change in index().options.get(option.name.as_str()).into_iter().flatten().filter(|change| change.rule == rule) {
                if option_fits(context, change, attribute, option)
                    && let Some(standing) = standing(change, &context.package)
                {
                    let place = (context.file, option.range);
                    standing.report(findings, change, &context.package, place).fix = fix_option(context, change, attribute, option);
                }
            }
        }
    }
}

fn fits(attribute: &AttributeFact, within: Option<&str>) -> bool {
    match within {
        Some(within) => {
            attribute.block_attributes.iter().any(|name| name == within) || attribute.siblings.iter().any(|name| name == within)
        }
        // The row's own name may be what makes the item PyO3's: `#[pyproto]`, `#[pyfn]`.
        None if attribute.name.starts_with("py") => true,
        None => {
            let around = attribute.block_attributes.iter().chain(attribute.siblings.iter());
            around.filter(|name| **name != attribute.name).any(|name| PYO3_HOSTS.contains(&name.as_str()))
        }
    }
}

fn option_fits(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact, option: &AttributeOption) -> bool {
    let Matcher::Option { of, value, .. } = &change.matcher else { return false };
    let on_host = of.contains(&attribute.name) || (attribute.name == "pyo3" && attribute.siblings.iter().any(|name| of.contains(name)));
    let written = option.value.as_ref().map(|value| context.code(value.range));
    on_host && value.as_deref().is_none_or(|wanted| written.as_deref() == Some(wanted))
}

fn fix_attribute(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact) -> Option<Fix> {
    let fix = fix_of(change, title(change), Source::Tree)?;
    if change.delete {
        return Some(fix.edit(context.file, Edit::delete(with_line(context.text, attribute.range))));
    }
    if let Some(template) = &change.rewrite {
        let value = attribute.value.as_ref().map(|value| value.range).or(attribute.arguments)?;
        let inside = fill(template, None, &[context.slice(value)]);
        // A `cfg_attr` holds the bare attribute.
        let text = if attribute.conditional { inside } else { format!("#[{inside}]") };
        return Some(fix.edit(context.file, Edit::replace(attribute.range, text)));
    }
    let new = change.renamed(&attribute.name)?;
    Some(fix.edit(context.file, Edit::replace(attribute.name_range, new)))
}

fn fix_option(context: &FileContext<'_>, change: &Change, attribute: &AttributeFact, option: &AttributeOption) -> Option<Fix> {
    let fix = fix_of(change, title(change), Source::Tree)?;
    if change.delete {
        let edit = remove_option(context.text, attribute, option)?;
        return Some(fix.edit(context.file, edit));
    }
    if let Some(template) = &change.rewrite {
        let value = option.value.as_ref().map_or("", |value| context.slice(value.range));
        return Some(fix.edit(context.file, Edit::replace(option.range, fill(template, None, &[value]))));
    }
    let new = change.renamed(&option.name)?;
    Some(fix.edit(context.file, Edit::replace(option.name_range, new)))
}

fn title(change: &Change) -> String {
    match &change.new {
        _ if change.delete => format!("remove `{}`", change.old),
        Some(new) => format!("write `{new}`"),
        None => format!("replace `{}`", change.old),
    }
}

/// Takes an option out, with a comma; with the parentheses, when it was the only one.
pub(super) fn remove_option(text: &str, attribute: &AttributeFact, option: &AttributeOption) -> Option<Edit> {
    let arguments = attribute.arguments?;
    if attribute.options.len() == 1 {
        return Some(Edit::delete(TextRange::new(arguments.start - 1, arguments.end + 1)));
    }
    let position = attribute.options.iter().position(|other| other.range == option.range)?;
    let range = match attribute.options.get(position + 1) {
        Some(next) => TextRange::new(option.range.start, next.range.start),
        None => TextRange::new(attribute.options[position - 1].range.end, option.range.end),
    };
    text.get(range.start..range.end).map(|_| Edit::delete(range))
}
