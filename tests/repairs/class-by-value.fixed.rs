use pyo3::prelude::*;

#[pyclass(from_py_object)]
#[derive(Clone)]
struct Point {
    x: i32,
}

#[pyfunction]
fn read(point: Point) -> i32 {
    point.x
}
