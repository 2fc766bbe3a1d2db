//! What it takes to bring a package to another PyO3 release: how far it can go, and what changes in its manifests.

mod manifests;
mod notes;
mod reach;
mod repair;
mod requirement;

pub use manifests::{ManifestChange, manifest_changes};
pub use notes::notes;
pub use reach::{Obstacle, obstacles};
pub use repair::{Repair, View, repair};
