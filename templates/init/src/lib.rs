//! What the Python package does in Rust.

mod python;
