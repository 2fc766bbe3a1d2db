//! What is written and what is left alone: uncommitted changes, files outside, links, hooks.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::{Run, git};

const CARGO: &str = "[package]\nname = \"ext\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.26\"\n";
const OLD: &str = "pub fn f() -> usize {\n    pyo3::Python::with_gil(|_py| 1)\n}\n";
const NEW: &str = "pub fn f() -> usize {\n    pyo3::Python::attach(|_py| 1)\n}\n";

pub(crate) fn run(arguments: &[&str], folder: &Path) -> Run {
    let all = ["hognose", "--color", "never"].iter().chain(arguments).map(OsString::from).chain([folder.into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = hognose::cli::run(all, &mut out, &mut err);
    Run { code, out: String::from_utf8(out).expect("text"), err: String::from_utf8(err).expect("text") }
}

fn fix(folder: &Path, options: &[&str]) -> Run {
    run(&[&["check", "--fix", "--output-format", "concise"], options].concat(), folder)
}

/// A folder with files.
struct Tree {
    dir: TempDir,
}

impl Tree {
    fn of(files: &[(&str, &str)]) -> Self {
        let tree = Self { dir: TempDir::new().expect("folder") };
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    /// The same, all of it committed.
    fn committed(files: &[(&str, &str)]) -> Self {
        let tree = Self::of(files);
        tree.git(&["init", "--quiet"]);
        tree.commit();
        tree
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    #[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(path, text).expect("file");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("file")
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.root(), arguments)
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "-m", "all"]);
    }
}

#[test]
fn only_files_that_are_written_stand_in_the_way() {
    let tree = Tree::committed(&[("Cargo.toml", CARGO), ("src/lib.rs", &format!("mod other;\n{OLD}")), ("src/other.rs", "")]);
    tree.write("Cargo.lock", "version = 4\n");
    tree.write("NOTES.txt", "later\n");
    tree.write("src/other.rs", "// typed\n");
    tree.write("src/scratch.rs", "fn scratch() {}\n");
    tree.write("src/.hognose-1-abcdef", "left behind\n");
    let run = fix(tree.root(), &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert_eq!(tree.read("src/lib.rs"), format!("mod other;\n{NEW}"));
    assert_eq!(tree.read("src/other.rs"), "// typed\n");
}

#[test]
fn what_git_could_not_bring_back_is_not_written() {
    let tree = Tree::committed(&[
        ("Cargo.toml", CARGO),
        ("src/lib.rs", &format!("mod new;\n#[path = \"ignored.rs\"]\nmod ignored;\n{OLD}")),
        (".gitignore", "ignored.rs\n"),
    ]);
    tree.write("src/lib.rs", &format!("mod new;\n#[path = \"ignored.rs\"]\nmod ignored;\n// typed\n{OLD}"));
    tree.write("src/new.rs", OLD);
    tree.write("src/ignored.rs", OLD);
    let refused = fix(tree.root(), &[]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    let expected = "error: the files to be written have uncommitted changes, which the new ones would be mixed with:\n  src/ignored.rs (ignored by \
                    git)\n  src/lib.rs (modified)\n  src/new.rs (untracked)\n  = help: commit or stash them, or pass `--allow-dirty`\n";
    assert_eq!(refused.err, expected);
    assert_eq!(fix(tree.root(), &["--allow-staged"]).code, 2);
    assert_eq!(tree.read("src/new.rs"), OLD);
    assert_eq!(fix(tree.root(), &["--allow-dirty"]).code, 0);
    assert_eq!((tree.read("src/new.rs").as_str(), tree.read("src/ignored.rs").as_str()), (NEW, NEW));
}

#[test]
fn a_dirty_tree_is_no_failure_where_nothing_would_be_written() {
    let gone = "pub fn g() {\n    let _guard = pyo3::Python::acquire_gil();\n}\n";
    let tree = Tree::committed(&[("Cargo.toml", CARGO), ("src/lib.rs", "")]);
    tree.write("src/lib.rs", NEW);
    assert_eq!(fix(tree.root(), &[]).code, 0);
    tree.write("src/lib.rs", gone);
    let run = fix(tree.root(), &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{}", run.out);
    assert_eq!(tree.read("src/lib.rs"), gone);
}

#[test]
fn staged_changes_are_kept_by_the_index() {
    let tree = Tree::committed(&[("Cargo.toml", CARGO), ("src/lib.rs", "")]);
    tree.write("src/lib.rs", OLD);
    tree.git(&["add", "."]);
    let refused = fix(tree.root(), &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("\n  src/lib.rs (staged)\n  = help: commit them, or pass `--allow-staged`\n"), "{}", refused.err);
    assert_eq!(fix(tree.root(), &["--allow-staged"]).code, 0);
    assert_eq!(tree.read("src/lib.rs"), NEW);
    assert_eq!(tree.git(&["show", ":src/lib.rs"]), OLD);
    tree.write("src/lib.rs", &format!("{OLD}// more\n"));
    let refused = fix(tree.root(), &["--allow-staged"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("  src/lib.rs (modified)\n  = help: commit or stash them, or pass `--allow-dirty`"), "{}", refused.err);
}

/// `git commit --all` makes an index of its own for the commit, and tells its hooks where that is.
#[cfg(unix)]
#[test]
fn fixing_works_in_a_hook_of_every_sort_of_commit() {
    for commit in [vec!["commit", "--all"], vec!["commit", "src/lib.rs"], vec!["commit"]] {
        let tree = Tree::committed(&[("Cargo.toml", CARGO), ("src/lib.rs", "")]);
        let script = format!("'{}' check --fix --allow-staged --output-format concise", env!("CARGO_BIN_EXE_hognose"));
        crate::support::program(&tree.path(".git/hooks/pre-commit"), &script);
        tree.write("src/lib.rs", OLD);
        if commit.len() == 1 {
            tree.git(&["add", "."]);
        }
        tree.git(&[commit.as_slice(), &["--quiet", "-m", "more"]].concat());
        assert_eq!(tree.read("src/lib.rs"), NEW, "{commit:?}");
        assert_eq!(tree.git(&["show", "HEAD:src/lib.rs"]), OLD, "{commit:?}");
    }
}

#[test]
fn a_crate_that_pyproject_toml_names_is_guarded_where_it_lies() {
    let pyproject = "[build-system]\nrequires = [\"maturin>=1.9,<2\"]\nbuild-backend = \"maturin\"\n\n[project]\nname = \"ext\"\nversion = \"1\"\n\n\
                     [tool.maturin]\nmanifest-path = \"../rust/Cargo.toml\"\n";
    let tree = Tree::committed(&[("py/pyproject.toml", pyproject), ("rust/Cargo.toml", CARGO), ("rust/src/lib.rs", "")]);
    tree.write("rust/src/lib.rs", OLD);
    let refused = fix(&tree.path("py"), &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("\n  ../rust/src/lib.rs (modified)\n"), "{}", refused.err);
    tree.commit();
    assert_eq!(fix(&tree.path("py"), &[]).code, 0);
    assert_eq!(tree.read("rust/src/lib.rs"), NEW);
}

#[test]
fn what_is_included_from_outside_is_left_alone() {
    let lib = format!("#[path = \"../../shared/inner.rs\"]\nmod inner;\ninclude!(\"../../shared/text.rs\");\npub mod own {{\n{OLD}}}\n");
    let files = [("ext/Cargo.toml", CARGO), ("ext/src/lib.rs", &lib), ("shared/inner.rs", OLD), ("shared/text.rs", OLD)];
    let tree = Tree::committed(&files);
    let diff = run(&["check", "--diff"], &tree.path("ext"));
    assert!(diff.out.matches("+++ b/").count() == 1 && diff.err.contains("2 fixes were left out"), "{}{}", diff.out, diff.err);
    let run = fix(&tree.path("ext"), &[]);
    assert_eq!(run.code, 1, "{}", run.out);
    let expected = "warning: 2 fixes were left out: they change files outside of the checked folder and its package, and a fix is applied as a whole or not \
                    at all\n  ../shared/inner.rs\n  ../shared/text.rs\n  = help: pass `--allow-outside` to fix these, too\n";
    assert_eq!(run.err, expected);
    assert_eq!((tree.read("ext/src/lib.rs"), tree.read("shared/inner.rs").as_str()), (lib.replace("with_gil", "attach"), OLD));
    tree.write("shared/inner.rs", &format!("// typed\n{OLD}"));
    let refused = fix(&tree.path("ext"), &["--allow-outside"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("\n  ../shared/inner.rs (modified)\n"), "{}", refused.err);
    tree.commit();
    assert_eq!(fix(&tree.path("ext"), &["--allow-outside"]).code, 0);
    assert_eq!((tree.read("shared/inner.rs"), tree.read("shared/text.rs").as_str()), (format!("// typed\n{NEW}"), NEW));
    // One file of the package alone: the package around it is no stranger, the shared folder is.
    tree.write("ext/src/lib.rs", &lib);
    tree.write("shared/text.rs", OLD);
    tree.commit();
    assert_eq!(fix(&tree.path("ext/src/lib.rs"), &[]).code, 0);
    assert_eq!(tree.read("shared/text.rs"), OLD);
}

#[cfg(unix)]
#[test]
fn the_target_of_a_link_counts_with_its_own_repository() {
    let shared = Tree::committed(&[("real.rs", OLD)]);
    let tree = Tree::of(&[("Cargo.toml", CARGO), ("src/lib.rs", "mod linked;\n")]);
    std::os::unix::fs::symlink(shared.path("real.rs"), tree.path("src/linked.rs")).expect("link");
    tree.git(&["init", "--quiet"]);
    tree.commit();
    let run = fix(tree.root(), &[]);
    assert_eq!(run.code, 1, "{}", run.out);
    let real = shared.path("real.rs").canonicalize().expect("file");
    assert!(run.err.contains(&format!("\n  src/linked.rs (a link to {})\n", real.display())), "{}", run.err);
    shared.write("real.rs", &format!("// typed\n{OLD}"));
    let refused = fix(tree.root(), &["--allow-outside"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("real.rs (modified)\n"), "{}", refused.err);
    shared.commit();
    assert_eq!(fix(tree.root(), &["--allow-outside"]).code, 0);
    assert_eq!(shared.read("real.rs"), format!("// typed\n{NEW}"));
}

#[test]
fn a_migration_looks_at_what_it_writes_and_may_write() {
    let cargo = CARGO.replace("0.26", "0.25");
    let workspace = "[workspace]\nmembers = [\"ext\"]\n\n[workspace.dependencies]\npyo3 = \"0.25\"\n";
    let tree = Tree::committed(&[("Cargo.toml", &cargo), ("src/lib.rs", &format!("mod other;\n{OLD}")), ("src/other.rs", "")]);
    let migrate = |folder: &Path, options: &[&str]| run(&[&["migrate", "--no-verify"], options].concat(), folder);
    tree.write("NOTES.txt", "later\n");
    tree.write("src/other.rs", "// typed\n");
    tree.write("Cargo.toml", &format!("{cargo}# typed\n"));
    let refused = migrate(tree.root(), &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains(":\n  Cargo.toml (modified)\n  = help"), "{}", refused.err);
    tree.git(&["add", "Cargo.toml"]);
    let refused = migrate(tree.root(), &["--output-format", "json"]);
    assert_eq!(
        (refused.code, refused.json()["state"].as_str(), refused.json()["rewrites"].as_array().map(Vec::len)),
        (2, Some("untouched"), Some(0))
    );
    let run = migrate(tree.root(), &["--allow-staged"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(tree.read("src/lib.rs"), format!("mod other;\n{NEW}"));

    let member = cargo.replace("pyo3 = \"0.25\"", "pyo3.workspace = true");
    let tree = Tree::committed(&[("Cargo.toml", workspace), ("ext/Cargo.toml", &member), ("ext/src/lib.rs", OLD)]);
    let refused = migrate(&tree.path("ext"), &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("\n  ../Cargo.toml\n") && refused.err.contains("pass `--allow-outside`"), "{}", refused.err);
    assert_eq!((tree.read("Cargo.toml").as_str(), tree.read("ext/src/lib.rs").as_str()), (workspace, OLD));
    assert_eq!(migrate(&tree.path("ext"), &["--allow-outside"]).code, 0);
    assert_eq!((tree.read("Cargo.toml"), tree.read("ext/src/lib.rs").as_str()), (workspace.replace("0.25", "0.30"), NEW));
}

/// What the compiler may lead to is asked for before it runs: every source of the package, and the lock file that cargo writes.
#[test]
fn a_migration_with_the_compiler_needs_all_sources_and_a_committed_lock_to_be_clean() {
    let cargo = CARGO.replace("0.26", "0.25");
    let tree = Tree::committed(&[
        ("Cargo.toml", &cargo),
        ("src/lib.rs", &format!("mod other;\n{OLD}")),
        ("src/other.rs", ""),
        ("Cargo.lock", "version = 4\n"),
    ]);
    tree.write("src/other.rs", "// typed\n");
    tree.write("Cargo.lock", "version = 4\n# typed\n");
    let refused = run(&["migrate", "--verify"], tree.root());
    assert_eq!(refused.code, 2);
    if refused.err.contains("cannot compile") {
        return;
    }
    assert!(refused.err.contains(":\n  Cargo.lock (modified)\n  src/other.rs (modified)\n  = help"), "{}", refused.err);
    assert_eq!(tree.read("src/lib.rs"), format!("mod other;\n{OLD}"));
}
