use pyo3::prelude::*;

trait ToPyObject {
    fn to_object(&self, py: Python<'_>) -> Py<PyAny>;
}

trait Named: ToPyObject {
    fn name(&self) -> String;
}

struct Held(u8);

impl ToPyObject for Held {
    fn to_object(&self, py: pyo3::Python<'_>) -> pyo3::Py<pyo3::PyAny> {
        pyo3::IntoPyObjectExt::into_py_any(self, py).unwrap()
    }
}

impl<'py> IntoPyObject<'py> for &Held {
    type Target = pyo3::types::PyInt;
    type Output = Bound<'py, Self::Target>;
    type Error = std::convert::Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        self.0.into_pyobject(py)
    }
}
