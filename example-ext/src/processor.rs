//! The class `DataProcessor` and its configuration.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::ConfigError;
use crate::numbers::no_mean;
use crate::pure::stats::{self, Cleaning};

/// A dict's items. What is missing gets its default, or is a `KeyError` if it has none.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Config {
    limits: (f64, f64),
    #[pyo3(default = 1.0)]
    scale: f64,
    #[pyo3(default = false)]
    skip_nan: bool,
}

/// The derive above takes what it knows and leaves the rest, so a misspelt key would be ignored.
const KEYS: [&str; 3] = ["limits", "scale", "skip_nan"];

impl Config {
    fn cleaning(self) -> PyResult<Cleaning> {
        let Self { limits: (lower, upper), scale, skip_nan } = self;
        // Not `lower > upper`, which is false if one of them is NaN.
        if lower <= upper {
            Ok(Cleaning { lower, upper, scale, skip_nan })
        } else {
            Err(ConfigError::new_err(format!("the lower limit must not be above the upper one: ({lower}, {upper})")))
        }
    }
}

/// Limits and scales series of numbers, always in the same way.
#[pyclass(frozen, module = "example_ext")]
pub struct DataProcessor(Cleaning);

#[pymethods]
impl DataProcessor {
    #[new]
    fn new(config: &Bound<'_, PyDict>) -> PyResult<Self> {
        for key in config.keys() {
            if !key.extract::<&str>().is_ok_and(|key| KEYS.contains(&key)) {
                return Err(ConfigError::new_err(format!("unknown key {}, use {}", key.repr()?, KEYS.join(", "))));
            }
        }
        config.extract::<Config>()?.cleaning().map(Self)
    }

    /// Return the values within the limits and scaled.
    fn process(&self, py: Python<'_>, values: Vec<f64>) -> Vec<f64> {
        py.detach(|| stats::clean(&values, &self.0))
    }

    /// Return what there is to say about the processed values.
    fn summary(&self, py: Python<'_>, values: Vec<f64>) -> PyResult<Summary> {
        py.detach(|| stats::summary(&stats::clean(&values, &self.0))).map(Summary::from).ok_or_else(no_mean)
    }

    fn __repr__(&self) -> String {
        let Cleaning { lower, upper, scale, skip_nan } = self.0;
        format!("DataProcessor(limits=({lower}, {upper}), scale={scale}, skip_nan={skip_nan})")
    }
}

/// Count, mean, standard deviation of the population, least and greatest of a series.
#[pyclass(frozen, get_all, eq, module = "example_ext")]
#[derive(PartialEq)]
pub struct Summary {
    count: usize,
    mean: f64,
    deviation: f64,
    min: f64,
    max: f64,
}

#[pymethods]
impl Summary {
    fn __repr__(&self) -> String {
        let Self { count, mean, deviation, min, max } = self;
        format!("Summary(count={count}, mean={mean}, deviation={deviation}, min={min}, max={max})")
    }
}

impl From<stats::Summary> for Summary {
    fn from(summary: stats::Summary) -> Self {
        let stats::Summary { count, mean, deviation, min, max } = summary;
        Self { count, mean, deviation, min, max }
    }
}
