//! `new`: what it writes, and what it refuses to write over.

use std::fs;
use std::path::{Path, PathBuf};

use hognose::commands::new::{self, NewOptions, Then, Vcs};
use hognose::commands::verify::{LintResult, Verdict};
use hognose::scaffold::answers::{Abi, Answers, Choices, Ci, License, Python};
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
        choices: Choices::default(),
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
    let mut names = vec!["init", "licenses", "shared"];
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
        let (_, manifest) = binding(&files);
        let library = manifest.replace("Cargo.toml", "src/lib.rs");
        let build_script = manifest.replace("Cargo.toml", "build.rs");
        for needed in
            ["Cargo.toml", "pyproject.toml", &library, &build_script, "README.md", "LICENSE", ".gitignore", "python/some_name/py.typed"]
        {
            assert!(files.iter().any(|file| file.path == needed), "{} has no {needed}", template.name);
        }
        // Rendering twice gives the same bytes.
        assert_eq!(files, rendered(template, "some-name"));
    }
}

fn table(files: &[Rendered], path: &str) -> toml::Table {
    let file = files.iter().find(|file| file.path == path).expect("the file is there");
    std::str::from_utf8(&file.contents).expect("text").parse().expect("good TOML")
}

/// The manifest that maturin builds, and its path: the only one, or what pyproject.toml names in a workspace.
fn binding(files: &[Rendered]) -> (toml::Table, String) {
    let pyproject = table(files, "pyproject.toml");
    let path = pyproject["tool"]["maturin"].get("manifest-path").map_or("Cargo.toml", |path| path.as_str().expect("a path"));
    (table(files, path), path.to_owned())
}

#[test]
fn a_workspace_gives_its_crates_what_they_ask_for() {
    let files = rendered(Template::find("workspace").expect("it is there"), "some-name");
    let workspace = &table(&files, "Cargo.toml")["workspace"];
    let manifests: Vec<_> = files.iter().map(|file| file.path.as_str()).filter(|path| path.ends_with("/Cargo.toml")).collect();
    assert_eq!(manifests, ["crates/some-name-core/Cargo.toml", "crates/some-name-py/Cargo.toml"]);
    for manifest in &manifests {
        let own = table(&files, manifest);
        for (section, shared) in [("package", "package"), ("dependencies", "dependencies"), ("build-dependencies", "dependencies")] {
            for (key, value) in own.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                let asked = value.get("workspace").is_some();
                assert!(!asked || workspace[shared].get(key).is_some(), "{manifest} asks for `{key}`");
            }
        }
    }
    let core = &table(&files, manifests[0]);
    assert!(core.get("dependencies").is_none(), "the core knows nothing of Python");
    assert_eq!(workspace["dependencies"]["some-name-core"]["path"].as_str(), Some("crates/some-name-core"));
    assert!(!files.iter().any(|file| file.path == "build.rs" || file.path.starts_with("src/")), "a workspace's root is no crate");
}

#[test]
fn manifests_of_every_template_are_good_toml_with_the_right_names() {
    for &template in template::ALL {
        let files = rendered(template, "some-name");
        let (cargo, pyproject) = (table(&files, "Cargo.toml"), table(&files, "pyproject.toml"));
        let (package, manifest) = binding(&files);
        let name = package["package"]["name"].as_str().expect("a name");
        let library = package["lib"].get("name").map_or_else(|| Some(name.replace('-', "_")), |name| name.as_str().map(str::to_owned));
        // Crates of a workspace have names of their own, and only the folder of one tells which it is.
        let expected = if manifest == "Cargo.toml" { ("some-name", "some_name") } else { ("some-name-py", "some_name_py") };
        assert_eq!((name, library.as_deref()), (expected.0, Some(expected.1)));
        assert!(package["lib"]["crate-type"].as_array().is_some_and(|types| types.iter().any(|it| it.as_str() == Some("cdylib"))));
        assert_eq!(package["package"]["publish"].as_bool(), Some(false));
        assert!(cargo.contains_key("workspace"), "the project stands alone below another workspace");
        assert_eq!(pyproject["project"]["name"].as_str(), Some("some-name"));
        assert_eq!(pyproject["tool"]["maturin"]["module-name"].as_str(), Some("some_name._core"));
        // `maturin develop` hands a group of this name to pip, which only the newest ones understand.
        assert!(pyproject["dependency-groups"].get("dev").is_none());
        let profile = pyproject["tool"]["maturin"]["editable-profile"].as_str().expect("a profile");
        assert!(cargo["profile"].get(profile).is_some(), "Cargo.toml has no profile `{profile}`");
    }
}

/// The names of what a manifest depends on, whatever the table.
fn dependencies(table: &toml::Table, names: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) if key.ends_with("dependencies") => names.extend(inner.keys().cloned()),
            toml::Value::Table(inner) => dependencies(inner, names),
            toml::Value::Array(list) if key == "dependencies" => names.extend(list.iter().filter_map(|entry| {
                let end = |c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c);
                entry.as_str()?.split(end).next().map(str::to_owned)
            })),
            _ => {}
        }
    }
}

#[test]
fn no_module_is_called_like_what_the_templates_depend_on() {
    for &template in template::ALL.iter().chain([&template::INIT]) {
        let mut names = Vec::new();
        for file in rendered(template, "some-name").iter().filter(|file| file.path.ends_with(".toml")) {
            let table = std::str::from_utf8(&file.contents).expect("text").parse().expect("good TOML");
            dependencies(&table, &mut names);
        }
        assert!(names.iter().any(|name| name == "pyo3"), "{names:?}");
        // A package of the template's own workspace is called after the project.
        for name in names.iter().filter(|name| !name.starts_with("some-name")) {
            let module = name.replace('-', "_");
            assert!(Names::new("my-ext", Some(&module)).is_err(), "`{name}` of `{}` is missing in `reserved.rs`", template.name);
        }
    }
}

/// Runs the command line; answers its exit code and what it printed, errors last.
fn hognose(arguments: &[&str]) -> (u8, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["hognose"].iter().chain(arguments).map(std::ffi::OsString::from);
    let code = hognose::cli::run(arguments, &mut out, &mut err);
    out.extend(err);
    (code, String::from_utf8(out).expect("text"))
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let (code, text) = hognose(&["new"]);
    assert_eq!(code, 2);
    assert!(text.starts_with("error: the following required arguments were not provided:\n  <NAME>\n\nUsage: hognose new "), "{text}");
}

#[test]
fn options_say_what_they_take() {
    let (code, text) = hognose(&["new", "--help"]);
    assert_eq!(code, 0);
    for template in template::ALL {
        assert!(text.contains(&format!("- {}", template.name)), "{text}");
    }
    let (code, text) = hognose(&["init", "--help"]);
    assert_eq!(code, 0);
    assert!(text.contains("[default: the project's, else 3.9]") && text.contains("- numpy"), "{text}");
    assert!(!text.contains("[default: MIT]") && !text.contains("[default: 3.9]"), "{text}");
    for (arguments, message) in [
        (["new", "x", "--template", "unheard-of"], "[possible values: function"),
        (["new", "x", "--min-python", "3.8"], "supports Python 3.9 to 3.15, not 3.8"),
        (["new", "x", "--license", "GPL-3.0"], "MIT OR Apache-2.0"),
        (["new", "x", "--author", "Ada <ada>"], "is not an address such as"),
    ] {
        let (code, text) = hognose(&arguments);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains(message), "{text}");
    }
}

#[test]
fn options_reach_the_files() {
    let dir = tempfile::tempdir().expect("folder");
    let place = dir.path().join("made");
    let to = place.to_str().expect("text");
    let (code, text) = hognose(&[
        "new",
        "my-ext",
        "--dir",
        to,
        "--module",
        "ext",
        "--min-python",
        "3.11",
        "--no-abi3",
        "--ci",
        "none",
        "--license",
        "mpl-2.0",
        "--author",
        "Ada <ada@example.org>",
        "--vcs",
        "none",
    ]);
    assert_eq!(code, 0, "{text}");
    let read = |path: &str| fs::read_to_string(place.join(path)).expect("file");
    assert!(!place.join(".github/workflows").exists() && !place.join(".git").exists());
    assert!(read("LICENSE").starts_with("Mozilla Public License"));
    assert!(!read("Cargo.toml").contains("abi3") && read("Cargo.toml").contains("name = \"ext\""));
    let pyproject = read("pyproject.toml");
    for line in ["authors = [{ name = \"Ada\", email = \"ada@example.org\" }]", "requires-python = \">=3.11\"", "license = \"MPL-2.0\""] {
        assert!(pyproject.lines().any(|there| there == line), "{line}\n{pyproject}");
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
    assert!(
        text.starts_with("error: `") && text.contains("taken` exists and is not empty") && text.contains("let `hognose init` add"),
        "{text}"
    );
    assert_eq!(files_below(dir.path()), Vec::<String>::new());

    for refused in ["json", "1st", "a/b", ""] {
        assert_eq!(create(&options(refused), dir.path()).0, Verdict::CouldNotRun, "{refused}");
    }
    assert_eq!(fs::read_dir(dir.path()).expect("folder").count(), 1);
}

#[test]
fn an_empty_folder_and_another_module_name_are_taken() {
    let dir = tempfile::tempdir().expect("folder");
    let place = dir.path().join("here");
    fs::create_dir(&place).expect("folder");
    let choices = Choices { module: Some("other".to_owned()), ..Choices::default() };
    let chosen = NewOptions { dir: Some(PathBuf::from("here")), choices, vcs: Vcs::Git, ..options("some-name") };
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

#[test]
#[expect(clippy::disallowed_methods, reason = "the variables of a hook of git's are those of a process")]
fn the_repository_of_a_hook_is_not_initialised_again() {
    let Some(git) = Surroundings::of_this_process().git().found else { return };
    let dir = tempfile::tempdir().expect("folder");
    let hook = dir.path().join("hook.git");
    let made = std::process::Command::new(git.path).args(["init", "--quiet", "--bare"]).arg(&hook).status();
    assert!(made.expect("git runs").success());
    let settings = fs::read_to_string(hook.join("config")).expect("settings");
    let new = std::process::Command::new(env!("CARGO_BIN_EXE_hognose"))
        .args(["new", "some-name", "--yes"])
        .current_dir(dir.path())
        .env("GIT_DIR", &hook)
        .env("GIT_WORK_TREE", dir.path())
        .output()
        .expect("hognose runs");
    assert!(new.status.success() && new.stderr.is_empty(), "{}", String::from_utf8_lossy(&new.stderr));
    assert!(dir.path().join("some-name/.git/HEAD").is_file());
    assert_eq!(fs::read_to_string(hook.join("config")).expect("settings"), settings);
}
