//! The types of guards: parameters that were guards become tokens, and pools go.

use super::attach;
use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{GuardOrigin, GuardUse, MethodCall, PathUse, PathUsePosition, Source};
use crate::rules::FileContext;
use crate::rules::migration::imports::removal;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, with_line};

/// `gil: &GILGuard` becomes `gil: Python<'_>`, and what the function does with it follows.
pub(super) fn guard_type(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    match path.position {
        PathUsePosition::Import { public } => removed_import(context, change, path, public),
        PathUsePosition::Value => attach::acquired(context, change, path),
        PathUsePosition::Type => {
            let function = context.facts.functions.get(path.function?)?;
            let parameter = function.parameters.iter().find(|parameter| parameter.range.contains(path.range))?;
            let is_whole = parameter.range.end == path.range.end;
            let name = parameter.name.as_deref().filter(|_| is_whole && path.source == Source::Tree)?;
            let fix = fix_of(change, "take the token instead".to_owned(), path.source)?;
            let fix = fix.edit(context.file, Edit::replace(parameter.range, "Python<'_>"));
            let fix = fix.import(ImportEdit::Add { file: context.file, at: path.range.start, path: as_seen("pyo3::Python", context) });
            let borrowed = format!("&{name}");
            let calls = context.facts.calls.iter().filter(|call| call.function == path.function);
            let tokens = calls.filter(|call| call.name.0 == "python" && context.slice(call.receiver.0) == name).map(|call| call.range);
            let methods = context.facts.calls.iter().filter(|call| call.function == path.function).map(|call| &call.arguments);
            let callees = context.facts.paths.iter().filter(|path_use| path_use.function == path.function);
            let arguments = methods.chain(callees.filter_map(|path| Some(&path.call.as_ref()?.arguments))).flatten();
            let passed = arguments.map(|(range, _)| *range).filter(|range| context.code(*range) == borrowed);
            Some(tokens.chain(passed).fold(fix, |fix, range| fix.edit(context.file, Edit::replace(range, name))))
        }
        _ => None,
    }
}

/// `GILPool` in an import, or `let pool = unsafe { GILPool::new() };`.
pub(super) fn pool_path(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    match path.position {
        PathUsePosition::Import { public } => removed_import(context, change, path, public),
        _ => attach::acquired(context, change, path),
    }
}

/// `let pool = unsafe { py.new_pool() };`: the token that it was made from is as good as its own.
pub(super) fn new_pool(context: &FileContext<'_>, change: &Change, call: &MethodCall) -> Option<Fix> {
    let guard = context.facts.guards.iter().find(|guard| guard.call == call.name.1)?;
    let GuardOrigin::Pool { token } = guard.origin else { return None };
    let token = context.slice(token);
    let mut fix = fix_of(change, "remove the pool".to_owned(), call.source)?;
    fix = fix.edit(context.file, Edit::delete(with_line(context.text, guard.statement)));
    for (index, statement) in guard.following.iter().enumerate() {
        let is_needed = |name: &str| guard.following[index + 1..].iter().any(|later| later.words.contains(name));
        let is_idle = statement.names_token.as_deref().is_some_and(|name| name == token || !is_needed(name));
        let is_drop = |(range, how): &(TextRange, GuardUse)| *how == GuardUse::Dropped && range.start == statement.range.start;
        if is_idle || statement.uses.iter().any(is_drop) {
            fix = fix.edit(context.file, Edit::delete(with_line(context.text, statement.range)));
            continue;
        }
        for (range, how) in &statement.uses {
            if *how != GuardUse::Token {
                return None;
            }
            fix = fix.edit(context.file, Edit::replace(*range, token));
        }
    }
    Some(fix)
}

pub(super) fn removed_import(context: &FileContext<'_>, change: &Change, path: &PathUse, public: bool) -> Option<Fix> {
    removal(context, path, public, fix_of(change, "remove the import".to_owned(), path.source)?)
}
