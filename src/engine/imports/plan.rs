//! What is to happen to each leaf and group, decided before any text is written.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::table::{Kind, Leaf, Node, ScopeKind, UseItem, UseTable};
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
    gained: Vec<Gained>,
}

/// A `use` declaration to be written.
pub(super) struct NewLine {
    pub(super) module: usize,
    /// Path with alias.
    pub(super) path: String,
    /// The declaration whose attributes and visibility it takes over, and below which it goes.
    pub(super) like: Option<usize>,
}

struct Gained {
    scope: usize,
    path: String,
    name: String,
    exported: bool,
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
            gained: Vec::new(),
        }
    }

    pub(super) fn remove(&mut self, leaf: TextRange) -> Result<(), String> {
        let (_, found) = self.table.find_leaf(leaf).ok_or("the import to remove is not there")?;
        self.removed.insert(found.node.range.end);
        Ok(())
    }

    pub(super) fn replace(&mut self, leaf: TextRange, path: &str) -> Result<(), String> {
        let (item, found) = self.table.find_leaf(leaf).ok_or("the import to replace is not there")?;
        let end = found.node.range.end;
        if self.removed.contains(&end) || self.replaced.contains_key(&end) {
            return Ok(());
        }
        let Some(last) = last_segment(path) else { return Err(format!("`{path}` is no path of an item")) };
        let alias = match &found.node.kind {
            Kind::Leaf { alias } => alias.as_deref().filter(|alias| *alias != last),
            _ => return Err("a glob import cannot be replaced by one name".to_owned()),
        };
        let name = alias.unwrap_or(last).to_owned();
        let exported = item.visibility.is_some();
        // Marked first, so that the leaf does not count as an import of the new name.
        self.removed.insert(end);
        let there = if exported || alias.is_some() {
            self.imports_exactly(item.scope, path, &name, exported)
        } else {
            !item.conditional && self.in_scope(item.scope, path, &name)
        };
        if there {
            return Ok(());
        }
        self.gained.push(Gained { scope: item.scope, path: path.to_owned(), name, exported });
        self.place_replacement(item, &found, path, alias);
        Ok(())
    }

    fn place_replacement(&mut self, item: &UseItem, leaf: &Leaf, path: &str, alias: Option<&str>) {
        let end = leaf.node.range.end;
        let with_alias = |path: &str| alias.map_or_else(|| path.to_owned(), |alias| format!("{path} as {alias}"));
        let segments: Vec<&str> = path.split("::").collect();
        let survivors = item.tree.leaves().iter().filter(|other| !self.removed.contains(&other.node.range.end)).count();
        let in_group = segments.len() > leaf.around.len() && leaf.around.iter().eq(&segments[..leaf.around.len()]);
        if in_group {
            self.removed.remove(&end);
            self.replaced.insert(end, with_alias(&segments[leaf.around.len()..].join("::")));
            return;
        }
        if survivors == 0 {
            self.removed.remove(&end);
            self.replaced.insert(item.tree.range.end, with_alias(path));
            return;
        }
        if let Some((brace, depth)) = group_for(&item.tree, 0, &segments, end) {
            self.grown.entry(brace).or_default().insert(with_alias(&segments[depth..].join("::")));
            return;
        }
        let like = self.table.uses.iter().position(|other| std::ptr::eq(other, item));
        self.lines.push(NewLine { module: item.scope, path: with_alias(path), like });
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
        self.gained.push(Gained { scope: module, path: path.to_owned(), name: name.to_owned(), exported: false });
        let parent: Vec<&str> = path.split("::").collect();
        let parent = &parent[..parent.len() - 1];
        let plain: Vec<&UseItem> = self.table.uses_of(module).map(|(_, item)| item).filter(|item| item.is_plain()).collect();
        if let Some(brace) = plain.iter().find_map(|item| group_of(&item.tree, parent)) {
            self.grown.entry(brace).or_default().insert(name.to_owned());
            return Ok(());
        }
        let neighbour = plain.iter().flat_map(|item| item.tree.leaves()).find(|leaf| {
            let full = leaf.full_path();
            let end = leaf.node.range.end;
            let stays = !self.removed.contains(&end) && !self.replaced.contains_key(&end);
            stays && matches!(leaf.node.kind, Kind::Leaf { .. }) && full.len() > 1 && parent == &full[..full.len() - 1]
        });
        match neighbour {
            // In a group of its own parent the group itself would have been found.
            Some(leaf) if leaf.node.path.len() > 1 => {
                self.joined.entry(leaf.node.range.end).or_default().insert(name.to_owned());
            }
            _ => self.lines.push(NewLine { module, path: path.to_owned(), like: self.behind_feature(module, path) }),
        }
        Ok(())
    }

    /// The last declaration of the module that brings in something of the same crate, where all of them are behind the same feature: without it
    /// the crate may not be there at all.
    fn behind_feature(&self, module: usize, path: &str) -> Option<usize> {
        let root = path.split("::").next()?;
        let is_of_root = |item: &UseItem| item.tree.leaves().iter().any(|leaf| leaf.full_path().first().is_some_and(|first| first == root));
        let attributes = |item: &UseItem| item.attributes.iter().map(|range| code(&self.text[range.start..range.end])).collect::<Vec<_>>();
        let all: Vec<(usize, &UseItem)> = self.table.uses_of(module).filter(|(_, item)| is_of_root(item)).collect();
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
        let here = self.gained.iter().any(|gained| gained.scope == scope && gained.name == name)
            || self.table.uses_of(scope).any(|(_, item)| self.brings_in(item, path, name) && counts(item));
        if here {
            return true;
        }
        match (self.table.scopes[scope].kind, self.table.scopes[scope].parent) {
            (ScopeKind::Block, Some(parent)) => self.in_scope(parent, path, name),
            _ => false,
        }
    }

    fn brings_in(&self, item: &UseItem, path: &str, name: &str) -> bool {
        item.tree.leaves().iter().filter(|leaf| !self.is_going(leaf.node)).any(|leaf| match leaf.node.kind {
            Kind::Leaf { .. } => leaf.visible_name().as_deref() == Some(name),
            Kind::Glob => self.glob_has(item.scope, &leaf.full_path(), path, name),
            Kind::Group { .. } => false,
        })
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
        let gained = |gained: &Gained| gained.scope == scope && gained.path == path && gained.name == name && gained.exported >= exported;
        if self.gained.iter().any(gained) {
            return true;
        }
        let items = self.table.uses_of(scope).filter(|(_, item)| !item.conditional && item.visibility.is_some() >= exported);
        items
            .flat_map(|(_, item)| item.tree.leaves())
            .any(|leaf| !self.is_going(leaf.node) && leaf.visible_name().as_deref() == Some(name) && leaf.full_path().join("::") == path)
    }

    fn is_going(&self, leaf: &Node) -> bool {
        self.removed.contains(&leaf.range.end) || self.replaced.contains_key(&leaf.range.end)
    }
}

fn last_segment(path: &str) -> Option<&str> {
    let (parent, last) = path.rsplit_once("::")?;
    (!parent.is_empty() && !last.is_empty()).then_some(last)
}

/// The brace of the group whose path is exactly `parent`.
fn group_of(node: &Node, parent: &[&str]) -> Option<usize> {
    let Kind::Group { braces, items, .. } = &node.kind else { return None };
    if node.path.len() > parent.len() || node.path.iter().ne(&parent[..node.path.len()]) {
        return None;
    }
    let rest = &parent[node.path.len()..];
    if rest.is_empty() {
        return (!parent.is_empty()).then_some(braces.start);
    }
    items.iter().find_map(|item| group_of(item, rest))
}

/// The innermost group around the leaf that ends at `leaf_end` whose path begins `path`, with the number of segments that it covers.
fn group_for(node: &Node, depth: usize, path: &[&str], leaf_end: usize) -> Option<(usize, usize)> {
    let Kind::Group { braces, items, .. } = &node.kind else { return None };
    let inner = depth + node.path.len();
    if inner >= path.len() || node.path.iter().ne(&path[depth..inner]) {
        return None;
    }
    let around = items.iter().find(|item| item.range.start < leaf_end && leaf_end <= item.range.end)?;
    group_for(around, inner, path, leaf_end).or(Some((braces.start, inner)))
}
