//! Work that may panic: a fault of hognose costs the file that it shows in, not the run.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::diagnostic::{Skipped, SkippedKind};
use crate::text::{FileId, Sources};

/// Where people tell of faults.
const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// A panic in the work on one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file.
    pub file: FileId,
    /// What was done with it: the name of a rule, or of a step.
    pub step: &'static str,
    /// What went wrong, and where in the program.
    pub cause: String,
}

impl Fault {
    /// What it means for the report on coverage.
    #[must_use]
    pub fn skipped(&self, sources: &Sources) -> Skipped {
        let Self { file, step, cause } = self;
        let reason = format!("internal error in `{step}`, please report it at {ISSUES}: {cause}");
        Skipped { path: sources.get(*file).display.clone(), place: None, kind: SkippedKind::InternalError, reason }
    }
}

/// Does `work` on `file` of `sources`, and answers a panic as a fault. What the work has changed by then must not be used any more, unless it is whole all the time.
///
/// # Errors
/// The panic.
pub(super) fn isolated<T>(sources: &Sources, file: FileId, step: &'static str, work: impl FnOnce() -> T) -> Result<T, Fault> {
    #[cfg(not(test))]
    let _ = sources;
    static HOOK: Once = Once::new();
    HOOK.call_once(quieten);
    let around = IS_ISOLATED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(|| {
        #[cfg(test)]
        tests::provoke(&sources.get(file).text, step);
        work()
    }));
    IS_ISOLATED.set(around);
    done.map_err(|payload| {
        let place = PLACE.take();
        let message = message_of(&*payload);
        let cause = place.map_or_else(|| message.to_owned(), |place| format!("{message} ({place})"));
        Fault { file, step, cause }
    })
}

thread_local! {
    /// Whether a panic on this thread will be answered as a fault.
    static IS_ISOLATED: Cell<bool> = const { Cell::new(false) };
    /// Where in the program the last such panic was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics that become faults silent: the report names them. `RUST_BACKTRACE` shows them as ever.
fn quieten() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        let is_isolated = IS_ISOLATED.get();
        if is_isolated {
            PLACE.set(panic.location().map(ToString::to_string));
        }
        if !is_isolated || Backtrace::capture().status() == BacktraceStatus::Captured {
            usual(panic);
        }
    }));
}

fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a message")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::Path;

    use serde_json::Value;
    use tempfile::TempDir;

    use super::*;

    const MANIFEST: &str =
        "[package]\nname = \"ext\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npyo3 = \"0.26\"\n";
    const OLD: &str = "use pyo3::prelude::*;\npub fn f(_a: u8) -> usize {\n    Python::with_gil(|_py| 1)\n}\n";

    /// Panics where the text has `panics in STEP`, or `panics in STEP once WORD` and the word before.
    pub(super) fn provoke(text: &str, step: &str) {
        let Some((before, after)) = text.split_once(&format!("panics in {step}")) else { return };
        let word = after.lines().next().unwrap_or_default().trim().strip_prefix("once ");
        assert!(!word.is_none_or(|word| before.contains(word)), "provoked");
    }

    /// A project whose file `broken.rs` ends in `marker`, and its manifest in `manifest_marker`.
    fn project(marker: &str, manifest_marker: &str) -> TempDir {
        let dir = TempDir::new().unwrap();
        write(dir.path(), "Cargo.toml", &format!("{MANIFEST}{manifest_marker}"));
        write(dir.path(), "src/lib.rs", &format!("mod broken;\n{OLD}"));
        write(dir.path(), "src/broken.rs", &format!("{OLD}{marker}"));
        dir
    }

    #[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
    fn write(dir: &Path, path: &str, text: &str) {
        fs::create_dir_all(dir.join(path).parent().unwrap()).unwrap();
        fs::write(dir.join(path), text).unwrap();
    }

    fn run(dir: &TempDir, options: &[&str]) -> (u8, String, String) {
        let arguments = ["hognose", "--color", "never", "check"].iter().chain(options).map(OsString::from);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = crate::cli::run(arguments.chain([dir.path().into()]), &mut out, &mut err);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    /// Each with what is said of it.
    type Files = Vec<(String, String)>;

    /// Files with findings and the rules of those, and the files with internal errors and the reasons.
    fn checked(dir: &TempDir) -> (Files, Files) {
        let (code, out, err) = run(dir, &["--output-format", "json"]);
        assert_eq!(code, 2, "{err}");
        let document: Value = serde_json::from_str(&out).unwrap();
        let pairs = |list: &str, key: &str, kind: Option<&str>| {
            let list = document[list].as_array().unwrap().iter().filter(|entry| kind.is_none_or(|kind| entry["kind"] == kind));
            list.map(|entry| (entry["path"].as_str().unwrap().to_owned(), entry[key].as_str().unwrap().to_owned())).collect()
        };
        let faults: Files = pairs("skipped", "reason", Some("internal-error"));
        for (path, reason) in &faults {
            assert!(err.contains(&format!("error: {path}: {reason}")), "{err}");
        }
        (pairs("findings", "rule", None), faults)
    }

    fn pair(path: &str, rule: &str) -> (String, String) {
        (path.to_owned(), rule.to_owned())
    }

    #[test]
    fn a_rule_that_panics_on_a_file_costs_its_findings_there() {
        for (rule, finds_there) in [("renamed-api", false), ("gil-ref", true)] {
            let (findings, faults) = checked(&project(&format!("// panics in {rule}\n"), ""));
            assert!(findings.contains(&pair("src/lib.rs", "renamed-api")), "{findings:?}");
            assert_eq!(findings.contains(&pair("src/broken.rs", "renamed-api")), finds_there, "{findings:?}");
            let [(path, reason)] = &faults[..] else { panic!("{faults:?}") };
            assert_eq!(path, "src/broken.rs");
            assert!(reason.starts_with(&format!("internal error in `{rule}`, please report it at https://")), "{reason}");
            assert!(reason.contains("/issues: provoked (src/engine/isolate.rs:"), "{reason}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_without_a_panic_is_left_out() {
        for step in ["outline", "facts"] {
            let (findings, faults) = checked(&project(&format!("// panics in {step}\n"), ""));
            assert!(findings.contains(&pair("src/lib.rs", "renamed-api")), "{findings:?}");
            assert!(findings.iter().all(|(path, _)| path == "src/lib.rs"), "{findings:?}");
            assert!(faults.len() == 1 && faults[0].0 == "src/broken.rs" && faults[0].1.contains(step), "{faults:?}");
        }
    }

    #[test]
    fn what_concerns_the_whole_package_is_told_of_its_manifest() {
        for (step, goes_on) in [("missing-cdylib", true), ("join", false), ("suppression", false)] {
            let (findings, faults) = checked(&project("", &format!("# panics in {step}\n")));
            assert_eq!(findings.contains(&pair("src/lib.rs", "renamed-api")), goes_on, "{step}: {findings:?}");
            assert!(faults.iter().any(|(path, reason)| path == "Cargo.toml" && reason.contains(step)), "{faults:?}");
        }
    }

    #[test]
    fn files_with_a_panic_are_not_written() {
        // At once, and only on the text of the second round.
        for marker in ["// panics in gil-ref\n", "// panics in gil-ref once Python::attach\n"] {
            let dir = project(marker, "");
            let (code, _, err) = run(&dir, &["--fix"]);
            assert_eq!(code, 2, "{err}");
            assert!(err.contains("error: src/broken.rs: internal error in `gil-ref`"), "{err}");
            let text = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap();
            assert!(text("src/lib.rs").contains("Python::attach"), "{}", text("src/lib.rs"));
            assert_eq!(text("src/broken.rs"), format!("{OLD}{marker}"));
            let (code, out, _) = run(&dir, &["--diff"]);
            assert_eq!((code, out.as_str()), (2, ""));
        }
    }

    #[test]
    fn without_panics_there_is_no_gap() {
        let (code, out, err) = run(&project("// panics in nothing\n", ""), &[]);
        assert_eq!(code, 1, "{err}");
        assert!(!out.contains("internal error") && !err.contains("internal error"), "{out}{err}");
    }

    /// Run by the next test, in a process of its own.
    #[test]
    #[ignore = "it is about what the process prints"]
    fn one_panic_that_is_a_fault() {
        let mut sources = Sources::default();
        let file = sources.insert("a.rs".into(), "a.rs".to_owned(), String::new());
        assert!(isolated(&sources, file, "nothing", || panic!("provoked")).is_err());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test runs itself")]
    fn the_terminal_shows_panics_on_request_only() {
        let printed = |backtrace: &str| {
            let mut test = std::process::Command::new(std::env::current_exe().unwrap());
            test.args(["--ignored", "--exact", "engine::isolate::tests::one_panic_that_is_a_fault", "--nocapture"]);
            let output = test.env("RUST_BACKTRACE", backtrace).output().unwrap();
            let out = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(out.contains("1 passed"), "{out}");
            out + &String::from_utf8_lossy(&output.stderr)
        };
        assert!(!printed("0").contains("panicked at"));
        assert!(printed("1").contains("panicked at"));
    }
}
