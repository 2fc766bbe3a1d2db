use pyo3::prelude::*;

fn both(one: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
    one.eq(other)
}

fn same(one: Bound<'_, PyAny>, other: Bound<'_, PyAny>) -> PyResult<bool> {
    both(one, other)
}
