//! How the crate depends on PyO3 already, with what its workspace and its lock file say.

use super::{Found, abi_of_features, floor_of_feature};
use crate::project;
use crate::release::Release;
use crate::scaffold::answers::{Abi, Python};

/// The first release that has all that the templates' module uses.
const WRITTEN_FOR: Release = Release::new(26);

/// A dependency on PyO3.
#[derive(Debug)]
pub(super) struct PyO3 {
    /// The version requirement, if it has one.
    pub(super) requirement: Option<String>,
    /// The release in use, if that can be told.
    pub(super) release: Option<Release>,
    /// Whether the crate can be built without it.
    pub(super) optional: bool,
    /// The name that the sources see.
    extern_name: String,
    features: Vec<String>,
}

impl PyO3 {
    /// Reads the dependency, unless there is none.
    pub(super) fn read(found: &Found) -> Option<Self> {
        let project = project::load(&[found.root().to_owned()]).ok()?;
        let package = project.packages.into_iter().find(|package| package.dir == found.root())?;
        let is_pyo3 = |dependency: &&project::Dependency| dependency.package == "pyo3" && dependency.table == "dependencies";
        let dependency = package.pyo3.dependencies.iter().find(is_pyo3)?;
        let features = package.pyo3.features.iter().filter(|feature| feature.of == "pyo3");
        Some(Self {
            requirement: dependency.requirement.clone(),
            release: package.pyo3.release,
            optional: dependency.optional,
            extern_name: dependency.extern_name.clone(),
            features: features.map(|feature| feature.name.clone()).collect(),
        })
    }

    /// What its features say about wheels.
    pub(super) fn abi(&self) -> Abi {
        abi_of_features(self.features.iter().map(String::as_str))
    }

    /// The oldest Python that its features name.
    pub(super) fn oldest_python(&self) -> Option<Python> {
        self.features.iter().find_map(|feature| floor_of_feature(feature))
    }

    /// Why the templates' module would not compile with it.
    pub(super) fn is_in_the_way(&self) -> Option<String> {
        if self.optional {
            return Some("PyO3 is optional in Cargo.toml".to_owned());
        }
        if self.extern_name != "pyo3" {
            return Some(format!("Cargo.toml calls PyO3 `{}`", self.extern_name));
        }
        let old = self.release.filter(|release| *release < WRITTEN_FOR)?;
        Some(format!("the crate is on PyO3 {old}, and `init` writes for {WRITTEN_FOR} and later"))
    }
}
