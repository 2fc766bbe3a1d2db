//! The catalogue's rows by what they match.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::catalog::{Change, Matcher, changes, symbols};

/// Rows by the keys under which a fact looks them up.
#[derive(Default)]
pub(super) struct Index {
    /// By canonical path.
    pub(super) paths: HashMap<String, Vec<&'static Change>>,
    /// By the last name of an associated function.
    pub(super) associated: HashMap<&'static str, Vec<&'static Change>>,
    /// By method name.
    pub(super) methods: HashMap<&'static str, Vec<&'static Change>>,
    /// By attribute name.
    pub(super) attributes: HashMap<&'static str, Vec<&'static Change>>,
    /// By option name.
    pub(super) options: HashMap<&'static str, Vec<&'static Change>>,
    /// By canonical path of the trait.
    pub(super) trait_items: HashMap<String, Vec<&'static Change>>,
    /// By cargo feature.
    pub(super) features: HashMap<&'static str, Vec<&'static Change>>,
    /// By dependency.
    pub(super) dependencies: HashMap<&'static str, Vec<&'static Change>>,
    /// By id.
    ids: HashMap<&'static str, &'static Change>,
}

/// The index of the whole catalogue.
pub(super) fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(|| {
        let mut index = Index::default();
        changes().iter().for_each(|change| index.add(change));
        index
    });
    &INDEX
}

impl Index {
    fn add(&mut self, change: &'static Change) {
        self.ids.insert(&change.id, change);
        match &change.matcher {
            Matcher::Path { paths, .. } => {
                for path in paths {
                    self.paths.entry(symbols().canonical_start(path)).or_default().push(change);
                }
            }
            Matcher::Associated { names } => put_all(&mut self.associated, names, change),
            Matcher::Method { names, .. } => put_all(&mut self.methods, names, change),
            Matcher::Attribute { names, .. } => put_all(&mut self.attributes, names, change),
            Matcher::Option { name, .. } => self.options.entry(name).or_default().push(change),
            Matcher::TraitItem { of, .. } => self.trait_items.entry(symbols().canonical_start(of)).or_default().push(change),
            Matcher::Feature { names, .. } => put_all(&mut self.features, names, change),
            Matcher::Dependency { name } => self.dependencies.entry(name).or_default().push(change),
            Matcher::Shape => {}
        }
    }

    /// The row of this id.
    pub(super) fn row(&self, id: &str) -> Option<&'static Change> {
        self.ids.get(id).copied()
    }
}

fn put_all(map: &mut HashMap<&'static str, Vec<&'static Change>>, names: &'static [String], change: &'static Change) {
    for name in names {
        map.entry(name).or_default().push(change);
    }
}
