//! What each command runs and writes, seen from outside: every program that it might know is a fake that leaves a note, and every folder is compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::support::program;

/// Programs that a machine with Rust and Python has.
const PROGRAMS: [&str; 16] = [
    "cargo",
    "rustc",
    "rustfmt",
    "rustup",
    "git",
    "python",
    "python3",
    "python3.12",
    "python3.14",
    "maturin",
    "uv",
    "pip",
    "pyenv",
    "conda",
    "sh",
    "env",
];

const MANIFEST: &str = "[package]\nname = \"ext\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.25\"\n";
/// A finding with a safe fix, in a file that a stranger may have put anything into.
const LIB: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n";

/// Everything below a folder: when it was last written, and what it holds.
type State = BTreeMap<PathBuf, (SystemTime, Option<Vec<u8>>)>;

/// A machine of its own: programs, a home, a folder for temporary files, and a project.
struct Machine {
    dir: TempDir,
}

/// What a command did.
struct Seen {
    code: Option<i32>,
    /// `program folder arguments` of each program that it ran.
    ran: Vec<String>,
    /// The project's files that are new, gone or written.
    touched: Vec<String>,
    output: String,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { dir: TempDir::new().expect("folder") };
        for name in PROGRAMS {
            // Without a PATH, a shell has its own commands alone.
            let answer = match name {
                "rustfmt" => "while IFS= read -r line; do echo \"$line\"; done",
                "git" => "echo 'fatal: not a git repository' >&2; exit 128",
                _ => "exit 1",
            };
            let note = format!("echo \"{name} $PWD $*\" >> {}\n{answer}", machine.path("ran").display());
            program(&machine.path(&format!("bin/{name}")), &note);
        }
        for (path, text) in [
            ("project/Cargo.toml", MANIFEST),
            ("project/src/lib.rs", LIB),
            ("project/rust-toolchain.toml", "[toolchain]\npath = \"mine\"\n"),
            ("project/.cargo/config.toml", "[build]\nrustc-wrapper = \"mine/bin/wrapper\"\n"),
            ("project/pyproject.toml", "[build-system]\nrequires = [\"maturin>=1,<2\"]\nbuild-backend = \"maturin\"\n"),
            ("project/build.rs", "fn main() {}\n"),
            ("project/.git/HEAD", "ref: refs/heads/main\n"),
            ("home/.keep", ""),
            ("temporary/.keep", ""),
        ] {
            machine.write(path, text);
        }
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    #[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(path, text).expect("file");
    }

    /// Runs the program in the project; whatever happens to the home and to temporary files fails the test.
    #[expect(clippy::disallowed_methods, reason = "the program is seen from outside")]
    fn run(&self, arguments: &[&str]) -> Seen {
        let folders = ["project", "home", "temporary", "bin"].map(|name| self.path(name));
        let before = folders.each_ref().map(|folder| state(folder));
        let mut hognose = Command::new(env!("CARGO_BIN_EXE_hognose"));
        hognose.args(arguments).current_dir(self.path("project")).env_clear();
        hognose.env("PATH", self.path("bin")).env("HOME", self.path("home")).env("TMPDIR", self.path("temporary"));
        let output = hognose.output().expect("the program runs");
        let after = folders.each_ref().map(|folder| state(folder));
        for (index, folder) in folders.iter().enumerate().skip(1) {
            assert_eq!(differences(&before[index], &after[index]), Vec::<String>::new(), "{arguments:?} writes into {}", folder.display());
        }
        let ran = fs::read_to_string(self.path("ran")).unwrap_or_default().lines().map(str::to_owned).collect();
        let _ = fs::remove_file(self.path("ran"));
        let output_text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Seen { code: output.status.code(), ran, touched: differences(&before[0], &after[0]), output: output_text }
    }
}

impl Seen {
    /// The names of the programs that ran.
    fn programs(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.ran.iter().filter_map(|line| line.split(' ').next()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn state(folder: &Path) -> State {
    let entries = ignore::WalkBuilder::new(folder).standard_filters(false).build().map(|entry| entry.expect("an entry").into_path());
    let look = |path: PathBuf| {
        let metadata = fs::symlink_metadata(&path).expect("metadata");
        let contents = metadata.is_file().then(|| fs::read(&path).expect("a file"));
        (path, (metadata.modified().expect("a time"), contents))
    };
    entries.map(look).collect()
}

/// The files and folders of which there is only one state, or another one.
fn differences(before: &State, after: &State) -> Vec<String> {
    let all = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    let names = all.filter(|path| before.get(*path) != after.get(*path)).map(|path| path.display().to_string());
    names.collect()
}

#[test]
fn looking_runs_nothing_and_writes_nothing() {
    let machine = Machine::new();
    let commands: [(&[&str], i32); 9] = [
        (&["check"], 1),
        (&["check", "--output-format", "json"], 1),
        (&["check", "src/lib.rs"], 1),
        (&["check", "--target", "declared"], 0),
        (&["check", "--diff", "--target", "newest"], 1),
        (&["check", "--diff", "--unsafe-fixes", "--target", "newest"], 1),
        (&["explain", "renamed-api"], 0),
        (&["rules"], 0),
        (&["--help"], 0),
    ];
    for (arguments, code) in commands {
        let seen = machine.run(arguments);
        assert_eq!(seen.code, Some(code), "{arguments:?}: {}", seen.output);
        assert_eq!((seen.ran, seen.touched), (Vec::new(), Vec::new()), "{arguments:?}");
    }
}

#[test]
fn fixing_asks_git_and_writes_what_it_fixes() {
    let machine = Machine::new();
    let seen = machine.run(&["check", "--fix", "--target", "newest"]);
    assert_eq!(seen.programs(), ["git"], "{}", seen.output);
    let fixed = machine.path("project/src/lib.rs");
    assert!(fs::read_to_string(&fixed).expect("text").contains("Python::attach"), "{}", seen.output);
    // The new text takes the file's place, so its folder counts as written, too.
    let folder = machine.path("project/src").display().to_string();
    assert_eq!(seen.touched, [folder, fixed.display().to_string()]);
}

/// rustup's proxies run what the toolchain file above the current folder names, and that may be a program of the project.
#[test]
fn migrate_diff_runs_rustfmt_alone_and_not_the_projects() {
    let machine = Machine::new();
    machine.write("project/rustfmt.toml", "hard_tabs = true\n");
    let seen = machine.run(&["migrate", "--diff"]);
    assert!(seen.output.contains("+    Python::attach(|_py| 1)"), "{}", seen.output);
    assert_eq!((seen.programs(), &seen.touched), (vec!["rustfmt"], &Vec::new()));
    let settings = format!("--config-path {}", machine.path("project/rustfmt.toml").display());
    for call in &seen.ran {
        assert!(call.starts_with("rustfmt / ") && call.ends_with(&settings), "{call}");
    }
}

#[test]
fn new_and_init_run_git_at_most() {
    let machine = Machine::new();
    let seen = machine.run(&["new", "demo", "--yes"]);
    assert_eq!(seen.code, Some(0), "{}", seen.output);
    assert!(seen.programs().iter().all(|name| *name == "git"), "{:?}", seen.ran);
    let demo = machine.path("project/demo");
    let (root, below) = (machine.path("project").display().to_string(), demo.display().to_string());
    assert!(seen.touched.iter().all(|path| *path == root || path.starts_with(&below)), "{:?}", seen.touched);
    for arguments in [&["init", "--diff"][..], &["init"]] {
        let seen = machine.run(arguments);
        assert!(seen.programs().iter().all(|name| *name == "git"), "{:?}", seen.ran);
        if arguments.len() == 2 {
            assert_eq!(seen.touched, Vec::<String>::new(), "{}", seen.output);
        }
    }
}
