//! Units inside of other values: `None` in Python before 0.23, and an empty tuple since.

use super::Hit;
use super::getters::readable_fields;
use crate::catalog::Change;
use crate::model::Ty;
use crate::rules::FileContext;

/// Functions that return such values to Python, and fields that Python reads.
pub(super) fn inner_units(context: &FileContext<'_>, _: &Change) -> Vec<Hit> {
    let functions = context.facts.functions.iter().filter(|function| function.is_python_callable() && holds_unit(&function.returns.1));
    let fields = readable_fields(context).filter(|(_, field)| holds_unit(&field.ty));
    functions.map(|function| Hit::at(function.returns.0)).chain(fields.map(|(_, field)| Hit::at(field.range))).collect()
}

/// Whether a unit is a part of what Python gets: the unit that a function returns is `None`, as ever.
fn holds_unit(ty: &Ty) -> bool {
    match ty {
        Ty::Result(inner) => holds_unit(inner),
        Ty::Tuple(members) if members.is_empty() => false,
        ty => ty.holds(|inner| matches!(inner, Ty::Tuple(members) if members.is_empty())),
    }
}
