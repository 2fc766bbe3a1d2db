//! From a guard that keeps the thread attached while it lives to a closure that runs attached.

use std::collections::BTreeSet;

use crate::catalog::Change;
use crate::diagnostic::{Fix, ImportEdit};
use crate::model::{Following, GuardFact, GuardOrigin, GuardUse, PathUse, Source, Surrounding, Ty};
use crate::release::Release;
use crate::rules::FileContext;
use crate::rules::migration::names::TOKENS;
use crate::rules::migration::paths::as_seen;
use crate::rules::migration::standing::fix_of;
use crate::text::{Edit, TextRange, apply_edits, indent_of, newline_of};

/// The first release with `Python::attach`.
const ATTACH: Release = Release::new(26);
/// The first release with `Python::with_gil`, which became `attach`.
const WITH_GIL: Release = Release::new(12);

/// `let gil = Python::acquire_gil();`: what follows moves into the closure of `Python::attach`.
pub(super) fn acquired(context: &FileContext<'_>, change: &Change, path: &PathUse) -> Option<Fix> {
    if path.source != Source::Tree {
        return None;
    }
    let (name, since) = if context.package.writes_newer(ATTACH, WITH_GIL) { ("attach", ATTACH) } else { ("with_gil", WITH_GIL) };
    let is_python = path.segments.iter().rev().nth(1).is_some_and(|(owner, _)| owner == "Python");
    let owner = if is_python {
        let (last_of_owner, first) = (path.segments[path.segments.len() - 2].1, path.segments[0].1);
        context.slice(TextRange::new(first.start, last_of_owner.end))
    } else {
        "Python"
    };
    let attach = format!("{owner}::{name}");
    let fix = fix_of(change, format!("run what needs the token in the closure of `Python::{name}`"), path.source)?.needing(since);
    let fix = if is_python {
        fix
    } else {
        fix.import(ImportEdit::Add { file: context.file, at: path.range.start, path: as_seen("pyo3::Python", context) })
    };
    if let Some(momentary) = context.facts.momentary_guards.iter().find(|guard| guard.call == path.range) {
        let fix = fix.edit(context.file, Edit::insert(momentary.whole.start, format!("{attach}(|py| ")));
        let fix = fix.edit(context.file, Edit::replace(momentary.token, "py"));
        return Some(fix.edit(context.file, Edit::insert(momentary.whole.end, ")")));
    }
    let guard = context.facts.guards.iter().find(|guard| guard.call == path.range && guard.origin == GuardOrigin::Acquired)?;
    let moved = Moved::choose(context, guard)?;
    let text = moved.print(context, guard, &attach)?;
    Some(fix.edit(context.file, Edit::replace(TextRange::new(guard.statement.start, moved.end), text)))
}

/// The statements that go into the closure.
struct Moved<'g> {
    statements: &'g [Following],
    /// The end of the text that is replaced: of the last statement, or of a `drop(gil);` behind it.
    end: usize,
    /// Variables that later statements need: names, and whether they are `mut`.
    exported: Vec<(&'g str, bool)>,
    /// The return type of the closure, if `?` in it leaves the function.
    fallible: Option<String>,
}

impl<'g> Moved<'g> {
    /// All statements where that changes nothing for `return` and its like, else as few as possible.
    fn choose(context: &FileContext<'_>, guard: &'g GuardFact) -> Option<Self> {
        if guard.following.iter().flat_map(|statement| &statement.uses).any(|(_, how)| *how == GuardUse::Other) {
            return None;
        }
        let is_drop = |statement: &Following| statement.uses.iter().any(|(_, how)| *how == GuardUse::Dropped);
        let dropped = guard.following.iter().position(is_drop);
        let alive = &guard.following[..dropped.unwrap_or(guard.following.len())];
        let is_body = matches!(guard.surrounding, Surrounding::Function | Surrounding::Closure);
        let stays = |statement: &Following| !statement.awaits && (is_body || !leaves(statement));
        if dropped.is_none() && alive.iter().all(stays) {
            let end = alive.last()?.range.end;
            return Some(Self { statements: alive, end, exported: Vec::new(), fallible: None });
        }
        let movable =
            |statements: &&[Following]| !statements.iter().any(|statement| statement.returns || statement.jumps || statement.awaits);
        // A variable of unknown type that does hold a token would keep the closure from compiling.
        let statements = [true, false].iter().map(|&unknown_holds| Some(&alive[..=last_dependent(alive, unknown_holds)?]));
        let statements = statements.flatten().find(movable)?;
        let fallible = if statements.iter().any(|statement| statement.tries) { Some(error_type(context, guard)?) } else { None };
        let end = match dropped {
            // Only a `drop` as a statement of the block itself, directly behind what moves, ends the closure.
            Some(at) if at == statements.len() => {
                let statement = &guard.following[at];
                let is_plain = statement.uses.len() == 1 && statement.uses[0].0.start == statement.range.start;
                is_plain.then_some(statement.range.end)?
            }
            Some(_) => return None,
            None => statements.last()?.range.end,
        };
        let later = &guard.following[statements.len() + usize::from(dropped.is_some())..];
        let needed = |name: &str| later.iter().any(|statement| statement.words.contains(name));
        let declared = statements.iter().filter(|statement| statement.names_token.is_none()).flat_map(|statement| &statement.declared);
        let exported: BTreeSet<(&str, bool)> =
            declared.filter(|variable| needed(&variable.name)).map(|variable| (variable.name.as_str(), variable.mutable)).collect();
        Some(Self { statements, end, exported: exported.into_iter().collect(), fallible })
    }

    fn print(&self, context: &FileContext<'_>, guard: &GuardFact, attach: &str) -> Option<String> {
        let token = self.token();
        let last = self.statements.last()?;
        let (indent, newline) = (indent_of(context.text, guard.statement.start), newline_of(context.text));
        let unit = if indent.contains('\t') { "\t" } else { "    " };
        let is_loop = matches!(context.after(last.range.start).next(), Some("for" | "while"));
        let has_value = last.is_value && self.exported.is_empty() && !(is_loop && self.fallible.is_some());
        let mut edits = self.inner_edits(context, &token);
        if has_value && self.fallible.is_some() {
            edits.push(Edit::insert(last.range.start, "Ok("));
            edits.push(Edit::insert(last.range.end, ")"));
        }
        let body = TextRange::new(guard.statement.end, last.range.end);
        let body = rewritten(context, body, edits, unit)?;
        let names: Vec<&str> = self.exported.iter().map(|(name, _)| *name).collect();
        let value = match names.as_slice() {
            [] => "()".to_owned(),
            [name] => (*name).to_owned(),
            names => format!("({})", names.join(", ")),
        };
        let result = match &self.fallible {
            _ if has_value => String::new(),
            Some(_) => format!("{newline}{indent}{unit}Ok({value})"),
            None if self.exported.is_empty() => String::new(),
            None => format!("{newline}{indent}{unit}{value}"),
        };
        let pattern: Vec<String> =
            self.exported.iter().map(|(name, mutable)| if *mutable { format!("mut {name}") } else { (*name).to_owned() }).collect();
        let binding = match pattern.as_slice() {
            [] => String::new(),
            [name] => format!("let {name} = "),
            names => format!("let ({}) = ", names.join(", ")),
        };
        let returns = self.fallible.as_ref().map(|ty| format!(" -> {ty}")).unwrap_or_default();
        let question = if self.fallible.is_some() { "?" } else { "" };
        let is_last = guard.following.last().is_some_and(|statement| statement.range == last.range);
        let end = if is_last && (has_value || self.fallible.is_none()) { "" } else { ";" };
        let uses_token = self.statements.iter().any(|statement| mentions(statement, &token));
        let parameter = if uses_token || token.starts_with('_') { token } else { format!("_{token}") };
        Some(format!("{binding}{attach}(|{parameter}|{returns} {{{body}{result}{newline}{indent}}}){question}{end}"))
    }

    /// What the token is called: as the code called it.
    fn token(&self) -> String {
        let named = self.statements.iter().find_map(|statement| statement.names_token.clone());
        let is_free = |name: &&str| !self.statements.iter().any(|statement| statement.words.contains(*name));
        named.unwrap_or_else(|| TOKENS.into_iter().find(is_free).unwrap_or("py").to_owned())
    }

    fn inner_edits(&self, context: &FileContext<'_>, token: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        for statement in self.statements {
            if statement.names_token.as_deref() == Some(token) {
                edits.push(Edit::delete(with_line_before(context.text, statement.range)));
                continue;
            }
            edits.extend(statement.uses.iter().map(|(range, _)| Edit::replace(*range, token)));
        }
        edits
    }
}

fn leaves(statement: &Following) -> bool {
    statement.returns || statement.tries || statement.jumps
}

fn mentions(statement: &Following, token: &str) -> bool {
    statement.names_token.as_deref() != Some(token) && (statement.words.contains(token) || !statement.uses.is_empty())
}

/// The last statement that needs to be attached: it uses the guard, its token, or a variable that holds one; one of unknown type may.
fn last_dependent(statements: &[Following], unknown_holds: bool) -> Option<usize> {
    let mut tainted: BTreeSet<&str> = BTreeSet::new();
    let mut last = None;
    for (index, statement) in statements.iter().enumerate() {
        if statement.uses.is_empty() && !tainted.iter().any(|name| statement.words.contains(*name)) {
            continue;
        }
        last = Some(index);
        tainted.extend(statement.names_token.as_deref());
        tainted.extend(
            statement
                .declared
                .iter()
                .filter(|variable| variable.holds_token.unwrap_or(unknown_holds))
                .map(|variable| variable.name.as_str()),
        );
    }
    last
}

/// `PyResult<_>` for a function that returns `PyResult<T>`: what a closure returns so that `?` behind it means what `?` in it meant.
fn error_type(context: &FileContext<'_>, guard: &GuardFact) -> Option<String> {
    if !matches!(guard.surrounding, Surrounding::Function | Surrounding::InFunction) {
        return None;
    }
    let function = context.facts.functions.get(guard.function?)?;
    if !matches!(function.returns.1, Ty::Result(_)) {
        return None;
    }
    let (name, arguments) = function.returns_text.split_once('<')?;
    let mut depth = 0;
    let comma = arguments.find(|c: char| {
        depth += i32::from(matches!(c, '<' | '(' | '[')) - i32::from(matches!(c, '>' | ')' | ']'));
        depth < 0 || depth == 0 && c == ','
    })?;
    Some(format!("{}<_{}", name.trim(), &arguments[comma..]))
}

/// The text of `range` with `edits`, its lines further in by `unit`.
fn rewritten(context: &FileContext<'_>, range: TextRange, mut edits: Vec<Edit>, unit: &str) -> Option<String> {
    let text = context.text;
    let replaced: Vec<TextRange> = edits.iter().map(|edit| edit.range).collect();
    for (offset, _) in context.slice(range).match_indices('\n') {
        let start = range.start + offset + 1;
        let is_blank = text[start..].starts_with(['\n', '\r']);
        let in_string = context.facts.long_strings.iter().any(|string| string.start < start && start < string.end);
        let is_gone = replaced.iter().any(|replaced| replaced.start < start && start <= replaced.end);
        if !is_blank && !in_string && !is_gone {
            edits.push(Edit::insert(start, unit));
        }
    }
    let before = apply_edits(&text[..range.end], &edits).ok()?;
    Some(before[range.start..].to_owned())
}

/// The range with the line feed and the blanks before it, when it begins its line.
fn with_line_before(text: &str, range: TextRange) -> TextRange {
    let before = text[..range.start].trim_end_matches([' ', '\t']);
    let start = before.strip_suffix('\n').map_or(range.start, |rest| rest.strip_suffix('\r').unwrap_or(rest).len());
    TextRange::new(start, range.end)
}
