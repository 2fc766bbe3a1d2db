use pyo3::prelude::*;

#[derive(Clone)]
struct Held(u8);

impl<'py> IntoPyObject<'py> for &Held {
    type Target = <Held as IntoPyObject<'py>>::Target;
    type Output = <Held as IntoPyObject<'py>>::Output;
    type Error = <Held as IntoPyObject<'py>>::Error;

    fn into_pyobject(self, py: pyo3::Python<'py>) -> Result<Self::Output, Self::Error> {
        self.clone().into_pyobject(py)
    }
}

impl<'py> IntoPyObject<'py> for Held {
    type Target = pyo3::types::PyInt;
    type Output = Bound<'py, Self::Target>;
    type Error = std::convert::Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        self.0.into_pyobject(py)
    }
}

fn set(object: &Bound<'_, PyAny>, held: &Held) -> PyResult<()> {
    object.setattr("held", held)
}
