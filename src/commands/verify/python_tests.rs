//! Where the tests in Python are: what pytest is told in the project's settings, else every test file of the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use toml::Table;

/// What pytest calls test files unless it is told otherwise.
const TEST_FILES: [&str; 2] = ["test_*.py", "*_test.py"];

/// Folders that pytest does not go into by itself, and those of documentation tools and caches that hold copies.
const SKIPPED_FOLDERS: [&str; 8] = ["build", "dist", "node_modules", "venv", "CVS", "_darcs", "__pycache__", "site-packages"];

/// Files whose presence makes a folder a project of its own, or a virtual environment, or what cargo built.
const FOREIGN: [&str; 4] = ["pyproject.toml", "setup.py", "pyvenv.cfg", "CACHEDIR.TAG"];

/// The settings of pytest that say where tests are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Settings {
    testpaths: Option<Vec<String>>,
    python_files: Option<Vec<String>>,
    addopts: String,
}

/// The files and folders with tests of the project in `root`, or why there are none.
pub(super) fn find(root: &Path, pyproject: Option<&Table>) -> Result<Vec<PathBuf>, String> {
    let settings = settings(root, pyproject);
    let Some(named) = &settings.testpaths else {
        let files = test_files(root, &settings);
        return if files.is_empty() { Err("there are no tests in Python".to_owned()) } else { Ok(gathered(root, &files)) };
    };
    // pytest takes patterns in its setting, and none as an argument: the folder before the first one holds what it matches.
    let before_pattern =
        |path: &String| -> PathBuf { Path::new(path).iter().take_while(|part| !is_pattern(&part.to_string_lossy())).collect() };
    let there: Vec<PathBuf> = named.iter().map(|path| root.join(before_pattern(path))).filter(|path| path.exists()).collect();
    if there.is_empty() {
        return Err("what `testpaths` names is not there".to_owned());
    }
    let holding: Vec<PathBuf> = there.into_iter().filter(|path| path.is_file() || !test_files(path, &settings).is_empty()).collect();
    if holding.is_empty() { Err("there are no tests in what `testpaths` names".to_owned()) } else { Ok(holding) }
}

/// The Python package, as a dotted name, that one of these tests is a part of: such tests import their package relatively, or by its name.
pub(super) fn package_around(root: &Path, tests: &[PathBuf], module: &str) -> Option<String> {
    let package = module.rsplit_once('.').map_or(module, |(package, _)| package);
    let is_package = |dir: &Path| {
        let ends = package.rsplit('.').zip(dir.iter().rev()).all(|(part, name)| name == part);
        ends && dir.join("__init__.py").is_file()
    };
    tests.iter().any(|test| test.ancestors().take_while(|dir| *dir != root).any(is_package)).then(|| package.to_owned())
}

/// Whether the folder of the project has the package, or the module, right in it, where it would hide the installed one from tests that run there.
pub(super) fn hides(root: &Path, module: Option<&str>) -> bool {
    let top = module.and_then(|module| module.split('.').next());
    top.is_none_or(|top| root.join(top).is_dir() || root.join(format!("{top}.py")).is_file())
}

/// What the first file has to say that pytest would read.
fn settings(root: &Path, pyproject: Option<&Table>) -> Settings {
    let read = |name: &str| fs::read_to_string(root.join(name)).ok();
    let own = ["pytest.ini", ".pytest.ini"].iter().find_map(|name| read(name)).map(|text| {
        // A file of this name counts even if it says nothing.
        from_ini(&text, "pytest").unwrap_or_default()
    });
    let in_pytest_toml = || {
        let text = ["pytest.toml", ".pytest.toml"].iter().find_map(|name| read(name))?;
        Some(text.parse::<Table>().ok().and_then(|table| Some(from_toml(table.get("pytest")?.as_table()?))).unwrap_or_default())
    };
    let in_pyproject = || {
        let tool = pyproject?.get("tool")?.as_table()?.get("pytest")?.as_table()?;
        // pytest 9 reads its own table, older ones only the second.
        let table = tool.get("ini_options").and_then(toml::Value::as_table).unwrap_or(tool);
        Some(from_toml(table))
    };
    let in_tox = || from_ini(&read("tox.ini")?, "pytest");
    let in_setup = || from_ini(&read("setup.cfg")?, "tool:pytest");
    in_pytest_toml().or(own).or_else(in_pyproject).or_else(in_tox).or_else(in_setup).unwrap_or_default()
}

fn from_toml(table: &Table) -> Settings {
    let words = |key: &str| match table.get(key)? {
        toml::Value::Array(values) => Some(values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()),
        toml::Value::String(text) => Some(words_of(text)),
        _ => None,
    };
    let addopts = words("addopts").map(|words: Vec<String>| words.join(" ")).unwrap_or_default();
    Settings { testpaths: words("testpaths"), python_files: words("python_files"), addopts }
}

/// The settings in a section of a file that Python's `configparser` reads; values go on in lines that are indented.
fn from_ini(text: &str, section: &str) -> Option<Settings> {
    let header = format!("[{section}]");
    let mut lines = text.lines().skip_while(|line| line.trim() != header);
    lines.next()?;
    let mut settings = Settings::default();
    let mut key = String::new();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        let is_comment = line.trim_start().starts_with(['#', ';']);
        let (name, value) = match line.split_once(['=', ':']) {
            _ if is_comment => continue,
            Some((name, value)) if !line.starts_with([' ', '\t']) => (name.trim().to_owned(), value),
            _ => (key.clone(), line),
        };
        match name.as_str() {
            "testpaths" => settings.testpaths.get_or_insert_default().extend(words_of(value)),
            "python_files" => settings.python_files.get_or_insert_default().extend(words_of(value)),
            "addopts" => settings.addopts += value,
            _ => {}
        }
        key = name;
    }
    Some(settings)
}

fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Every test file below a folder that pytest would come upon.
fn test_files(folder: &Path, settings: &Settings) -> BTreeSet<PathBuf> {
    let root = folder.to_owned();
    let mut walk = WalkBuilder::new(folder);
    walk.standard_filters(false).hidden(true).filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        !is_folder || entry.path() == root || is_looked_into(entry.path())
    });
    let files = walk.build().filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.map(ignore::DirEntry::into_path).filter(|path| is_test(path, settings)).collect()
}

fn is_looked_into(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let is_skipped = SKIPPED_FOLDERS.contains(&&*name) || name.ends_with(".egg");
    !is_skipped && !FOREIGN.iter().any(|file| folder.join(file).is_file())
}

fn is_test(file: &Path, settings: &Settings) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let named = match &settings.python_files {
        // Patterns with a separator are about whole paths.
        Some(patterns) => patterns.iter().any(|pattern| pattern.contains('/') && name.ends_with(".py") || matches(pattern, &name)),
        None => TEST_FILES.iter().any(|pattern| matches(pattern, &name)),
    };
    let is_document = || [".py", ".pyi", ".txt", ".md", ".rst"].iter().any(|end| name.ends_with(end));
    named || settings.addopts.contains("doctest") && is_document()
}

/// Whether `*` and `?` of a pattern can stand for what the name has there. A class in brackets stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.chars().next() {
        None => name.is_empty(),
        Some('*') => name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(&pattern[1..], &name[at..])),
        Some('[') => true,
        Some(c) => name
            .chars()
            .next()
            .is_some_and(|first| (c == '?' || c == first) && matches(&pattern[c.len_utf8()..], &name[first.len_utf8()..])),
    }
}

/// The uppermost folders for tests that hold the files, and files that lie elsewhere by themselves.
fn gathered(root: &Path, files: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let uppermost = |file: &PathBuf| {
        let mut folders: Vec<&Path> = file.ancestors().skip(1).take_while(|dir| *dir != root).collect();
        folders.reverse();
        let is_for_tests = |dir: &&&Path| dir.file_name().is_some_and(|name| name == "tests" || name == "test");
        folders.iter().find(is_for_tests).map_or_else(|| file.clone(), |dir| dir.to_path_buf())
    };
    files.iter().map(uppermost).collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tempfile::TempDir;

    use super::*;

    /// A project with these files; those whose name does not end with `.py` have their text after `=`.
    fn tree(files: &[&str]) -> TempDir {
        let dir = tempfile::tempdir().expect("folder");
        for file in files {
            let (path, text) = file.split_once('=').unwrap_or((file, ""));
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
            fs::File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("file");
        }
        dir
    }

    /// What is found, relative to the project.
    fn found(files: &[&str]) -> Result<Vec<String>, String> {
        let dir = tree(files);
        let pyproject = fs::read_to_string(dir.path().join("pyproject.toml")).ok().map(|text| text.parse::<Table>().expect("good TOML"));
        let found = find(dir.path(), pyproject.as_ref())?;
        Ok(found.iter().map(|path| path.strip_prefix(dir.path()).expect("below").to_string_lossy().replace('\\', "/")).collect())
    }

    fn ok(paths: &[&str]) -> Result<Vec<String>, String> {
        Ok(paths.iter().map(|path| (*path).to_owned()).collect())
    }

    #[test]
    fn without_a_setting_every_test_file_counts() {
        assert_eq!(found(&["tests/test_a.py", "tests/deep/b_test.py", "test/test_c.py"]), ok(&["test", "tests"]));
        assert_eq!(found(&["python/tests/test_all.py", "python/pkg/__init__.py"]), ok(&["python/tests"]));
        assert_eq!(found(&["pkg/__init__.py", "pkg/test_x.py", "pkg/tests/unit/test_y.py"]), ok(&["pkg/test_x.py", "pkg/tests"]));
        let none = Err("there are no tests in Python".to_owned());
        assert_eq!(found(&[]), none);
        // The tests of a crate are in a folder of the same name.
        assert_eq!(found(&["tests/it.rs", "tests/data.py"]), none);
    }

    #[test]
    fn what_belongs_to_somebody_else_is_left_alone() {
        let none = Err("there are no tests in Python".to_owned());
        for foreign in [
            "target/CACHEDIR.TAG",
            "env/pyvenv.cfg",
            "examples/other/pyproject.toml",
            "vendor/x/setup.py",
            "node_modules/x",
            ".tox/py",
            "build/lib",
        ] {
            let folder = foreign.rsplit_once('/').expect("a folder").0;
            assert_eq!(found(&[foreign, &format!("{folder}/tests/test_a.py")]), none, "{foreign}");
        }
    }

    #[test]
    fn tests_are_where_pytest_is_told_to_look() {
        let table = |text: &str| format!("pyproject.toml=[tool.pytest.ini_options]\n{text}");
        let gone = Err("what `testpaths` names is not there".to_owned());
        assert_eq!(found(&[&table("testpaths = ['gone']"), "tests/test_a.py"]), gone);
        assert_eq!(found(&[&table("testpaths = 'checks/slow'"), "checks/slow/test_a.py", "tests/test_a.py"]), ok(&["checks/slow"]));
        assert_eq!(
            found(&["pyproject.toml=[tool.pytest]\ntestpaths = ['checks/sl*/*_test.py']", "checks/slow/a_test.py"]),
            ok(&["checks"])
        );
        let empty = Err("there are no tests in what `testpaths` names".to_owned());
        assert_eq!(found(&[&table("testpaths = ['tests']"), "tests/it.rs", "other/test_a.py"]), empty);
        assert_eq!(found(&[&table("python_files = 'check_*.py'"), "tests/check_a.py"]), ok(&["tests"]));
        assert_eq!(found(&[&table("addopts = ['--doctest-modules']\ntestpaths = ['pkg']"), "pkg/__init__.py"]), ok(&["pkg"]));
    }

    #[test]
    fn the_first_file_that_pytest_reads_counts() {
        let tests = ["a/test_a.py", "b/test_b.py", "c/test_c.py", "d/test_d.py"];
        let with = |settings: &[&str]| found(&[settings, &tests].concat());
        let setup = "setup.cfg=[metadata]\nname = x\n\n[tool:pytest]\ntestpaths = a\n";
        let tox = "tox.ini=[tox]\n[pytest]\n# where they are\ntestpaths =\n    b\n    c  \naddopts = -q\n[testenv]\ntestpaths = d\n";
        let pyproject = "pyproject.toml=[tool.pytest.ini_options]\ntestpaths = ['c']\n";
        let own = "pytest.ini=[pytest]\ntestpaths: d\n";
        assert_eq!(with(&[setup]), ok(&["a"]));
        assert_eq!(with(&[setup, tox]), ok(&["b", "c"]));
        assert_eq!(with(&[setup, tox, pyproject]), ok(&["c"]));
        assert_eq!(with(&[setup, tox, pyproject, own]), ok(&["d"]));
        assert_eq!(with(&[setup, "pytest.ini="]).map(|found| found.len()), Ok(4), "an empty one counts");
    }

    #[test]
    fn tests_inside_of_the_package_are_told() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(package_around(root, &[root.join("tests")], "tests"), None);
        let dir = tree(&["python/ns/pkg/__init__.py", "python/ns/pkg/tests/test_a.py", "tests/test_b.py"]);
        let around = |test: &str, module: &str| package_around(dir.path(), &[dir.path().join(test)], module);
        assert_eq!(around("python/ns/pkg/tests", "ns.pkg._core").as_deref(), Some("ns.pkg"));
        assert_eq!(around("python/ns/pkg/tests", "pkg").as_deref(), Some("pkg"));
        assert_eq!(around("python/ns/pkg/tests", "other._core"), None);
        assert_eq!(around("tests", "ns.pkg._core"), None);
    }

    #[test]
    fn a_package_in_the_folder_of_the_project_hides_the_installed_one() {
        let dir = tree(&["demo/__init__.py", "single.py", "python/other/__init__.py"]);
        let hides = |module: Option<&str>| hides(dir.path(), module);
        assert_eq!([hides(Some("demo._core")), hides(Some("single")), hides(Some("other._core")), hides(None)], [true, true, false, true]);
    }

    #[test]
    fn patterns_match_as_a_shell_does() {
        assert!(matches("test_*.py", "test_a.py") && matches("*_test.py", "a_test.py") && matches("t?st*", "tést_"));
        assert!(!matches("test_*.py", "test_a.pyc") && !matches("test_*.py", "a_test_b.py"));
    }
}
