//! Reading small parts of the tree: names, attributes, fields, leaves of `use`, words of macros.

use syn::visit::Visit;
use syn::{Fields, Item, UseTree};

use super::{Import, MacroWord};
use crate::rust::{Spans, TokenRun, TypeRef, name_of, token_runs};
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
                        proc_macro2::TokenTree::Ident(word) => Some(name_of(&word)),
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
            && ["pyclass", "pyo3", "cfg_attr"].iter().any(|name| list.path.is_ident(name))
        {
            collect_words(&list.tokens, &mut words);
        }
    }
    words
}

fn collect_words(tokens: &proc_macro2::TokenStream, words: &mut Vec<String>) {
    for token in tokens.clone() {
        match token {
            proc_macro2::TokenTree::Ident(word) => words.push(name_of(&word)),
            proc_macro2::TokenTree::Group(group) => collect_words(&group.stream(), words),
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

/// The byte range of every leaf of a `use` tree.
pub(in crate::model) fn leaf_ranges(tree: &UseTree, spans: Spans, found: &mut Vec<TextRange>) {
    match tree {
        UseTree::Path(step) => leaf_ranges(&step.tree, spans, found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaf_ranges(tree, spans, found)),
        leaf => found.push(spans.range(leaf)),
    }
}

pub(super) fn read_fields(prefix: &str, fields: &Fields) -> Vec<(String, TypeRef)> {
    let name = |(index, field): (usize, &syn::Field)| match &field.ident {
        Some(name) => (format!("{prefix}{name}"), TypeRef::new(&field.ty)),
        None => (format!("{prefix}{index}"), TypeRef::new(&field.ty)),
    };
    fields.iter().enumerate().map(name).collect()
}

pub(super) fn macro_words(tokens: &proc_macro2::TokenStream) -> Vec<MacroWord> {
    let word = |run: &TokenRun| {
        let segments = run.segments.iter().map(name_of).collect();
        match (run.after_dot, &run.call) {
            (true, Some(arguments)) => Some(MacroWord { segments, method_arguments: Some(arguments.to_string()) }),
            (true, None) => None,
            (false, _) => Some(MacroWord { segments, method_arguments: None }),
        }
    };
    let mut words: Vec<MacroWord> = token_runs(tokens).iter().filter_map(word).collect();
    let mut seen = Vec::new();
    words.retain(|word| {
        let new = !seen.contains(word);
        seen.push(word.clone());
        new
    });
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
    let attributes: &[syn::Attribute] = match item {
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
    };
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            list.tokens.to_string().chars().filter(|c| !c.is_whitespace()).eq("any()".chars())
        }
        _ => false,
    })
}
