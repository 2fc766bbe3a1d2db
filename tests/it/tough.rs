//! Input that nobody would write on purpose: every case ends in bounded time, says what is the matter, and loses nothing.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const CARGO: &str =
    "[package]\nname = \"ext\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.26\"\n";
/// One finding with a safe fix.
const OLD: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::with_gil(|_py| 1)\n}\n";
/// Its text after the fix.
const NEW: &str = "use pyo3::prelude::*;\n\npub fn f() -> usize {\n    Python::attach(|_py| 1)\n}\n";
/// How deep the deep cases nest.
const DEEP: usize = 20_000;
/// Far more than any case needs without optimisation, far less than a quadratic one takes.
const PATIENCE: Duration = Duration::from_secs(60);

struct Run {
    code: u8,
    out: String,
    err: String,
}

impl Run {
    fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }

    fn codes(&self) -> Vec<String> {
        let document: Value = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}", self.all()));
        document["findings"].as_array().expect("findings").iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }
}

fn run(arguments: &[&str]) -> Run {
    let all = ["hognose", "--color", "never"].iter().chain(arguments).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let started = Instant::now();
    let code = hognose::cli::run(all, &mut out, &mut err);
    let run = Run { code, out: String::from_utf8(out).expect("text"), err: String::from_utf8(err).expect("text") };
    assert!(started.elapsed() < PATIENCE, "took {:?}", started.elapsed());
    assert!(!run.all().contains("panicked") && !run.all().contains("RUST_BACKTRACE"), "{}", run.all());
    run
}

/// A project on disk with the usual manifest, unless `files` has another.
fn project(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    write(dir.path(), "Cargo.toml", CARGO.as_bytes());
    for (path, contents) in files {
        write(dir.path(), path, contents);
    }
    dir
}

#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
fn write(dir: &Path, path: &str, contents: &[u8]) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

fn check(dir: &TempDir) -> Run {
    run(&["check", "--output-format", "json", dir.path().to_str().unwrap()])
}

fn concise(dir: &TempDir) -> Run {
    run(&["check", "--output-format", "concise", "--show-skipped", dir.path().to_str().unwrap()])
}

fn fix(dir: &TempDir) -> Run {
    run(&["check", "--fix", "--output-format", "concise", dir.path().to_str().unwrap()])
}

/// Checks and fixes a project whose lib.rs is `OLD` and whose deep.rs is `text`: the former is fixed, the latter untouched.
fn survives(name: &str, text: &str) -> Run {
    let lib = format!("mod deep;\n{OLD}");
    let dir = project(&[("src/lib.rs", lib.as_bytes()), ("src/deep.rs", text.as_bytes())]);
    let found = concise(&dir);
    assert!(found.all().contains("with_gil"), "{name}: {}", found.all());
    fix(&dir);
    assert_eq!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap(), format!("mod deep;\n{NEW}"), "{name}");
    assert_eq!(fs::read_to_string(dir.path().join("src/deep.rs")).unwrap(), text, "{name}");
    found
}

fn wrapped(open: &str, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP))
}

#[test]
fn deep_brackets() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("if a { ", " }"), ("match a { _ => ", " }"), ("|a| { ", "}")] {
        let text = format!("pub fn f() {{ let x = {}; }}\n", wrapped(open, "1", close));
        let found = survives(open, &text);
        assert!(found.all().contains("deep.rs:1:") && found.all().contains("too deep"), "{open}: {}", found.all());
    }
}

#[test]
fn deep_prefixes() {
    for prefix in [
        "&",
        "!",
        "-",
        "*",
        "& ",
        "&mut ",
        "return ",
        "break ",
        "|a| ",
        "|| ",
        "move || ",
        "unsafe { 1 } + ",
        "a = ",
        "a..",
        "'a: loop { break 'a; } + ",
    ] {
        survives(prefix, &format!("pub fn f() {{ let x = {}1; }}\n", prefix.repeat(DEEP)));
    }
}

#[test]
fn long_chains() {
    let chains = [
        ("else if", format!("pub fn f() {{ if a {{}} {} }}\n", "else if a {} ".repeat(DEEP))),
        ("methods", format!("pub fn f() {{ x{}; }}\n", ".a()".repeat(DEEP))),
        ("fields", format!("pub fn f() {{ x{}; }}\n", ".a".repeat(DEEP))),
        ("calls", format!("pub fn f() {{ x{}; }}\n", "()".repeat(DEEP))),
        ("index", format!("pub fn f() {{ x{}; }}\n", "[0]".repeat(DEEP))),
        ("question marks", format!("pub fn f() {{ x{}; }}\n", "?".repeat(DEEP))),
        ("sums", format!("pub fn f() {{ let x = 1{}; }}\n", " + 1".repeat(DEEP))),
        ("casts", format!("pub fn f() {{ let x = 1{}; }}\n", " as u8".repeat(DEEP))),
        ("types", format!("pub type A = {};\n", wrapped("Vec<", "u8", ">"))),
        ("references", format!("pub type A = {}u8;\n", "&'a ".repeat(DEEP))),
        ("functions", format!("pub type A = {}u8;\n", "fn() -> ".repeat(DEEP))),
        ("pointers", format!("pub type A = {}u8;\n", "*const ".repeat(DEEP))),
        ("paths", format!("pub type A = a{};\n", "::a".repeat(DEEP))),
        ("imports", format!("use {};\n", wrapped("a::{", "b", "}"))),
        ("long import", format!("use a{};\n", "::a".repeat(DEEP))),
        ("modules", format!("{}\n", wrapped("mod a { ", "", "}"))),
        ("patterns", format!("pub fn f() {{ let {} = x; }}\n", wrapped("Some(", "a", ")"))),
        ("reference patterns", format!("pub fn f() {{ let {}a = x; }}\n", "& ".repeat(DEEP))),
        ("attributes", format!("{}pub fn f() {{}}\n", "#[a] ".repeat(DEEP))),
        ("strings", format!("pub fn f() {{ g({}); }}\n", "\"(\", ".repeat(DEEP))),
    ];
    for (name, text) in &chains {
        survives(name, text);
    }
}

/// Whatever follows whatever, as long as nothing is inside of anything.
#[test]
fn flat_files_of_any_length() {
    let method = "    /// Documented: ( and {, \"and\".\n    #[pyo3(text_signature = None)]\n    pub fn NAME(&self, a: &str) -> PyResult<Vec<u8>> {\n        if a.len() < 3 { return Ok(vec![1]); }\n        (Ok(Vec::new()))\n    }\n";
    let methods: String = (0..500).map(|index| method.replace("NAME", &format!("m{index}"))).collect();
    let arms = "(1, A) => { f() }\n&B => { g() }\n-3 => {}\n";
    for (name, text) in [
        ("methods", format!("use pyo3::prelude::*;\n#[pymethods]\nimpl A {{\n{methods}}}\n")),
        ("arms", format!("pub fn f() {{ match x {{ {} _ => {{}} }} }}\n", arms.repeat(1_000))),
        ("statements", format!("pub fn f() {{ {} }}\n", "if a { b() }\n(c, d) = e;\n*f = 1;\n".repeat(1_000))),
        ("shifts", format!("pub const A: &[u64] = &[{}];\n", "1 << 3, B << 4, ".repeat(1_000))),
    ] {
        let found = survives(name, &text);
        assert!(!found.all().contains("deep.rs"), "{name}: {}", &found.all()[..found.all().len().min(500)]);
    }
}

#[test]
fn macros_whose_variables_are_raw_identifiers() {
    let text = "macro_rules! m {\n    ($r#mod:expr, $r#type:ty, $r#fn:ident) => { pub fn $r#fn(_: $r#type) { Python::with_gil(|_| $r#mod) } };\n}\n\
                pub fn f() { quote! { fn f(_: #r#type) { Python::with_gil(|_| #r#mod) } }; }\nm!(1, u8, g);\n";
    let dir = project(&[("src/lib.rs", format!("use pyo3::prelude::*;\n{text}").as_bytes())]);
    assert!(concise(&dir).out.contains("lib.rs:3:"), "{}", concise(&dir).all());
    run(&["check", "--unsafe-fixes", dir.path().to_str().unwrap()]);
    let fixed = fs::read_to_string(dir.path().join("src/lib.rs")).unwrap();
    assert_eq!(fixed, format!("use pyo3::prelude::*;\n{}", text.replace("with_gil", "attach")));
}

#[test]
fn deep_macro_tokens() {
    for text in [
        format!("m! {{ {} }}\n", wrapped("(", "1", ")")),
        format!("pub fn f() {{ println!(\"{{}}\", {}1); }}\n", "!".repeat(DEEP)),
        format!("pub fn f() {{ println!(\"{{}}\", {}1); }}\n", "-".repeat(DEEP)),
        format!("pub fn f() {{ {} }}\n", wrapped("vec![", "1", "]")),
        format!("macro_rules! m {{ ($($a:tt)*) => {{ {} }} }}\n", wrapped("[", "$a", "]")),
        format!("macro_rules! m {{ () => {{ {} }} }}\n", "a.b() + ".repeat(DEEP)),
        format!("m! {{ {} }}\n", "return ".repeat(DEEP)),
        format!("m! {{ {} }}\n", "#".repeat(DEEP)),
        format!("#[a({})]\npub fn f() {{}}\n", wrapped("(", "1", ")")),
    ] {
        survives(&text[..40], &text);
    }
}

#[test]
fn deep_comments_and_unfinished_literals() {
    survives("nested comments", &wrapped("/*", "", "*/"));
    survives("open comments", &"/*".repeat(DEEP));
    survives("open string", &format!("const A: &str = \"{}", "(".repeat(DEEP)));
    survives("raw string", &format!("const A: &str = r{0}\"{1}\"{0};\n", "#".repeat(200), "(".repeat(DEEP)));
    survives("open raw strings", &"r#\"".repeat(DEEP));
    survives("quotes", &"'".repeat(DEEP));
    survives("doc comments", &format!("{}pub fn f() {{}}\n", "/// ( [ {\n".repeat(DEEP / 4)));
}

/// Just below the limit of the depth guard the parser and everything after it have to manage.
#[test]
fn depth_just_below_the_limit() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("vec![", "]"), ("|a| {", "}"), ("if a {", "}"), ("f(&", ")")] {
        let (open_all, close_all) = (open.repeat(900), close.repeat(900));
        let text = format!("use pyo3::prelude::*;\npub fn f() {{ let x = {open_all} Python::with_gil(|_| 1) {close_all}; }}\n");
        let dir = project(&[("src/lib.rs", text.as_bytes())]);
        assert_eq!(check(&dir).code, 1, "{open}");
        fix(&dir);
        assert_eq!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap(), text.replace("with_gil", "attach"), "{open}");
    }
    for link in [".a()", "?", " + 1", ".b"] {
        let text = format!("use pyo3::prelude::*;\npub fn f() {{ let x = Python::with_gil(|_| 1){}; }}\n", link.repeat(600));
        let dir = project(&[("src/lib.rs", text.as_bytes())]);
        check(&dir);
        fix(&dir);
        assert_eq!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap(), text.replace("with_gil", "attach"), "{link}");
    }
}

/// Prefixes and chains within the limit of the guard: half of it, for the time that it takes without optimisation.
#[test]
fn chains_within_the_limit() {
    for prefix in ["!", "&", "-", "*", "return ", "break ", "|a| ", "|a, b| ", "move || ", "a = ", "&mut ", "if a {} else "] {
        let count = 2_400 / prefix.split_inclusive([' ', '|', ',', '{']).count().max(1);
        survives(prefix, &format!("pub fn f() {{ let x = {}{{ 1 }}; }}\n", prefix.repeat(count)));
    }
    for open in ["Vec<", "A<u8, ", "fn() -> ", "&", "*const "] {
        let close = if open.contains('<') { ">" } else { "" };
        survives(open, &format!("pub type A = {}u8{};\n", open.repeat(600), close.repeat(600)));
    }
}

/// `use super::*` in every module and `pub use child::*` of every module: countless ways through globs, each of which may lead to a name.
#[test]
fn a_web_of_globs() {
    let mut lib = "use pyo3::prelude::*;\nuse serde::*;\nuse std::fmt::*;\nuse a::b::*;\nuse c::*;\n".to_owned();
    for index in 0..60 {
        lib += &format!(
            "mod m{index} {{ use super::*; use std::io::*; use other{index}::*; pub fn f(x: Unknown{index}) {{ g(x) }} }}\npub use m{index}::*;\n"
        );
    }
    lib += &OLD.replace("use pyo3::prelude::*;", "");
    let dir = project(&[("src/lib.rs", lib.as_bytes())]);
    assert!(concise(&dir).out.contains("with_gil"));
}

#[test]
fn imports_that_chase_each_other() {
    let mut lib = OLD.to_owned();
    for index in 0..40 {
        let next = (index + 1) % 40;
        lib += &format!(
            "#[cfg(a)]\nuse n{next}::n{index};\n#[cfg(b)]\nuse n{next}::x::n{index};\n#[cfg(c)]\nuse self::n{next} as n{index};\n"
        );
    }
    lib += "pub type T = n0; pub fn g(a: n1, b: n7::X) -> n3 { n5::new() }\ntype A = B; type B = C; type C = A; pub fn h(a: A, b: &A) {}\n";
    let dir = project(&[("src/lib.rs", lib.as_bytes())]);
    assert!(concise(&dir).out.contains("with_gil"));
}

#[test]
fn files_that_are_no_text() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(OLD.encode_utf16().chain([0xd800]).flat_map(u16::to_le_bytes)).collect();
    let lib = format!("mod latin; mod wide; mod zero; mod zeros; mod empty; mod blank;\n{OLD}");
    let files: [(&str, &[u8]); 7] = [
        ("src/lib.rs", lib.as_bytes()),
        ("src/latin.rs", b"// caf\xe9\npub fn f() {}\n"),
        ("src/wide.rs", &utf16),
        ("src/zero.rs", b"pub fn f() { \0 }\n"),
        ("src/zeros.rs", &[0; 4096]),
        ("src/empty.rs", b""),
        ("src/blank.rs", b"\n\n \t\r\n"),
    ];
    let dir = project(&files);
    let found = concise(&dir);
    for path in ["latin.rs", "wide.rs"] {
        assert!(found.all().contains(path), "{path}: {}", found.all());
    }
    assert!(found.all().contains("not UTF-8"), "{}", found.all());
    fix(&dir);
    for (path, contents) in &files[1..] {
        assert_eq!(&fs::read(dir.path().join(path)).unwrap(), contents, "{path}");
    }
    assert!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap().contains("Python::attach"));
}

#[test]
fn a_manifest_that_is_no_text() {
    for manifest in [&b"[package]\nname = \"caf\xe9\"\n"[..], b"\xff\xfe[\0", b"\0\0\0"] {
        let dir = project(&[("src/lib.rs", OLD.as_bytes()), ("Cargo.toml", manifest)]);
        let found = concise(&dir);
        assert_eq!(found.code, 2, "{}", found.all());
        assert!(found.all().contains("Cargo.toml"), "{}", found.all());
    }
}

#[test]
fn broken_and_odd_manifests() {
    let deep = format!("{CARGO}x = {}1{}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    let tables = format!("{CARGO}[{}a]\n", "a.".repeat(DEEP));
    let inline = format!("{CARGO}x = {}1{}\n", "{a=".repeat(DEEP), "}".repeat(DEEP));
    for (name, manifest) in [
        ("syntax", "[package\nname = \"ext\"\n"),
        ("deep array", deep.as_str()),
        ("deep keys", tables.as_str()),
        ("deep table", inline.as_str()),
        ("types", "package = 1\ndependencies = [\"pyo3\"]\nworkspace = \"x\"\nlib = []\n"),
        ("no name", "[package]\n[dependencies]\npyo3 = 1\n"),
        ("empty", ""),
    ] {
        let dir = project(&[("src/lib.rs", OLD.as_bytes()), ("Cargo.toml", manifest.as_bytes())]);
        let found = concise(&dir);
        assert!(!found.all().trim().is_empty(), "{name}");
        run(&["check", "--fix", dir.path().to_str().unwrap()]);
        assert_eq!(fs::read_to_string(dir.path().join("Cargo.toml")).unwrap(), manifest, "{name}");
    }
    let syntax = project(&[("src/lib.rs", OLD.as_bytes()), ("Cargo.toml", b"[package]\nname = = 1\n")]);
    assert_eq!(concise(&syntax).code, 2);
    assert!(concise(&syntax).all().contains("Cargo.toml:2:"), "{}", concise(&syntax).all());
}

#[test]
fn a_manifest_with_a_byte_order_mark() {
    let manifest = format!("\u{feff}{}", CARGO.replace('\n', "\r\n"));
    let dir = project(&[("src/lib.rs", OLD.as_bytes()), ("Cargo.toml", manifest.as_bytes())]);
    assert!(concise(&dir).out.contains("with_gil"), "{}", concise(&dir).all());
    fix(&dir);
    assert!(fs::read_to_string(dir.path().join("Cargo.toml")).unwrap().starts_with("\u{feff}[package]\r\n"));
    assert_eq!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap(), NEW);
}

#[test]
fn bom_shebang_and_windows_lines_stay_under_fix() {
    let text = format!("\u{feff}#!/usr/bin/env run\r\n// ünï\r\n{}", OLD.replace('\n', "\r\n")).trim_end().to_owned();
    let dir = project(&[("src/lib.rs", text.as_bytes())]);
    fix(&dir);
    assert_eq!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap(), text.replace("with_gil", "attach"));
}

#[test]
fn a_file_without_final_newline_and_a_file_of_one_line() {
    let one_line = format!("use pyo3::prelude::*; pub fn f() {{ {} Python::with_gil(|_py| 1); }}", "let _ = \"ü\"; ".repeat(10_000));
    let dir = project(&[("src/lib.rs", one_line.as_bytes())]);
    // The report shows an excerpt, not the whole line a thousand times.
    let human = run(&["check", dir.path().to_str().unwrap()]);
    assert!(human.out.len() < 10_000, "{} bytes", human.out.len());
    fix(&dir);
    assert_eq!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap(), one_line.replace("with_gil", "attach"));
}

#[test]
fn big_files() {
    let function = "pub fn f(a: &str) -> usize { let b = a.len() + 1; if b > 3 { b } else { b * 2 } }\n";
    let below = function.repeat(1024 * 1024 / function.len());
    let above = function.repeat(20 * 1024 * 1024 / function.len());
    let lib = format!("mod below; mod above;\n{OLD}");
    let dir = project(&[("src/lib.rs", lib.as_bytes()), ("src/below.rs", below.as_bytes()), ("src/above.rs", above.as_bytes())]);
    let found = concise(&dir);
    assert!(found.all().contains("above.rs") && found.all().contains("larger than 8 MB"), "{}", found.all());
    assert!(found.out.contains("with_gil"));
}

#[test]
fn paths_that_are_not_there() {
    let dir = TempDir::new().unwrap();
    let empty = check(&dir);
    assert!(empty.err.contains("no package that uses PyO3"), "{}", empty.err);
    for missing in ["missing", "missing/lib.rs", "missing/Cargo.toml", ""] {
        let path = dir.path().join(missing).display().to_string() + if missing.is_empty() { "/nothing\u{fffd}" } else { "" };
        let found = run(&["check", &path]);
        assert_eq!(found.code, 2, "{missing}");
        assert!(found.err.starts_with("error: ") && found.err.contains("does not exist"), "{}", found.err);
    }
}

#[test]
fn folders_named_like_files() {
    let dir = project(&[
        ("src/lib.rs", format!("mod x;\n{OLD}").as_bytes()),
        ("src/x.rs/y.rs", b"fn f() {}\n"),
        ("src/z.rs/Cargo.toml/a", b""),
        ("pyproject.toml/a", b""),
        ("Cargo.lock/a", b""),
    ]);
    let found = concise(&dir);
    assert!(found.out.contains("with_gil") && found.all().contains("src/x.rs"), "{}", found.all());
    fix(&dir);
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let shared = project(&[("real.rs", OLD.as_bytes())]);
    let dir = project(&[("src/lib.rs", b"mod linked; mod twice; mod gone; mod around;\n")]);
    let at = |path: &str| dir.path().join(path);
    symlink(shared.path().join("real.rs"), at("src/linked.rs")).unwrap();
    symlink("linked.rs", at("src/twice.rs")).unwrap();
    symlink("nowhere.rs", at("src/gone.rs")).unwrap();
    symlink("around.rs", at("src/around.rs")).unwrap();
    symlink("..", at("src/up")).unwrap();
    symlink(".", at("src/here")).unwrap();
    symlink("loop2", at("src/loop1")).unwrap();
    symlink("loop1", at("src/loop2")).unwrap();
    let found = concise(&dir);
    assert!(found.out.contains("with_gil"), "{}", found.all());
    let kept_out = fix(&dir);
    assert!(kept_out.err.contains(".rs (a link to ") && kept_out.err.contains("pass `--allow-outside`"), "{}", kept_out.all());
    assert_eq!(fs::read_to_string(shared.path().join("real.rs")).unwrap(), OLD);
    run(&["check", "--fix", "--allow-outside", dir.path().to_str().unwrap()]);
    assert!(fs::symlink_metadata(at("src/linked.rs")).unwrap().is_symlink());
    assert!(fs::symlink_metadata(at("src/twice.rs")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(shared.path().join("real.rs")).unwrap(), NEW);
}

#[cfg(unix)]
#[test]
fn files_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let dir = project(&[("src/lib.rs", format!("mod secret;\n{OLD}").as_bytes()), ("src/secret.rs", b"fn f() {}\n")]);
    let secret = dir.path().join("src/secret.rs");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&secret).is_ok() {
        // The superuser reads everything.
        return;
    }
    let found = concise(&dir);
    assert!(found.out.contains("with_gil") && found.all().contains("permission denied"), "{}", found.all());
}

#[cfg(unix)]
#[test]
fn names_that_are_no_unicode() {
    use std::os::unix::ffi::OsStrExt;
    let dir = project(&[("src/lib.rs", OLD.as_bytes())]);
    let odd = dir.path().join("src").join(std::ffi::OsStr::from_bytes(b"caf\xe9.rs"));
    if fs::copy(dir.path().join("src/lib.rs"), odd).is_ok() {
        assert!(concise(&dir).out.contains("with_gil"));
        fix(&dir);
    }
}

#[test]
fn modules_that_lead_in_circles() {
    let dir = project(&[
        ("src/lib.rs", format!("mod a;\nmod b;\n#[path = \"lib.rs\"]\nmod me;\nmod a;\ninclude!(\"lib.rs\");\n{OLD}").as_bytes()),
        ("src/a.rs", b"#[path = \"a.rs\"]\nmod a;\n#[path = \"b.rs\"]\nmod b;\nmod missing;\ninclude!(\"a.rs\");\ninclude!(\"../Cargo.toml\");\n"),
        ("src/b.rs", b"#[path = \"a.rs\"]\nmod a;\n#[path = \"../../../../../../../../../../../../etc/passwd\"]\nmod p;\n#[path = \".\"]\nmod d;\ninclude!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));\n"),
    ]);
    assert!(concise(&dir).out.contains("with_gil"));
    fix(&dir);
    assert!(fs::read_to_string(dir.path().join("src/lib.rs")).unwrap().contains("Python::attach"));
}

#[test]
fn files_of_macros_only() {
    let text = "macro_rules! a { ($x:ident) => { $crate::b!($x); fn $x(py: Python) { Python::with_gil(|py| a!($x)) } } }\nmacro_rules! b { () => {}; (@$x:tt $($y:tt)*) => { b!($($y)*) } }\na!(f);\nb!(@ @ );\n";
    survives("macros", text);
    survives("endless", "macro_rules! a { () => { b!() } }\nmacro_rules! b { () => { a!() } }\na!();\npub fn f() { a!(); b!() }\n");
}

#[test]
fn packages_without_targets_and_missing_members() {
    let none = project(&[("README.md", b"")]);
    let found = concise(&none);
    assert!(!found.all().trim().is_empty());
    let dir = project(&[
        ("Cargo.toml", b"[workspace]\nmembers = [\"here\", \"gone\", \"bare\", \"many/*\", \"../..\", \"[\", \"\"]\n"),
        ("here/Cargo.toml", CARGO.as_bytes()),
        ("here/src/lib.rs", OLD.as_bytes()),
        ("bare/x", b""),
    ]);
    let found = concise(&dir);
    assert!(found.out.contains("with_gil"), "{}", found.all());
    assert!(found.all().contains("workspace member `gone` does not exist"), "{}", found.all());
}

#[test]
fn a_workspace_of_hundreds() {
    let dir = project(&[("Cargo.toml", b"[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\npyo3 = \"0.26\"\n")]);
    for index in 0..400 {
        let manifest = format!("[package]\nname = \"p{index}\"\nversion = \"0.1.0\"\n[dependencies]\npyo3 = {{ workspace = true }}\n");
        write(dir.path(), &format!("crates/p{index}/Cargo.toml"), manifest.as_bytes());
        write(dir.path(), &format!("crates/p{index}/src/lib.rs"), OLD.as_bytes());
    }
    let found = concise(&dir);
    assert_eq!(found.out.matches("with_gil").count(), 400);
    fix(&dir);
    assert_eq!(fs::read_to_string(dir.path().join("crates/p399/src/lib.rs")).unwrap(), NEW);
}

#[test]
fn output_folders_and_environments_are_not_the_project() {
    let dir = project(&[
        ("src/lib.rs", b"pub fn f() {}\n"),
        ("target/debug/build/x/out/a.rs", OLD.as_bytes()),
        (".venv/pyvenv.cfg", b""),
        (".venv/lib/x/src/lib.rs", OLD.as_bytes()),
        (".venv/lib/x/Cargo.toml", CARGO.as_bytes()),
        ("env/pyvenv.cfg", b""),
        ("env/lib/x/src/lib.rs", OLD.as_bytes()),
        ("env/lib/x/Cargo.toml", CARGO.as_bytes()),
    ]);
    let found = check(&dir);
    assert!(!found.out.contains("with_gil"), "{}", found.out);
    assert!(found.codes().iter().all(|code| !code.starts_with("HG1")), "{:?}", found.codes());
}
