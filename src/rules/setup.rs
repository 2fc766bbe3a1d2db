//! Rules about manifests and packaging.

use super::{Check, Group, PackageContext, Rule};
use crate::diagnostic::{Findings, Fix, Level, RuleId};
use crate::project::Backend;
use crate::release::Release;
use crate::text::{Edit, TextRange, newline_of};

pub(super) static MISSING_CDYLIB: Rule = Rule {
    id: RuleId { code: "HG201", name: "missing-cdylib" },
    group: Group::Setup,
    summary: "a Python module in a library that is not built as `cdylib`",
    page: include_str!("../../docs/rules/missing-cdylib.md"),
    check: Check::Package(missing_cdylib),
};

fn missing_cdylib(context: &PackageContext<'_>, findings: &mut Findings) {
    let package = context.package;
    let Some(library) = &package.library else { return };
    let is_extension = library.crate_types.iter().any(|kind| kind == "cdylib");
    // A package that depends on the library may build the module around it.
    if !context.defines_module || library.proc_macro || is_extension || package.is_dependency {
        return;
    }
    let (level, consequence) = match package.backend {
        // maturin 1 passes `--crate-type cdylib` itself; editors and plain cargo do not know that.
        Backend::Maturin { at_least_one: true } => {
            (Level::Note, "maturin builds one anyway, but `cargo build` and editors build no Python module")
        }
        Backend::Maturin { at_least_one: false } => (Level::Warning, "maturin before 1.0 builds no Python module without it"),
        Backend::SetuptoolsRust => (Level::Error, "setuptools-rust finds no extension to install"),
        // So may one that nobody here sees.
        Backend::None if package.for_rust => return,
        Backend::Other | Backend::None => (Level::Error, "cargo builds no library that Python can import"),
    };
    let file = package.manifest;
    let text = &context.sources.get(file).text;
    let (range, edit) = match (library.crate_types_range, library.table) {
        (Some(range), _) => {
            let mut kinds = vec!["cdylib".to_owned()];
            kinds.extend(library.crate_types.iter().filter(|kind| *kind != "dylib").cloned());
            let list: Vec<String> = kinds.iter().map(|kind| format!("\"{kind}\"")).collect();
            (range, Edit::replace(range, format!("[{}]", list.join(", "))))
        }
        (None, Some(table)) => {
            let header = header_line(text, table);
            (header, Edit::insert(line_end(text, header), format!("{}crate-type = [\"cdylib\", \"rlib\"]", newline_of(text))))
        }
        (None, None) => {
            let package_header = text.find("[package]").map_or(TextRange::empty(0), |at| TextRange::new(at, at + "[package]".len()));
            let break_ = newline_of(text);
            let gap = if text.ends_with('\n') { break_.to_owned() } else { break_.repeat(2) };
            (package_header, Edit::insert(text.len(), format!("{gap}[lib]{break_}crate-type = [\"cdylib\", \"rlib\"]{break_}")))
        }
    };
    let fix = Fix::safe("build the library as `cdylib` for Python and `rlib` for Rust tests", Release::OLDEST).edit(file, edit);
    findings
        .report(
            file,
            range,
            level,
            format!("the library of `{}` defines a `#[pymodule]` but is not built as `cdylib`: {consequence}", package.name),
        )
        .help("set `crate-type = [\"cdylib\", \"rlib\"]` in `[lib]`")
        .fix(fix);
}

/// The header of a table, `[lib]`, without what follows it.
fn header_line(text: &str, table: TextRange) -> TextRange {
    let length = text[table.start..].find(']').map_or(table.len(), |at| at + 1);
    TextRange::new(table.start, table.start + length)
}

fn line_end(text: &str, header: TextRange) -> usize {
    text[header.end..].find(['\r', '\n']).map_or(text.len(), |at| header.end + at)
}
