//! Loading projects.
