//! Means and other summaries of numbers.

/// What there is to say about a series of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many there are.
    pub count: usize,
    /// Their arithmetic mean.
    pub mean: f64,
    /// The standard deviation of the whole population: divided by `count`.
    pub deviation: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

/// The arithmetic mean, or `None` of no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The summary, or `None` of no values.
pub fn summary(values: &[f64]) -> Option<Summary> {
    let mean = mean(values)?;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    let (min, max) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(*value), max.max(*value)));
    Some(Summary { count: values.len(), mean, deviation: variance.sqrt(), min, max })
}

/// How [`clean`] changes a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cleaning {
    /// Lesser values become this one.
    pub lower: f64,
    /// Greater values become this one; not below `lower`, and neither is NaN.
    pub upper: f64,
    /// What each value is multiplied with, after the limits.
    pub scale: f64,
    /// Whether NaN is left out rather than kept.
    pub skip_nan: bool,
}

/// The values within the limits and scaled.
pub fn clean(values: &[f64], cleaning: &Cleaning) -> Vec<f64> {
    let kept = values.iter().filter(|value| !(cleaning.skip_nan && value.is_nan()));
    kept.map(|value| value.clamp(cleaning.lower, cleaning.upper) * cleaning.scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
    }

    #[test]
    fn a_summary_says_it_all() {
        let expected = Summary { count: 4, mean: 5.0, deviation: 2.0, min: 3.0, max: 7.0 };
        assert_eq!(summary(&[3.0, 7.0, 3.0, 7.0]), Some(expected));
        assert_eq!(summary(&[]), None);
    }

    #[test]
    fn cleaning_limits_then_scales() {
        let cleaning = Cleaning { lower: 0.0, upper: 1.0, scale: 10.0, skip_nan: true };
        assert_eq!(clean(&[-1.0, 0.5, f64::NAN, 9.0], &cleaning), [0.0, 5.0, 10.0]);
        assert!(clean(&[f64::NAN], &Cleaning { skip_nan: false, ..cleaning })[0].is_nan());
    }
}
