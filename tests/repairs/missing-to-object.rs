use pyo3::prelude::*;

trait ToPyObject {
    fn to_object(&self, py: Python<'_>) -> Py<PyAny>;
}

trait Named: ToPyObject {
    fn name(&self) -> String;
}

struct Held(u8);

impl ToPyObject for Held {}

impl<'py> IntoPyObject<'py> for &Held {
    type Target = pyo3::types::PyInt;
    type Output = Bound<'py, Self::Target>;
    type Error = std::convert::Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        self.0.into_pyobject(py)
    }
}
