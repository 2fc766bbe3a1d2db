//! E0308, E0599 in what a procedural macro wrote: rustc points at its call, and what is wrong stands in a `quote!` of the project.

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::Visit;

use super::Repair;
use super::ownership::printed;
use crate::compiler::{CompilerError, Fault, Label, Mismatched, Origin};
use crate::rust::{RustFile, Spans, TypeRef, template_of_quote};
use crate::text::{Edit, TextRange};

/// Repairs the templates of the project, where the error can come from one: files are given with their texts. Which of the templates it was is not known:
/// what would be wrong in all of them alike is repaired in all of them, and the compiler is asked again.
pub fn in_templates<'t>(error: &CompilerError, mut files: impl Iterator<Item = (&'t Path, &'t str)>) -> Option<Repair> {
    let place = error.spans.first()?;
    if error.diagnosis.origin != Origin::ProceduralMacro {
        return None;
    }
    let wanted = match (&error.diagnosis.fault, &place.said) {
        // The note leaves out what the types have in common.
        (Fault::Mismatch { at, .. }, Label::Mismatch(types)) => Wanted::of(&printed(&types.expected), &printed(&types.found), *at)?,
        (Fault::NoMethod { method, .. }, _) => Wanted::Converted { method: conversion(method)? },
        _ => return None,
    };
    files.find_map(|(path, text)| {
        let edits = wanted.edits(text);
        (!edits.is_empty()).then(|| Repair { id: "template", ..Repair::new(path, edits, wanted.title()) })
    })
}

/// What is missing in the templates.
enum Wanted {
    /// `?` behind calls that made such an object, and can fail now.
    Propagated { class: String },
    /// `&` before an argument that is the object which a method gave, if it did.
    LentResult,
    /// What PyO3 has instead of a method that converted.
    Converted { method: &'static str },
    /// `&` before the variable in `Some(variable)` that a call is given: keyword arguments.
    Lent,
}

impl Wanted {
    fn of(expected: &TypeRef, found: &TypeRef, at: Mismatched) -> Option<Self> {
        let TypeRef::Reference(expected) = expected else { return None };
        match (expected.name()?, found.name()?, found) {
            ("Bound", "Bound", _) if at == Mismatched::QuestionMark => Some(Self::LentResult),
            ("Bound", "Bound", _) => Some(Self::Lent),
            ("Bound", "Result", TypeRef::Path { arguments, .. }) => {
                let TypeRef::Path { arguments, .. } = arguments.first()? else { return None };
                Some(Self::Propagated { class: arguments.last()?.name()?.to_owned() })
            }
            _ => None,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Propagated { .. } => "propagate the error of a call that can fail now, in the template of a macro",
            Self::LentResult => "lend objects to calls, in the template of a macro",
            Self::Converted { .. } => "convert by `IntoPyObject`, in the template of a macro",
            Self::Lent => "lend keyword arguments to the call, in the template of a macro",
        }
    }

    fn edits(&self, text: &str) -> Vec<Edit> {
        let read = |file: &RustFile| {
            let mut templates = Templates { spans: file.spans(), wanted: self, edits: Vec::new() };
            templates.visit_file(file.tree());
            templates.edits
        };
        RustFile::inspect(text, read).unwrap_or_default()
    }

    /// The edits in one group of tokens, `call` being the method whose arguments those are.
    fn in_tokens(&self, tokens: &TokenStream, call: Option<&str>, spans: Spans, edits: &mut Vec<Edit>) {
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        for (at, tree) in trees.iter().enumerate() {
            let TokenTree::Group(group) = tree else { continue };
            let name = at.checked_sub(1).and_then(|before| word(&trees[before]));
            let is_call = group.delimiter() == Delimiter::Parenthesis;
            let is_method = at > 1 && is(&trees[at - 2], '.');
            self.in_tokens(&group.stream(), name.as_deref().filter(|_| is_call && is_method), spans, edits);
            let range = spans.of(group.span());
            match self {
                Self::Propagated { class } if is_call && !trees.get(at + 1).is_some_and(|next| is(next, '?')) => {
                    let is_made = match name.as_deref() {
                        Some("into_py_dict") => is_method && class == "PyDict",
                        Some("new") => {
                            at > 3 && word(&trees[at - 4]).as_deref() == Some(class) && matches!(class.as_str(), "PyList" | "PyTuple")
                        }
                        _ => false,
                    };
                    edits.extend(is_made.then(|| Edit::insert(range.end, "?")));
                }
                Self::LentResult if is_call && name.is_some() => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    if let [first, .., method, TokenTree::Group(_), question] = inside.as_slice()
                        && is(question, '?')
                        && word(first).is_some()
                        && word(method).is_some_and(|method| GIVE_OBJECTS.contains(&method.as_str()))
                        && !inside.iter().any(|tree| is(tree, ','))
                    {
                        edits.push(Edit::insert(spans.of(first.span()).start, "&"));
                    }
                }
                Self::Converted { method } if is_call && is_method && name.as_deref() == Some(method) => {
                    let receiver = receiver(&trees[..at - 2]).and_then(|start| trees.get(start));
                    if let Some(first) = receiver {
                        let lent = if *method == "to_object" { "&" } else { "" };
                        let dot = spans.of(trees[at - 2].span()).start;
                        edits.push(Edit::insert(spans.of(first.span()).start, format!("pyo3::IntoPyObjectExt::into_py_any({lent}")));
                        edits.push(Edit::replace(TextRange::new(dot, range.end), format!(", {}).unwrap()", group.stream())));
                    }
                }
                Self::Lent if is_call && name.as_deref() == Some("Some") && matches!(call, Some("call" | "call_method")) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    let is_variable = match inside.as_slice() {
                        [TokenTree::Ident(_)] => true,
                        [sigil, TokenTree::Ident(_)] => is(sigil, '#'),
                        _ => false,
                    };
                    edits.extend(is_variable.then(|| Edit::insert(spans.of(inside[0].span()).start, "&")));
                }
                _ => {}
            }
        }
    }
}

/// Methods that give objects, or fail.
const GIVE_OBJECTS: [&str; 8] = ["get_item", "getattr", "call", "call0", "call1", "call_method", "call_method0", "call_method1"];

/// The method that rustc does not find, if it is one that converted.
fn conversion(missing: &str) -> Option<&'static str> {
    ["into_py", "to_object"].into_iter().find(|method| *method == missing)
}

/// Where the receiver begins that ends with these tokens: variables and fields, calls, parentheses.
fn receiver(tokens: &[TokenTree]) -> Option<usize> {
    let is_part = |tree: &TokenTree| match tree {
        TokenTree::Ident(word) => !["return", "match", "if", "else", "in", "let"].iter().any(|keyword| word == keyword),
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
        TokenTree::Punct(sign) => matches!(sign.as_char(), '.' | ':' | '?' | '#'),
        TokenTree::Literal(_) => true,
    };
    let parts = tokens.iter().rev().take_while(|tree| is_part(tree)).count();
    (parts > 0).then(|| tokens.len() - parts)
}

/// Looks for templates in a file.
struct Templates<'w> {
    spans: Spans,
    wanted: &'w Wanted,
    edits: Vec<Edit>,
}

impl<'ast> Visit<'ast> for Templates<'_> {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if let Some(template) = template_of_quote(&name, &call.tokens) {
            self.wanted.in_tokens(&template, None, self.spans, &mut self.edits);
        }
    }
}

fn word(tree: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(word) = tree { Some(word.to_string()) } else { None }
}

fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::Span;
    use crate::text::apply_edits;

    fn repaired(origin: &str, types: (&str, &str), text: &str) -> Option<String> {
        said(("E0308", "mismatched types"), origin, types, text)
    }

    fn said((code, message): (&str, &str), origin: &str, types: (&str, &str), text: &str) -> Option<String> {
        let span = Span {
            path: "a.rs".into(),
            range: TextRange::new(0, 1),
            line: 1,
            label: format!("expected `{}`, found `{}`", types.0, types.1),
            said: Label::default(),
            is_primary: true,
            in_macro: true,
        };
        let error = CompilerError {
            code: Some(code.to_owned()),
            message: message.to_owned(),
            spans: vec![span],
            rendered: format!("this error originates in the {origin} `M`"),
            ..CompilerError::default()
        }
        .diagnosed();
        let repair = in_templates(&error, [(Path::new("b.rs"), "fn f() {}"), (Path::new("c.rs"), text)].into_iter())?;
        assert_eq!(repair.path, Path::new("c.rs"));
        Some(apply_edits(text, &repair.edits).unwrap())
    }

    #[test]
    fn templates_are_mended_where_the_compiler_sees_their_outcome_only() {
        let lent = ("&Bound<'_, PyDict>", "Bound<'_, PyDict>");
        let failed = ("&Bound<'_, PyDict>", "Result<Bound<'_, PyDict>, PyErr>");
        let rows = [
            (lent, "quote! { c.call((), Some(kwargs))?.x(Some(a)) }", "quote! { c.call((), Some(&kwargs))?.x(Some(a)) }"),
            (
                lent,
                "quote! { impl #g T for #n { f!(c.call_method(n, (), Some(#k))) } }",
                "quote! { impl #g T for #n { f!(c.call_method(n, (), Some(&#k))) } }",
            ),
            (failed, "quote! { [ #a #b ].iter().into_py_dict(py) }", "quote! { [ #a #b ].iter().into_py_dict(py)? }"),
        ];
        for (types, before, after) in rows {
            let within = |quoted: &str| format!("fn f() -> T {{ {quoted} }}");
            assert_eq!(repaired("derive macro", types, &within(before)), Some(within(after)));
        }
        let tried = |text: &str| said(("E0308", "`?` operator has incompatible types"), "derive macro", lent, text);
        assert_eq!(
            tried("fn f() { quote! { #(#a: <#b as F>::f(o.get_item(stringify!(#a))?)?, g(a, o.get_item(1)?))* } }").as_deref(),
            Some("fn f() { quote! { #(#a: <#b as F>::f(&o.get_item(stringify!(#a))?)?, g(a, o.get_item(1)?))* } }"),
        );
        let list = ("&Bound<'_, PyList>", "Result<Bound<'_, PyList>, PyErr>");
        assert_eq!(
            repaired("attribute macro", list, "fn f() { quote! { g(&pyo3::types::PyList::new(py, #a), PyDict::new(py)) } }").as_deref(),
            Some("fn f() { quote! { g(&pyo3::types::PyList::new(py, #a)?, PyDict::new(py)) } }"),
        );
    }

    #[test]
    fn conversions_in_templates_are_written_out() {
        let repaired = |message: &str, text: &str| said(("E0599", message), "derive macro", ("", ""), text);
        let within = |quoted: &str| format!("fn f() -> T {{ quote! {{ match x {{ A => {quoted}, _ => y }} }} }}");
        let into_py = "no method named `into_py` found for type `bool` in the current scope";
        let to_object = into_py.replace("into_py", "to_object");
        for (message, before, after) in [
            (into_py, "(self == other).into_py(py)", "pyo3::IntoPyObjectExt::into_py_any((self == other), py).unwrap()"),
            (&to_object, "self.#name.a()?.to_object(#py)", "pyo3::IntoPyObjectExt::into_py_any(&self.#name.a()?, # py).unwrap()"),
        ] {
            assert_eq!(repaired(message, &within(before)), Some(within(after)));
        }
        assert_eq!(repaired(&into_py.replace("into_py", "other"), &within("a.other(py)")), None);
    }

    #[test]
    fn templates_of_other_macros_stay() {
        let lent = ("&Bound<'_, PyDict>", "Bound<'_, PyDict>");
        let text = "fn f() { quote! { c.call((), Some(kwargs)) } }";
        assert_eq!(repaired("macro", lent, text), None);
        assert_eq!(repaired("derive macro", ("u8", "u16"), text), None);
        assert_eq!(repaired("derive macro", lent, "fn f() { c.call((), Some(kwargs)) }"), None);
        assert_eq!(repaired("derive macro", lent, "fn f() { quote! { c.call((), Some(&kwargs)) } }"), None);
    }
}
