//! Checks of what makes cargo, maturin, uv and the editor compile PyO3 again and again, or not when they should.

use std::path::Path;

use super::Report;
use crate::commands::doctor::facts::Facts;

/// What [`uv_and_editor`] proposes for uv.
const CACHE_KEYS: &str = "cache-keys = [{ file = \"pyproject.toml\" }, { file = \"Cargo.toml\" }, { file = \"Cargo.lock\" }, { file = \"build.rs\" }, \
                          { file = \"src/**/*.rs\" }]   # pyproject.toml, [tool.uv]";

pub(super) fn profiles(facts: &Facts, report: &mut Report) {
    let Some(project) = facts.project.as_ref().filter(|project| project.by_maturin) else { return };
    let builtin = ["dev", "release", "test", "bench"];
    match &project.editable_profile {
        Some(profile) if !builtin.contains(&profile.as_str()) && !project.profiles.contains(profile) => report.problem(
            "editable-profile",
            format!("`editable-profile` names `{profile}`, but there is no `[profile.{profile}]` where cargo reads profiles"),
            "`maturin develop` fails; cargo reads profiles in the Cargo.toml of the workspace only",
            &[&format!("[profile.{profile}]   # Cargo.toml of the workspace"), "inherits = \"dev\""],
        ),
        Some(profile) if builtin.contains(&profile.as_str()) => {
            note_profile(report, &format!("`editable-profile` is `{profile}`, which cargo uses itself"))
        }
        Some(profile) => report.healthy(format!("`maturin develop` builds with the profile `{profile}` of its own")),
        None => note_profile(report, "`[tool.maturin]` has no `editable-profile`"),
    }
    if !project.use_base_python {
        report.note(
            "use-base-python",
            "`[tool.maturin]` has no `use-base-python = true`",
            "`pip install -e .` and `uv sync` build in a new environment each time, and recompile PyO3 for it",
            &["use-base-python = true   # pyproject.toml, [tool.maturin]"],
        );
    }
}

fn note_profile(report: &mut Report, message: &str) {
    report.note(
        "editable-profile",
        message,
        "`maturin develop` and cargo set PyO3 up differently in one folder, so each recompiles it after the other",
        &[
            "editable-profile = \"maturin-dev\"   # pyproject.toml, [tool.maturin]",
            "[profile.maturin-dev]               # Cargo.toml of the workspace",
            "inherits = \"dev\"",
        ],
    );
}

pub(super) fn uv_and_editor(facts: &Facts, report: &mut Report) {
    let Some(project) = facts.project.as_ref().filter(|project| project.by_maturin) else { return };
    match &project.cache_keys {
        None if project.uses_uv => report.problem(
            "uv-cache-keys",
            "the project is used with uv, and `[tool.uv]` has no `cache-keys`",
            "uv does not see that a Rust file changed, and keeps using the old extension",
            &[CACHE_KEYS],
        ),
        Some(keys) if !keys.iter().any(|key| key.ends_with(".rs") && key != "build.rs" || key.ends_with('*') || key == "src") => report
            .problem(
                "uv-cache-keys",
                "`cache-keys` in `[tool.uv]` names no Rust sources",
                "uv does not see that a Rust file changed, and keeps using the old extension",
                &[CACHE_KEYS],
            ),
        Some(keys) if !keys.iter().any(|key| key.ends_with("pyproject.toml") || key.ends_with('*')) => report.note(
            "uv-cache-keys",
            "`cache-keys` in `[tool.uv]` leaves out pyproject.toml",
            "the list replaces uv's own, so a change to pyproject.toml triggers no build",
            &["{ file = \"pyproject.toml\" },   # pyproject.toml, [tool.uv] cache-keys"],
        ),
        Some(_) => report.healthy("uv watches the Rust sources (`cache-keys`)"),
        None => {}
    }
    let Some((file, text)) = &project.editor else { return };
    if project.cargo_python.is_some() || ["targetDir", "PYO3_PYTHON"].iter().any(|word| text.contains(word)) {
        return;
    }
    // TOML takes `/` on Windows, too, and a backslash would begin an escape.
    let python = facts.platform.venv_python(Path::new(".venv")).display().to_string().replace('\\', "/");
    report.note(
        "editor",
        format!("`{file}` gives rust-analyzer neither a target folder nor a `PYO3_PYTHON` of its own"),
        "an editor that was started elsewhere has another PATH than your shell: both recompile PyO3, each after the other",
        &[
            "\"rust-analyzer.cargo.targetDir\": true",
            &format!("(or, in `.cargo/config.toml`: [env] PYO3_PYTHON = {{ value = \"{python}\", relative = true }})"),
        ],
    );
}
