//! What the rules make of code that macros write: the arms of `macro_rules!`, and what `quote!` holds.

use hognose::diagnostic::Safety;
use hognose::release::Release;

use crate::sandbox::{Sandbox, compare};

/// Asserts that the fixes of one rule make `after` of `before` in a project on 0.20.
fn rewrites(rule: &str, before: &str, after: &str) {
    let sandbox = Sandbox::new(Release::new(20), Release::NEWEST);
    sandbox.write("src/lib.rs", before);
    let fixed = sandbox.fixed(Safety::Unsafe, &|finding| finding.rule.name == rule);
    assert_eq!(fixed["src/lib.rs"], after, "{}", compare(after, &fixed["src/lib.rs"]));
}

#[test]
fn conversions_in_macros_are_rewritten() {
    let definition = |conversion: &str| format!("macro_rules! number {{\n    ($name:ident) => {{\n{conversion}\n    }};\n}}\n");
    let old = definition(
        "        impl IntoPy<PyObject> for $name {\n            fn into_py(self, py: Python<'_>) -> PyObject {\n                self.0.into_py(py)\n            }\n        }",
    );
    let new = definition(
        "        impl<'py> IntoPyObject<'py> for $name {\n            type Target = PyAny;\n            type Output = Bound<'py, Self::Target>;\n            type Error = PyErr;\n\n            fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {\n                Ok(self.0.into_py(py).into_bound(py))\n            }\n        }",
    );
    let here = |definition: &str| format!("use pyo3::prelude::*;\n\n{definition}\nnumber!(One);\nnumber!(Two);\n");
    rewrites("outdated-conversion", &here(&old), &here(&new));
    // Called elsewhere, it says where its names are from.
    let new = definition(
        "        impl<'py> pyo3::IntoPyObject<'py> for $name {\n            type Target = pyo3::PyAny;\n            type Output = pyo3::Bound<'py, Self::Target>;\n            type Error = pyo3::PyErr;\n\n            fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {\n                pyo3::IntoPyObjectExt::into_bound_py_any(self.0, py)\n            }\n        }",
    );
    let elsewhere = |definition: &str| format!("{definition}\nmod inner {{\n    use pyo3::prelude::*;\n\n    number!(One);\n}}\n");
    rewrites("outdated-conversion", &elsewhere(&old), &elsewhere(&new));
}

#[test]
fn signatures_in_macros_name_their_variables() {
    let text = |signature: &str, parameters: &str| {
        format!(
            "use pyo3::prelude::*;\n\nmacro_rules! function {{\n    ($v:vis $name:ident, $first:ident, $last:ident: $t:ty) => {{\n        #[pyfunction]\n{signature}        $v fn $name({parameters}) {{}}\n    }};\n}}\n\nfunction!(pub f, a, b: u8);\n"
        )
    };
    let parameters = "$first: u8, $last: Option<$t>";
    rewrites("behaviour-change", &text("", parameters), &text("        #[pyo3(signature = ($first, $last=None))]\n", parameters));
    // How many there are is not known.
    let many = "use pyo3::prelude::*;\n\nmacro_rules! function {\n    ($name:ident, $($a:ident),*) => {\n        #[pyfunction]\n        fn $name(a: u8, $($a: Option<u8>),*) {}\n    };\n}\n\nfunction!(f, b, c);\n";
    rewrites("behaviour-change", many, many);
}

#[test]
fn what_procedural_macros_write_is_rewritten_with_full_names() {
    let template = |body: &str| {
        format!("fn derive(name: &Ident, arms: &[TokenStream]) -> TokenStream {{\n    quote! {{\n{body}        }}\n    }}\n}}\n")
    };
    let before = |value: &str| {
        template(&format!(
            "        impl pyo3::ToPyObject for #name {{\n            fn to_object(&self, py: pyo3::Python<'_>) -> pyo3::PyObject {{\n                {value}\n            }}\n"
        ))
    };
    let after = template(
        "        impl<'py> pyo3::IntoPyObject<'py> for &#name {\n            type Target = pyo3::PyAny;\n            type Output = pyo3::Bound<'py, Self::Target>;\n            type Error = pyo3::PyErr;\n\n            fn into_pyobject(self, py: pyo3::Python<'py>) -> Result<Self::Output, Self::Error> {\n                pyo3::IntoPyObjectExt::into_bound_py_any(&(*self as u8), py)\n            }\n",
    );
    rewrites("outdated-conversion", &before("(*self as u8).to_object(py)"), &after);
    // What the arms are worth is not known.
    let arms = before("match self { #(#arms,)* }");
    rewrites("outdated-conversion", &arms, &arms);
}

#[test]
fn clones_of_repeated_fields_stay_derived() {
    let text = "use pyo3::prelude::*;\n\nmacro_rules! held {\n    ($name:ident: $($field:ident),+) => {\n        #[derive(Clone)]\n        pub struct $name {\n            $($field: Py<PyAny>,)+\n        }\n    };\n}\n\nheld!(Two: a, b);\n";
    rewrites("removed-api", text, text);
}

#[test]
fn names_in_templates_are_those_of_the_release_in_use() {
    let text = |object: &str| {
        format!(
            "fn derive(name: &Ident, t: &[Type]) -> TokenStream {{\n    quote! {{ fn f(&self, #(#t: u8),*) -> PyResult<{object}> {{ g() }} }}\n}}\n"
        )
    };
    rewrites("renamed-api", &text("PyObject"), &text("pyo3::Py<pyo3::PyAny>"));
    let sandbox = Sandbox::new(Release::NEWEST, Release::NEWEST);
    let own = "fn derive(name: &Ident) -> TokenStream {\n    quote! { impl IntoPy<#name> for PyObject {} }\n}\n";
    sandbox.write("src/lib.rs", own);
    let fixed = sandbox.fixed(Safety::Unsafe, &|_| true);
    assert_eq!(fixed["src/lib.rs"], own);
}
