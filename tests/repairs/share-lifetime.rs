use pyo3::prelude::*;

trait Pick {
    fn pick<'py>(&self, one: &Bound<'py, PyAny>, other: &Bound<'_, PyAny>) -> Bound<'py, PyAny>;
}

struct Second;

impl Pick for Second {
    fn pick<'py>(&self, _one: &Bound<'py, PyAny>, other: &Bound<'_, PyAny>) -> Bound<'py, PyAny> {
        other.clone()
    }
}
