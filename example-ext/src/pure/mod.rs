//! The work itself. Nothing below this module knows of Python, so all of it is tested without an interpreter.

pub mod distance;
pub mod matrix;
pub mod numbers;
pub mod page;
pub mod stats;
pub mod table;
pub mod words;
