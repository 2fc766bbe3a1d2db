//! What is to happen to each leaf and group, decided before any text is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::leaves::Leaf;
use super::table::{Kind, Node, ScopeKind, UseItem, UseTable};
use crate::rust::code;
use crate::text::TextRange;

/// Decisions for one file. Leaves are named by the offset of their end, groups by the offset of their brace.
pub(super) struct Plan<'a> {
    pub(super) text: &'a str,
    pub(super) table: &'a UseTable,
    in_prelude: &'a dyn Fn(&str) -> bool,
    pub(super) removed: HashSet<usize>,
    pub(super) replaced: BTreeMap<usize, String>,
    /// New entries of existing groups.
    pub(super) grown: BTreeMap<usize, BTreeSet<String>>,
    /// New neighbours of leaves that stand alone, by last name.
    pub(super) joined: BTreeMap<usize, BTreeSet<String>>,
    /// New `use` lines.
    pub(super) lines: Vec<NewLine>,
    /// How many leaves of each declaration are removed.
    removed_of: HashMap<usize, usize>,
    /// The names that scopes gain, and the paths that they stand for, with whether others see them.
    gained_names: HashSet<(usize, String)>,
    gained_paths: HashMap<(usize, String, String), bool>,
}

/// A `use` declaration to be written.
pub(super) struct NewLine {
    pub(super) module: usize,
    /// Path with alias.
    pub(super) path: String,
    /// The declaration whose attributes and visibility it takes over, and below which it goes.
    pub(super) like: Option<usize>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(text: &'a str, table: &'a UseTable, in_prelude: &'a dyn Fn(&str) -> bool) -> Self {
        Self {
            text,
            table,
            in_prelude,
            removed: HashSet::new(),
            replaced: BTreeMap::new(),
            grown: BTreeMap::new(),
            joined: BTreeMap::new(),
            lines: Vec::new(),
            removed_of: HashMap::new(),
            gained_names: HashSet::new(),
            gained_paths: HashMap::new(),
        }
    }

    pub(super) fn remove(&mut self, leaf: TextRange) -> Result<(), String> {
        let found = self.table.leaves.ending_with(leaf).ok_or("the import to remove is not there")?;
        self.mark_removed(found);
        Ok(())
    }

    fn mark_removed(&mut self, leaf: &Leaf) {
        if self.removed.insert(leaf.range.end) {
            *self.removed_of.entry(leaf.item).or_default() += 1;
        }
    }

    fn unmark_removed(&mut self, leaf: &Leaf) {
        if self.removed.remove(&leaf.range.end) {
            *self.removed_of.entry(leaf.item).or_default() -= 1;
        }
    }

    pub(super) fn replace(&mut self, leaf: TextRange, path: &str) -> Result<(), String> {
        let table = self.table;
        let found = table.leaves.ending_with(leaf).ok_or("the import to replace is not there")?;
        let item = &table.uses[found.item];
        let end = found.range.end;
        if self.removed.contains(&end) || self.replaced.contains_key(&end) {
            return Ok(());
        }
        let Some(last) = last_segment(path) else { return Err(format!("`{path}` is no path of an item")) };
        if found.is_glob {
            return Err("a glob import cannot be replaced by one name".to_owned());
        }
        let alias = found.alias.as_deref().filter(|alias| *alias != last);
        let name = alias.unwrap_or(last).to_owned();
        let exported = item.visibility.is_some();
        // Marked first, so that the leaf does not count as an import of the new name.
        self.mark_removed(found);
        let there = if exported || alias.is_some() {
            self.imports_exactly(item.scope, path, &name, exported)
        } else {
            !item.conditional && self.in_scope(item.scope, path, &name)
        };
        if there {
            return Ok(());
        }
        self.gain(item.scope, path, name, exported);
        self.place_replacement(item, found, path, alias);
        Ok(())
    }

    fn place_replacement(&mut self, item: &UseItem, leaf: &Leaf, path: &str, alias: Option<&str>) {
        let end = leaf.range.end;
        let with_alias = |path: &str| alias.map_or_else(|| path.to_owned(), |alias| format!("{path} as {alias}"));
        let segments: Vec<&str> = path.split("::").collect();
        let removed = self.removed_of.get(&leaf.item).copied().unwrap_or_default();
        let in_group = segments.len() > leaf.around.len() && leaf.around.iter().eq(&segments[..leaf.around.len()]);
        if in_group {
            self.unmark_removed(leaf);
            self.replaced.insert(end, with_alias(&segments[leaf.around.len()..].join("::")));
            return;
        }
        if removed == self.table.leaves.count_of_item(leaf.item) {
            self.unmark_removed(leaf);
            self.replaced.insert(item.tree.range.end, with_alias(path));
            return;
        }
        if let Some((brace, depth)) = group_for(&item.tree, 0, &segments, end) {
            self.grown.entry(brace).or_default().insert(with_alias(&segments[depth..].join("::")));
            return;
        }
        self.lines.push(NewLine { module: item.scope, path: with_alias(path), like: Some(leaf.item) });
    }

    pub(super) fn add(&mut self, scope: usize, path: &str) -> Result<(), String> {
        let Some(name) = last_segment(path) else { return Err(format!("`{path}` is no path of an item")) };
        if self.in_scope(scope, path, name) {
            return Ok(());
        }
        let module = self.table.module_of(scope);
        if self.table.scopes[module].defined.contains(name) {
            return Err(format!("`{path}` cannot be imported: the module defines a `{name}` of its own"));
        }
        self.gain(module, path, name.to_owned(), false);
        let parent: Vec<&str> = path.split("::").collect();
        let parent = &parent[..parent.len() - 1];
        let leaves = &self.table.leaves;
        if let Some(brace) = leaves.group(module, parent) {
            self.grown.entry(brace).or_default().insert(name.to_owned());
            return Ok(());
        }
        match leaves.below(module, parent).find(|leaf| !self.is_going(leaf)) {
            // In a group of its own parent the group itself would have been found.
            Some(leaf) if leaf.own_segments > 1 => {
                self.joined.entry(leaf.range.end).or_default().insert(name.to_owned());
            }
            _ => self.lines.push(NewLine { module, path: path.to_owned(), like: self.behind_feature(module, path) }),
        }
        Ok(())
    }

    fn gain(&mut self, scope: usize, path: &str, name: String, exported: bool) {
        *self.gained_paths.entry((scope, path.to_owned(), name.clone())).or_default() |= exported;
        self.gained_names.insert((scope, name));
    }

    /// The last declaration of the module that brings in something of the same crate, where all of them are behind the same feature: without it
    /// the crate may not be there at all.
    fn behind_feature(&self, module: usize, path: &str) -> Option<usize> {
        let root = path.split("::").next()?;
        let is_of_root =
            |index: usize| self.table.leaves.of_item(index).any(|leaf| leaf.full_path.first().is_some_and(|first| first == root));
        let attributes = |item: &UseItem| item.attributes.iter().map(|range| code(&self.text[range.start..range.end])).collect::<Vec<_>>();
        let all: Vec<(usize, &UseItem)> = self.table.uses_of(module).filter(|(index, _)| is_of_root(*index)).collect();
        let (last, like) = all.last()?;
        let condition = attributes(like);
        let is_alike = |item: &UseItem| item.visibility.is_none() && attributes(item) == condition;
        let by_feature =
            matches!(condition.as_slice(), [only] if only.contains("cfg(") && only.contains("feature") && !only.contains("not("));
        (by_feature && all.iter().all(|(_, item)| is_alike(item))).then_some(*last)
    }

    /// Whether `name` is imported in the scope or around it up to its module, or comes with a glob that has `path`.
    fn in_scope(&self, scope: usize, path: &str, name: &str) -> bool {
        let counts = |item: &UseItem| !item.conditional || self.behind_feature(scope, path).is_some();
        let leaves = &self.table.leaves;
        let by_name = leaves.named(scope, name);
        let by_glob = leaves.globs(scope).filter(|glob| self.glob_has(scope, &glob.full_path, path, name));
        let mut here = by_name.chain(by_glob).filter(|leaf| !self.is_going(leaf) && counts(&self.table.uses[leaf.item]));
        if self.gained_names.contains(&(scope, name.to_owned())) || here.next().is_some() {
            return true;
        }
        match (self.table.scopes[scope].kind, self.table.scopes[scope].parent) {
            (ScopeKind::Block, Some(parent)) => self.in_scope(parent, path, name),
            _ => false,
        }
    }

    fn glob_has(&self, scope: usize, glob: &[String], path: &str, name: &str) -> bool {
        if let [only] = glob
            && only == "super"
        {
            let outside = self.table.scopes[self.table.module_of(scope)].parent;
            return outside.is_some_and(|outside| self.in_scope(self.table.module_of(outside), path, name));
        }
        let Some((parent, last)) = path.rsplit_once("::") else { return false };
        if last != name {
            return false;
        }
        let glob = glob.join("::");
        let root = path.split("::").next().unwrap_or_default();
        glob == parent || (glob == format!("{root}::prelude") && (self.in_prelude)(name))
    }

    /// Whether exactly this path is imported under this name in the scope, for others to see if `exported`.
    fn imports_exactly(&self, scope: usize, path: &str, name: &str, exported: bool) -> bool {
        let gained = self.gained_paths.get(&(scope, path.to_owned(), name.to_owned()));
        if gained.is_some_and(|gained| *gained >= exported) {
            return true;
        }
        let counts = |item: &UseItem| !item.conditional && item.visibility.is_some() >= exported;
        let mut there = self.table.leaves.named(scope, name).filter(|leaf| !self.is_going(leaf) && counts(&self.table.uses[leaf.item]));
        there.any(|leaf| leaf.full_path.join("::") == path)
    }

    fn is_going(&self, leaf: &Leaf) -> bool {
        self.removed.contains(&leaf.range.end) || self.replaced.contains_key(&leaf.range.end)
    }
}

fn last_segment(path: &str) -> Option<&str> {
    let (parent, last) = path.rsplit_once("::")?;
    (!parent.is_empty() && !last.is_empty()).then_some(last)
}

/// The innermost group around the leaf that ends at `leaf_end` whose path begins `path`, with the number of segments that it covers.
fn group_for(node: &Node, depth: usize, path: &[&str], leaf_end: usize) -> Option<(usize, usize)> {
    let Kind::Group { braces, items, .. } = &node.kind else { return None };
    let inner = depth + node.path.len();
    if inner >= path.len() || node.path.iter().ne(&path[depth..inner]) {
        return None;
    }
    let around = items.get(items.partition_point(|item| item.range.end < leaf_end)).filter(|item| item.range.start < leaf_end)?;
    group_for(around, inner, path, leaf_end).or(Some((braces.start, inner)))
}
