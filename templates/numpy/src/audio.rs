//! Work on audio: arrays of samples with one axis for the time. It works on views, so it copies nothing and knows nothing of Python.

use std::fmt;
use std::ops::Range;

use numpy::ndarray::{ArrayD, ArrayView1, ArrayViewD, ArrayViewMutD, Axis, Zip};

/// What does not fit together.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// An axis that an array of so many dimensions does not have.
    Axis(isize, usize),
    /// A window that is empty or longer than the axis.
    Window(usize, usize),
    /// The shape of what cannot be mixed into the shape of a track.
    Shape(Vec<usize>, Vec<usize>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Axis(axis, ndim) => write!(f, "there is no axis {axis} in {ndim} dimensions"),
            Self::Window(window, samples) => {
                write!(f, "{samples} samples have no window of {window}")
            }
            Self::Shape(other, track) => {
                write!(f, "shape {other:?} cannot be mixed into {track:?}")
            }
        }
    }
}

impl std::error::Error for Error {}

/// The mean of every `window` neighbours along an axis, which gets shorter by `window - 1`.
///
/// A negative axis counts from the last one.
pub fn smooth(
    samples: ArrayViewD<'_, f64>,
    window: usize,
    axis: isize,
) -> Result<ArrayD<f64>, Error> {
    let axis = axis_of(axis, samples.ndim())?;
    let length = samples.len_of(axis);
    if window == 0 || window > length {
        return Err(Error::Window(window, length));
    }
    let mut shape = samples.raw_dim();
    shape[axis.index()] = length - window + 1;
    let mut means = ArrayD::zeros(shape);
    // Lanes are the rows along the axis: one for each channel.
    Zip::from(means.lanes_mut(axis))
        .and(samples.lanes(axis))
        .for_each(|means, samples| {
            Zip::from(means)
                .and(samples.windows(window))
                .for_each(|mean, window| *mean = window.sum() / window.len() as f64);
        });
    Ok(means)
}

/// Adds `other`, times `gain`, to the track. As in NumPy, it is repeated along axes that it lacks.
pub fn mix(
    mut track: ArrayViewMutD<'_, f64>,
    other: ArrayViewD<'_, f64>,
    gain: f64,
) -> Result<(), Error> {
    let Some(repeated) = other.broadcast(track.raw_dim()) else {
        return Err(Error::Shape(other.shape().to_vec(), track.shape().to_vec()));
    };
    track.scaled_add(gain, &repeated);
    Ok(())
}

/// What is left without the silence at both ends: from the first to the last sample louder than `threshold`.
pub fn sound(samples: ArrayView1<'_, f64>, threshold: f64) -> Range<usize> {
    let loud = |sample: &f64| sample.abs() > threshold;
    let Some(begin) = samples.iter().position(loud) else {
        return 0..0;
    };
    let last = samples.iter().rposition(loud).unwrap_or(begin);
    begin..last + 1
}

fn axis_of(axis: isize, dimensions: usize) -> Result<Axis, Error> {
    let index = if axis < 0 {
        dimensions.checked_add_signed(axis)
    } else {
        Some(axis.unsigned_abs())
    };
    index
        .filter(|&index| index < dimensions)
        .map(Axis)
        .ok_or(Error::Axis(axis, dimensions))
}

#[cfg(test)]
mod tests {
    use numpy::ndarray::{array, s};

    use super::*;

    #[test]
    fn means_run_along_the_axis_that_is_asked_for() {
        let samples = array![[1.0, 2.0, 3.0], [4.0, 6.0, 8.0]].into_dyn();
        let along = |window, axis| smooth(samples.view(), window, axis);
        assert_eq!(along(2, -1), Ok(array![[1.5, 2.5], [5.0, 7.0]].into_dyn()));
        assert_eq!(along(2, 0), Ok(array![[2.5, 4.0, 5.5]].into_dyn()));
        assert_eq!(along(4, 1), Err(Error::Window(4, 3)));
        assert_eq!(along(0, 1), Err(Error::Window(0, 3)));
        assert_eq!(along(1, 2), Err(Error::Axis(2, 2)));
        assert_eq!(along(1, -3), Err(Error::Axis(-3, 2)));
    }

    #[test]
    fn views_with_steps_are_read_in_their_own_order() {
        let samples = array![1.0, 9.0, 2.0, 9.0, 4.0, 9.0];
        let backwards = samples.slice(s![..;2]).slice_move(s![..;-1]).into_dyn();
        assert_eq!(smooth(backwards, 2, 0), Ok(array![3.0, 1.5].into_dyn()));
    }

    #[test]
    fn one_channel_is_mixed_into_all() {
        let mut track = array![[1.0, 2.0], [3.0, 4.0]].into_dyn();
        let other = array![10.0, 20.0].into_dyn();
        assert_eq!(mix(track.view_mut(), other.view(), 0.5), Ok(()));
        assert_eq!(track, array![[6.0, 12.0], [8.0, 14.0]].into_dyn());

        let long = array![1.0, 2.0, 3.0].into_dyn();
        let fault = mix(track.view_mut(), long.view(), 1.0);
        assert_eq!(fault, Err(Error::Shape(vec![3], vec![2, 2])));
    }

    #[test]
    fn silence_is_found_at_both_ends() {
        let samples = array![0.0, 0.1, -0.5, 0.0, 0.6, 0.1];
        assert_eq!(sound(samples.view(), 0.2), 2..5);
        assert_eq!(sound(samples.view(), 0.5), 4..5);
        assert_eq!(sound(samples.view(), 1.0), 0..0);
    }
}
