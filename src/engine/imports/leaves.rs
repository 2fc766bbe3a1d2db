//! The leaves and groups of a file's `use` declarations by what they are looked up by: a file may have thousands, and as many fixes.

use std::collections::HashMap;

use super::table::{Kind, Node, UseItem};
use crate::text::TextRange;

/// One leaf or glob.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The declaration, as its place in the table.
    pub(super) item: usize,
    pub(super) range: TextRange,
    /// Path of the group that holds it; empty outside of groups.
    pub(super) around: Vec<String>,
    /// Its own segments, without those around.
    pub(super) own_segments: usize,
    /// Path with that of everything around it.
    pub(super) full_path: Vec<String>,
    pub(super) alias: Option<String>,
    pub(super) is_glob: bool,
}

/// All of them, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    all: Vec<Leaf>,
    by_end: HashMap<usize, usize>,
    /// By the name under which the scope sees them; none for globs and `as _`.
    by_name: HashMap<(usize, String), Vec<usize>>,
    /// Those of plain declarations, by the path without the last segment.
    by_parent: HashMap<(usize, Vec<String>), Vec<usize>>,
    globs: HashMap<usize, Vec<usize>>,
    by_item: HashMap<usize, Vec<usize>>,
    /// The braces of the groups of plain declarations, by their path.
    groups: HashMap<(usize, Vec<String>), usize>,
}

impl Leaves {
    pub(super) fn new(uses: &[UseItem]) -> Self {
        let mut leaves = Self::default();
        for (index, item) in uses.iter().enumerate() {
            leaves.collect(index, item, &item.tree, &[]);
        }
        leaves
    }

    /// The one that ends where `leaf` ends.
    pub(super) fn ending_with(&self, leaf: TextRange) -> Option<&Leaf> {
        self.by_end.get(&leaf.end).map(|&index| &self.all[index]).filter(|found| found.range.contains(leaf))
    }

    /// Those that `scope` sees under this name.
    pub(super) fn named(&self, scope: usize, name: &str) -> impl Iterator<Item = &Leaf> {
        self.at(self.by_name.get(&(scope, name.to_owned())))
    }

    /// Those of plain declarations that are directly below the path `parent`.
    pub(super) fn below(&self, scope: usize, parent: &[&str]) -> impl Iterator<Item = &Leaf> {
        self.at(self.by_parent.get(&(scope, owned(parent))))
    }

    pub(super) fn globs(&self, scope: usize) -> impl Iterator<Item = &Leaf> {
        self.at(self.globs.get(&scope))
    }

    pub(super) fn of_item(&self, item: usize) -> impl Iterator<Item = &Leaf> {
        self.at(self.by_item.get(&item))
    }

    /// How many a declaration has.
    pub(super) fn count_of_item(&self, item: usize) -> usize {
        self.by_item.get(&item).map_or(0, Vec::len)
    }

    /// The brace of the first group of a plain declaration whose path is exactly this one.
    pub(super) fn group(&self, scope: usize, path: &[&str]) -> Option<usize> {
        self.groups.get(&(scope, owned(path))).copied()
    }

    fn at<'a>(&'a self, places: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Leaf> {
        places.into_iter().flatten().map(|&index| &self.all[index])
    }

    fn collect(&mut self, index: usize, item: &UseItem, node: &Node, around: &[String]) {
        let full_path: Vec<String> = around.iter().chain(&node.path).cloned().collect();
        let (alias, is_glob) = match &node.kind {
            Kind::Group { items, braces, .. } => {
                if item.is_plain() && !full_path.is_empty() {
                    self.groups.entry((item.scope, full_path.clone())).or_insert(braces.start);
                }
                return items.iter().for_each(|inner| self.collect(index, item, inner, &full_path));
            }
            Kind::Leaf { alias } => (alias.clone(), false),
            Kind::Glob => (None, true),
        };
        let own_name = || full_path.iter().rfind(|segment| *segment != "self").cloned();
        let name = if is_glob { None } else { alias.clone().or_else(own_name).filter(|name| name != "_") };
        let place = self.all.len();
        self.by_end.insert(node.range.end, place);
        self.by_item.entry(index).or_default().push(place);
        if let Some(name) = name {
            self.by_name.entry((item.scope, name)).or_default().push(place);
        }
        if is_glob {
            self.globs.entry(item.scope).or_default().push(place);
        } else if let Some((_, parent)) = full_path.split_last().filter(|(_, parent)| item.is_plain() && !parent.is_empty()) {
            self.by_parent.entry((item.scope, parent.to_vec())).or_default().push(place);
        }
        let own_segments = node.path.len();
        self.all.push(Leaf { item: index, range: node.range, around: around.to_vec(), own_segments, full_path, alias, is_glob });
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|segment| (*segment).to_owned()).collect()
}
