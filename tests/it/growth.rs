//! What a check costs grows with its input, and no faster: each input is doubled twice, and what is allocated for it is counted.
//!
//! Time would depend on the machine. Allocations are the same on each, and the loops that matter allocate; of those that do not, such as counting the
//! columns of a line, unit tests look at the structure.

use std::alloc::System;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tempfile::TempDir;

/// Counts what the tests' process allocates, on all threads.
#[global_allocator]
static ALLOCATIONS: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many things the smallest input has.
const FEW: usize = 100;
/// What twice as many things may cost more, in tenths: linear is 20, n·log n of these sizes 23, quadratic 40.
const MOST: usize = 27;

/// Names the input, and its size, to the process that measures.
const INPUT: &str = "HOGNOSE_GROWTH_INPUT";

/// A library of `count` things that a check has something to say about.
fn library(input: &str, count: usize) -> String {
    let mut text = "use pyo3::prelude::*;\n".to_owned();
    let all = |part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    text += &match input {
        "one line" => format!("pub fn f() {{ {} }}", "Python::with_gil(|_py| 1); ".repeat(count)),
        "functions" => {
            all(&|i| format!("pub fn f{i}(py: Python<'_>) {{\n    f{}(py);\n    Python::with_gil(|_py| 1);\n}}\n", (i + 1) % count))
        }
        "imports" => all(&|i| format!("use pyo3::PyObject as A{i};\npub fn f{i}(a: A{i}) {{ Python::with_gil(|_py| a) }}\n")),
        "import group" => format!("use pyo3::{{{}}};\n", all(&|i| format!("PyObject as A{i}, "))),
        "macros" => {
            let arms = all(&|i| format!("    (a{i} $x:ident) => {{ fn $x() {{ Python::with_gil(|_py| h{i}()); }} }};\n"));
            format!("macro_rules! m {{\n{arms}}}\n{}", all(&|i| format!("m!(a{i} g{i});\n")))
        }
        "classes" => all(&|i| {
            format!(
                "#[pyclass]\n#[derive(Clone)]\npub struct C{i} {{ a: u8 }}\n#[pymethods]\nimpl C{i} {{\n    fn f(&self, c: C{i}) -> u8 {{ Python::with_gil(|_py| c.a) }}\n}}\n"
            )
        }),
        "implementations" => all(&|i| {
            format!(
                "pub struct S{i};\nimpl ToPyObject for S{i} {{\n    fn to_object(&self, py: Python<'_>) -> PyObject {{ 1.to_object(py) }}\n}}\n"
            )
        }),
        "allow comments" => all(&|i| {
            format!("// hognose: allow(renamed-api)\n// hognose: allow(gil-ref)\npub fn f{i}() {{\n    Python::with_gil(|_py| 1);\n}}\n")
        }),
        "bytes" => all(&|i| format!("#[pyfunction]\npub fn f{i}() -> Vec<u8> {{ Python::with_gil(|_py| vec![1]) }}\n")),
        "GIL Refs" => all(&|i| format!("#[pyfunction]\npub fn f{i}(a: &PyAny) -> PyResult<u8> {{ a.call0()?.extract() }}\n")),
        other => panic!("no input {other}"),
    };
    text
}

#[test]
#[ignore = "counts the allocations of a process of its own; the other test runs it"]
#[expect(clippy::print_stdout, reason = "the other test reads it")]
fn measured() {
    let input = std::env::var(INPUT).expect("input");
    let (name, count) = input.split_once(':').expect("name and count");
    let dir = TempDir::new().unwrap();
    let manifest = "[package]\nname = \"grows\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.21\"\n";
    write(&dir, "Cargo.toml", manifest);
    write(&dir, "src/lib.rs", &library(name, count.parse().unwrap()));
    for options in [&["--output-format", "json"][..], &["--diff", "--unsafe-fixes", "--target", "0.30"]] {
        let arguments = ["hognose", "check"].iter().chain(options).map(std::ffi::OsString::from).chain([dir.path().into()]);
        let region = Region::new(ALLOCATIONS);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert_eq!(hognose::cli::run(arguments, &mut out, &mut err), 1, "{}", String::from_utf8_lossy(&err));
        let counted = region.change();
        println!("counted {}", counted.allocations + counted.reallocations);
    }
}

fn write(dir: &TempDir, path: &str, text: &str) {
    let path = dir.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(path).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())).unwrap();
}

/// The allocations of a report as JSON, and of fixing.
#[expect(clippy::disallowed_methods, reason = "the test runs itself: other tests would allocate in this process")]
fn allocations(input: &str, count: usize) -> Vec<usize> {
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--ignored", "--exact", "growth::measured", "--nocapture"]).env(INPUT, format!("{input}:{count}"));
    let output = test.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text.lines().filter_map(|line| line.strip_prefix("counted ")?.parse().ok()).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "`--nocapture` shows the table")]
fn costs_grow_no_faster_than_the_input() {
    let mut table = String::new();
    let mut is_steep = false;
    for input in
        ["one line", "functions", "imports", "import group", "macros", "classes", "implementations", "allow comments", "bytes", "GIL Refs"]
    {
        let [few, double, fourfold] = [1, 2, 4].map(|times| allocations(input, times * FEW));
        for (index, what) in ["report", "fixes"].into_iter().enumerate() {
            // What a run costs at all is left out by taking differences.
            let (first, second) = (double[index] - few[index], fourfold[index] - double[index]);
            let tenths = second * 10 / first;
            is_steep |= tenths > MOST;
            let _ = writeln!(table, "{input}, {what}: {first} for {FEW} more, {second} for {} more: {tenths}/10", 2 * FEW);
        }
    }
    println!("{table}");
    assert!(!is_steep, "{table}");
}
