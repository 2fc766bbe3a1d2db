//! `new`: what it writes, and what it refuses to write over.

use std::fs;
use std::path::{Path, PathBuf};

use hognose::commands::new::{self, NewOptions, Then, Vcs};
use hognose::commands::verify::{LintResult, Verdict};
use hognose::scaffold::answers::{Abi, Answers, Ci, License, Python};
use hognose::scaffold::names::Names;
use hognose::scaffold::render::{self, Rendered};
use hognose::scaffold::template::{self, Template};
use hognose::toolchain::locate::Surroundings;
use hognose::toolchain::steps::Progress;

/// The surroundings of this process, as if it had been started in `dir`.
pub(crate) fn surroundings(dir: &Path) -> Surroundings {
    Surroundings { dir: dir.to_owned(), virtual_env: None, ..Surroundings::of_this_process() }
}

/// Options for a project of this name.
pub(crate) fn options(name: &str) -> NewOptions {
    NewOptions {
        name: name.to_owned(),
        dir: None,
        template: template::ALL[0].name.to_owned(),
        module: None,
        vcs: Vcs::None,
        then: Then::Show,
        progress: Progress::Lines,
    }
}

/// Runs `new` in `dir`; answers what it printed, errors last.
pub(crate) fn create(options: &NewOptions, dir: &Path) -> (Verdict, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let verdict =
        new::run_in(options, &surroundings(dir), &|_| LintResult::default(), &mut out, &mut err).expect("a buffer takes everything");
    out.extend(err);
    (verdict, String::from_utf8(out).expect("the report is text"))
}

fn rendered(template: Template, name: &str) -> Vec<Rendered> {
    let answers = Answers::with_defaults(Names::new(name, None).expect("a good name"));
    render::render(template, &answers).expect("a good template")
}

/// Every file below `dir`, as paths with `/`, ordered.
fn files_below(dir: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let path = path.strip_prefix(dir).expect("below").components().map(|part| part.as_os_str().to_string_lossy());
            files.push(path.collect::<Vec<_>>().join("/"));
        }
    }
    files.sort();
    files
}

#[test]
fn embedded_templates_are_the_ones_on_disk() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut folders: Vec<_> = fs::read_dir(&root).expect("templates").map(|entry| entry.expect("entry").file_name()).collect();
    folders.sort();
    let mut names = vec!["licenses", "shared"];
    names.extend(template::ALL.iter().map(|template| template.name));
    names.sort_unstable();
    assert_eq!(folders, names, "every folder of files that are not shared or included is listed in `template::ALL`");
    let hint = "touch src/scaffold/template.rs: files are embedded when it is compiled";
    for path in files_below(&root) {
        let there = fs::read_to_string(root.join(&path)).expect("text");
        assert_eq!(template::text(&path), Some(there.as_str()), "{path}; {hint}");
    }
    for source in template::ALL.iter().flat_map(|template| template.sources()) {
        assert!(root.join(source.name).is_file(), "{} is embedded and no longer there; {hint}", source.name);
    }
}

#[test]
fn no_template_file_takes_effect_on_this_repository() {
    for &template in template::ALL {
        for source in template.sources() {
            for part in source.path.split('/') {
                // Cargo leaves folders with a Cargo.toml out of a package; dot files would govern git here.
                assert!(part != "Cargo.toml" && !part.starts_with('.'), "{}", source.path);
            }
        }
    }
}

#[test]
fn every_template_renders_completely() {
    for &template in template::ALL {
        let files = rendered(template, "some-name");
        for file in &files {
            assert!(!file.path.contains("__module__") && !file.path.ends_with(".jinja") && !file.path.contains("dot-"), "{}", file.path);
            let text = String::from_utf8(file.contents.clone()).expect("text");
            let left_over = text.replace("${{", "").contains("{{") || text.contains("{%");
            assert!(!left_over, "{} still holds template syntax", file.path);
            assert!(text.is_empty() || text.ends_with('\n') && !text.ends_with("\n\n"), "{} does not end with one line feed", file.path);
        }
        for needed in ["Cargo.toml", "pyproject.toml", "src/lib.rs", "README.md", "LICENSE", ".gitignore", "python/some_name/py.typed"] {
            assert!(files.iter().any(|file| file.path == needed), "{} has no {needed}", template.name);
        }
        // Rendering twice gives the same bytes.
        assert_eq!(files, rendered(template, "some-name"));
    }
}

#[test]
fn manifests_of_every_template_are_good_toml_with_the_right_names() {
    for &template in template::ALL {
        let files = rendered(template, "some-name");
        let table = |path: &str| -> toml::Table {
            let file = files.iter().find(|file| file.path == path).expect("the file is there");
            std::str::from_utf8(&file.contents).expect("text").parse().expect("good TOML")
        };
        let (cargo, pyproject) = (table("Cargo.toml"), table("pyproject.toml"));
        assert_eq!(cargo["package"]["name"].as_str(), Some("some-name"));
        assert_eq!(cargo["lib"]["name"].as_str(), Some("some_name"));
        assert!(cargo.contains_key("workspace"), "the project stands alone below another workspace");
        assert_eq!(pyproject["project"]["name"].as_str(), Some("some-name"));
        assert_eq!(pyproject["tool"]["maturin"]["module-name"].as_str(), Some("some_name._core"));
        // `maturin develop` hands a group of this name to pip, which only the newest ones understand.
        assert!(pyproject["dependency-groups"].get("dev").is_none());
        let profile = pyproject["tool"]["maturin"]["editable-profile"].as_str().expect("a profile");
        assert!(cargo["profile"].get(profile).is_some(), "Cargo.toml has no profile `{profile}`");
    }
}

#[test]
fn manifests_and_workflows_agree_whatever_is_chosen() {
    let licences = [License::Mit, License::Apache, License::MitOrApache, License::Bsd, License::Mpl, License::None];
    for (python, abi, ci) in Python::default().and_later().flat_map(|python| {
        let abis = [Abi::Stable, Abi::PerRelease];
        abis.into_iter().flat_map(move |abi| [Ci::GitHub, Ci::None].map(|ci| (python, abi, ci)))
    }) {
        for license in licences {
            let names = Names::new("some-name", None).expect("a good name");
            let answers = Answers { python, abi, ci, license, ..Answers::with_defaults(names) };
            for &template in template::ALL {
                let files = render::render(template, &answers).expect("a good template");
                let text = |path: &str| {
                    let file = files.iter().find(|file| file.path == path)?;
                    Some(String::from_utf8(file.contents.clone()).expect("text"))
                };
                let cargo = text("Cargo.toml").expect("a manifest");
                let pyproject: toml::Table = text("pyproject.toml").expect("a manifest").parse().expect("good TOML");
                cargo.parse::<toml::Table>().expect("good TOML");

                assert_eq!(pyproject["project"]["requires-python"].as_str(), Some(format!(">={python}").as_str()));
                assert_eq!(cargo.contains(&format!("\"abi3-{}\"", python.tag())), abi == Abi::Stable, "{cargo}");
                assert_eq!(pyproject["project"].get("license").and_then(toml::Value::as_str), license.spdx());
                let licence_files = files.iter().filter(|file| file.path.starts_with("LICENSE")).count();
                let expected = license.spdx().map_or(0, |spdx| spdx.split(" OR ").count());
                assert_eq!(licence_files, expected, "{license:?}");
                assert_eq!(files.iter().any(|file| file.path.starts_with(".github/")), ci == Ci::GitHub);

                let Some(release) = text(".github/workflows/release.yml") else { continue };
                // Each stable ABI in a call of its own: one call would leave a kind of wheel out.
                let calls: Vec<_> = release.lines().filter_map(|line| line.split_once(" -i ").map(|(_, pythons)| pythons)).collect();
                match abi {
                    Abi::Stable => assert!(calls.iter().all(|call| !call.contains(' ')) && calls.contains(&"3.15t"), "{calls:?}"),
                    Abi::PerRelease => assert!(calls.len() == 1 && calls[0].starts_with(&python.to_string()), "{calls:?}"),
                }
            }
        }
    }
}

#[test]
fn new_shows_what_it_made_and_what_comes_next() {
    let dir = tempfile::tempdir().expect("folder");
    let (verdict, text) = create(&options("some-name"), dir.path());
    assert_eq!(verdict, Verdict::Passed);
    assert!(text.starts_with("created `some-name` from the template `function`; Python imports it as `some_name`\n"), "{text}");
    assert!(text.contains("├── Cargo.toml\n"), "{text}");
    assert!(text.contains("  cd some-name\n"), "{text}");
    let written = files_below(&dir.path().join("some-name"));
    let mut expected: Vec<_> = rendered(template::ALL[0], "some-name").into_iter().map(|file| file.path).collect();
    expected.sort();
    assert_eq!(written, expected);
    assert_eq!(fs::read_dir(dir.path()).expect("folder").count(), 1, "nothing temporary is left");
}

#[test]
fn nothing_is_written_over_or_half_written() {
    let dir = tempfile::tempdir().expect("folder");
    fs::create_dir_all(dir.path().join("taken/src")).expect("folder");
    let (verdict, text) = create(&options("taken"), dir.path());
    assert_eq!(verdict, Verdict::CouldNotRun);
    assert!(text.starts_with("error: `") && text.contains("taken` exists and is not empty"), "{text}");
    assert_eq!(files_below(dir.path()), Vec::<String>::new());

    for refused in ["json", "1st", "a/b", ""] {
        assert_eq!(create(&options(refused), dir.path()).0, Verdict::CouldNotRun, "{refused}");
    }
    let (verdict, text) = create(&NewOptions { template: "unheard-of".to_owned(), ..options("good") }, dir.path());
    assert_eq!(verdict, Verdict::CouldNotRun);
    let names: Vec<_> = template::ALL.iter().map(|template| format!("`{}`", template.name)).collect();
    assert_eq!(text, format!("error: there is no template `unheard-of`; there is {}\n", names.join(", ")));
    assert_eq!(fs::read_dir(dir.path()).expect("folder").count(), 1);
}

#[test]
fn an_empty_folder_and_another_module_name_are_taken() {
    let dir = tempfile::tempdir().expect("folder");
    let place = dir.path().join("here");
    fs::create_dir(&place).expect("folder");
    let chosen = NewOptions { dir: Some(PathBuf::from("here")), module: Some("other".to_owned()), vcs: Vcs::Git, ..options("some-name") };
    let (verdict, text) = create(&chosen, dir.path());
    assert_eq!(verdict, Verdict::Passed, "{text}");
    assert!(place.join("python/other/__init__.py").is_file());
    assert!(fs::read_to_string(place.join("Cargo.toml")).expect("file").contains("name = \"other\""));
    if surroundings(dir.path()).git().found.is_some() {
        assert!(place.join(".git/HEAD").is_file());
        // Inside of a repository no second one is made.
        create(&NewOptions { vcs: Vcs::Git, ..options("inner") }, &place);
        assert!(place.join("inner/Cargo.toml").is_file() && !place.join("inner/.git").exists());
    }
}
