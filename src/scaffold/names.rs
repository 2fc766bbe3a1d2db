//! The names of a new project, checked: of the distribution and of the module.

use std::fmt;

use deunicode::deunicode_with_tofu;

use super::reserved::Reserved;

/// No registry takes longer names.
const LONGEST: usize = 64;

/// Checked names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Name of the distribution and of the Cargo package.
    pub name: String,
    /// Name under which Python imports it, and of the Rust library.
    pub module: String,
}

/// A name that cannot be used, with one that can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The name as given.
    pub given: String,
    /// What is wrong with it.
    pub why: String,
    /// A name that passes.
    pub suggestion: String,
    /// Which of the two names.
    pub of: NameOf,
}

/// What a name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameOf {
    /// The distribution and the Cargo package.
    Project,
    /// The Python module and the Rust library.
    Module,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, suggestion) = match self.of {
            NameOf::Project => ("name", self.suggestion.clone()),
            NameOf::Module => ("module name", format!("--module {}", self.suggestion)),
        };
        if self.given.is_empty() {
            return write!(f, "the {what} is empty; try `{suggestion}`");
        }
        // A name may come from a project's manifest or folder.
        let given = self.given.replace(char::is_control, "\u{fffd}");
        write!(f, "the {what} `{given}` {}; try `{suggestion}`", self.why)
    }
}

impl std::error::Error for Refusal {}

impl Names {
    /// Checks a project's name, and a module's name if it is not to be made from the former.
    ///
    /// # Errors
    /// A name that cargo, Python, PyPI or Windows would not take, or that hides something.
    pub fn new(name: &str, module: Option<&str>) -> Result<Self, Refusal> {
        let fault = if module.is_some() { fault_of_name(name) } else { fault_of_both(name) };
        if let Some(why) = fault {
            return Err(Refusal { given: name.to_owned(), why, suggestion: suggest(name), of: NameOf::Project });
        }
        Self::of_project(name, &module.map_or_else(|| module_of(name), str::to_owned))
    }

    /// For a project that has its name already: checks the module's name only.
    ///
    /// # Errors
    /// A module name that cargo or Python would not take, or that hides something.
    pub fn of_project(name: &str, module: &str) -> Result<Self, Refusal> {
        match fault_of_module(module) {
            Some(why) => Err(Refusal { given: module.to_owned(), why, suggestion: module_of(&suggest(module)), of: NameOf::Module }),
            None => Ok(Self { name: name.to_owned(), module: module.to_owned() }),
        }
    }
}

/// The module's name when it follows from the project's.
fn module_of(name: &str) -> String {
    name.replace('-', "_")
}

/// What is wrong with a project's name that is to name the module, too.
fn fault_of_both(name: &str) -> Option<String> {
    fault_of_name(name).or_else(|| fault_of_module(&module_of(name)))
}

/// What is wrong with a project's name.
fn fault_of_name(name: &str) -> Option<String> {
    if name.contains(['/', '\\']) {
        return Some("is a path; the folder is chosen with `--dir`".to_owned());
    }
    if let Some(fault) = fault_of_letters(name, "-_") {
        return Some(fault);
    }
    // The project's name is also a Cargo package's and a folder's, whatever the module is called.
    match Reserved::of(&module_of(name)) {
        Some(Reserved::PythonKeyword) | None => Reserved::on_pypi(name),
        reserved => reserved,
    }
    .map(|reserved| reserved.why().to_owned())
}

/// What is wrong with a module's name.
fn fault_of_module(module: &str) -> Option<String> {
    fault_of_letters(module, "_").or_else(|| Reserved::of(module).map(|reserved| reserved.why().to_owned()))
}

/// What is wrong with the characters of a name.
fn fault_of_letters(name: &str, separators: &str) -> Option<String> {
    let mut letters = name.chars();
    match letters.next() {
        None => return Some("is empty".to_owned()),
        Some(first) if first.is_ascii_digit() => return Some("starts with a digit".to_owned()),
        Some(first) if separators.contains(first) => return Some(format!("starts with `{first}`")),
        Some(_) => {}
    }
    if name.len() > LONGEST {
        return Some(format!("is longer than {LONGEST} characters"));
    }
    let is_separator = |c: char| separators.contains(c);
    let Some(wrong) = name.chars().find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !is_separator(*c)) else {
        if name.ends_with(is_separator) {
            return Some("ends with a separator, which PyPI and rustc do not like".to_owned());
        }
        let doubled = name.as_bytes().windows(2).any(|pair| pair.iter().all(|byte| is_separator(char::from(*byte))));
        return doubled.then(|| "has separators in a row, which PyPI reads as one".to_owned());
    };
    if wrong.is_ascii_uppercase() {
        return Some("has upper-case letters, which neither crates nor modules have".to_owned());
    }
    Some(format!("holds `{}`, which is not a lower-case letter, a digit or one of `{separators}`", wrong.escape_debug()))
}

/// The nearest name that passes, for a project and its module.
fn suggest(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
    let words = words(&deunicode_with_tofu(name, " "));
    let extended = format!("{words}-ext");
    [words, extended].into_iter().find(|name| fault_of_both(name).is_none()).unwrap_or_else(|| "my-ext".to_owned())
}

/// Words in lower case with one separator between them: `MyExt 2` becomes `my-ext-2`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut last = '-';
    for c in name.chars() {
        let begins_word = c.is_ascii_uppercase() && (last.is_ascii_lowercase() || last.is_ascii_digit());
        if (begins_word || !c.is_ascii_alphanumeric()) && !words.ends_with(['-', '_']) {
            words.push(if c == '_' { '_' } else { '-' });
        }
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        }
        last = c;
    }
    let mut words = words.trim_matches(['-', '_']).to_owned();
    if words.starts_with(|c: char| c.is_ascii_digit()) {
        words.insert_str(0, "py-");
    }
    words.truncate(LONGEST - "-ext".len());
    words.trim_end_matches(['-', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(name: &str, module: Option<&str>) -> (String, String) {
        let names = Names::new(name, module).unwrap_or_else(|refusal| panic!("{refusal}"));
        (names.name, names.module)
    }

    #[test]
    fn modules_follow_from_names() {
        assert_eq!(accepted("my-ext", None), ("my-ext".to_owned(), "my_ext".to_owned()));
        assert_eq!(accepted("words2", None).1, "words2");
        assert_eq!(accepted("python-words", Some("words")).1, "words");
        assert_eq!(accepted(&"a".repeat(64), None).1.len(), 64);
    }

    #[test]
    fn refusals_come_with_a_name_that_passes() {
        let table = [
            ("", "my-ext"),
            ("class", "class-ext"),
            ("json", "json-ext"),
            ("test", "test-ext"),
            ("tests", "tests-ext"),
            ("async", "async-ext"),
            ("core", "core-ext"),
            ("pyo3", "pyo3-ext"),
            ("pyo3-build-config", "pyo3-build-config-ext"),
            ("con", "con-ext"),
            ("pytest", "pytest-ext"),
            ("3d-tools", "py-3d-tools"),
            ("MyExt", "my-ext"),
            ("HTTPParser2", "httpparser2"),
            ("my.ext", "my-ext"),
            ("my ext", "my-ext"),
            ("_private", "private"),
            ("-x", "x"),
            ("tail-", "tail"),
            ("größe", "grosse"),
            ("Ünï", "uni"),
            ("数", "shu"),
            ("naïve_bayes", "naive_bayes"),
            ("a--b", "a-b"),
            ("a_-b", "a_b"),
            ("deps", "deps-ext"),
            ("numpy", "numpy-ext"),
            ("pyo3_async_runtimes", "pyo3_async_runtimes-ext"),
            ("http-server", "http-server-ext"),
            ("user", "user-ext"),
            ("😀", "grinning"),
            ("path/to/thing", "thing"),
            (r"C:\work\thing", "thing"),
            ("../", "my-ext"),
            ("a\u{7}b", "a-b"),
            ("{{ module }}", "module"),
        ];
        for (given, suggestion) in table {
            let refusal = Names::new(given, None).expect_err(given);
            assert_eq!(refusal.suggestion, suggestion, "for `{given}`");
            accepted(&refusal.suggestion, None);
        }
        let long = Names::new(&"a".repeat(65), None).expect_err("too long");
        accepted(&long.suggestion, None);
    }

    #[test]
    fn every_suggestion_passes() {
        let pool: Vec<char> = "aZ9-_./\\ \u{7}éß数ΩЖ{}'😀ا\u{301}".chars().collect();
        // A linear congruential generator: the same names on every run.
        let mut state = 1_u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        for _ in 0..1_000 {
            let length = next(90);
            let given: String = (0..length).map(|_| pool[next(pool.len())]).collect();
            for module in [None, Some(given.as_str())] {
                match Names::new(if module.is_some() { "my-ext" } else { &given }, module) {
                    Err(Refusal { suggestion, of: NameOf::Project, .. }) => drop(accepted(&suggestion, None)),
                    Err(Refusal { suggestion, of: NameOf::Module, .. }) => drop(accepted("my-ext", Some(&suggestion))),
                    Ok(names) => assert_eq!(names.name.to_lowercase(), names.name),
                }
            }
        }
    }

    #[test]
    fn module_names_are_checked_too() {
        // PyPI has no say in what a module is called.
        assert_eq!(accepted("my-ext", Some("user")).1, "user");
        for module in ["a__b", "a_", "tokio", "build", "json", "class", "my-mod", "1st", "Mod", "", "__init__", "pyo3", "a.b"] {
            let refusal = Names::new("my-ext", Some(module)).expect_err(module);
            assert_eq!(refusal.of, NameOf::Module);
            accepted("my-ext", Some(&refusal.suggestion));
        }
        // A keyword of Python may name a distribution, as long as the module is called otherwise.
        assert_eq!(accepted("lambda", Some("lambdas")).1, "lambdas");
        assert!(Names::new("json", Some("json_ext")).is_err());
    }

    #[test]
    fn messages_say_what_to_do() {
        let message = |name, module| Names::new(name, module).expect_err("refused").to_string();
        assert_eq!(message("class", None), "the name `class` is a keyword of Python and cannot be imported; try `class-ext`");
        assert_eq!(
            message("my-ext", Some("My")),
            "the module name `My` has upper-case letters, which neither crates nor modules have; try `--module my`"
        );
        assert_eq!(message("", None), "the name is empty; try `my-ext`");
        assert_eq!(
            message("Ü\u{1b}", None),
            "the name `Ü\u{fffd}` holds `Ü`, which is not a lower-case letter, a digit or one of `-_`; try `u`"
        );
    }
}
