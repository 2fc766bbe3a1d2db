//! Turns requested changes of imports into edits of one file's `use` declarations.

mod group;
mod leaves;
mod order;
mod plan;
mod print;
mod table;
#[cfg(test)]
mod tests;

use crate::catalog::symbols;
use crate::diagnostic::ImportEdit;
use crate::text::Edit;

use plan::Plan;
use table::UseTable;

/// The `use` declarations of one text, read once for any number of plans.
#[derive(Debug)]
pub struct Imports(UseTable);

impl Imports {
    /// Reads the `use` declarations of `text`, Rust as it is on disk; `None` when it does not parse.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        UseTable::read(text).map(Self)
    }

    /// The same request in one form for all places of a scope, so that equal needs become equal requests.
    #[must_use]
    pub fn normalized(&self, request: &ImportEdit) -> ImportEdit {
        let mut request = request.clone();
        if let ImportEdit::Add { at, .. } = &mut request {
            *at = self.0.scopes[self.0.scope_at(*at)].range.start;
        }
        request
    }

    /// The edits that carry out all of `requests`, which are taken to belong to this file, in `text`.
    ///
    /// # Errors
    /// Says why a request cannot be carried out; none of them is then.
    pub fn edits(&self, text: &str, requests: &[ImportEdit]) -> Result<Vec<Edit>, String> {
        self.edits_with_prelude(text, requests, &|name| symbols().in_prelude(name))
    }

    fn edits_with_prelude(&self, text: &str, requests: &[ImportEdit], in_prelude: &dyn Fn(&str) -> bool) -> Result<Vec<Edit>, String> {
        let mut plan = Plan::new(text, &self.0, in_prelude);
        for request in requests {
            if let ImportEdit::Remove { leaf, .. } = request {
                plan.remove(*leaf)?;
            }
        }
        for request in requests {
            if let ImportEdit::Replace { leaf, path, .. } = request {
                plan.replace(*leaf, path)?;
            }
        }
        let adds = requests.iter().filter_map(|request| match request {
            ImportEdit::Add { at, path, .. } => Some((self.0.scope_at(*at), path)),
            _ => None,
        });
        // Outer modules first: `use super::*` makes what they gain visible further in.
        let mut adds: Vec<(usize, &String)> = adds.collect();
        adds.sort_unstable();
        for (scope, path) in adds {
            plan.add(scope, path)?;
        }
        Ok(print::edits(plan))
    }
}
