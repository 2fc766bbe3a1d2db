//! Rules about threads, attaching and detaching.

use super::{Check, FileContext, Group, Rule};
use crate::diagnostic::{Findings, Level, RuleId};
use crate::model::DetachedAccessKind;

pub(super) static PYTHON_ACCESS_WHILE_DETACHED: Rule = Rule {
    id: RuleId { code: "HG301", name: "python-access-while-detached" },
    group: Group::Concurrency,
    summary: "Python reached inside the closure of `detach` or `allow_threads`",
    page: include_str!("../../docs/rules/python-access-while-detached.md"),
    check: Check::File(python_access_while_detached),
};

fn python_access_while_detached(context: &FileContext<'_>, findings: &mut Findings) {
    for access in &context.facts.detached {
        let detach = access.detach_name.as_str();
        let (level, message, help) = match &access.kind {
            DetachedAccessKind::Captured(name, ty) => (
                Level::Error,
                format!("`{name}` ({ty}) belongs to an attached thread, but this closure runs detached from the interpreter"),
                format!("take plain Rust data out of `{name}` before `{detach}`, and build Python objects after it"),
            ),
            DetachedAccessKind::Assumed(function) => (
                Level::Error,
                format!("`Python::{function}` claims that the thread is attached, but this closure runs detached: undefined behaviour"),
                "use `Python::attach` here, or move the Python work out of the closure".to_owned(),
            ),
            DetachedAccessKind::AssumingHelper(function) => (
                Level::Error,
                format!("`{function}` assumes that the thread is attached, but this closure runs detached: undefined behaviour"),
                format!("call `{function}` outside of `{detach}`, or give it a token as a parameter"),
            ),
            DetachedAccessKind::Attached(function) => (
                Level::Note,
                format!("all that this closure does is `Python::{function}`, so `{detach}` lets no other thread run meanwhile"),
                format!("do the Python work without `{detach}`"),
            ),
        };
        findings.report(context.file, access.range, level, message).help(help).label("Python is reached here").also(
            context.file,
            access.detach,
            "the thread detaches here",
        );
    }
}
