use pyo3::prelude::*;

#[pyclass]
#[derive(Clone)]
struct Point {
    x: i32,
}

#[pyfunction]
fn read(point: Point) -> i32 {
    point.x
}
