use pyo3::prelude::*;
use pyo3::types::*;

fn count<'py>(dicts: impl Iterator<Item = Bound<'py, PyDict>>) -> usize {
    dicts.count()
}

fn dicts(iterator: &Bound<'_, PyIterator>) -> usize {
    count(iterator.clone().filter_map(|item| item.ok().and_then(|item| item.cast_into::<PyDict>().ok())))
}
