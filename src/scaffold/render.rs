//! From a template and answers to the files of a project, in memory.
//!
//! Files whose name ends with `.jinja` are rendered, all others copied; one that renders to nothing is not written. In paths, `__module__` and
//! `__name__` stand for the answers and a leading `dot-` for a dot: real dot files in `templates/` would take effect on hognose's own
//! repository and package. Files extend and include each other by their path below `templates/`.

use std::collections::BTreeMap;
use std::fmt;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::answers::{Abi, Answers, Ci};
use super::template::{self, Source, Template};
use super::versions::{ACTIONS, VERSIONS};

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its path below the project's folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub contents: Vec<u8>,
}

/// A template that cannot be rendered: a mistake in hognose, found by its tests.
#[derive(Debug)]
pub struct BrokenTemplate {
    path: &'static str,
    error: String,
}

impl fmt::Display for BrokenTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the template file `{}` cannot be rendered: {}", self.path, self.error)
    }
}

impl std::error::Error for BrokenTemplate {}

/// Renders every file of a template.
///
/// # Errors
/// A file uses a name that is not among the answers, or is no template at all.
pub fn render(template: Template, answers: &Answers) -> Result<Vec<Rendered>, BrokenTemplate> {
    let environment = environment().map_err(|error| BrokenTemplate { path: template.name, error: error.to_string() })?;
    let values = values(template, answers);
    let files = template.sources().into_iter().filter_map(|source| render_file(&environment, source, answers, &values).transpose());
    files.collect()
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("toml", |text: String| toml::Value::String(text).to_string());
    environment.set_loader(|name| Ok(template::text(name).map(str::to_owned)));
    Ok(environment)
}

/// What templates see.
fn values(template: Template, answers: &Answers) -> Value {
    let Answers { names, compiled, python, abi, ci, license, author } = answers;
    context! {
        template => template.name,
        description => template.description,
        name => names.name.as_str(),
        module => names.module.as_str(),
        compiled => compiled.as_str(),
        python => python.to_string(),
        python_tag => python.tag(),
        pythons => python.and_later().map(|python| python.to_string()).collect::<Vec<_>>(),
        free_threaded => python.and_later().filter(|python| python.can_be_free_threaded()).map(|python| format!("{python}t")).collect::<Vec<_>>(),
        abi3 => *abi == Abi::Stable,
        github => *ci == Ci::GitHub,
        license => license.spdx(),
        author => author.as_ref().map(|author| context! { name => author.name.as_str(), email => author.email.as_deref() }),
        versions => Value::from(Serde(VERSIONS)),
        actions => ACTIONS.iter().copied().collect::<BTreeMap<_, _>>(),
    }
}

fn render_file(
    environment: &Environment<'_>,
    source: Source,
    answers: &Answers,
    values: &Value,
) -> Result<Option<Rendered>, BrokenTemplate> {
    let Some(path) = source.path.strip_suffix(".jinja") else {
        return Ok(Some(Rendered { path: place(source.path, answers), contents: source.contents.to_vec() }));
    };
    let broken = |error: String| BrokenTemplate { path: source.name, error };
    let text = std::str::from_utf8(source.contents).map_err(|error| broken(error.to_string()))?;
    let text = environment.render_named_str(source.name, text, values).map_err(|error| broken(error.to_string()))?;
    let written = !text.trim().is_empty();
    Ok(written.then(|| Rendered { path: place(path, answers), contents: text.into_bytes() }))
}

/// Where a file of a template goes.
fn place(path: &str, answers: &Answers) -> String {
    let part = |part: &str| {
        let part = part.strip_prefix("dot-").map_or_else(|| part.to_owned(), |rest| format!(".{rest}"));
        part.replace("__module__", &answers.names.module).replace("__name__", &answers.names.name)
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::super::names::Names;
    use super::*;

    fn file(path: &'static str, contents: &'static str) -> Result<Option<Rendered>, BrokenTemplate> {
        let answers = Answers::with_defaults(Names::new("my-ext", None).expect("a good name"));
        let source = Source { name: path, path, contents: contents.as_bytes() };
        render_file(&environment().expect("a good syntax"), source, &answers, &values(template::ALL[0], &answers))
    }

    #[test]
    fn only_jinja_files_are_rendered() {
        let rendered = file("python/__module__/__init__.py", "{{ name }}\n").expect("copied").expect("a file");
        assert_eq!((rendered.path.as_str(), rendered.contents.as_slice()), ("python/my_ext/__init__.py", b"{{ name }}\n".as_slice()));
        let rendered = file("dot-github/ci.yml.jinja", "<{{ name }}> & {{ versions.rust }}\n").expect("rendered").expect("a file");
        assert_eq!(rendered.path, ".github/ci.yml");
        assert_eq!(rendered.contents, format!("<my-ext> & {}\n", VERSIONS.rust).into_bytes());
    }

    #[test]
    fn texts_of_users_are_quoted_for_toml() {
        let rendered = file("a.toml.jinja", "name = {{ 'Zoë \"Z\" \\\\ O' | toml }}\n").expect("rendered").expect("a file");
        let table: toml::Table = String::from_utf8(rendered.contents).expect("text").parse().expect("good TOML");
        assert_eq!(table["name"].as_str(), Some("Zoë \"Z\" \\ O"));
    }

    #[test]
    fn files_without_text_are_not_written() {
        assert_eq!(file("ci.yml.jinja", "{% if not github %}\nname: CI\n{% endif %}\n").expect("rendered"), None);
        assert!(file("py.typed", "").expect("copied").is_some());
    }

    #[test]
    fn unknown_names_are_refused() {
        let error = file("README.md.jinja", "{{ nmae }}").expect_err("strict").to_string();
        assert!(error.starts_with("the template file `README.md.jinja` cannot be rendered: undefined value"), "{error}");
        assert!(file("README.md.jinja", "{{ versions.ruby }}").is_err());
    }
}
