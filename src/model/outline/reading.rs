//! Reading small parts of the tree: names, attributes, fields, leaves of `use`, words of macros.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Fields, Item, UseTree};

use super::{Import, MacroWord};
use crate::rust::{Spans, TokenRun, TypeRef, macro_bodies, name_of, token_runs};
use crate::text::TextRange;

/// Names of type parameters.
pub(in crate::model) fn generic_names(generics: &syn::Generics) -> Vec<String> {
    generics.type_params().map(|parameter| name_of(&parameter.ident)).collect()
}

/// Last names of the attributes, those of `cfg_attr` included.
pub(in crate::model) fn attribute_names(attributes: &[syn::Attribute]) -> Vec<String> {
    attributes
        .iter()
        .flat_map(|attribute| {
            let own = attribute.path().segments.last().map(|segment| name_of(&segment.ident));
            let inner = match &attribute.meta {
                syn::Meta::List(list) if list.path.is_ident("cfg_attr") => list
                    .tokens
                    .clone()
                    .into_iter()
                    .filter_map(|token| match token {
                        TokenTree::Ident(word) => Some(name_of(&word)),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            own.into_iter().chain(inner)
        })
        .collect()
}

pub(super) fn has_attribute(attributes: &[syn::Attribute], name: &str) -> bool {
    attribute_names(attributes).iter().any(|found| found == name)
}

/// The traits named in `#[derive(…)]`, also behind `cfg_attr`.
pub(in crate::model) fn derives(attributes: &[syn::Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes {
        if let syn::Meta::List(list) = &attribute.meta {
            let behind_cfg = list.path.is_ident("cfg_attr") && list.tokens.to_string().contains("derive");
            if list.path.is_ident("derive") || behind_cfg {
                collect_words(&list.tokens, &mut found);
            }
        }
    }
    found
}

pub(super) fn option_words(attributes: &[syn::Attribute]) -> Vec<String> {
    let mut words = Vec::new();
    for attribute in attributes {
        if let syn::Meta::List(list) = &attribute.meta
            && list.path.segments.last().is_some_and(|name| ["pyclass", "pyo3", "cfg_attr"].iter().any(|known| name.ident == known))
        {
            collect_words(&list.tokens, &mut words);
        }
    }
    words
}

fn collect_words(tokens: &TokenStream, words: &mut Vec<String>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(word) => words.push(name_of(&word)),
            TokenTree::Group(group) => collect_words(&group.stream(), words),
            _ => {}
        }
    }
}

pub(super) fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The leaves of a `use` declaration, in the order of [`leaf_ranges`].
pub(in crate::model) fn read_use(import: &syn::ItemUse) -> Vec<Import> {
    let mut leaves = Vec::new();
    let start = Import { path: Vec::new(), name: None, glob: false, absolute: import.leading_colon.is_some() };
    collect_leaves(&import.tree, &start, &mut leaves);
    leaves
}

fn collect_leaves(tree: &UseTree, prefix: &Import, leaves: &mut Vec<Import>) {
    let step = |name: &proc_macro2::Ident| {
        let mut next = prefix.clone();
        // `use a::{self}` names `a`.
        if name != "self" || next.path.is_empty() {
            next.path.push(name_of(name));
        }
        next
    };
    match tree {
        UseTree::Path(path) => collect_leaves(&path.tree, &step(&path.ident), leaves),
        UseTree::Name(leaf) => {
            let leaf = step(&leaf.ident);
            leaves.push(Import { name: leaf.path.last().cloned(), ..leaf });
        }
        UseTree::Rename(leaf) => {
            let name = (leaf.rename != "_").then(|| name_of(&leaf.rename));
            leaves.push(Import { name, ..step(&leaf.ident) });
        }
        UseTree::Glob(_) => leaves.push(Import { glob: true, ..prefix.clone() }),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect_leaves(tree, prefix, leaves)),
    }
}

/// Of every leaf of a `use` tree, the byte ranges of the first segment of its path and of itself.
pub(in crate::model) fn leaf_ranges(tree: &UseTree, spans: Spans, found: &mut Vec<(TextRange, TextRange)>) {
    collect_ranges(tree, None, spans, found);
}

fn collect_ranges(tree: &UseTree, root: Option<TextRange>, spans: Spans, found: &mut Vec<(TextRange, TextRange)>) {
    match tree {
        UseTree::Path(step) => collect_ranges(&step.tree, Some(root.unwrap_or_else(|| spans.range(&step.ident))), spans, found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect_ranges(tree, root, spans, found)),
        leaf => {
            let range = spans.range(leaf);
            found.push((root.unwrap_or(range), range));
        }
    }
}

pub(super) fn read_fields(prefix: &str, fields: &Fields) -> Vec<(String, TypeRef)> {
    let name = |(index, field): (usize, &syn::Field)| match &field.ident {
        Some(name) => (format!("{prefix}{name}"), TypeRef::new(&field.ty)),
        None => (format!("{prefix}{index}"), TypeRef::new(&field.ty)),
    };
    fields.iter().enumerate().map(name).collect()
}

/// Names of the fields that Python can set: it hands over values of their types.
pub(super) fn settable(fields: &Fields, options: &[String]) -> Vec<String> {
    let all = options.iter().any(|option| option == "set_all");
    let is_set = |field: &&syn::Field| all || option_words(&field.attrs).iter().any(|word| word == "set");
    fields.iter().filter(is_set).filter_map(|field| field.ident.as_ref()).map(name_of).collect()
}

pub(super) fn macro_words(tokens: &TokenStream) -> Vec<MacroWord> {
    let word = |run: &TokenRun| {
        let segments = run.segments.iter().map(name_of).collect();
        match (run.after_dot, &run.call) {
            (true, Some(arguments)) => Some(MacroWord { segments, method_arguments: Some(arguments.to_string()) }),
            (true, None) => None,
            (false, _) => Some(MacroWord { segments, method_arguments: None }),
        }
    };
    // What a macro expands to: its matchers are not part of that.
    let runs = macro_bodies(tokens).iter().flat_map(token_runs).collect::<Vec<_>>();
    let mut words: Vec<MacroWord> = runs.iter().filter_map(word).collect();
    let mut seen = HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words
}

/// The leaves of the `use` declarations in the bodies of an item's functions.
pub(super) fn local_imports(item: &Item) -> Vec<Import> {
    struct Uses(Vec<Import>);

    impl<'ast> Visit<'ast> for Uses {
        fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

        fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
            self.0.extend(read_use(import));
        }
    }

    let mut uses = Uses(Vec::new());
    if !matches!(item, Item::Use(_)) {
        uses.visit_item(item);
    }
    uses.0
}

/// Names of the macros that an item calls; a module in the file is asked item by item.
pub(super) fn macro_calls(item: &Item) -> Vec<String> {
    struct Calls(Vec<String>);

    impl<'ast> Visit<'ast> for Calls {
        fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

        fn visit_macro(&mut self, call: &'ast syn::Macro) {
            self.0.extend(call.path.segments.last().map(|segment| name_of(&segment.ident)));
        }
    }

    let mut calls = Calls(Vec::new());
    calls.visit_item(item);
    calls.0
}

/// Whether `#[cfg(any())]` switches an item off for good: people keep old code that way.
pub(in crate::model) fn is_switched_off(item: &Item) -> bool {
    conditions(item_attributes(item)).any(|condition| condition == "any()")
}

/// Whether only tests have what these attributes stand on: `#[cfg(test)]`, `#[cfg(all(test, …))]`.
pub(in crate::model) fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    let needs_test = |condition: String| {
        let all = condition.strip_prefix("all(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(&condition);
        // What is inside of `any(…)` and `not(…)` is another question.
        !all.contains('(') && all.split(',').any(|word| word == "test") || all.starts_with("test,")
    };
    conditions(attributes).any(needs_test)
}

/// What the attributes say to rustc's lint about deprecated items: `allow` and `expect` silence it, `warn`, `deny` and `forbid` do not.
/// `None` when they do not name it. What stands in a `cfg_attr` counts: whoever wrote it knows.
pub(in crate::model) fn allows_deprecated(attributes: &[syn::Attribute]) -> Option<bool> {
    let lists = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::List(list) => Some((list.path.get_ident()?.to_string(), list.tokens.clone())),
        _ => None,
    });
    let settings = lists.flat_map(|(name, tokens)| if name == "cfg_attr" { lists_in(tokens) } else { vec![(name, tokens)] });
    settings.filter_map(|(level, lints)| lint_level(&level).filter(|_| names_deprecated(lints))).last()
}

/// `allow(…)` and its like among the tokens of a `cfg_attr`.
fn lists_in(tokens: TokenStream) -> Vec<(String, TokenStream)> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let list = |pair: &[TokenTree]| match pair {
        [TokenTree::Ident(name), TokenTree::Group(group)] => Some((name.to_string(), group.stream())),
        _ => None,
    };
    trees.windows(2).filter_map(list).collect()
}

fn lint_level(name: &str) -> Option<bool> {
    match name {
        "allow" | "expect" => Some(true),
        "warn" | "deny" | "forbid" => Some(false),
        _ => None,
    }
}

/// Whether a list of lints holds the one about deprecated items, or the group of all warnings.
fn names_deprecated(lints: TokenStream) -> bool {
    lints.into_iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "deprecated" || word == "warnings"))
}

/// The attributes of an item.
pub(in crate::model) fn item_attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        _ => &[],
    }
}

/// What the `#[cfg(…)]` among the attributes say, without spaces.
fn conditions(attributes: &[syn::Attribute]) -> impl Iterator<Item = String> {
    attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.to_string().split_whitespace().collect()),
        _ => None,
    })
}
