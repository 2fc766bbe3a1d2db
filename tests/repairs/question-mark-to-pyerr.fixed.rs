use pyo3::prelude::*;

fn read<'py, T>(object: &Bound<'py, PyAny>) -> PyResult<Vec<T>>
where
    T: for<'a> FromPyObject<'a, 'py>,
{
    let first: T = object.extract().map_err(Into::into)?;
    Ok(vec![first])
}
