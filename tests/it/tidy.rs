//! The house rules that no compiler checks: who imports whom, sizes of files, rules and their pages, what we ship being free of findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use hognose::engine::{CheckOptions, check};
use hognose::project::load;
use hognose::rules::{ALL, find, select};
use hognose::scaffold::answers::Answers;
use hognose::scaffold::names::Names;
use hognose::scaffold::{render, template, write};

use crate::support::repository;

/// Lines that a file in `src/` may have.
const MOST_LINES: usize = 400;
/// Every file of the repository that is not ignored, as a path with `/`, with its text; files that are no text are left out.
fn texts() -> Vec<(String, String)> {
    let root = repository();
    let mut walk = ignore::WalkBuilder::new(&root);
    walk.hidden(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .parents(false)
        .filter_entry(|entry| entry.file_name() != ".git");
    let mut texts: Vec<(String, String)> = walk
        .build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter_map(|entry| Some((relative(&root, entry.path()), fs::read_to_string(entry.path()).ok()?)))
        .collect();
    texts.sort();
    assert!(texts.len() > 50, "the repository was found");
    texts
}

fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).expect("below").components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

fn sources() -> Vec<(String, String)> {
    texts().into_iter().filter(|(path, _)| path.starts_with("src/") && path.ends_with(".rs")).collect()
}

fn assert_none(faults: &[String], what: &str) {
    assert!(faults.is_empty(), "{what}:\n  {}", faults.join("\n  "));
}

/// What each module may import, in the order of the table in ARCHITECTURE.md.
fn import_table() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let table = text.lines().skip_while(|line| !line.starts_with("| module |")).skip(2).take_while(|line| line.starts_with('|'));
    let word = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let rows: Vec<(String, BTreeSet<String>)> = table
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            assert_eq!(cells.len(), 3, "{line}");
            let imports = cells[2].split(',').map(word).filter(|name| name != "–").collect();
            (word(cells[0]), imports)
        })
        .collect();
    assert!(!rows.is_empty(), "ARCHITECTURE.md has the table `| module | what it knows | may import |`");
    rows
}

/// The text up to its test module.
fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod tests {").or_else(|| text.find("\n#[cfg(test)]\n#[expect")).map_or(text, |at| &text[..at])
}

/// The module path of a file: `src/a/b.rs` and `src/a/b/mod.rs` are both `a::b`.
fn module_path(file: &str) -> Vec<&str> {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs");
    inside.split('/').filter(|part| *part != "mod").collect()
}

/// The top modules that a file names, by `crate::…` or by as many `super::` as lead to the root.
fn imports_of(path: &str, text: &str) -> Vec<(usize, String)> {
    let to_root = "super::".repeat(module_path(path).len());
    let mut imports = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for prefix in ["crate::", to_root.as_str()] {
            for (at, _) in code.match_indices(prefix) {
                let before = code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$' || c == ':') {
                    continue;
                }
                let rest = &code[at + prefix.len()..];
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                imports.push((index + 1, name));
            }
        }
    }
    imports
}

#[test]
fn modules_import_what_the_table_says() {
    let table = import_table();
    let mut above: BTreeSet<&str> = BTreeSet::new();
    for (module, imports) in &table {
        let upwards: Vec<&String> = imports.iter().filter(|name| !above.contains(name.as_str())).collect();
        assert!(upwards.is_empty(), "`{module}` may import only what stands above it in the table, not {upwards:?}");
        above.insert(module);
    }
    let allowed: BTreeMap<&str, &BTreeSet<String>> = table.iter().map(|(module, imports)| (module.as_str(), imports)).collect();
    let mut faults = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (path, text) in sources() {
        if matches!(path.as_str(), "src/lib.rs" | "src/main.rs") || path.ends_with("tests.rs") {
            continue;
        }
        let module = module_path(&path)[0].to_owned();
        let Some(allowed) = allowed.get(module.as_str()) else {
            faults.push(format!("{path}: `{module}` is not in the table of ARCHITECTURE.md"));
            continue;
        };
        for (line, import) in imports_of(&path, without_tests(&text)) {
            if import != module && !allowed.contains(&import) {
                faults.push(format!("{path}:{line}: `{module}` may not import `{import}`"));
            }
        }
        seen.insert(module);
    }
    faults.extend(allowed.keys().filter(|module| !seen.contains(**module)).map(|module| format!("there is no module `{module}`")));
    assert_none(&faults, "ARCHITECTURE.md and the sources disagree");
}

#[test]
fn the_map_stays_short() {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    assert!(text.lines().count() <= 120, "ARCHITECTURE.md has {} lines", text.lines().count());
}

#[test]
fn source_files_stay_short_and_say_what_they_know() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{path} has {lines} lines; split it by what its parts know"));
        }
        if !text.starts_with("//! ") && !path.ends_with("tests.rs") {
            faults.push(format!("{path} does not open with a `//!` sentence"));
        }
    }
    assert_none(&faults, "files");
}

#[test]
fn rules_have_codes_names_and_pages_that_agree() {
    let mut faults = Vec::new();
    for pair in ALL.windows(2) {
        if pair[0].id.code >= pair[1].id.code {
            faults.push(format!("{} stands before {}", pair[0].id.code, pair[1].id.code));
        }
    }
    let is_name =
        |name: &str| name.split('-').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    let mut names = BTreeSet::new();
    for rule in ALL {
        let (code, name) = (rule.id.code, rule.id.name);
        let digits = code.strip_prefix("HG").unwrap_or_default();
        if digits.len() != 3 || !digits.chars().all(|c| c.is_ascii_digit()) {
            faults.push(format!("{code} is not `HG` and three digits"));
        }
        if select(&code[..3]).iter().any(|other| other.group != rule.group) {
            faults.push(format!("{code} shares its first digit with another group than `{}`", rule.group.name()));
        }
        if !is_name(name) || !names.insert(name) || name == rule.group.name() {
            faults.push(format!("`{name}` is no kebab-case name of its own"));
        }
        if find(code).map(|found| found.id) != Some(rule.id) || find(name).map(|found| found.id) != Some(rule.id) {
            faults.push(format!("{code} and `{name}` do not both find the rule"));
        }
        let page = repository().join(format!("docs/rules/{name}.md"));
        match fs::read_to_string(&page) {
            Ok(text) if text == rule.page => {}
            Ok(_) => faults.push(format!("`{name}` has another page than docs/rules/{name}.md")),
            Err(_) => faults.push(format!("docs/rules/{name}.md is missing")),
        }
        if rule.page.lines().next() != Some(&format!("# {name}")) {
            faults.push(format!("docs/rules/{name}.md does not begin with `# {name}`"));
        }
        if rule.summary.ends_with('.') || rule.summary.contains('\n') || rule.summary.chars().count() > 80 {
            faults.push(format!("the summary of `{name}` is no line without a full stop"));
        }
    }
    for entry in fs::read_dir(repository().join("docs/rules")).expect("docs/rules") {
        let path = entry.expect("entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !matches!(stem, "README" | "index") && find(stem).is_none() {
            faults.push(format!("docs/rules/{stem}.md is the page of no rule"));
        }
    }
    assert_none(&faults, "rules");
}

#[test]
fn every_rule_that_is_written_is_run() {
    let mut written = BTreeSet::new();
    for (_, text) in sources().into_iter().filter(|(path, _)| path.starts_with("src/rules/")) {
        for (at, _) in text.match_indices("\"HG") {
            let code: String = text[at + 1..].chars().take_while(|c| *c != '"').collect();
            if code.len() == "HG101".len() {
                written.insert(code);
            }
        }
    }
    let all: BTreeSet<String> = ALL.iter().map(|rule| rule.id.code.to_owned()).collect();
    assert_eq!(written, all, "`rules::ALL` lists every rule");
}

/// Findings below `folder`, those in `not_ours` left out.
pub(crate) fn findings(folder: &Path, not_ours: &[&str]) -> Vec<String> {
    let project = load(&[PathBuf::from(folder)]).expect("a folder");
    let outcome = check(&project, &CheckOptions::default());
    let ours = |path: &str| !not_ours.iter().any(|prefix| path.starts_with(prefix));
    let finding = |finding: &hognose::diagnostic::Diagnostic| {
        let file = project.sources.get(finding.primary.file);
        format!("{}:{} {} {}", file.display, file.lines.line(finding.primary.range.start), finding.rule.name, finding.message)
    };
    assert!(!outcome.packages.is_empty(), "{} uses PyO3", folder.display());
    let gaps = outcome.skipped.iter().filter(|gap| ours(&gap.path)).map(|gap| format!("{} was not checked: {}", gap.path, gap.reason));
    let found = outcome.findings.iter().filter(|found| ours(&project.sources.get(found.primary.file).display)).map(finding);
    found.chain(gaps).collect()
}

#[test]
fn what_we_ship_has_no_findings() {
    for &template in template::ALL {
        let dir = tempfile::tempdir().expect("folder");
        let answers = Answers::with_defaults(Names::new("some-name", None).expect("a good name"));
        let files = render::render(template, &answers).expect("a good template");
        let project = dir.path().join("some-name");
        write::write(&files, &project).expect("written");
        assert_none(&findings(&project, &[]), template.name);
    }
    assert_none(&findings(&repository(), &["tests/", "docs/"]), "this repository");
}

#[test]
fn nothing_is_left_undone() {
    let marks = ["todo", "unimplemented"].map(|name| format!("{name}!("));
    let words = ["TO", "FIX"].map(|start| format!("{start}{}", if start == "TO" { "DO" } else { "ME" }));
    let mut faults = Vec::new();
    for (path, text) in texts().into_iter().filter(|(path, _)| path.ends_with(".rs") || path.starts_with("templates/")) {
        for (index, line) in text.lines().enumerate() {
            if marks.iter().chain(&words).any(|mark| line.contains(mark)) {
                faults.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none(&faults, "not done");
}

/// Paths of one machine and addresses of one network help nobody else, and tell what is nobody's business.
#[test]
fn nothing_names_a_machine_or_a_registry() {
    let folders = ["root", "home", "Users", "work", "workspace"].map(|folder| format!("/{folder}/"));
    let settings = ["index-url", "index_url", "replace-with", "registry-index", "find-links"].map(|start| format!("{start} ="));
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let mut faults = Vec::new();
    for (path, text) in texts() {
        for (index, line) in text.lines().enumerate() {
            let names_folder = folders.iter().any(|folder| line.match_indices(folder.as_str()).any(|(at, _)| starts_a_path(&line[..at])));
            let is_setting = settings.iter().any(|setting| line.trim_start().starts_with(setting.as_str()));
            let is_source = line.contains("registry+") && path.ends_with("Cargo.lock") && !line.contains(registry);
            if names_folder || is_setting || is_source {
                faults.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none(&faults, "machines and registries");
}

/// Whether a `/` after this text is the root of a path, not the inside of one or of an address.
fn starts_a_path(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | ')' | '*' | '>'))
}

#[test]
fn repairs_read_no_english() {
    let words = [".label", ".rendered", "error.message", "error.notes", "quoted("];
    let repairs = sources().into_iter().filter(|(path, _)| path.starts_with("src/migrate/repair/") && !path.contains("tests"));
    let mut faults = Vec::new();
    for (path, text) in repairs {
        let lines = without_tests(&text).lines().zip(1..);
        let read = lines.flat_map(|(line, number)| words.map(|word| (line.contains(word), number, word)));
        faults.extend(read.filter(|(is_read, ..)| *is_read).map(|(_, number, word)| format!("{path}:{number}: `{word}`")));
    }
    assert_none(&faults, "what the compiler says is read in `compiler::diagnosis` only");
}
