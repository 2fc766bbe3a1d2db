use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn object(py: Python<'_>, is_wanted: bool) -> PyResult<Vec<Py<PyAny>>> {
    let object = match is_wanted {
        true => made(py, 1),
        false => py.None(),
    };
    Ok(vec![object])
}
