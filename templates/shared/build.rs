//! Lets `cargo test` find the Python library: tests embed an interpreter, the extension module itself needs none.

fn main() {
    pyo3_build_config::add_libpython_rpath_link_args();
}
