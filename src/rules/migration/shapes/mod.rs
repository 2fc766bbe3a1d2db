//! Rows that no table can recognise, each by a function of its own.

mod attributes;
mod borrowed;
mod bytes;
mod bytes_given;
mod bytes_inside;
mod classes;
mod clones;
mod closures;
mod conversion_bounds;
mod conversions;
mod file_paths;
mod from_python;
mod getters;
mod indexing;
mod iteration;
mod members;
mod modules;
mod own_traits;
mod protocols;
mod raw_pointers;
mod signatures;
mod subclasses;
mod to_python;
mod traits;
mod units;

use attributes::{call_attributes, class_text_signatures, quoted_converters};
use borrowed::borrowed_containers;
use bytes::byte_vectors;
use bytes_given::given_bytes;
use classes::{classes_by_value, classes_without_sync, has_option, parameters_by_value, simple_enums};
use clones::{clones, derived_clones};
use closures::unshared_captures;
use conversions::one_way_conversions;
use file_paths::{given_paths, returned_paths};
use from_python::{gil_ref_impls, one_lifetime_bounds, one_lifetime_impls};
use indexing::indexed_sequences;
use iteration::outputs;
use modules::{clashing_modules, dotted_submodules, keyword_properties, module_members, named_modules, named_pyfns, unquoted_names};
use protocols::protocol_blocks;
use raw_pointers::outliving_pointers;
use signatures::{args_attributes, argument_lists, trailing_options};
use subclasses::new_tuples;
use to_python::{into_py, to_py_object};
use traits::methods_without_trait;
use units::inner_units;

use super::index::index;
use super::rewrites::calls::class_names;
use super::rewrites::pointers::of_classes;
use super::standing::{is_before, standing};
use crate::catalog::Change;
use crate::diagnostic::{Findings, Fix};
use crate::rules::FileContext;
use crate::text::TextRange;

/// One place that a shape was found at.
struct Hit {
    range: TextRange,
    also: Option<(TextRange, String)>,
    fix: Option<Fix>,
}

impl Hit {
    fn at(range: TextRange) -> Self {
        Self { range, also: None, fix: None }
    }
}

/// A row by id, and how to find it.
struct Shape {
    id: &'static str,
    /// The form is valid on newer releases with another meaning: it counts only for a project on an older one.
    only_before: bool,
    find: fn(&FileContext<'_>, &Change) -> Vec<Hit>,
}

static SHAPES: &[Shape] = &[
    Shape { id: "trailing-option-default", only_before: true, find: trailing_options },
    Shape { id: "simple-enum-eq", only_before: true, find: simple_enums },
    Shape { id: "vec-u8-bytes", only_before: true, find: byte_vectors },
    Shape { id: "vec-u8-bytes", only_before: true, find: given_bytes },
    Shape { id: "pathbuf-pathlib", only_before: true, find: returned_paths },
    Shape { id: "pathbuf-pathlib", only_before: true, find: given_paths },
    Shape { id: "list-tuple-index", only_before: false, find: indexed_sequences },
    Shape { id: "pointer-outlives-object", only_before: false, find: outliving_pointers },
    Shape { id: "unit-into-tuple", only_before: true, find: inner_units },
    Shape { id: "pyclass-clone-frompyobject", only_before: true, find: classes_by_value },
    Shape { id: "pyclass-clone-frompyobject", only_before: true, find: parameters_by_value },
    Shape { id: "py-clone", only_before: true, find: clones },
    Shape { id: "pyclass-sync", only_before: true, find: classes_without_sync },
    Shape { id: "bound-methods-traits", only_before: true, find: methods_without_trait },
    Shape { id: "py-clone-derive", only_before: true, find: derived_clones },
    Shape { id: "vec-str-argument", only_before: true, find: borrowed_containers },
    Shape { id: "intopy-only-type", only_before: true, find: one_way_conversions },
    Shape { id: "intopy", only_before: false, find: into_py },
    Shape { id: "topyobject", only_before: false, find: to_py_object },
    Shape { id: "frompyobject-gil-ref", only_before: false, find: gil_ref_impls },
    Shape { id: "frompyobject-two-lifetimes", only_before: false, find: one_lifetime_impls },
    Shape { id: "frompyobject-bounds", only_before: false, find: one_lifetime_bounds },
    Shape { id: "pytype-name-text", only_before: true, find: names_of_classes },
    Shape { id: "pointers-of-classes", only_before: false, find: pointers_of_classes },
    Shape { id: "pymodule-name-clash", only_before: true, find: clashing_modules },
    Shape { id: "add-submodule-name", only_before: true, find: dotted_submodules },
    Shape { id: "new-closure-sync", only_before: true, find: unshared_captures },
    Shape { id: "pyfn-name-arg", only_before: false, find: named_pyfns },
    Shape { id: "pymodule-name-arg", only_before: false, find: named_modules },
    Shape { id: "pyclass-name-unquoted", only_before: false, find: unquoted_names },
    Shape { id: "getter-keyword", only_before: false, find: keyword_properties },
    Shape { id: "pyfunction-args", only_before: false, find: argument_lists },
    Shape { id: "attribute-call", only_before: false, find: call_attributes },
    Shape { id: "pyclass-text-signature", only_before: false, find: class_text_signatures },
    Shape { id: "from-py-with-string", only_before: false, find: quoted_converters },
    Shape { id: "pyproto", only_before: false, find: protocol_blocks },
    Shape { id: "iternextoutput", only_before: false, find: outputs },
    Shape { id: "new-tuple-super", only_before: false, find: new_tuples },
    Shape { id: "pyfn", only_before: false, find: module_members },
    Shape { id: "attribute-args", only_before: false, find: args_attributes },
];

pub(super) fn check(context: &FileContext<'_>, rule: &str, findings: &mut Findings) {
    for shape in SHAPES {
        let Some(change) = index().row(shape.id).filter(|change| change.rule == rule) else { continue };
        let Some(standing) = standing(change, &context.package) else { continue };
        if shape.only_before && !is_before(change, &context.package) {
            continue;
        }
        for hit in (shape.find)(context, change) {
            let finding = standing.report(findings, change, &context.package, (context.file, hit.range));
            finding.fix = hit.fix;
            if let Some((range, label)) = hit.also {
                finding.also(context.file, range, label);
            }
        }
    }
}

fn pointers_of_classes(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    of_classes(context, change).into_iter().map(|(range, fix)| Hit { fix, ..Hit::at(range) }).collect()
}

fn names_of_classes(context: &FileContext<'_>, change: &Change) -> Vec<Hit> {
    class_names(context, change).into_iter().map(|(range, fix)| Hit { fix, ..Hit::at(range) }).collect()
}
