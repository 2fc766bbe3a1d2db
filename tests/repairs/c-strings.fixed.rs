use pyo3::prelude::*;

fn run(py: Python<'_>) -> PyResult<()> {
    py.run(c"x = 1", None, None)
}
