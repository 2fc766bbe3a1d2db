//! What it takes to bring a package to another PyO3 release: how far it can go, and what changes in its manifests.

mod companions;
mod features;
mod manifests;
mod mentions;
mod metadata;
mod notes;
mod packaging;
mod reach;
mod renamed;
mod repair;
mod requirement;
mod setuptools;
mod switches;

pub use companions::{Pin, has_companions, pin};
pub use manifests::{ManifestChange, manifest_changes};
pub use mentions::{Mention, Prose, mentions};
pub use notes::notes;
pub use reach::{Obstacle, obstacles};
pub use repair::{Concern, Course, Files, Group, OldFunctions, Repair, View, in_templates, py_clone, repair, repairs};
pub use switches::{Switches, switches};
