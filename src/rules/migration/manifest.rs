//! Rows about cargo features and dependencies.

use super::index::index;
use super::standing::{fix_of, standing};
use crate::catalog::Change;
use crate::diagnostic::{Findings, Fix};
use crate::model::Source;
use crate::project::{Feature, without_feature};
use crate::rules::PackageContext;
use crate::text::Edit;

pub(super) fn outdated_features(context: &PackageContext<'_>, findings: &mut Findings) {
    if context.package.is_pyo3() {
        return;
    }
    for feature in &context.package.pyo3.features {
        for change in index().features.get(feature.name.as_str()).into_iter().flatten() {
            let crate::catalog::Matcher::Feature { of, .. } = &change.matcher else { continue };
            if *of != feature.of && !(of == "pyo3" && feature.of == "pyo3-ffi") {
                continue;
            }
            let Some(standing) = standing(change, context) else { continue };
            standing.report(findings, change, context, (feature.file, feature.range)).fix = fix(context, change, feature);
        }
    }
    for dependency in &context.package.pyo3.dependencies {
        for change in index().dependencies.get(dependency.package.as_str()).into_iter().flatten() {
            let Some(standing) = standing(change, context) else { continue };
            standing.report(findings, change, context, (dependency.file, dependency.range));
        }
    }
}

fn fix(context: &PackageContext<'_>, change: &Change, feature: &Feature) -> Option<Fix> {
    let text = &context.sources.get(feature.file).text;
    let written = text.get(feature.range.start..feature.range.end)?;
    if change.delete {
        let fix = fix_of(change, format!("remove the feature `{}`", feature.name), Source::Tree)?;
        return Some(without_feature(context.package, text, feature).into_iter().fold(fix, |fix, edit| fix.edit(feature.file, edit)));
    }
    let new = change.renamed(&feature.name)?;
    let fix = fix_of(change, format!("ask for `{new}` instead"), Source::Tree)?;
    Some(fix.edit(feature.file, Edit::replace(feature.range, written.replacen(&feature.name, &new, 1))))
}
