//! Rules about APIs that a PyO3 release changed: one generic rule over the catalogue, and code for the shapes that no table can say.

mod attributes;
mod gil_refs;
mod imports;
mod index;
mod manifest;
mod methods;
mod names;
mod paths;
mod rewrites;
mod shapes;
mod standing;

use super::{Check, FileContext, Group, PackageContext, Rule};
use crate::diagnostic::{Findings, RuleId};

macro_rules! catalogue_rule {
    // The rows of this rule are all there is to it.
    ($static:ident, $code:literal, $name:literal, $summary:literal) => {
        catalogue_rule!($static, $code, $name, $summary, |context, findings| outdated(context, $name, findings));
    };
    ($static:ident, $code:literal, $name:literal, $summary:literal, |$context:ident, $findings:ident| $check:expr) => {
        pub(super) static $static: Rule = Rule {
            id: RuleId { code: $code, name: $name },
            group: Group::Migration,
            summary: $summary,
            page: include_str!(concat!("../../../docs/rules/", $name, ".md")),
            check: Check::File(|$context: &FileContext<'_>, $findings: &mut Findings| $check),
        };
    };
}

catalogue_rule!(RENAMED_API, "HG101", "renamed-api", "an item that PyO3 renamed or moved");
catalogue_rule!(REMOVED_API, "HG102", "removed-api", "an item that PyO3 removed");
catalogue_rule!(CHANGED_SIGNATURE, "HG103", "changed-signature", "a call whose arguments or result another PyO3 release changed");
catalogue_rule!(OUTDATED_ATTRIBUTE, "HG104", "outdated-attribute", "an attribute or option that PyO3's macros no longer take");
pub(super) static OUTDATED_FEATURE: Rule = Rule {
    id: RuleId { code: "HG105", name: "outdated-feature" },
    group: Group::Migration,
    summary: "a cargo feature or crate that PyO3 renamed or removed",
    page: include_str!("../../../docs/rules/outdated-feature.md"),
    check: Check::Package(|context: &PackageContext<'_>, findings: &mut Findings| manifest::outdated_features(context, findings)),
};
catalogue_rule!(OUTDATED_CONVERSION, "HG106", "outdated-conversion", "conversions from before `IntoPyObject`");
catalogue_rule!(GIL_REF, "HG107", "gil-ref", "a GIL Ref: `&PyAny`, `&PyDict`, `PyCell` and the like", |context, findings| {
    gil_refs::types(context, findings);
    outdated(context, "gil-ref", findings);
});
catalogue_rule!(GIL_REF_METHOD, "HG108", "gil-ref-method", "a method called through a GIL Ref", |context, findings| gil_refs::methods(
    context, findings
));
catalogue_rule!(PYPROTO, "HG109", "pyproto", "`#[pyproto]` and its protocol traits");
catalogue_rule!(BEHAVIOUR_CHANGE, "HG110", "behaviour-change", "code that still compiles but means something else since a PyO3 release");

/// The generic rule: every row of the catalogue that belongs to `rule`, matched against the facts of one file.
fn outdated(context: &FileContext<'_>, rule: &str, findings: &mut Findings) {
    paths::check(context, rule, findings);
    methods::check(context, rule, findings);
    attributes::check(context, rule, findings);
    shapes::check(context, rule, findings);
}
