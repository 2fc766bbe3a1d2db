//! What must not be overlooked: the forms of old code that are found although something about them is unusual.

use hognose::release::Release;

use crate::sandbox::Sandbox;

/// The places of the findings about `change` in a project on `release`: file and line.
fn places(release: u16, change: &str, files: &[(&str, &str)]) -> Vec<String> {
    let sandbox = Sandbox::new(Release::new(release), Release::NEWEST);
    for (path, text) in files {
        sandbox.write(path, text);
    }
    let found = sandbox.check().into_iter().filter(|finding| finding.change == Some(change));
    found.map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
}

#[test]
fn raw_names_of_modules_are_followed() {
    const OLD: &str = "use pyo3::prelude::*;\npub fn f() { Python::with_gil(|_| ()) }\n";
    let files = [
        ("src/lib.rs", "mod r#match;\nmod r#plain;\nmod r#in { pub mod r#type; }\n#[path = \"other.rs\"]\nmod r#use;\n"),
        ("src/match.rs", OLD),
        ("src/plain/mod.rs", OLD),
        ("src/in/type.rs", OLD),
        ("src/other.rs", OLD),
    ];
    assert_eq!(places(25, "with-gil", &files), ["src/in/type.rs:2", "src/match.rs:2", "src/other.rs:2", "src/plain/mod.rs:2"]);
}

#[test]
fn raw_names_mean_what_plain_ones_mean() {
    let files = [
        ("src/lib.rs", "mod r#type;\nuse crate::r#type::{r#match, Attached};\npub fn f() { r#match(); Attached::r#with_gil(|_| ()) }\n"),
        (
            "src/type.rs",
            "pub use r#pyo3::prelude::r#Python as Attached;\npub use self::r#if as r#match;\npub fn r#if() { r#pyo3::Python::with_gil(|_| ()) }\n",
        ),
    ];
    assert_eq!(places(25, "with-gil", &files), ["src/lib.rs:3", "src/type.rs:3"]);
    let own =
        "use pyo3::prelude::*;\nstruct r#Own;\nimpl Own { fn r#downcast_into(&self) {} }\npub fn f(own: &Own) { own.downcast_into() }\n";
    assert!(places(25, "any-downcast-into", &[("src/lib.rs", own)]).is_empty());
    let other = own.replace("r#downcast_into", "r#other");
    assert_eq!(places(25, "any-downcast-into", &[("src/lib.rs", &other)]), ["src/lib.rs:4"]);
}
