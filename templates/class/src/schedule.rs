//! Intervals, and a schedule in which no two of them overlap. Nothing here knows of Python.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// Why an interval cannot be made, booked or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The end does not come after the start.
    Empty { start: i64, end: i64 },
    /// The schedule takes bookings within the first interval, and the second one is not.
    Outside(Interval, Interval),
    /// This interval is booked and overlaps.
    Taken(Interval),
    /// This interval is not booked.
    Free(Interval),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { start, end } => write!(f, "the end {end} is not after the start {start}"),
            Self::Outside(within, interval) => write!(f, "{interval} is not within {within}"),
            Self::Taken(interval) => write!(f, "{interval} is booked"),
            Self::Free(interval) => write!(f, "{interval} is not booked"),
        }
    }
}

impl std::error::Error for Error {}

/// The points from a start up to an end that does not belong; earlier starts order first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    start: i64,
    end: i64,
}

impl Interval {
    /// An interval holds at least one point.
    pub fn new(start: i64, end: i64) -> Result<Self, Error> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(Error::Empty { start, end })
        }
    }

    pub fn start(self) -> i64 {
        self.start
    }

    pub fn end(self) -> i64 {
        self.end
    }

    /// How many points belong; unsigned, because an `i64` cannot count them all.
    pub fn length(self) -> u64 {
        self.end.abs_diff(self.start)
    }

    pub fn contains(self, point: i64) -> bool {
        self.start <= point && point < self.end
    }

    pub fn encloses(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// What is booked when.
#[derive(Clone, Debug)]
pub struct Schedule<T> {
    within: Option<Interval>,
    /// By their starts, which differ because bookings do not overlap.
    bookings: BTreeMap<i64, (Interval, T)>,
}

impl<T> Schedule<T> {
    /// An empty schedule, for bookings within an interval if there is one.
    pub fn new(within: Option<Interval>) -> Self {
        Self {
            within,
            bookings: BTreeMap::new(),
        }
    }

    pub fn within(&self) -> Option<Interval> {
        self.within
    }

    /// Books an interval, unless a part of it is taken.
    pub fn book(&mut self, interval: Interval, item: T) -> Result<(), Error> {
        if let Some(within) = self.within.filter(|within| !within.encloses(interval)) {
            return Err(Error::Outside(within, interval));
        }
        // If any booking overlaps, then the last one that starts before the interval ends does.
        if let Some((_, (last, _))) = self.bookings.range(..interval.end).next_back() {
            if last.overlaps(interval) {
                return Err(Error::Taken(*last));
            }
        }
        self.bookings.insert(interval.start, (interval, item));
        Ok(())
    }

    /// Ends the booking of exactly this interval.
    pub fn cancel(&mut self, interval: Interval) -> Result<T, Error> {
        match self.bookings.entry(interval.start) {
            Entry::Occupied(entry) if entry.get().0 == interval => Ok(entry.remove().1),
            _ => Err(Error::Free(interval)),
        }
    }

    /// What exactly this interval is booked for.
    pub fn get(&self, interval: Interval) -> Option<&T> {
        let (booked, item) = self.bookings.get(&interval.start)?;
        (*booked == interval).then_some(item)
    }

    /// What is booked at this point.
    pub fn at(&self, point: i64) -> Option<&T> {
        let (_, (interval, item)) = self.bookings.range(..=point).next_back()?;
        interval.contains(point).then_some(item)
    }

    pub fn len(&self) -> usize {
        self.bookings.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bookings.is_empty()
    }

    /// The bookings in order.
    pub fn iter(&self) -> impl Iterator<Item = (Interval, &T)> {
        self.bookings
            .values()
            .map(|(interval, item)| (*interval, item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start: i64, end: i64) -> Interval {
        Interval::new(start, end).expect("the end is after the start")
    }

    #[test]
    fn an_interval_holds_its_start_but_not_its_end() {
        let morning = interval(9, 12);
        assert!(morning.contains(9) && morning.contains(11) && !morning.contains(12));
        assert_eq!(morning.length(), 3);
        assert_eq!(interval(i64::MIN, i64::MAX).length(), u64::MAX);
        assert_eq!(Interval::new(9, 9), Err(Error::Empty { start: 9, end: 9 }));
    }

    #[test]
    fn intervals_order_by_their_starts_first() {
        assert!(interval(8, 20) < interval(9, 10));
        assert!(interval(9, 10) < interval(9, 11));
    }

    #[test]
    fn neighbours_fit_and_overlaps_do_not() {
        let mut schedule = Schedule::new(None);
        assert_eq!(schedule.book(interval(9, 12), "workshop"), Ok(()));
        assert_eq!(schedule.book(interval(12, 13), "lunch"), Ok(()));
        let taken = Err(Error::Taken(interval(9, 12)));
        assert_eq!(schedule.book(interval(8, 10), "before"), taken);
        assert_eq!(schedule.book(interval(10, 11), "inside"), taken);
        assert_eq!(schedule.book(interval(11, 12), "end"), taken);
        assert_eq!(schedule.at(11), Some(&"workshop"));
        assert_eq!(schedule.at(12), Some(&"lunch"));
        assert_eq!(schedule.at(13), None);
    }

    #[test]
    fn bookings_stay_within_the_limits() {
        let mut schedule = Schedule::new(Some(interval(9, 17)));
        assert_eq!(schedule.book(interval(9, 17), ()), Ok(()));
        assert_eq!(
            schedule.book(interval(16, 18), ()),
            Err(Error::Outside(interval(9, 17), interval(16, 18)))
        );
    }

    #[test]
    fn only_the_whole_booking_is_cancelled() {
        let mut schedule = Schedule::new(None);
        assert_eq!(schedule.book(interval(9, 12), "workshop"), Ok(()));
        let part = interval(9, 10);
        assert_eq!(schedule.get(part), None);
        assert_eq!(schedule.cancel(part), Err(Error::Free(part)));
        assert_eq!(schedule.get(interval(9, 12)), Some(&"workshop"));
        assert_eq!(schedule.cancel(interval(9, 12)), Ok("workshop"));
        assert!(schedule.is_empty());
    }
}
