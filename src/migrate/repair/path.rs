//! E0599: `PyAny::is_none` as a path; the methods of Python objects are those of `Bound` now.

use super::Repair;
use super::site::Site;
use crate::compiler::{Fault, Items};
use crate::rust::Syntax;
use crate::text::{Edit, TextRange};

pub(super) fn method_by_path(site: &Site<'_>) -> Option<Repair> {
    let Fault::NoItem { name: method, of: class, among: Items::Functions } = site.fault() else { return None };
    let class = class.rsplit("::").next()?;
    let is_python = class.starts_with("Py") && !class.contains('<') && class != "PyErr";
    let path = site.here()?;
    let range = site.node(path).range;
    // `PyAny::is_none`, and nothing that generics or a trait would have to be carried over from.
    if !is_python || site.node(path).syntax != Syntax::Primary || !site.text(range).ends_with(&format!("::{method}")) {
        return None;
    }
    let parent = site.node(site.node(path).parent?);
    match &parent.syntax {
        Syntax::Call { function, arguments } if *function == range => {
            let receiver = *arguments.first()?;
            // A constructor that is gone.
            if site.token(path).is_some_and(|token| site.text(receiver) == token) {
                return None;
            }
            let end = arguments.get(1).map_or(receiver.end, |next| next.start);
            let mut edits = vec![Edit::delete(TextRange::new(range.start, receiver.start))];
            // The path said what is extracted.
            let untyped = site.view.nodes.inside(receiver).find_map(|(_, node)| match &node.syntax {
                Syntax::MethodCall { method, generics: None, .. } if site.text(*method) == "extract" => Some(method.end),
                _ => None,
            });
            edits.extend(untyped.map(|at| Edit::insert(at, format!("::<Bound<'_, {class}>>"))));
            edits.extend(site.suffix(receiver, &format!(".{method}(")));
            edits.push(Edit::delete(TextRange::new(receiver.end, end)));
            site.repair("call the method of `Bound`", edits)
        }
        Syntax::MethodCall { arguments, .. } | Syntax::Call { arguments, .. } if arguments.contains(&range) => {
            site.repair("call the method of `Bound`", vec![Edit::replace(range, format!("|object| object.{method}()"))])
        }
        _ => None,
    }
}
