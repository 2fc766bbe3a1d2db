use pyo3::prelude::*;

fn run(py: Python<'_>) -> PyResult<()> {
    py.run("x = 1", None, None)
}
