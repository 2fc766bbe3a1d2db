//! What goes wrong from outside: processes that are killed, links, files that lie, names that want something of a terminal, devices that are full.
#![cfg(unix)]

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hognose::commands::check::{Action, CheckCommand};
use hognose::commands::guard::Guard;
use hognose::diagnostic::Safety;
use hognose::engine::CheckOptions;
use hognose::report::{Appearance, Format, Gaps, Shown};
use tempfile::TempDir;

use crate::support::{Run, git};

const CARGO: &str = "[package]\nname = \"ext\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.26\"\n";
const OLD: &str = "pub fn f() -> usize {\n    pyo3::Python::with_gil(|_py| 1)\n}\n";
const NEW: &str = "pub fn f() -> usize {\n    pyo3::Python::attach(|_py| 1)\n}\n";

#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    fs::write(path, text).expect("file");
}

fn project(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().expect("folder");
    files.iter().for_each(|(path, text)| write(&dir.path().join(path), text));
    dir
}

fn run_to(arguments: &[&str], folder: &Path, out: &mut dyn Write) -> (u8, String) {
    let all = ["hognose", "--color", "never"].iter().chain(arguments).map(OsString::from).chain([folder.into()]);
    let mut err = Vec::new();
    let code = hognose::cli::run(all, out, &mut err);
    (code, String::from_utf8(err).expect("text"))
}

fn run(arguments: &[&str], folder: &Path) -> Run {
    let mut out = Vec::new();
    let (code, err) = run_to(arguments, folder, &mut out);
    Run { code, out: String::from_utf8(out).expect("text"), err }
}

/// All files below a folder, git's own left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name() == ".git" {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

fn temporaries(folder: &Path) -> Vec<PathBuf> {
    let is_temporary = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".hognose-"));
    files(folder).into_iter().filter(is_temporary).collect()
}

#[expect(clippy::disallowed_methods, reason = "the test sends signals to the program itself")]
fn start(arguments: &[&str], folder: &Path) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_hognose"));
    program.args(arguments).arg(folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("hognose")
}

#[expect(clippy::disallowed_methods, reason = "the standard library sends no signal but SIGKILL")]
fn send(signal: &str, child: &mut Child) {
    if signal == "-KILL" {
        child.kill().expect("a process");
    } else {
        // One that has ended already is none of the test's business.
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().expect("kill");
    }
    child.wait().expect("a process");
}

/// Whether whoever runs the tests ignores the signals that end a program, as `nohup` does: programs inherit that.
fn ignores_signals() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // SIGHUP, SIGINT and SIGTERM are the numbers 1, 2 and 15.
    ignored.is_some_and(|mask| mask & (1 | 1 << 1 | 1 << 14) != 0)
}

/// Moments between nothing and `whole`, the same in every run.
fn moments(whole: Duration, count: u32) -> impl Iterator<Item = Duration> {
    let mut state = 0x2545_f491_u32;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        whole.mul_f64(f64::from(state) / f64::from(u32::MAX))
    })
}

const MODULES: usize = 60;

fn many_modules() -> TempDir {
    let names: Vec<String> = (0..MODULES).map(|index| format!("m{index}")).collect();
    let lib: String = names.iter().map(|name| format!("mod {name};\n")).collect();
    let dir = project(&[("Cargo.toml", CARGO), ("src/lib.rs", &lib)]);
    names.iter().for_each(|name| write(&dir.path().join(format!("src/{name}.rs")), OLD));
    git(dir.path(), &["init", "--quiet"]);
    git(dir.path(), &["add", "."]);
    git(dir.path(), &["commit", "--quiet", "-m", "all"]);
    dir
}

/// How many modules are fixed; each is either as it was or as it is to be.
fn fixed(dir: &Path) -> usize {
    let texts = (0..MODULES).map(|index| fs::read_to_string(dir.join(format!("src/m{index}.rs"))).expect("file"));
    texts.inspect(|text| assert!(text == OLD || text == NEW, "half written: {text:?}")).filter(|text| text == NEW).count()
}

#[test]
fn fixing_that_is_killed_leaves_whole_files_and_does_not_stop_the_next_run() {
    let arguments = ["check", "--fix", "--output-format", "concise"];
    let started = Instant::now();
    let dir = many_modules();
    start(&arguments, dir.path()).wait().expect("a process");
    let whole = started.elapsed();
    assert_eq!(fixed(dir.path()), MODULES);
    let mut signals = ["-KILL", "-TERM", "-INT", "-KILL"].into_iter().cycle().take(24);
    for moment in moments(whole, 24) {
        let signal = signals.next().expect("as many");
        let dir = many_modules();
        let mut child = start(&arguments, dir.path());
        std::thread::sleep(moment);
        send(signal, &mut child);
        let count = fixed(dir.path());
        if signal != "-KILL" && !ignores_signals() {
            assert_eq!(temporaries(dir.path()), Vec::<PathBuf>::new(), "{signal} after {moment:?}");
            assert!(count == 0 || count == MODULES, "{signal} after {moment:?} wrote {count} files");
        }
        let next = run(&[&arguments[..], &["--allow-dirty"]].concat(), dir.path());
        assert_eq!((next.code, next.err.as_str()), (0, ""), "{signal} after {moment:?}: {}", next.out);
        assert_eq!((fixed(dir.path()), temporaries(dir.path())), (MODULES, Vec::new()), "{signal} after {moment:?}");
    }
}

/// Makes a folder for a project; the second one holds it.
type Make<'a> = &'a dyn Fn() -> (PathBuf, TempDir);

#[test]
fn starting_and_completing_that_is_killed_does_not_stop_the_next_run() {
    let crate_files =
        [("Cargo.toml", "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"), ("src/lib.rs", "pub fn f() {}\n")];
    let complete = || {
        let dir = project(&crate_files);
        (dir.path().to_owned(), dir)
    };
    let fresh = || {
        let dir = TempDir::new().expect("folder");
        (dir.path().join("words"), dir)
    };
    let new: &[&str] = &["new", "words", "--yes", "--vcs", "none", "--dir"];
    let cases: [(&[&str], Make<'_>); 2] = [(new, &fresh), (&["init"], &complete)];
    for (arguments, make) in cases {
        let started = Instant::now();
        let (folder, _dir) = make();
        start(arguments, &folder).wait().expect("a process");
        let whole = started.elapsed();
        let relative = |folder: &Path| -> Vec<PathBuf> {
            files(folder).iter().map(|path| path.strip_prefix(folder).expect("below").to_owned()).collect()
        };
        let wanted = relative(&folder);
        assert!(wanted.len() > crate_files.len() + 5);
        for (index, moment) in moments(whole, 10).enumerate() {
            let (folder, dir) = make();
            let mut child = start(arguments, &folder);
            std::thread::sleep(moment);
            send(if index % 2 == 0 { "-KILL" } else { "-TERM" }, &mut child);
            // `new` moves its folder into place as a whole, and then there is nothing more to do.
            if arguments != new || !folder.exists() {
                let next = run(arguments, &folder);
                assert_eq!((next.code, next.err.as_str()), (0, ""), "{arguments:?} after {moment:?}");
            }
            assert_eq!(relative(&folder), wanted, "{arguments:?} after {moment:?}");
            assert_eq!(temporaries(dir.path()), Vec::<PathBuf>::new(), "{arguments:?} after {moment:?}");
        }
    }
}

#[test]
fn what_a_killed_run_left_is_no_content_of_an_empty_folder() {
    let dir = TempDir::new().expect("folder");
    fs::create_dir_all(dir.path().join(format!(".hognose-{}-aB3dE6/tree", u32::MAX))).expect("folder");
    if !Path::new("/proc/self").exists() {
        return;
    }
    let run = run(&["new", "words", "--yes", "--vcs", "none", "--dir"], dir.path());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert_eq!(temporaries(dir.path()), Vec::<PathBuf>::new());
}

#[expect(clippy::disallowed_methods, reason = "the standard library makes no pipes with names")]
fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

#[test]
fn files_that_lie_are_gaps() {
    let dir = project(&[("Cargo.toml", CARGO), ("src/lib.rs", &format!("mod pages; mod zero; mod pipe; mod linked; mod log;\n{OLD}"))]);
    let at = |path: &str| dir.path().join(path);
    make_pipe(&at("src/pipe.rs"));
    symlink("pipe.rs", at("src/linked.rs")).expect("link");
    symlink("/dev/zero", at("src/zero.rs")).expect("link");
    let mut expected = vec![
        ("src/linked.rs", "is a link to something that is no regular file"),
        ("src/pipe.rs", "is no regular file"),
        ("src/zero.rs", "is a link to something that is no regular file"),
    ];
    if Path::new("/proc/self/pagemap").exists() {
        symlink("/proc/self/pagemap", at("src/pages.rs")).expect("link");
        symlink("/proc/kmsg", at("src/log.rs")).expect("link");
        expected.insert(1, ("src/pages.rs", "is no file on a disk, but a view of the running system"));
    }
    let document = run(&["check", "--output-format", "json"], dir.path()).json();
    let skipped = document["skipped"].as_array().expect("gaps").iter();
    let skipped = skipped.map(|gap| (gap["path"].as_str().expect("text"), gap["reason"].as_str().expect("text")));
    let skipped: Vec<(&str, &str)> = skipped.filter(|(path, _)| *path != "src/log.rs").collect();
    assert_eq!(skipped, expected);
    assert_eq!(document["findings"].as_array().map(Vec::len), Some(1));
    let alone = run(&["check", "--output-format", "json"], &at("src/zero.rs")).json();
    assert_eq!(alone["skipped"][0]["reason"], "is a link to something that is no regular file");
    let packaging = project(&[("pyproject.toml", "[project]\nname = \"ext\"\n")]);
    symlink("/dev/zero", packaging.path().join("Cargo.toml")).expect("link");
    assert_eq!(run(&["init"], packaging.path()).code, 2);
}

#[test]
fn a_diff_is_harmless_on_a_terminal_and_exact_elsewhere() {
    let hostile = "pub fn f() -> usize {\n\t// \u{1b}[31mred\u{9b}0m \u{202e}\r\n    pyo3::Python::with_gil(|_py| 1)\r\n}\n";
    let name = "src/a\u{1b}[31m\u{9b}b.rs";
    let dir = project(&[("Cargo.toml", CARGO), ("src/lib.rs", &format!("#[path = \"{}\"]\nmod a;\n", &name[4..])), (name, hostile)]);
    let diff = |shown: Shown| {
        let command = CheckCommand {
            paths: vec![dir.path().to_owned()],
            options: CheckOptions::default(),
            action: Action::Diff(Safety::Safe),
            guard: Guard::default(),
            format: Format::Human,
            gaps: Gaps::Counted,
            appearance: Appearance { shown, ..Appearance::PLAIN },
        };
        let mut out = Vec::new();
        hognose::commands::check::run(&command, &mut out, &mut io::sink()).expect("a report");
        String::from_utf8(out).expect("text")
    };
    let exact = diff(Shown::Exactly);
    assert!(exact.starts_with("--- \"a/src/a\\033[31m\\302\\233b.rs\"\n"), "{exact:?}");
    assert!(exact.contains(" \t// \u{1b}[31mred\u{9b}0m \u{202e}\r\n"), "{exact:?}");
    write(&dir.path().join("the.patch"), &exact);
    git(dir.path(), &["apply", "the.patch"]);
    assert_eq!(fs::read_to_string(dir.path().join(name)).expect("file"), hostile.replace("with_gil", "attach"));
    write(&dir.path().join(name), hostile);
    let visible = diff(Shown::Visibly);
    assert!(!visible.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t') || c == '\u{202e}'), "{visible:?}");
    assert_eq!(visible.lines().count(), exact.lines().count());
    assert!(visible.contains(" \t// \u{241b}[31mred"), "{visible:?}");
}

#[test]
fn init_follows_no_link_out_of_the_project() {
    let files = [("Cargo.toml", "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"), ("lib.rs", "pub fn f() {}\n")];
    for (link, inside) in [
        ("src", "src/lib.rs"),
        (".github", "Cargo.toml"),
        ("python", "Cargo.toml"),
        ("src/lib.rs", "Cargo.toml"),
        ("Cargo.toml", "src/lib.rs"),
    ] {
        let (elsewhere, dir) = (TempDir::new().expect("folder"), TempDir::new().expect("folder"));
        for root in [dir.path(), elsewhere.path()] {
            write(&root.join("Cargo.toml"), files[0].1);
            write(&root.join("src/lib.rs"), files[1].1);
        }
        fs::create_dir_all(elsewhere.path().join(".github")).expect("folder");
        fs::create_dir_all(elsewhere.path().join("python")).expect("folder");
        let before = self::files(elsewhere.path());
        let place = dir.path().join(link);
        let _ = if place.is_dir() { fs::remove_dir_all(&place) } else { fs::remove_file(&place) };
        symlink(elsewhere.path().join(link), &place).expect("link");
        let text = fs::read_to_string(dir.path().join(inside)).expect("file");
        for arguments in [&["init"][..], &["init", "--diff"]] {
            let run = run(arguments, dir.path());
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{link}");
            assert!(run.err.contains(&format!("`{link}` is a link that leads out of the project, to `")), "{}", run.err);
        }
        assert_eq!(self::files(elsewhere.path()), before, "{link}");
        assert_eq!(fs::read_to_string(elsewhere.path().join("Cargo.toml")).expect("file"), files[0].1, "{link}");
        assert_eq!(fs::read_to_string(dir.path().join(inside)).expect("file"), text, "{link}");
        assert!(!dir.path().join("pyproject.toml").exists(), "{link}");
    }
    let dir = project(&[("Cargo.toml", files[0].1), ("rust/lib.rs", files[1].1)]);
    symlink("rust", dir.path().join("src")).expect("link");
    let run = run(&["init"], dir.path());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(dir.path().join("rust/python.rs").is_file());
}

/// A device without room.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_report_that_finds_no_room_says_what_was_done() {
    let (dir, fresh) = (project(&[("Cargo.toml", CARGO), ("src/lib.rs", OLD)]), TempDir::new().expect("folder"));
    let new = fresh.path().join("words");
    let cases: [(&[&str], &Path, &str); 7] = [
        (&["check"], dir.path(), "could not write the report: "),
        (&["check", "--diff"], dir.path(), "could not write the report: "),
        (&["check", "--fix"], dir.path(), "the fixes were written, but the report could not be written: "),
        (&["check", "--fix"], dir.path(), "nothing had to be written, but the report could not be written: "),
        (
            &["migrate", "--no-verify", "--output-format", "json"],
            dir.path(),
            "the files were written (`git diff` shows what changed), but the report could not be written: ",
        ),
        (&["new", "words", "--yes", "--vcs", "none", "--dir"], &new, "the project was written, but the report could not be written: "),
        (&["init"], dir.path(), "the project was completed, but the report could not be written: "),
    ];
    for (arguments, folder, told) in cases {
        let (code, err) = run_to(arguments, folder, &mut Full);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains(&format!("error: {told}")), "{arguments:?}: {err}");
    }
    assert!(fs::read_to_string(dir.path().join("src/lib.rs")).expect("file").ends_with(NEW));
    assert!(fs::read_to_string(dir.path().join("Cargo.toml")).expect("file").contains("pyo3 = \"0.30\""));
    assert!(new.join("Cargo.toml").is_file() && dir.path().join("pyproject.toml").is_file());
}
