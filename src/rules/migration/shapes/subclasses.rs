//! Constructors of classes that extend another class of the package.

use super::Hit;
use crate::catalog::Change;
use crate::diagnostic::ImportEdit;
use crate::model::{FunctionFact, PairFact, Source, Ty};
use crate::rules::FileContext;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange};

/// `#[new]` functions that return a tuple of class and base.
pub(super) fn new_tuples(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    let functions = context
        .facts
        .functions
        .iter()
        .enumerate()
        .filter(|(_, function)| function.has_attribute("new") && function.is_python_callable() && function.source == Source::Tree);
    let hit = |(index, function): (usize, &FunctionFact)| {
        let base = base_of(&function.returns.1)?;
        let mut hit = Hit::at(function.returns.0);
        hit.fix = rewritten(context, index, function, base).and_then(|edits| {
            let title = "return `PyClassInitializer::from(base).add_subclass(value)`".to_owned();
            let path = as_seen("pyo3::PyClassInitializer", context);
            let import = ImportEdit::Add { file: context.file, at: function.returns.0.start, path };
            let fix = fix_of(change, title, function.source)?.import(import);
            Some(edits.into_iter().fold(fix, |fix, edit| fix.edit(context.file, edit)))
        });
        Some(hit)
    };
    functions.filter_map(hit).collect()
}

/// The base of `(Self, Base)` and `PyResult<(Self, Base)>`.
fn base_of(returns: &Ty) -> Option<&Ty> {
    match returns {
        Ty::Result(inner) => base_of(inner),
        Ty::Tuple(members) => match members.as_slice() {
            [_, base @ Ty::Own(..)] => Some(base),
            _ => None,
        },
        _ => None,
    }
}

/// The edits of the signature and of every tuple that is returned; `None` when none is written out.
fn rewritten(context: &FileContext<'_>, index: usize, function: &FunctionFact, base: &Ty) -> Option<Vec<Edit>> {
    let is_returned = |pair: &&PairFact| {
        let [(_, first), (_, second)] = &pair.members;
        pair.function == Some(index) && matches!(first, Ty::Own(..)) && first != second && second == base
    };
    let pairs = context.facts.pairs.iter().filter(is_returned).map(|pair| {
        let [(class, _), (base, _)] = &pair.members;
        let (class, base) = (context.slice(*class), context.slice(*base));
        Edit::replace(pair.range, format!("PyClassInitializer::from({base}).add_subclass({class})"))
    });
    let pairs: Vec<Edit> = pairs.collect();
    let place = |wanted: &'static str| move |token: &TextRange| context.tokens.text(*token) == wanted;
    let mut tokens = context.tokens.inside(function.returns.0);
    let (open, close) = (tokens.find(place("("))?, tokens.clone().rev().find(place(")"))?);
    let class = context.code(TextRange::new(open.end, tokens.find(place(","))?.start));
    let tuple = TextRange::new(open.start, close.end);
    let signature = Edit::replace(tuple, format!("PyClassInitializer<{class}>"));
    (!pairs.is_empty()).then(|| std::iter::once(signature).chain(pairs).collect())
}
