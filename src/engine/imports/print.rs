//! The edits of a plan: rewritten `use` trees, deleted declarations and new lines.

use std::collections::{BTreeMap, BTreeSet};

use super::group::Group;
use super::order::modules_first;
use super::plan::{NewLine, Plan};
use super::table::{Kind, Node, Scope, UseItem};
use crate::rust::tokens;
use crate::text::{Edit, TextRange};

/// The edits that carry out `plan`; none of them overlap.
pub(super) fn edits(plan: Plan) -> Vec<Edit> {
    let printer = Printer { newline: plan.table.newline, plan };
    let mut lines = printer.new_lines();
    let mut edits = Vec::new();
    let touched = printer.touched();
    let below = lines.keys().filter_map(|anchor| if let Anchor::Below(index) = anchor { Some(*index) } else { None });
    // A large file has thousands of declarations, and is asked for its edits once a finding.
    let uses: BTreeSet<usize> = touched.iter().filter_map(|&offset| printer.plan.table.use_at(offset)).chain(below).collect();
    for index in uses {
        let item = &printer.plan.table.uses[index];
        let below = lines.remove(&Anchor::Below(index)).unwrap_or_default();
        if let Some(local) = printer.replaced_alone(item, &touched).or_else(|| printer.windows(item, &touched)) {
            edits.extend(local);
            edits.extend(printer.insert_below(item, &below));
            continue;
        }
        match printer.node(&item.tree) {
            Some(text) => {
                edits.extend(smallest(printer.plan.text, item.tree.range, &text));
                edits.extend(printer.insert_below(item, &below));
            }
            None if below.is_empty() => edits.push(Edit::delete(printer.whole_lines(item))),
            None => edits.push(Edit::replace(item.range, below.join(&printer.separator(item.range.start)))),
        }
    }
    for (anchor, lines) in lines {
        if let Anchor::Top(scope) = anchor {
            edits.push(printer.insert_at_top(&printer.plan.table.scopes[scope], &lines));
        }
    }
    edits.sort();
    edits
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Anchor {
    Below(usize),
    Top(usize),
}

struct Printer<'a> {
    plan: Plan<'a>,
    newline: &'static str,
}

impl Printer<'_> {
    fn slice(&self, range: TextRange) -> &str {
        &self.plan.text[range.start..range.end]
    }

    /// The offsets by which the plan names leaves and groups.
    fn touched(&self) -> BTreeSet<usize> {
        let Plan { removed, replaced, grown, joined, .. } = &self.plan;
        removed.iter().chain(replaced.keys()).chain(grown.keys()).chain(joined.keys()).copied().collect()
    }

    /// The edits of a declaration of which leaves are replaced and nothing else happens: all that is around them stays.
    fn replaced_alone(&self, item: &UseItem, touched: &BTreeSet<usize>) -> Option<Vec<Edit>> {
        let here = || touched.range(item.tree.range.start..=item.tree.range.end);
        let replaced = |end: &usize| self.plan.replaced.get(end).map(|text| (node_ending_at(&item.tree, *end), text));
        let is_alone = |end: &usize| self.plan.replaced.contains_key(end) && !self.plan.joined.contains_key(end);
        here()
            .all(is_alone)
            .then(|| here().filter_map(replaced).filter_map(|(node, text)| smallest(self.plan.text, node.range, text)).collect())
    }

    /// The edits of a long group in which leaves go or change, each with its neighbours that stay: what is further away stays as it is.
    fn windows(&self, item: &UseItem, touched: &BTreeSet<usize>) -> Option<Vec<Edit>> {
        let Kind::Group { braces, items, commas } = &item.tree.kind else { return None };
        let places = || touched.range(item.tree.range.start..=item.tree.range.end);
        if places().any(|at| *at == braces.start || *at == item.tree.range.end) {
            return None;
        }
        let mut windows: Vec<std::ops::RangeInclusive<usize>> = Vec::new();
        for place in places() {
            let index = items.partition_point(|item| item.range.end < *place);
            let (before, after) = (index.checked_sub(1)?, index + 1);
            match windows.last_mut() {
                Some(last) if *last.end() >= before => *last = *last.start()..=after,
                _ => windows.push(before..=after),
            }
        }
        let is_inside = windows.last().is_some_and(|last| *last.end() < items.len());
        is_inside.then(|| {
            windows.into_iter().filter_map(|window| self.window(&items[window.clone()], &commas[*window.start()..*window.end()])).collect()
        })
    }

    /// The edit of some entries of a group, of which the first and the last stay.
    fn window(&self, items: &[Node], commas: &[usize]) -> Option<Edit> {
        let ranges: Vec<TextRange> = items.iter().map(|item| item.range).collect();
        let around = ranges.first()?.cover(*ranges.last()?);
        let old: Vec<&str> = ranges.iter().map(|range| self.slice(*range)).collect();
        let mut group = Group::cut(self.plan.text, TextRange::new(around.start - 1, around.end + 1), &ranges, commas);
        group.rewrite(items.iter().map(|item| self.node(item)).collect(), &old);
        let text = group.text();
        smallest(self.plan.text, around, text.strip_prefix('{')?.strip_suffix('}')?)
    }

    /// The new text of a tree; `None` when nothing of it stays.
    fn node(&self, node: &Node) -> Option<String> {
        let end = node.range.end;
        if let Some(text) = self.plan.replaced.get(&end) {
            return Some(text.clone());
        }
        let Kind::Group { braces, items, commas } = &node.kind else {
            if self.plan.removed.contains(&end) {
                return None;
            }
            return Some(self.leaf(node));
        };
        let ranges: Vec<TextRange> = items.iter().map(|item| item.range).collect();
        let old: Vec<&str> = ranges.iter().map(|range| self.slice(*range)).collect();
        let mut group = Group::cut(self.plan.text, *braces, &ranges, commas);
        group.rewrite(items.iter().map(|item| self.node(item)).collect(), &old);
        for entry in self.plan.grown.get(&braces.start).into_iter().flatten() {
            group.add(entry);
        }
        if group.len() == 0 && !items.is_empty() {
            return None;
        }
        let prefix = &self.plan.text[node.range.start..braces.start];
        Some(match group.collapsed() {
            Some(only) => format!("{prefix}{only}"),
            None => format!("{prefix}{}", group.text()),
        })
    }

    fn leaf(&self, node: &Node) -> String {
        let text = self.slice(node.range);
        let Some(names) = self.plan.joined.get(&node.range.end) else { return text.to_owned() };
        let Some(path) = tokens(text).filter(|token| &text[token.start..token.end] == "::").last() else { return text.to_owned() };
        let mut all: Vec<&str> = names.iter().map(String::as_str).chain([text[path.end..].trim()]).collect();
        all.sort_by(|a, b| modules_first(a, b));
        format!("{}{{{}}}", &text[..path.end], all.join(", "))
    }

    /// The new declarations by place, those with the same parent joined into one.
    fn new_lines(&self) -> BTreeMap<Anchor, Vec<String>> {
        let mut by_parent: BTreeMap<(Anchor, String, &str), Vec<&str>> = BTreeMap::new();
        for line in &self.plan.lines {
            let (parent, name) = line.path.rsplit_once("::").unwrap_or(("", &line.path));
            by_parent.entry((self.anchor(line), self.head(line), parent)).or_default().push(name);
        }
        let mut lines: BTreeMap<Anchor, Vec<String>> = BTreeMap::new();
        for ((anchor, head, parent), mut names) in by_parent {
            names.sort_by(|a, b| modules_first(a, b));
            let names = if let [only] = names.as_slice() { (*only).to_owned() } else { format!("{{{}}}", names.join(", ")) };
            lines.entry(anchor).or_default().push(format!("{head}use {parent}::{names};"));
        }
        lines
    }

    /// Below a declaration of the same crate if there is one, else below the first run of declarations, else at the top.
    fn anchor(&self, line: &NewLine) -> Anchor {
        if let Some(like) = line.like {
            return Anchor::Below(like);
        }
        let root = line.path.split("::").next();
        let uses = self.plan.table.uses_of(line.module);
        let same_crate = uses.filter(|(_, item)| item.tree.path.first().map(String::as_str) == root).map(|(index, _)| index).last();
        let anchor = same_crate.or(self.plan.table.scopes[line.module].last_leading_use);
        anchor.map_or(Anchor::Top(line.module), Anchor::Below)
    }

    /// Attributes and visibility of the declaration that a new one is like.
    fn head(&self, line: &NewLine) -> String {
        let Some(item) = line.like.map(|like| &self.plan.table.uses[like]) else { return String::new() };
        let separator = self.separator(item.range.start);
        let attributes = item.attributes.iter().map(|range| format!("{}{separator}", self.slice(*range)));
        let visibility = item.visibility.map(|range| format!("{} ", self.slice(range)));
        attributes.chain(visibility).collect()
    }

    /// A line end and the indentation of the line of `at`.
    fn separator(&self, at: usize) -> String {
        format!("{}{}", self.newline, self.indent(at).unwrap_or_default())
    }

    fn line_start(&self, at: usize) -> usize {
        let start = self.plan.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if start == 0 && self.plan.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8().min(at) } else { start }
    }

    /// Offset after the line end of the line of `at`.
    fn line_end(&self, at: usize) -> usize {
        self.plan.text[at..].find('\n').map_or(self.plan.text.len(), |newline| at + newline + 1)
    }

    /// The blanks before `at`, when nothing else stands before it on its line.
    fn indent(&self, at: usize) -> Option<&str> {
        let before = &self.plan.text[self.line_start(at)..at];
        before.trim().is_empty().then_some(before)
    }

    /// The declaration with its line end, its comment on the same line, and one of two blank lines around it.
    fn whole_lines(&self, item: &UseItem) -> TextRange {
        let TextRange { start, end } = item.range;
        let text = self.plan.text;
        let line_end = self.line_end(end);
        let rest = text[end..line_end].trim();
        let only_comment = rest.is_empty() || rest.starts_with("//") || (rest.starts_with("/*") && rest.find("*/") == Some(rest.len() - 2));
        if self.indent(start).is_none() || !only_comment {
            let blanks = text[end..line_end].len() - text[end..line_end].trim_start_matches([' ', '\t']).len();
            return TextRange::new(start, end + blanks);
        }
        let line_start = self.line_start(start);
        let before = text[..line_start].trim_end_matches([' ', '\t', '\r']);
        let before = before.strip_suffix('\n').unwrap_or(before).trim_end_matches([' ', '\t', '\r']);
        let body = self.plan.table.scopes[item.scope].body;
        let blank_before = before.ends_with('\n') || before.len() <= body;
        let next_line_end = self.line_end(line_end);
        let blank_after = next_line_end > line_end && text[line_end..next_line_end].trim().is_empty();
        TextRange::new(line_start, if blank_before && blank_after { next_line_end } else { line_end })
    }

    fn insert_below(&self, item: &UseItem, lines: &[String]) -> Option<Edit> {
        if lines.is_empty() {
            return None;
        }
        let end = item.range.end;
        let at = self.end_with_comment(end);
        let separator = self.separator(item.range.start);
        Some(Edit::insert(at, lines.iter().map(|line| format!("{separator}{line}")).collect::<String>()))
    }

    /// The end of the line of `end` when just a comment follows, else `end` itself.
    fn end_with_comment(&self, end: usize) -> usize {
        let rest = &self.plan.text[end..self.line_end(end)];
        if rest.trim_start().starts_with("//") { end + rest.trim_end().len() } else { end }
    }

    fn insert_at_top(&self, scope: &Scope, lines: &[String]) -> Edit {
        let text = self.plan.text;
        let newline = self.newline;
        if let Some(end) = scope.inner_end {
            let at = self.end_with_comment(end);
            let separator = format!("{newline}{}", scope.first_item.and_then(|first| self.indent(first)).unwrap_or_default());
            let lines: String = lines.iter().map(|line| format!("{separator}{line}")).collect();
            return Edit::insert(at, format!("{newline}{lines}{}", self.gap_below(at)));
        }
        if scope.parent.is_none() {
            let at = self.below_header(scope.body);
            let lines: String = lines.iter().map(|line| format!("{line}{newline}")).collect();
            let gap = if text[at..].trim().is_empty() { "" } else { newline };
            return Edit::insert(at, format!("{lines}{gap}"));
        }
        let open_line = &text[scope.body..self.line_end(scope.body)];
        let is_open = open_line.trim().is_empty() || open_line.trim_start().starts_with("//");
        if !is_open {
            return Edit::insert(scope.body, format!(" {}", lines.join(" ")));
        }
        let at = scope.body + open_line.trim_end().len();
        let indent = scope.first_item.and_then(|first| self.indent(first)).map(str::to_owned);
        let indent = indent.unwrap_or_else(|| format!("{}    ", self.line_indent(scope.range.start)));
        let lines: String = lines.iter().map(|line| format!("{newline}{indent}{line}")).collect();
        let gap = if scope.first_item.is_some() { self.gap_below(at) } else { "" };
        Edit::insert(at, format!("{lines}{gap}"))
    }

    /// A line end, unless the line below that of `at` is blank.
    fn gap_below(&self, at: usize) -> &'static str {
        let below = self.line_end(at);
        let is_blank = self.plan.text[below..self.line_end(below)].trim().is_empty();
        if is_blank { "" } else { self.newline }
    }

    /// The blanks with which the line of `at` begins.
    fn line_indent(&self, at: usize) -> &str {
        let line = &self.plan.text[self.line_start(at)..at];
        &line[..line.len() - line.trim_start().len()]
    }

    /// Below the comments at the top of the file that a blank line sets off from the code.
    fn below_header(&self, body: usize) -> usize {
        let mut at = body;
        let mut seen_comment = false;
        loop {
            let end = self.line_end(at);
            let line = self.plan.text[at..end].trim();
            if end == at {
                return body;
            }
            if line.is_empty() && seen_comment {
                return end;
            }
            // Documentation comments belong to the item below them.
            let is_header = line.starts_with("//") && (!line.starts_with("///") || line.starts_with("////"));
            if !is_header {
                return body;
            }
            seen_comment = true;
            at = end;
        }
    }
}

/// The outermost node below `node` that ends at `end`, which lies inside of it.
fn node_ending_at(node: &Node, end: usize) -> &Node {
    match &node.kind {
        Kind::Group { items, .. } if node.range.end != end => {
            items.get(items.partition_point(|item| item.range.end < end)).map_or(node, |inner| node_ending_at(inner, end))
        }
        _ => node,
    }
}

/// The edit that turns `range` into `new` without what the two have in common at their ends.
fn smallest(text: &str, range: TextRange, new: &str) -> Option<Edit> {
    let old = &text[range.start..range.end];
    if old == new {
        return None;
    }
    let common =
        |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize { pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum() };
    let start = common(&mut old.chars().zip(new.chars()));
    let end = common(&mut old[start..].chars().rev().zip(new[start..].chars().rev()));
    Some(Edit::replace(TextRange::new(range.start + start, range.end - end), &new[start..new.len() - end]))
}
