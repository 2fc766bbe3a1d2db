//! The steps that look into the wheel: what is wrong with it, and whether the source distribution makes the same one.

use std::path::PathBuf;

use super::job::{Job, last_line, the_wheel};
use super::stubs;
use crate::commands::needs::cpython;
use crate::toolchain::steps::{Step, Work};
use crate::wheel::{Promise, Wheel, differences, faults};

/// Looks at files, tags and compiled modules.
pub(super) fn check<'a>(job: Job<'a>) -> Step<'a> {
    let call = move || {
        let (_, wheel) = job.built.wheel()?;
        let stubs = stubs::find(&job.target.root, &job.target.build_dir, wheel);
        let python = &job.tools.python;
        let python = (python.implementation == "CPython").then(|| cpython(python));
        let faults = faults(wheel, Promise { stable_abi: job.stable_abi, python, stubs: &stubs });
        if faults.is_empty() {
            return Ok(format!("{} files, {} compiled", wheel.files.len(), wheel.modules.len()));
        }
        let lines = faults.iter().map(|fault| format!("error: {}\n  = help: {}", fault.message, fault.help));
        Err(lines.collect::<Vec<_>>().join("\n"))
    };
    Step::new("check wheel", Work::Call(Box::new(call))).needs(&["build wheel"]).summarise(last_line)
}

/// Compares the wheel of the tree with the one in this folder.
pub(super) fn compare<'a>(job: Job<'a>, folder: PathBuf) -> Step<'a> {
    let call = move || {
        let (_, tree) = job.built.wheel()?;
        let sdist = Wheel::read(&the_wheel(&folder, cpython(&job.tools.python))?)?;
        let found = differences(tree, &sdist);
        if found.is_empty() { Ok("the same files".to_owned()) } else { Err(found.join("\n")) }
    };
    Step::new("compare wheels", Work::Call(Box::new(call)))
        .needs(&["wheel of sdist"])
        .advise(
            "is missing in the wheel of the sdist",
            "the sdist lacks files: name them in `include` of `[tool.maturin]`, or in MANIFEST.in for setuptools",
        )
        .advise("", "a build from the sdist does not make what a build from the tree makes: look for what the tree has and git does not")
        .summarise(last_line)
}
