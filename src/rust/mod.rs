//! Rust text to syntax trees: the only caller of `syn::parse*` and of spans.

mod file;
mod macros;
mod names;
mod nesting;
mod nodes;
mod scan;
mod templates;
mod tokens;
mod types;

pub use file::{PARSER_STACK, ParseFailure, RustFile, Spans, stripped_bytes};
pub use macros::{MacroBody, TokenRun, parse_macro, token_runs};
pub use names::{bare_name, name_of};
pub use nodes::{Closure, Function, Node, NodeId, Nodes, Parameter, Syntax};
pub use scan::{Comment, scan_comments, scan_long_strings};
pub use templates::{
    MacroArm, is_macro_variable, is_variable, macro_arms, macro_bodies, macro_variable, quoted_statements, template_of_quote,
    with_variables,
};
pub use tokens::{Tokens, code, has_word, tokens};
pub use types::{SCALARS, TypeRef, parse_type, string_value, takes_suffix};
