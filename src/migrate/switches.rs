//! The cargo features with which a package has to be compiled so that the compiler sees what uses PyO3.

mod activation;
mod gated;
mod passed;

use std::collections::BTreeSet;

use crate::project::{Package, Project};
use activation::Activation;
use passed::Passed;

/// The features of a package for a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// What its packaging switches on, and what brings PyO3 in if that does not.
    pub needed: Vec<String>,
    /// The rest of what stands before code that uses PyO3. Such features may contradict each other, or need what is not there.
    pub more: Vec<String>,
    /// Whether its packaging switches the default features off.
    pub without_default: bool,
    /// Whether PyO3 is part of the package with what is needed.
    pub has_pyo3: bool,
}

/// Finds them, in the manifests and sources as they are.
#[must_use]
pub fn switches(project: &Project, package: &Package) -> Switches {
    let activation = Activation::of(project, package);
    let Passed { features, all, without_default } = Passed::by_packaging(project, package);
    let mut needed: Vec<String> = features.into_iter().filter(|feature| activation.knows(feature)).collect();
    if all {
        needed.extend(activation.names());
    }
    let is_on = |needed: &[String]| activation.has_pyo3(needed, !without_default);
    let mut more: BTreeSet<String> = BTreeSet::new();
    if !is_on(&needed) {
        let bringing = activation.bringing_pyo3();
        needed.extend(bringing.first().cloned());
        more.extend(bringing.into_iter().skip(1));
    }
    let on = activation.closure(&needed, !without_default);
    more.extend(gated::features(project, package).into_iter().filter(|feature| activation.knows(feature)));
    more.retain(|feature| !on.contains(feature));
    needed.sort();
    needed.dedup();
    Switches { has_pyo3: is_on(&needed), needed, more: more.into_iter().collect(), without_default }
}
