//! Latencies counted in buckets, so that memory stays small however many there are. Nothing here knows of Python.

use std::fmt;

use rayon::prelude::*;

/// Where the first bucket begins, in seconds; what is shorter counts as this.
const SHORTEST: f64 = 1e-6;

/// Each bucket ends `2^(1/16)` times as far as it begins: 4.4 % is the error of a quantile.
const BUCKETS_PER_DOUBLING: f64 = 16.0;

/// Enough for more than an hour; what is longer counts in the last bucket.
const BUCKETS: usize = 512;

/// How many latencies one core counts before it asks for more.
const CHUNK: usize = 16_384;

/// What cannot be counted or asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A latency in seconds that is negative or no number.
    Latency(f64),
    /// A quantile that is not between 0 and 1.
    Share(f64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(seconds) => write!(f, "{seconds} seconds is no latency"),
            Self::Share(share) => write!(f, "{share} is not between 0 and 1"),
        }
    }
}

impl std::error::Error for Error {}

/// How many latencies fell into each bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    counts: [u64; BUCKETS],
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: [0; BUCKETS],
        }
    }
}

impl Histogram {
    /// Counts many latencies, on all cores. One that cannot be counted fails them all.
    pub fn of(latencies: &[f64]) -> Result<Self, Error> {
        // Every core counts into a histogram of its own. Sharing one would make them wait for each other at each latency.
        latencies
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut part = Self::default();
                chunk.iter().try_for_each(|&seconds| part.record(seconds))?;
                Ok(part)
            })
            .try_reduce(Self::default, |mut sum, part| {
                sum.add(&part);
                Ok(sum)
            })
    }

    /// Counts one latency, in seconds.
    pub fn record(&mut self, seconds: f64) -> Result<(), Error> {
        if seconds.is_nan() || seconds < 0.0 {
            return Err(Error::Latency(seconds));
        }
        let doublings = (seconds / SHORTEST).max(1.0).log2();
        let bucket = (doublings * BUCKETS_PER_DOUBLING) as usize;
        self.counts[bucket.min(BUCKETS - 1)] += 1;
        Ok(())
    }

    /// Counts what another histogram has counted.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// How many latencies were counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The seconds within which this share of the latencies stayed, if there are any.
    pub fn quantile(&self, share: f64) -> Result<Option<f64>, Error> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::Share(share));
        }
        let wanted = (share * self.total() as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        let end = |bucket| SHORTEST * 2_f64.powf((bucket + 1) as f64 / BUCKETS_PER_DOUBLING);
        Ok(bucket.map(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near_the_latencies() {
        let latencies: Vec<f64> = (1..=100).map(|n| f64::from(n) / 1000.0).collect();
        let histogram = Histogram::of(&latencies).expect("good latencies");
        for (share, latency) in [(0.5, 0.050), (0.99, 0.099), (1.0, 0.100)] {
            let quantile = histogram.quantile(share).expect("a share").expect("some");
            assert!((1.0..1.05).contains(&(quantile / latency)), "{quantile}");
        }
        assert_eq!(Histogram::default().quantile(0.5), Ok(None));
        assert_eq!(histogram.quantile(1.5), Err(Error::Share(1.5)));
    }

    #[test]
    fn counting_on_all_cores_is_counting() {
        let latencies: Vec<f64> = (0..CHUNK * 5 + 3).map(|n| n as f64 * 1e-3).collect();
        let mut one_by_one = Histogram::default();
        for &seconds in &latencies {
            one_by_one.record(seconds).expect("a good latency");
        }
        assert_eq!(Histogram::of(&latencies), Ok(one_by_one));
    }

    #[test]
    fn one_bad_latency_fails_a_batch() {
        let latencies = [vec![0.1; CHUNK * 2], vec![-1.0]].concat();
        assert_eq!(Histogram::of(&latencies), Err(Error::Latency(-1.0)));
        let counted = Histogram::of(&[0.0, f64::INFINITY]).expect("the ends of the scale");
        assert_eq!(counted.total(), 2);
    }
}
