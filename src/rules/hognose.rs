//! Rules about hognose's own settings and comments; the engine reports them.

use super::{Check, Group, Rule};
use crate::diagnostic::RuleId;

pub(super) static UNPARSABLE_FILE: Rule = Rule {
    id: RuleId { code: "HG001", name: "unparsable-file" },
    group: Group::Hognose,
    summary: "a file that is not valid Rust, TOML or UTF-8, and so was not checked",
    page: include_str!("../../docs/rules/unparsable-file.md"),
    check: Check::Engine,
};

pub(super) static UNKNOWN_SETTING: Rule = Rule {
    id: RuleId { code: "HG002", name: "unknown-setting" },
    group: Group::Hognose,
    summary: "a key, rule or value in hognose's settings that means nothing",
    page: include_str!("../../docs/rules/unknown-setting.md"),
    check: Check::Engine,
};

pub(super) static UNUSED_ALLOW: Rule = Rule {
    id: RuleId { code: "HG003", name: "unused-allow" },
    group: Group::Hognose,
    summary: "a comment that allows nothing: its rule finds nothing here, or it is misspelt",
    page: include_str!("../../docs/rules/unused-allow.md"),
    check: Check::Engine,
};
