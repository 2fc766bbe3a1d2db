use pyo3::prelude::*;
use pyo3::types::*;

fn count(list: Borrowed<'_, '_, PyList>) -> usize {
    let mut count = 0;
    for _item in list.iter() {
        count += 1;
    }
    count
}
