//! Lifetimes of a signature whose GIL Refs become `Bound`: a reference and a token's lifetime where there was one of both.

use crate::model::{GilRefType, LifetimeRole, LifetimeUse, Meaning, Nesting, SignatureFact, Source, TypePosition};
use crate::rules::FileContext;
use crate::text::Edit;

use super::rewrite::{Form, form, write};

/// All edits of the signature number `index`: its GIL Refs, and the lifetimes that they need.
pub(super) fn edits(context: &FileContext<'_>, index: usize) -> Option<Vec<Edit>> {
    let signature = context.facts.signatures.get(index)?;
    let refs = context.facts.gil_refs.iter().filter(|found| found.signature == Some(index) && found.source == Source::Tree);
    let names = Names::of(context, signature);
    let mut edits: Vec<Edit> = refs.filter_map(|found| names.rewrite(context, found)).flatten().collect();
    edits.extend(names.around(signature));
    Some(edits)
}

/// The lifetimes that a signature gets.
struct Names<'a> {
    context: &'a FileContext<'a>,
    signature: &'a SignatureFact,
    /// One that it has to declare: the only lifetime of its parameters was left out, and now there are two.
    fresh: Option<String>,
    /// The lifetime of the only reference that what is returned can have come from, if it is one of a GIL Ref.
    source: Option<String>,
    /// The lifetime of the token in what is returned: other objects that are passed along with the receiver share it.
    pinned: Option<String>,
    /// What the lifetimes that are left out in what is returned are for.
    elided: Meaning,
}

impl<'a> Names<'a> {
    fn of(context: &'a FileContext<'a>, signature: &'a SignatureFact) -> Self {
        let elided_outputs = signature.outputs.iter().filter(|output| output.name.is_none());
        let elided = elided_outputs.fold(Meaning::default(), |meaning, output| meaning.or(meaning_of(context, output)));
        let mut names = Names { context, signature, fresh: None, source: None, pinned: None, elided };
        if let Some(source) = elision_source(signature).filter(|source| matches!(source.role, LifetimeRole::GilRef(_)))
            && (elided.python || elided.borrow)
        {
            names.fresh = source.name.is_none().then(|| names.unused(if elided.python { "'py" } else { "'a" }));
            names.source = source.name.clone().or_else(|| names.fresh.clone());
        }
        let carried = signature.outputs.iter().find(|output| output.name.is_some() && meaning_of(context, output).python);
        let carried = carried.and_then(|output| output.name.clone());
        names.pinned = if elided.python { names.source.clone() } else { carried };
        names
    }

    /// A name for a lifetime that nothing around declares.
    fn unused(&self, wanted: &str) -> String {
        let signatures = &self.context.facts.signatures;
        let around = std::iter::successors(Some(self.signature), |inner| signatures.get(inner.outer?));
        let taken: Vec<&String> = around.flat_map(|signature| &signature.declared).collect();
        let candidates = std::iter::once(wanted.to_owned()).chain((1..).map(|number| format!("{wanted}{number}")));
        let mut free = candidates.filter(|name| !taken.contains(&name));
        free.next().unwrap_or_else(|| wanted.to_owned())
    }

    /// What is returned, or kept by the type around, under this lifetime.
    fn meaning(&self, lifetime: &str) -> Meaning {
        let own = self.signature.outputs.iter().chain(&self.signature.kept);
        let outer = self.signature.outer.and_then(|index| self.context.facts.signatures.get(index));
        let uses = own.chain(outer.into_iter().flat_map(|outer| &outer.outputs));
        let named = uses.filter(|output| output.name.as_deref() == Some(lifetime));
        let meaning = named.fold(Meaning::default(), |meaning, output| meaning.or(meaning_of(self.context, output)));
        if self.source.as_deref() == Some(lifetime) { meaning.or(self.elided) } else { meaning }
    }

    /// The edits of one GIL Ref.
    fn rewrite(&self, context: &FileContext<'_>, found: &GilRefType) -> Option<Vec<Edit>> {
        let is_output = found.position == TypePosition::Return && !matches!(found.nesting, Nesting::Input | Nesting::InputOption)
            || found.nesting == Nesting::Output;
        let written = found.lifetime.as_deref().filter(|name| *name != "'_");
        let lifetime = match (written, is_output) {
            (Some(name), _) => Some(name),
            // `impl<'a> Trait<'a> for PyAny`: its methods return under that lifetime what they find in `self`.
            (None, _) if found.range == found.target => match self.signature.declared.as_slice() {
                [only] => Some(only.as_str()),
                _ => None,
            },
            (None, true) => self.source.as_deref(),
            (None, false) => self.pinned.as_deref().or(self.fresh.as_deref()),
        };
        let meaning = lifetime.map(|name| self.meaning(name)).unwrap_or_default();
        let is_borrowed = form(context, found) == Some(Form::Borrowed);
        if let Some(name) = lifetime.filter(|_| is_borrowed && meaning.borrow) {
            let inner = if meaning.python { name } else { "'_" };
            return write(context, found, Some(name), inner);
        }
        write(context, found, None, lifetime.unwrap_or("'_"))
    }

    /// The edits besides those of the GIL Refs.
    fn around(&self, signature: &SignatureFact) -> Vec<Edit> {
        let mut edits = Vec::new();
        if let (Some(name), Some(declaration)) = (&self.fresh, &signature.declaration) {
            edits.push(declaration.edit(name));
        }
        let is_gil_ref = |found: &LifetimeUse| matches!(found.role, LifetimeRole::GilRef(_));
        if let Some(name) = &self.source {
            let left_out = signature.outputs.iter().filter(|output| output.name.is_none() && !is_gil_ref(output));
            edits.extend(left_out.map(|output| output.write(name)));
        }
        if let Some(name) = self.pinned.as_ref().filter(|_| signature.inputs.iter().any(is_gil_ref)) {
            let tokens = signature.inputs.iter().filter(|input| input.role == LifetimeRole::Token && input.name.is_none());
            edits.extend(tokens.map(|token| token.write(name)));
        }
        edits
    }
}

fn meaning_of(context: &FileContext<'_>, found: &LifetimeUse) -> Meaning {
    match &found.role {
        LifetimeRole::GilRef(_) | LifetimeRole::Token | LifetimeRole::Python => Meaning::PYTHON,
        LifetimeRole::Borrow => Meaning::BORROW,
        LifetimeRole::Own(module, name, index) => context.package.crate_model.lifetime_meaning(*module, name, *index),
    }
}

/// Where a lifetime that is left out in what is returned comes from: `&self`, or the only one among the parameters.
fn elision_source(signature: &SignatureFact) -> Option<&LifetimeUse> {
    if signature.receiver.is_some() {
        return signature.receiver.as_ref();
    }
    let (first, rest) = signature.inputs.split_first()?;
    let same = |other: &LifetimeUse| first.name.is_some() && other.name == first.name;
    rest.iter().all(same).then_some(first)
}
