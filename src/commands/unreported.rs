//! When the work is done and its report cannot be written, what is told says so.

use std::fmt;
use std::io::{self, ErrorKind, Write};

/// The report of something that was done could not be written.
#[derive(Debug)]
pub struct Unreported {
    done: &'static str,
    error: io::Error,
}

impl fmt::Display for Unreported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, but the report could not be written: {}", self.done, self.error)
    }
}

impl std::error::Error for Unreported {}

/// Whether this error is about the report alone, and says what was done.
#[must_use]
pub fn says_what_was_done(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Unreported>())
}

/// Reports on what was `done`, down to the device.
pub(super) fn reporting<T>(done: &'static str, out: &mut dyn Write, report: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    let reported = report(out).and_then(|answer| out.flush().map(|()| answer));
    reported.map_err(|error| after(done, error))
}

/// The error of a report on what was `done`.
pub(super) fn after(done: &'static str, error: io::Error) -> io::Error {
    let is_no_failure = matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::Interrupted);
    if is_no_failure || says_what_was_done(&error) {
        return error;
    }
    io::Error::new(error.kind(), Unreported { done, error })
}
