use pyo3::prelude::*;

struct Held<'a> {
    object: Bound<'a, PyAny>,
}

impl<'py> IntoPyObject<'py> for &Held<'_> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(self.object.clone().into_any())
    }
}
