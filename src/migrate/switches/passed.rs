//! What a project's packaging passes to cargo: features, and whether the default ones are off.

use crate::project::{Package, Project, pyproject, toml};

/// What packaging switches on and off.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) features: Vec<String>,
    /// `--all-features`.
    pub(super) all: bool,
    /// `--no-default-features`.
    pub(super) without_default: bool,
}

/// The keys by which arguments for cargo are passed on: of maturin, old and new, and of what calls it.
const ARGUMENTS: [&[&str]; 5] = [
    &["tool", "maturin", "cargo-extra-args"],
    &["tool", "maturin", "build-args"],
    &["tool", "maturin", "args"],
    &["tool", "cibuildwheel", "config-settings", "build-args"],
    &["tool", "uv", "config-settings", "build-args"],
];

impl Passed {
    /// What the pyproject.toml and the setup.py of a package say.
    pub(super) fn by_packaging(project: &Project, package: &Package) -> Self {
        let mut passed = Self::default();
        if let Some(file) = package.pyproject {
            passed.read_pyproject(&project.sources.get(file).text);
        }
        let folders = package.dir.ancestors().take_while(|folder| folder.starts_with(&project.root));
        for file in folders.filter_map(|folder| project.sources.find(&folder.join("setup.py"))) {
            passed.read_setup(&project.sources.get(file).text);
        }
        passed
    }

    fn read_pyproject(&mut self, text: &str) {
        let pyproject = pyproject::read(text).unwrap_or_default();
        if let Some(maturin) = pyproject.maturin {
            self.features.extend(maturin.features.into_iter().map(|feature| feature.value));
            self.without_default |= maturin.no_default_features;
        }
        let modules = pyproject.setuptools_rust.into_iter().flat_map(|module| module.features);
        self.features.extend(modules.map(|feature| feature.value));
        let Ok(toml) = toml::parse(text) else { return };
        let flag = toml.get(&["tool", "maturin", "all-features"]).and_then(|flag| flag.value.as_bool());
        self.all |= flag == Some(true);
        let nodes = ARGUMENTS.iter().filter_map(|key| toml.get(key)).map(|entry| entry.value);
        let modules = toml.get(&["tool", "setuptools-rust", "ext-modules"]).map(|modules| modules.value.elements()).unwrap_or_default();
        let modules = modules.into_iter().filter_map(|module| module.get("args")).map(|args| args.value);
        for node in nodes.chain(modules) {
            let listed: Vec<String> = node.texts().into_iter().map(|text| text.value).collect();
            self.read_arguments(&node.as_str().map_or_else(|| listed.join(" "), str::to_owned));
        }
    }

    /// Lists of literals after `features` and `args` in the text of a setup.py that builds something in Rust.
    fn read_setup(&mut self, text: &str) {
        if !text.contains("RustExtension") {
            return;
        }
        self.features.extend(lists_after(text, "features").into_iter().flatten());
        for list in lists_after(text, "args") {
            self.read_arguments(&list.join(" "));
        }
    }

    /// Arguments of cargo, or of maturin, which passes these on.
    fn read_arguments(&mut self, text: &str) {
        let mut words = text.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        while let Some(word) = words.next() {
            let value = match word {
                "--all-features" => {
                    self.all = true;
                    continue;
                }
                "--no-default-features" => {
                    self.without_default = true;
                    continue;
                }
                "--features" | "-F" => words.next(),
                _ => word.strip_prefix("--features=").or_else(|| word.strip_prefix("-F")),
            };
            let names = value.into_iter().flat_map(|value| value.split(','));
            self.features.extend(names.map(|name| name.trim_matches(['"', '\'', '='])).filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
}

/// The lists of string literals that stand after `name=`, `name =` or `"name":`.
fn lists_after(text: &str, name: &str) -> Vec<Vec<String>> {
    let list = |(at, _): (usize, &str)| {
        let before = text.get(..at)?.chars().next_back();
        let rest = text.get(at + name.len()..)?.trim_start_matches(['"', '\'']).trim_start();
        let rest = rest.strip_prefix(['=', ':'])?.trim_start().strip_prefix('[')?;
        let is_whole = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        is_whole.then(|| literals(rest.split(']').next().unwrap_or_default()))
    };
    text.match_indices(name).filter_map(list).collect()
}

fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['"', '\'']) {
        let quote = &rest[open..=open];
        let Some((literal, after)) = rest[open + 1..].split_once(quote) else { break };
        found.push(literal.to_owned());
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_pyproject(text: &str) -> Passed {
        let mut passed = Passed::default();
        passed.read_pyproject(text);
        passed
    }

    #[test]
    fn arguments_name_features_in_all_notations() {
        for text in [
            "[tool.maturin]\nfeatures = [\"a\", \"b\"]\n",
            "[tool.maturin]\ncargo-extra-args = \"--features a,b\"\n",
            "[tool.maturin]\ncargo-extra-args = '--features=\"a b\"'\nfeatures = ['b']\n",
            "[tool.maturin]\nbuild-args = [\"--release\", \"-Fa\", \"-F\", \"b\"]\n",
            "[tool.cibuildwheel.config-settings]\nbuild-args = \"--features=a --features b\"\n",
            "[[tool.setuptools-rust.ext-modules]]\ntarget = \"x\"\nfeatures = [\"a\"]\nargs = [\"--features\", \"b\"]\n",
        ] {
            let passed = of_pyproject(text);
            let has = |name: &str| passed.features.iter().any(|feature| feature == name);
            assert!(has("a") && has("b") && !passed.all && !passed.without_default, "{text}{passed:?}");
        }
        let passed = of_pyproject("[tool.maturin]\ncargo-extra-args = \"--all-features\"\nno-default-features = true\n");
        assert!(passed.all && passed.without_default);
    }

    #[test]
    fn a_setup_script_names_them_in_lists() {
        let text = "from setuptools_rust import RustExtension\nmy_features = ['no']\nsetup(rust_extensions=[RustExtension(\n    \"x\", features=[\n        \
                    'a',\n        \"pyo3/abi3\"],\n    args = [\"--no-default-features\", '--features', \"c\"])])\n";
        let mut passed = Passed::default();
        passed.read_setup(text);
        assert_eq!((passed.features.join(" ").as_str(), passed.without_default), ("a pyo3/abi3 c", true));
        passed = Passed::default();
        passed.read_setup("setup(features=['a'])");
        assert_eq!(passed, Passed::default());
    }
}
