//! Checks of cargo, rustc, the linker and maturin.

use super::Report;
use crate::catalog::{Series, toolchain};
use crate::commands::doctor::facts::Facts;
use crate::commands::needs::numbers;
use crate::commands::newer;
use crate::release::Release;
use crate::scaffold::versions::{MATURIN_WITHOUT_FEATURE, VERSIONS};
use crate::toolchain::platform::Platform;
use crate::toolchain::rustup::missing_toolchain;

pub(super) fn rust(facts: &Facts, report: &mut Report) {
    let install = match facts.platform {
        Platform::Linux | Platform::MacOs => "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
        Platform::Windows => "winget install Rustlang.Rustup",
    };
    for (name, search) in [("cargo", &facts.cargo), ("rustc", &facts.rustc)] {
        match (&search.found, search.passed_over.first()) {
            (Some(found), _) => report.healthy(format!("{name} {found}")),
            (None, over) => {
                let why = over.map(ToString::to_string).unwrap_or_default();
                if let Some(toolchain) = missing_toolchain(&why) {
                    let message = format!("the project asks rustup for the toolchain `{toolchain}`, which is not installed");
                    let install = format!("rustup toolchain install {}", facts.platform.quote(toolchain));
                    report.problem("rust", message, "rustup downloads it at the first build, or fails without a network", &[&install]);
                    continue;
                }
                report.problem("rust", format!("there is no {name} that runs: {why}"), "nothing in Rust can be built", &[install]);
            }
        }
    }
    let (Some(rustc), Some(project)) = (&facts.rustc.found, &facts.project) else { return };
    let version = Series(rustc.version.series.0, rustc.version.series.1);
    let of_pyo3 = project.needs.pyo3.and_then(toolchain).map(|known| (known.rust, format!("PyO3 {}", known.release())));
    let of_project = project.rust_version.map(|rust| (rust, format!("`rust-version` of `{}`", project.name)));
    for (needed, who) in [of_pyo3.clone(), of_project].into_iter().flatten().filter(|(needed, _)| version < *needed) {
        report.problem(
            "rust-version",
            format!("rustc is {}, and {who} asks for {needed}", rustc.version.text),
            "cargo refuses to build, or the compiler stops at syntax that it does not know",
            &["rustup update stable", "(if rust-toolchain.toml pins an older one, raise it there)"],
        );
    }
    if let (Some(written), Some((needed, who))) = (project.rust_version, of_pyo3)
        && written < needed
    {
        report.note(
            "rust-version",
            format!("Cargo.toml says `rust-version = \"{written}\"`, and {who} needs {needed}"),
            "people with the Rust version that you promise cannot build the project",
            &[&format!("rust-version = \"{needed}\"   # Cargo.toml, [package]")],
        );
    }
}

/// Says when the project is on a PyO3 that came out after this program.
pub(super) fn hognose(facts: &Facts, report: &mut Report) {
    let newer = facts.project.as_ref().and_then(|project| newer::sentence([(project.name.as_str(), project.needs.pyo3)]));
    if let Some(sentence) = newer {
        report.note("hognose", sentence, "which Rust and which Pythons that release supports is not checked", &["update hognose"]);
    }
}

pub(super) fn linker(facts: &Facts, report: &mut Report) {
    if facts.has_linker {
        return;
    }
    let install = match facts.platform {
        Platform::MacOs => "xcode-select --install",
        Platform::Linux | Platform::Windows => "sudo apt install build-essential   # Debian, Ubuntu",
    };
    report.problem(
        "linker",
        "there is no C compiler (`cc`) on PATH",
        "rustc links with it, and nothing can be built without it",
        &[install],
    );
}

pub(super) fn maturin(facts: &Facts, report: &mut Report) {
    let Some(project) = facts.project.as_ref().filter(|project| project.by_maturin) else { return };
    let wanted = project.maturin.as_ref().map_or("maturin", |requirement| requirement.text.as_str());
    let quoted = facts.platform.quote(wanted);
    let install = if facts.has_uv { format!("uv pip install {quoted}") } else { format!("pip install {quoted}") };
    let Some(found) = &facts.maturin.found else {
        let why = "`maturin develop`, which builds the extension into your environment, cannot be run (`hognose verify` does without)";
        return report.note("maturin", "there is no maturin in the environment or on PATH", why, &[&install]);
    };
    let version = numbers(&found.version.text);
    let asked = project.maturin.as_ref().and_then(|requirement| requirement.specifiers.as_ref());
    if let (Some(version), Some(asked)) = (&version, asked)
        && !asked.contains(version)
    {
        report.note(
            "maturin-version",
            format!("maturin is {}, and `[build-system] requires` asks for `{wanted}`", found.version.text),
            "`maturin develop` and `pip install .` build with different versions, and only one of them is tried",
            &[&install],
        );
    }
    let needs_new = !project.extension_module && project.needs.pyo3.is_some_and(|pyo3| pyo3 >= Release::new(26));
    if needs_new && version < numbers(MATURIN_WITHOUT_FEATURE) {
        report.problem(
            "maturin-version",
            format!(
                "maturin is {}, and a project without PyO3's `extension-module` feature needs {MATURIN_WITHOUT_FEATURE}",
                found.version.text
            ),
            "an older one links the extension to libpython: it does not load in a Python that was built in another way",
            &[format!(
                "pip install --upgrade {}",
                facts.platform.quote(format!("maturin>={MATURIN_WITHOUT_FEATURE},<{}", VERSIONS.maturin_ceiling))
            )],
        );
    } else {
        report.healthy(format!("maturin {found}"));
    }
}
