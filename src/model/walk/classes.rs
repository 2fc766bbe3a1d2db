//! Structs and enums: their attributes, variants and fields.

use super::Walker;
use crate::model::attributes::Host;
use crate::model::classes::{ClassFact, FieldFact, Form, Style};
use crate::model::facts::TypePosition;
use crate::rust::{TypeRef, code, name_of};
use crate::text::TextRange;

impl Walker<'_> {
    /// Records a struct or enum with what its fields say; the names of an enum's variants end in `::`.
    pub(super) fn class(
        &mut self,
        (name, generics, range): (&proc_macro2::Ident, &syn::Generics, TextRange),
        attributes: &[syn::Attribute],
        fields: &[(String, &syn::Fields)],
        is_enum: bool,
    ) {
        let first = self.facts.attributes.len();
        self.attributes(attributes, Host::Class, None);
        let own = &self.facts.attributes[first..];
        let pyclass = own.iter().find(|attribute| attribute.name == "pyclass");
        let options = own.iter().filter(|a| a.name == "pyclass" || a.name == "pyo3").flat_map(|a| a.options.iter());
        let derives = own.iter().filter(|attribute| attribute.name == "derive").flat_map(|attribute| attribute.options.iter());
        let mut fact = ClassFact {
            name: (name_of(name), self.range(name)),
            is_pyclass: pyclass.is_some(),
            is_fieldless: is_enum && fields.iter().all(|(_, fields)| matches!(fields, syn::Fields::Unit)),
            options: options.map(|option| option.name.clone()).collect(),
            derives: derives
                .map(|option| (code(self.slice(option.range)).rsplit("::").next().unwrap_or_default().to_owned(), option.range))
                .collect(),
            attribute: pyclass.filter(|attribute| !attribute.conditional).map(|attribute| {
                let arguments =
                    attribute.arguments.map(|inside| if attribute.options.is_empty() { TextRange::empty(inside.start) } else { inside });
                (attribute.range, arguments)
            }),
            fields: Vec::new(),
            forms: fields.iter().map(|(prefix, fields)| form(prefix, fields)).collect(),
            is_generic: !generics.params.is_empty(),
            range,
            module: self.module,
        };
        for (prefix, fields) in fields {
            for (index, field) in fields.iter().enumerate() {
                let first = self.facts.attributes.len();
                self.attributes(&field.attrs, Host::Field, None);
                let options = self.facts.attributes[first..].iter().flat_map(|attribute| attribute.options.iter());
                let options = options.map(|option| option.name.clone()).collect();
                self.in_position(TypePosition::Field, |walker| walker.written_type(&field.ty));
                let name = field.ident.as_ref().map_or_else(|| index.to_string(), name_of);
                let range = self.range(&field.ty);
                fact.fields.push(FieldFact {
                    name: format!("{prefix}{name}"),
                    range,
                    ty: self.resolve_type(&TypeRef::new(&field.ty)),
                    written: code(self.slice(range)),
                    options,
                });
            }
        }
        self.facts.classes.push(fact);
    }
}

fn form(prefix: &str, fields: &syn::Fields) -> Form {
    let style = match fields {
        syn::Fields::Named(_) => Style::Named,
        syn::Fields::Unnamed(_) => Style::Tuple,
        syn::Fields::Unit => Style::Unit,
    };
    Form { name: prefix.trim_end_matches(':').to_owned(), style }
}
