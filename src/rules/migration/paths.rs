//! Rows about paths: imports, types, associated functions, macros, traits and their items.

use super::imports::{removal, unless_in_macros};
use super::index::index;
use super::names::mentions;
use super::rewrites::{self, c_strings};
use super::standing::{Standing, fix_of, is_before, standing};
use crate::catalog::{Change, Matcher};
use crate::diagnostic::{Findings, Fix, ImportEdit};
use crate::model::Ty;
use crate::model::{PathUse, PathUsePosition, Source};
use crate::rules::FileContext;
use crate::text::{Edit, TextRange};

pub(super) fn check(context: &FileContext<'_>, rule: &str, findings: &mut Findings) {
    for path in &context.facts.paths {
        let hits = counting_hits(context, path);
        for hit in hits.iter().filter(|hit| hit.change.rule == rule) {
            report(context, path, hit, findings);
        }
        if let (Some((name, range)), false) = (path.segments.last(), hits.iter().any(|hit| hit.extra == 0)) {
            associated(context, rule, path, (name, *range), findings);
        }
    }
    for implementation in &context.facts.implementations {
        let rows = implementation.of_trait.as_ref().and_then(|path| index().trait_items.get(path)).into_iter().flatten();
        for change in rows.filter(|change| change.rule == rule) {
            let Matcher::TraitItem { names, .. } = &change.matcher else { continue };
            let Some(standing) = standing(change, &context.package) else { continue };
            for (_, range) in implementation.items.iter().filter(|(name, _)| names.contains(name)) {
                standing.report(findings, change, &context.package, (context.file, *range));
            }
        }
    }
}

/// A row that a path matches.
struct Hit {
    change: &'static Change,
    standing: Standing,
    /// Index of the written segment that the row's last segment stands for.
    segment: usize,
    /// Number of segments that follow what the row matches.
    extra: usize,
}

/// The rows that count for a path. The one that matches more of it says more, and the others are left out.
///
/// A type under another name is the exception, `PyObject` of `PyObject::from_owned_ptr`: written in full it is still found.
fn counting_hits(context: &FileContext<'_>, path: &PathUse) -> Vec<Hit> {
    let mut hits = hits(context, path);
    let Some(extra) = hits.iter().map(|hit| hit.extra).min() else { return hits };
    let longest_is_fixed = hits.iter().any(|hit| hit.extra == extra && hit.change.is_mechanical());
    hits.retain(|hit| hit.extra == extra || (!longest_is_fixed && hit.change.replace_type.is_some()));
    hits
}

/// All rows that a path or the beginning of it matches.
fn hits(context: &FileContext<'_>, path: &PathUse) -> Vec<Hit> {
    let Some(full) = path.pyo3.as_ref().or(path.external.as_ref()) else { return Vec::new() };
    let segments: Vec<&str> = full.split("::").collect();
    let is_import = matches!(path.position, PathUsePosition::Import { .. });
    let mut found = Vec::new();
    for length in 1..=segments.len() {
        let Some(rows) = index().paths.get(&segments[..length].join("::")) else { continue };
        let extra = segments.len() - length;
        for change in rows {
            let Some(standing) = standing(change, &context.package).filter(|_| fits(context, path, change)) else { continue };
            if is_import {
                // A leaf stands for its whole path; a row about a module matches what is imported from it.
                if extra == 0 || matches!(change.matcher, Matcher::Path { below: true, .. }) {
                    found.push(Hit { change, standing, segment: 0, extra });
                }
                continue;
            }
            let Some(segment) = path.segments.len().checked_sub(1 + extra) else { continue };
            // Under another name (`use … as X`) only the import tells.
            if path.segments[segment].0 == segments[length - 1] {
                found.push(Hit { change, standing, segment, extra });
            }
        }
    }
    found
}

/// Whether a path is called as the row says, and cannot be the new form of the row.
fn fits(context: &FileContext<'_>, path: &PathUse, change: &Change) -> bool {
    let Matcher::Path { args, without, ambiguous, .. } = &change.matcher else { return false };
    let arguments = path.call.as_ref().map(|call| call.arguments.as_slice()).unwrap_or_default();
    if without.as_deref().is_some_and(|text| arguments.iter().any(|(range, _)| context.slice(*range) == text)) {
        return false;
    }
    if args.is_some() && path.call.as_ref().map(|call| call.arguments.len()) != *args {
        return false;
    }
    let strings_left = path.call.as_ref().is_none_or(|call| c_strings::are_wanted(context, change, &call.arguments));
    if *ambiguous && !change.c_strings.is_empty() && !strings_left {
        return false;
    }
    // The new form takes the same path: only a project before the change has the old one.
    let fallible_already = change.became_fallible() && path.call.as_ref().is_some_and(|call| call.taken_as_result);
    let is_import = matches!(path.position, PathUsePosition::Import { .. });
    !ambiguous || !(is_import || fallible_already || path.source != Source::Tree || !is_before(change, &context.package))
}

/// Names that PyO3 alone gives to associated functions, on whatever type.
fn associated(context: &FileContext<'_>, rule: &str, path: &PathUse, (name, range): (&str, TextRange), findings: &mut Findings) {
    // An item of PyO3 with such a name has rows of its own: here it is the function of a type or trait.
    if path.pyo3.is_some() && path.segments.len() < 2 {
        return;
    }
    for change in index().associated.get(name).into_iter().flatten().filter(|change| change.rule == rule) {
        let Some(standing) = standing(change, &context.package) else { continue };
        if path.external.is_some() || context.package.crate_model.defines_method(name) {
            continue;
        }
        let fix = change
            .renamed(name)
            .and_then(|new| Some(fix_of(change, format!("rename to `{new}`"), path.source)?.edit(context.file, Edit::replace(range, new))));
        standing.report(findings, change, &context.package, (context.file, range)).fix = fix;
    }
}

fn report(context: &FileContext<'_>, path: &PathUse, hit: &Hit, findings: &mut Findings) {
    let change = hit.change;
    if is_told_by_import(context, path, hit) {
        return;
    }
    let first = path.segments[0].1.start;
    let range = match path.position {
        PathUsePosition::Import { .. } => path.range,
        _ => TextRange::new(first, path.segments[hit.segment].1.end),
    };
    let finding = hit.standing.report(findings, change, &context.package, (context.file, range));
    finding.fix = fix(context, path, hit).filter(|fix| path.source != Source::Definition || fix.imports.is_empty());
    finding.cause = protocol_of(context, path).map(|attribute| ("pyproto", attribute));
}

/// The `#[pyproto]` that a path stands in, or whose block implements it: that attribute is reported.
fn protocol_of(context: &FileContext<'_>, path: &PathUse) -> Option<TextRange> {
    let mut attributes = context.facts.attributes.iter().filter(|attribute| attribute.name == "pyproto");
    let of_block = |attribute: &TextRange| {
        let block = context.facts.blocks.iter().find(|block| block.range.contains(*attribute));
        path.position == PathUsePosition::Implemented && block.is_some_and(|block| block.lead.contains(path.range))
    };
    let names = |attribute: &TextRange| path.position == PathUsePosition::Attribute && attribute.contains(path.range);
    attributes.find(|attribute| names(&attribute.range) || of_block(&attribute.range)).map(|attribute| attribute.range)
}

/// Whether the item only moved, so that the `use` which brings its name in is all there is to change.
fn is_told_by_import(context: &FileContext<'_>, path: &PathUse, hit: &Hit) -> bool {
    let name = path.segments[hit.segment].0.as_str();
    let keeps_name = hit.change.path.as_ref().is_some_and(|target| target.rsplit("::").next() == Some(name));
    let is_import = matches!(path.position, PathUsePosition::Import { .. });
    keeps_name && !is_import && hit.segment == 0 && is_imported(context, path, name)
}

fn fix(context: &FileContext<'_>, path: &PathUse, hit: &Hit) -> Option<Fix> {
    let change = hit.change;
    if let Some(rewrite) = rewrites::of_path(change) {
        return rewrite(context, change, path);
    }
    let name = path.segments[hit.segment].0.as_str();
    let title = match (&change.new, change.renamed(name)) {
        (_, Some(new)) => format!("rename to `{new}`"),
        (Some(new), _) => format!("write `{new}`"),
        _ => "remove it".to_owned(),
    };
    let fix = fix_of(change, title, path.source)?;
    if let PathUsePosition::Import { public } = path.position {
        return fix_import(context, path, change, fix, public);
    }
    let at = path.segments[hit.segment].1;
    let first = path.segments[0].1.start;
    // `<T as Trait>::name`: what takes the place of trait and name together would begin inside of the brackets and end behind them.
    let written = context.code(TextRange::new(first, at.end));
    let leaves_brackets = written.matches('>').count() > written.matches('<').count();
    if leaves_brackets && (change.replace_type.is_some() || change.rewrite.is_some() || change.path.is_some()) {
        return None;
    }
    // Where a macro is called, nobody knows what is imported.
    let qualified = hit.segment > 0 || path.source == Source::Definition;
    if let Some(replacement) = &change.replace_type {
        let followed = hit.segment + 1 < path.segments.len() || path.position == PathUsePosition::Value;
        let text = if followed { replacement.replace('<', "::<") } else { replacement.clone() };
        let text =
            if qualified { qualify(&text, &change.imports.iter().map(|path| as_seen(path, context)).collect::<Vec<_>>()) } else { text };
        let fix = fix.edit(context.file, Edit::replace(TextRange::new(first, at.end), text));
        return Some(if qualified { fix } else { add_imports(context, first, change, fix) });
    }
    if let Some(template) = &change.rewrite {
        let call = path.call.as_ref()?;
        if let Some(suffix) = template.strip_prefix("$call") {
            return propagated(context, fix, suffix, call.range, path.function);
        }
        let arguments: Vec<&str> = call.arguments.iter().map(|(range, _)| context.slice(*range)).collect();
        if arguments.is_empty() && template.contains("$0") {
            return None;
        }
        let owner = written_owner(context, path, template);
        let template = &owner.as_ref().map_or_else(|| template.clone(), |(owner, class)| template.replacen(class, owner, 1));
        let add_imports = |fix: Fix| if owner.is_some() { fix } else { add_imports(context, first, change, fix) };
        if let Some((before, after)) = template.split_once("($args)") {
            // The arguments stay where they are, with their comments and lines.
            let fix = fix.edit(context.file, Edit::replace(path.range, before));
            let end = TextRange::new(call.range.end, call.range.end);
            let fix = if after.is_empty() { fix } else { fix.edit(context.file, Edit::replace(end, after)) };
            return Some(add_imports(fix));
        }
        let text = fill(template, None, &arguments);
        return Some(add_imports(fix.edit(context.file, Edit::replace(call.range, text))));
    }
    if let Some(target) = &change.path {
        let below = matches!(change.matcher, Matcher::Path { below: true, .. });
        let target = as_seen(target, context);
        if qualified || below {
            return Some(fix.edit(context.file, Edit::replace(TextRange::new(first, at.end), target)));
        }
        let last = target.rsplit("::").next().unwrap_or(&target);
        let fix = if last == name { fix } else { fix.edit(context.file, Edit::replace(at, last)) };
        let fix = if is_imported(context, path, name) {
            fix
        } else {
            fix.import(ImportEdit::Add { file: context.file, at: first, path: target.clone() })
        };
        return (!fix.edits.is_empty() || !fix.imports.is_empty()).then_some(fix);
    }
    let renamed = change.renamed(name).map(|new| Edit::replace(at, new));
    let called = path.call.iter().filter(|_| path.source == Source::Tree);
    let strings = called.flat_map(|call| c_strings::literals(context, change, &call.arguments));
    let fix = renamed.into_iter().chain(strings).fold(fix, |fix, edit| fix.edit(context.file, edit));
    (!fix.edits.is_empty()).then(|| add_imports(context, first, change, fix))
}

/// The class of a call that is written with a longer path, and its name, which the template begins with: the path stays, and nothing is imported.
fn written_owner<'p>(context: &FileContext<'_>, path: &'p PathUse, template: &str) -> Option<(String, &'p str)> {
    let [first, .., (class, last), _] = path.segments.as_slice() else { return None };
    let keeps_class = first.1 != *last && template.strip_prefix(class.as_str()).is_some_and(|rest| rest.starts_with("::"));
    keeps_class.then(|| (context.slice(TextRange::new(first.1.start, last.end)).to_owned(), class.as_str()))
}

fn fix_import(context: &FileContext<'_>, path: &PathUse, change: &Change, fix: Fix, public: bool) -> Option<Fix> {
    let file = context.file;
    let leaf = path.range;
    let spelled = path.spelled.as_deref().or(path.external.as_deref())?;
    if spelled.ends_with("::*") {
        return None;
    }
    let name = spelled.rsplit("::").next().unwrap_or_default();
    if change.replace_type.is_some() || change.rewrite.is_some() || change.delete {
        return removal(context, path, public, fix);
    }
    if let Some(target) = &change.path {
        let Matcher::Path { paths, below, .. } = &change.matcher else { return None };
        let target = if *below {
            let prefix = paths.iter().find(|prefix| spelled.starts_with(prefix.as_str()))?;
            format!("{target}{}", &spelled[prefix.len()..])
        } else {
            target.clone()
        };
        let keeps_name = target.rsplit("::").next() == Some(name);
        let fix = if keeps_name { fix } else { unless_in_macros(context, name, fix) };
        return Some(fix.import(ImportEdit::Replace { file, leaf, path: as_seen(&target, context) }));
    }
    let new = change.renamed(name)?;
    let fix = unless_in_macros(context, name, fix);
    let parent = spelled.rsplit_once("::").map_or("", |(parent, _)| parent);
    Some(fix.import(ImportEdit::Replace { file, leaf, path: as_seen(&format!("{parent}::{new}"), context) }))
}

/// Whether the module brings this name in by a `use` of its own, which has a finding of its own.
fn is_imported(context: &FileContext<'_>, path: &PathUse, name: &str) -> bool {
    context.facts.imports(path.module, name)
}

/// Whether the function around a call can pass an error on, or will as soon as it is asked to.
pub(super) fn can_fail(context: &FileContext<'_>, call: TextRange, function: Option<usize>) -> bool {
    let Some(function) = function.and_then(|index| context.facts.functions.get(index)) else { return false };
    let inner = context.facts.inner_bodies.iter().any(|body| body.contains(call) && function.range.contains(*body));
    !inner && (matches!(function.returns.1, Ty::Result(_)) || function.is_python_callable())
}

/// Puts `suffix`, a `?`, behind a call that can fail now. Where errors cannot leave and the compiler will not notice, as a `Result` can be shown as well
/// as a value, it panics as it did.
pub(super) fn propagated(context: &FileContext<'_>, fix: Fix, suffix: &str, call: TextRange, function: Option<usize>) -> Option<Fix> {
    if can_fail(context, call, function) {
        return Some(fix.edit(context.file, Edit::insert(call.end, suffix)));
    }
    let title = "panic where the call fails, as it did before".to_owned();
    is_only_shown(context, call, function).then(|| Fix { title, ..fix }.edit(context.file, Edit::insert(call.end, ".unwrap()")))
}

/// Whether a value is text for people and nothing else: in `format!` and its like, or in a variable that nobody else sees.
fn is_only_shown(context: &FileContext<'_>, value: TextRange, function: Option<usize>) -> bool {
    let is_shown = |range: TextRange| context.facts.shown.iter().any(|shown| shown.contains(range));
    let next = context.after(value.end).next();
    if is_shown(value) {
        return !matches!(next, Some("." | "?"));
    }
    let before: Vec<&str> = context.before(value.start).take(3).collect();
    let (["=", name, "let"], Some(";")) = (before.as_slice(), next) else { return false };
    let Some(end) = function.and_then(|index| context.facts.functions.get(index)).map(|function| function.range.end) else { return false };
    // The text of a literal can name it as well: `"{name}"`.
    let names_it = |token: &TextRange| {
        let text = context.tokens.text(*token);
        text == *name || (text.ends_with(['"', '#']) && mentions(text, name))
    };
    let mut places = context.tokens.inside(TextRange::new(value.end, end)).filter(names_it).peekable();
    places.peek().is_some() && places.all(is_shown)
}

/// Adds the imports that the new form at `at` needs.
pub(super) fn add_imports(context: &FileContext<'_>, at: usize, change: &Change, fix: Fix) -> Fix {
    let requests = change.imports.iter().map(|path| ImportEdit::Add { file: context.file, at, path: as_seen(path, context) });
    requests.fold(fix, Fix::import)
}

/// A path of the catalogue as the sources have to spell it: with the name under which they see PyO3.
pub(super) fn as_seen(path: &str, context: &FileContext<'_>) -> String {
    let pyo3 = &context.package.package.pyo3;
    // A package with nothing but `pyo3-ffi` sees the same items one level up.
    if let ([], [ffi, ..], Some(rest)) = (pyo3.extern_names.as_slice(), pyo3.ffi_extern_names.as_slice(), path.strip_prefix("pyo3::ffi::"))
    {
        return format!("{ffi}::{rest}");
    }
    let seen = pyo3.extern_names.first().map_or("pyo3", String::as_str);
    path.strip_prefix("pyo3::").map_or_else(|| path.to_owned(), |rest| format!("{seen}::{rest}"))
}

/// Writes the names in `text` that `imports` would bring in with their full paths.
fn qualify(text: &str, imports: &[String]) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let full = |word: &str| {
        let import = imports.iter().find(|import| import.rsplit("::").next() == Some(word));
        import.map_or_else(|| word.to_owned(), Clone::clone)
    };
    for character in text.chars().chain(['\0']) {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        out.push_str(&full(&std::mem::take(&mut word)));
        if character != '\0' {
            out.push(character);
        }
    }
    out
}

/// Fills a template of the catalogue.
pub(super) fn fill(template: &str, receiver: Option<&str>, arguments: &[&str]) -> String {
    let mut pieces = template.split('$');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    // One pass: what is filled in may hold a `$` itself, in a string for example.
    for piece in pieces {
        let (name, rest) = piece.split_at(piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len()));
        match name {
            "self" => out.push_str(receiver.unwrap_or_default()),
            "args" => out.push_str(&arguments.join(", ")),
            _ => match name.parse::<usize>().ok().and_then(|index| arguments.get(index)) {
                Some(argument) => out.push_str(argument),
                None => out.extend(["$", name]),
            },
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualification_spells_every_name_in_full() {
        let imports = ["py3::Py".to_owned(), "py3::PyAny".to_owned()];
        assert_eq!(qualify("Py<PyAny>", &imports), "py3::Py<py3::PyAny>");
    }

    #[test]
    fn templates_are_filled() {
        assert_eq!(fill("$self.bind($0)", Some("x"), &["py"]), "x.bind(py)");
        assert_eq!(fill("f($args)", None, &["a", "b"]), "f(a, b)");
    }

    #[test]
    fn what_is_filled_in_is_no_template() {
        assert_eq!(fill("$self.run($0, $1)", Some("f(\"$args\")"), &["\"$1\"", "b"]), "f(\"$args\").run(\"$1\", b)");
    }
}
