//! The gate: every template and the reference extension are built, installed outside of their tree, used, and looked at by the tools of the trade.
//!
//! `HOGNOSE_GATE` chooses what runs: a template's name, only that one, whether it has changed or not; `full`, the options, too, with release
//! builds and fresh lock files. Without it, each project runs whose files, tools or steps have changed since it passed.
#![expect(clippy::print_stdout, reason = "the gate takes minutes and says what it does; `--nocapture` shows it")]

mod bench;
mod builds;
mod checks;
mod options;
mod report;
mod run;
mod steps;
mod subject;
mod tools;

use self::bench::Profile;
use self::run::{Mode, Passage, Reuse};
use self::subject::{Freshness, Subject};
use self::tools::Tools;

#[test]
fn every_project_passes_the_gate() {
    let asked = std::env::var("HOGNOSE_GATE").ok();
    let (subjects, mode) = plan(asked.as_deref());
    assert!(!subjects.is_empty(), "HOGNOSE_GATE is `full` or the name of a project, not {asked:?}");
    let tools = Tools::ready();
    let passages = run::all(&subjects, &tools, mode);
    report::write(&passages, &tools);
    assert!(passages.iter().all(Passage::is_good), "{}", report::failures(&passages));
}

fn plan(asked: Option<&str>) -> (Vec<Subject>, Mode) {
    let everything = Mode { profile: Profile::Develop, freshness: Freshness::Kept, reuse: Reuse::Nothing };
    let mut subjects = subject::defaults();
    match asked {
        None => (subjects, Mode { reuse: Reuse::Unchanged, ..everything }),
        Some("full") => {
            subjects.extend(subject::variants());
            (subjects, Mode { profile: Profile::Release, freshness: Freshness::Fresh, ..everything })
        }
        Some(name) => {
            subjects.retain(|subject| subject.name == name);
            (subjects, everything)
        }
    }
}
