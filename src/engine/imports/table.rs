//! The `use` declarations of one file as owned data: scopes, items and leaves with their byte ranges.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility, spanned::Spanned};

use super::leaves::Leaves;
use crate::rust::{PARSER_STACK, RustFile, Spans, name_of, stripped_bytes};
use crate::text::{TextRange, newline_of};

/// All `use` declarations of a file.
#[derive(Debug)]
pub(super) struct UseTable {
    /// The file itself first; parents before children.
    pub(super) scopes: Vec<Scope>,
    /// In the order of the text.
    pub(super) uses: Vec<UseItem>,
    pub(super) leaves: Leaves,
    /// The line end that the file uses.
    pub(super) newline: &'static str,
}

/// A module or a block that can hold `use` declarations.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    /// Braces included; for the file, everything and the place after its end.
    pub(super) range: TextRange,
    pub(super) parent: Option<usize>,
    /// Where the contents begin: after the brace, or after byte order mark and shebang.
    pub(super) body: usize,
    /// End of the last inner attribute or inner doc comment.
    pub(super) inner_end: Option<usize>,
    /// Start of the first item, its attributes included.
    pub(super) first_item: Option<usize>,
    /// The last `use` of the run of `use` with which the scope begins.
    pub(super) last_leading_use: Option<usize>,
    /// Names that items of the scope define.
    pub(super) defined: HashSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Block,
}

#[derive(Debug)]
pub(super) struct UseItem {
    pub(super) scope: usize,
    /// From its first attribute to the semicolon.
    pub(super) range: TextRange,
    pub(super) tree: Node,
    /// Attributes that are no documentation.
    pub(super) attributes: Vec<TextRange>,
    /// `pub`, `pub(crate)` …
    pub(super) visibility: Option<TextRange>,
    /// Whether `cfg` or `cfg_attr` decides on it.
    pub(super) conditional: bool,
}

impl UseItem {
    /// Whether a further name can be added without changing who sees it, or when.
    pub(super) fn is_plain(&self) -> bool {
        self.attributes.is_empty() && self.visibility.is_none()
    }
}

/// One tree of a `use` declaration: `a::b`, `a::*` or `a::{…}`.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) range: TextRange,
    /// The segments of this node alone; those of a leaf include its name.
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Leaf { alias: Option<String> },
    Glob,
    Group { braces: TextRange, items: Vec<Node>, commas: Vec<usize> },
}

impl UseTable {
    /// Reads `text`; `None` when it is no valid Rust.
    pub(super) fn read(text: &str) -> Option<Self> {
        // A thread of its own: callers run on any thread, and the parser needs a big stack.
        std::thread::scope(|threads| {
            let reader = std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(threads, || read_on_this_thread(text));
            reader.ok()?.join().ok().flatten()
        })
    }

    /// The innermost scope around `at` that is a module or has `use` declarations.
    pub(super) fn scope_at(&self, at: usize) -> usize {
        self.scopes.iter().rposition(|scope| scope.range.contains_offset(at)).unwrap_or(0)
    }

    /// The module around a scope, or the scope itself when it is one.
    pub(super) fn module_of(&self, scope: usize) -> usize {
        match (self.scopes[scope].kind, self.scopes[scope].parent) {
            (ScopeKind::Block, Some(parent)) => self.module_of(parent),
            _ => scope,
        }
    }

    /// The place of the declaration that holds this offset, if one does.
    pub(super) fn use_at(&self, offset: usize) -> Option<usize> {
        let index = self.uses.partition_point(|item| item.range.end < offset);
        self.uses.get(index).filter(|item| item.range.start <= offset).map(|_| index)
    }

    pub(super) fn uses_of(&self, scope: usize) -> impl Iterator<Item = (usize, &UseItem)> {
        self.uses.iter().enumerate().filter(move |(_, item)| item.scope == scope)
    }
}

/// Length of what stands before the code: byte order mark and shebang line.
fn prefix_length(text: &str) -> usize {
    let stripped = stripped_bytes(text);
    stripped + usize::from(text[stripped..].starts_with('\n') && text[..stripped].contains("#!"))
}

fn read_on_this_thread(text: &str) -> Option<UseTable> {
    let file = RustFile::parse(text).ok()?;
    let table = UseTable { scopes: Vec::new(), uses: Vec::new(), leaves: Leaves::default(), newline: newline_of(text) };
    let mut reader = Reader { spans: file.spans(), table, current: 0 };
    reader.open(ScopeKind::Module, TextRange::new(0, text.len() + 1), prefix_length(text));
    reader.read_attributes(&file.tree().attrs);
    reader.read_items(&file.tree().items);
    let leaves = Leaves::new(&reader.table.uses);
    Some(UseTable { leaves, ..reader.table })
}

struct Reader {
    spans: Spans,
    table: UseTable,
    current: usize,
}

impl Reader {
    fn range(&self, span: Span) -> TextRange {
        self.spans.of(span)
    }

    fn open(&mut self, kind: ScopeKind, range: TextRange, body: usize) {
        let parent = (!self.table.scopes.is_empty()).then_some(self.current);
        self.current = self.table.scopes.len();
        self.table.scopes.push(Scope {
            kind,
            range,
            parent,
            body,
            inner_end: None,
            first_item: None,
            last_leading_use: None,
            defined: HashSet::new(),
        });
    }

    fn close(&mut self) {
        self.current = self.table.scopes[self.current].parent.unwrap_or(0);
    }

    fn read_attributes(&mut self, attributes: &[Attribute]) {
        let inner = attributes.iter().filter(|attribute| matches!(attribute.style, syn::AttrStyle::Inner(_)));
        self.table.scopes[self.current].inner_end = inner.map(|attribute| self.range(attribute.span()).end).max();
    }

    fn read_items(&mut self, items: &[Item]) {
        let scope = self.current;
        self.table.scopes[scope].first_item = items.first().map(|item| self.range(item.span()).start);
        for name in items.iter().filter_map(defined_name) {
            self.table.scopes[scope].defined.insert(name);
        }
        let leading = items.iter().take_while(|item| matches!(item, Item::Use(_))).count();
        for (position, item) in items.iter().enumerate() {
            self.visit_item(item);
            if position + 1 == leading {
                self.table.scopes[scope].last_leading_use = self.table.uses.len().checked_sub(1);
            }
        }
    }

    fn node(&self, tree: &UseTree) -> Node {
        let mut path = Vec::new();
        let mut start = None;
        let mut tree = tree;
        loop {
            let at = |span: Span| start.unwrap_or_else(|| self.range(span).start);
            match tree {
                UseTree::Path(part) => {
                    start = Some(at(part.ident.span()));
                    path.push(name_of(&part.ident));
                    tree = &part.tree;
                }
                UseTree::Name(name) => {
                    path.push(name_of(&name.ident));
                    let range = TextRange::new(at(name.ident.span()), self.range(name.ident.span()).end);
                    return Node { range, path, kind: Kind::Leaf { alias: None } };
                }
                UseTree::Rename(renamed) => {
                    path.push(name_of(&renamed.ident));
                    let range = TextRange::new(at(renamed.ident.span()), self.range(renamed.rename.span()).end);
                    return Node { range, path, kind: Kind::Leaf { alias: Some(name_of(&renamed.rename)) } };
                }
                UseTree::Glob(glob) => {
                    let star = self.range(glob.star_token.span());
                    return Node { range: TextRange::new(at(glob.star_token.span()), star.end), path, kind: Kind::Glob };
                }
                UseTree::Group(group) => {
                    let braces = self.range(group.brace_token.span.open()).cover(self.range(group.brace_token.span.close()));
                    let range = TextRange::new(at(group.brace_token.span.open()), braces.end);
                    let items = group.items.iter().map(|item| self.node(item)).collect();
                    let commas = group.items.pairs().filter_map(|pair| pair.punct().map(|comma| self.range(comma.span()).start)).collect();
                    return Node { range, path, kind: Kind::Group { braces, items, commas } };
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let visibility = match &item.vis {
            Visibility::Inherited => None,
            vis => Some(self.range(vis.span())),
        };
        let first = item.attrs.first().map(|attribute| self.range(attribute.span()).start);
        let start = first.or(visibility.map(|range| range.start)).unwrap_or_else(|| self.range(item.use_token.span).start);
        let is_condition = |attribute: &Attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr");
        let attributes = item.attrs.iter().filter(|attribute| !attribute.path().is_ident("doc"));
        let found = UseItem {
            scope: self.current,
            range: TextRange::new(start, self.range(item.semi_token.span()).end),
            tree: self.node(&item.tree),
            attributes: attributes.map(|attribute| self.range(attribute.span())).collect(),
            visibility,
            conditional: item.attrs.iter().any(is_condition),
        };
        self.table.uses.push(found);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let Some((brace, items)) = &item.content else { return };
        let open = self.range(brace.span.open());
        self.open(ScopeKind::Module, open.cover(self.range(brace.span.close())), open.end);
        self.read_attributes(&item.attrs);
        self.read_items(items);
        self.close();
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let has_uses = block.stmts.iter().any(|statement| matches!(statement, syn::Stmt::Item(Item::Use(_))));
        if !has_uses {
            return visit::visit_block(self, block);
        }
        let open = self.range(block.brace_token.span.open());
        self.open(ScopeKind::Block, open.cover(self.range(block.brace_token.span.close())), open.end);
        visit::visit_block(self, block);
        self.close();
    }
}

fn defined_name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name_of(ident))
}
