use pyo3::prelude::*;

fn made(py: Python<'_>, _x: u8) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

struct Held {
    object: Option<Py<PyAny>>,
}

fn held(py: Python<'_>, number: Option<u8>) -> PyResult<Held> {
    Ok(Held { object: number.map(|number| made(py, number)).transpose()? })
}
