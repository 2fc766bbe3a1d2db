//! The steps that build: the wheel, and the source distribution with the wheel that comes of it.

use std::fs;
use std::path::{Path, PathBuf};

use super::backend::Hook;
use super::job::{CARGO_FOUND_NOTHING, Job, NO_NETWORK, PIP_FOUND_NOTHING, advise_each, advise_on_venv};
use super::{Profile, contents};
use crate::scaffold::versions::{PIP, VERSIONS};
use crate::toolchain::command::Invocation;
use crate::toolchain::steps::{Step, Work};

/// What has to be there before anything is built.
pub(super) fn prepare<'a>(job: Job<'a>) -> Vec<Step<'a>> {
    match (&job.target.backend, &job.tools.maturin) {
        (Some(backend), _) => backend.prepare(job),
        (None, Some(_)) => Vec::new(),
        (None, None) => install_maturin(job),
    }
}

/// Builds the wheel.
pub(super) fn wheel<'a>(job: Job<'a>) -> Step<'a> {
    let (invocation, needs): (Invocation, &[&str]) = match (&job.target.backend, &job.tools.maturin) {
        (Some(backend), _) => (backend.call(job, Hook::Wheel, &job.dist(), &job.target.root), &["install build backend", "lock file"]),
        (None, found) => (maturin_build(job, &job.dist(), &job.target.root), if found.is_some() { &[] } else { &["install maturin"] }),
    };
    let dist = job.dist();
    let prepare = move || emptied(&dist).map(|()| invocation);
    advise_each(Step::new("build wheel", Work::Prepare(Box::new(prepare))).needs(needs), &CARGO_FOUND_NOTHING, NO_NETWORK)
        .advise(
            "linker `",
            "install a C compiler: on Debian `build-essential`, on macOS `xcode-select --install`, on Windows the Build Tools",
        )
        .advise("newer than PyO3's maximum supported version", "update `pyo3`, or name an older Python with `--python`")
        .advise("lower than PyO3's minimum supported version", "name a newer Python with `--python`")
        .advise("error[E", "the Rust code does not compile; `cargo check` shows the same in less time")
        .summarise(last_wheel)
}

/// Builds the source distribution, a wheel from it as somebody without this tree would, and compares that one with the wheel of the tree.
pub(super) fn sdist<'a>(job: Job<'a>) -> Vec<Step<'a>> {
    // maturin refuses to write over the file that it would generate.
    if job.target.backend.is_none() && job.target.root.join("PKG-INFO").is_file() {
        return vec![Step::new("build sdist", Work::Nothing("the tree is an unpacked sdist itself: it has a PKG-INFO".to_owned()))];
    }
    let (sdists, wheels) = (job.target.work_dir().join("sdist"), job.target.work_dir().join("sdist-dist"));
    let invocation = match &job.target.backend {
        Some(backend) => backend.call(job, Hook::Sdist, &sdists, &job.target.root),
        None => job.reaching_cargo(maturin(job).args(["sdist", "--out"]).arg(&sdists)).in_dir(&job.target.root),
    };
    let folder = sdists.clone();
    let build = Step::new("build sdist", Work::Prepare(Box::new(move || emptied(&folder).map(|()| invocation))))
        .needs(&["build wheel"])
        .summarise(last_sdist);
    let from = wheels.clone();
    let unpack = move || {
        emptied(&from)?;
        let tree = unpacked(job, &sdists)?;
        Ok(match &job.target.backend {
            Some(backend) => backend.call(job, Hook::Wheel, &from, &tree),
            // What it needs is there, as the wheel of the tree has been built.
            None => {
                let build = maturin_build(job, &from, &tree).args(configuration(&job.target.root));
                if job.is_offline() { build } else { build.arg("--offline") }
            }
        }
        .env("CARGO_TARGET_DIR", &job.target.build_dir))
    };
    let wheel = advise_each(Step::new("wheel of sdist", Work::Prepare(Box::new(unpack))), &CARGO_FOUND_NOTHING, NO_NETWORK)
        .needs(&["build sdist"])
        .advise(
            "No such file or directory",
            "the sdist lacks a file that the build needs: name it in `include` of `[tool.maturin]`, or in MANIFEST.in for setuptools",
        )
        .advise("", "the sdist does not build outside of this tree, as pip does it where no wheel fits: see what it lacks in MANIFEST.in or `[tool.maturin]`")
        .summarise(last_wheel);
    vec![build, wheel, contents::compare(job, wheels)]
}

/// The pinned maturin in an environment of its own.
fn install_maturin<'a>(job: Job<'a>) -> Vec<Step<'a>> {
    let tools = job.target.tools_dir();
    let pinned = format!("maturin=={}", VERSIONS.maturin);
    let by_hand =
        format!("could not install maturin; install it yourself with `{} -m pip install {pinned}`", job.tools.platform.python_in_prose());
    let offline = format!(
        "pip could not reach a package registry: look at the network and its proxy (`HTTPS_PROXY`), or put {pinned} on PATH yourself; \
         `verify` takes what it finds there"
    );
    let python = job.tools.platform.venv_python(&tools);
    let pip = Invocation::new(python).args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet"]);
    let install = job.without_index(pip).args([&pinned, &format!("pip=={PIP}")]);
    vec![
        advise_on_venv(Step::new("make tool environment", Work::Run(job.new_venv(&tools)))),
        advise_each(Step::new("install maturin", Work::Run(install)).needs(&["make tool environment"]), &PIP_FOUND_NOTHING, &offline)
            .advise("", by_hand),
    ]
}

fn maturin(job: Job<'_>) -> Invocation {
    let own = || job.tools.platform.venv_program(&job.target.tools_dir(), "maturin");
    Invocation::new(job.tools.maturin.as_ref().map_or_else(own, |maturin| maturin.path.clone()))
}

fn maturin_build(job: Job<'_>, dist: &Path, tree: &Path) -> Invocation {
    let build = maturin(job).args(["build", "--interpreter"]).arg(&job.tools.python.path).arg("--out").arg(dist).args(job.cargo_flags);
    let build = match (job.profile, &job.target.profile) {
        (Profile::Release, _) => build.arg("--release"),
        // Without a profile of its own, the wheel and `cargo test` take turns in recompiling PyO3.
        (Profile::Dev, Some(profile)) => build.args(["--profile", profile]),
        (Profile::Dev, None) => build,
    };
    build.in_dir(tree)
}

/// What an earlier run has left would be mistaken for the new.
fn emptied(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("cannot empty `{}`: {error}", folder.display()))?;
    }
    Ok(())
}

/// The only folder of the source distribution, unpacked outside of the tree.
fn unpacked(job: Job<'_>, sdists: &Path) -> Result<PathBuf, String> {
    let only = |folder: &Path, is: fn(&Path) -> bool| {
        let entries = fs::read_dir(folder).map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
        let mut found = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is(path));
        found.next().ok_or_else(|| format!("there is nothing in `{}`", folder.display()))
    };
    let archive = only(sdists, |path| path.is_file())?;
    let place = job.outside.join("sdist");
    emptied(&place)?;
    let unpack = Invocation::new(&job.tools.python.path).args(["-m", "tarfile", "-e"]).arg(&archive).arg(&place);
    let done = unpack.capture().map_err(|error| format!("cannot unpack `{}`: {error}", archive.display()))?;
    if !done.success {
        return Err(format!("cannot unpack `{}`: {}", archive.display(), done.stderr.trim_end()));
    }
    only(&place, Path::is_dir)
}

/// Cargo's configuration of the tree, which holds flags, registries and vendored crates: it is not the sdist's to bring them.
fn configuration(root: &Path) -> Vec<String> {
    let mut files: Vec<PathBuf> =
        root.ancestors().map(|dir| dir.join(".cargo").join("config.toml")).filter(|file| file.is_file()).collect();
    // Of two, cargo takes the later one.
    files.reverse();
    files.into_iter().flat_map(|file| ["--config".to_owned(), file.display().to_string()]).collect()
}

/// The file name of the wheel that the build says it has made.
fn last_wheel(output: &str) -> Option<String> {
    last_word(output, ".whl")
}

fn last_sdist(output: &str) -> Option<String> {
    last_word(output, ".tar.gz")
}

fn last_word(output: &str, end: &str) -> Option<String> {
    let words = output.split_whitespace().map(|word| word.trim_matches(['\'', '"', '`'])).filter(|word| word.ends_with(end));
    words.filter_map(|word| Path::new(word).file_name()).map(|name| name.to_string_lossy().into_owned()).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_built_comes_from_real_output() {
        let maturin = "    Finished `dev` profile\n📦 Built wheel for abi3 Python ≥ 3.9 to /x/dist/demo-0.1.0-cp39-abi3-linux_x86_64.whl\n";
        assert_eq!(last_wheel(maturin).as_deref(), Some("demo-0.1.0-cp39-abi3-linux_x86_64.whl"));
        let setuptools = "running bdist_wheel\ncreating '/x/dist/.tmp-1/demo-1.0-cp311-cp311-linux_x86_64.whl' and adding 'build' to it\n";
        assert_eq!(last_wheel(setuptools).as_deref(), Some("demo-1.0-cp311-cp311-linux_x86_64.whl"));
        assert_eq!(last_sdist("📦 Built source distribution to /x/demo-0.1.0.tar.gz\n").as_deref(), Some("demo-0.1.0.tar.gz"));
    }

    #[test]
    fn the_configuration_that_is_nearest_comes_last() {
        let dir = tempfile::tempdir().expect("folder");
        let root = dir.path().join("a");
        for folder in [dir.path(), &root] {
            fs::create_dir_all(folder.join(".cargo")).expect("folder");
            fs::File::create(folder.join(".cargo/config.toml")).expect("file");
        }
        let files = configuration(&root);
        let at = |folder: &Path| files.iter().position(|file| Path::new(file).starts_with(folder)).expect("a file");
        assert!(at(dir.path()) < at(&root) && files[at(&root) - 1] == "--config", "{files:?}");
    }
}
