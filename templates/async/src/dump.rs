//! Dumps of a registry: files of records with a blank line between them. Nothing here knows of Python.

use std::fmt;
use std::io::{self, BufRead, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};

/// No record is longer, in bytes: a file that is no dump must not fill the memory.
const LONGEST_RECORD: usize = 1 << 20;

/// Why a search has no result.
#[derive(Debug)]
pub enum Error {
    /// A record is longer than [`LONGEST_RECORD`].
    TooLong,
    /// The dump cannot be opened or read.
    File(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a record is longer than {LONGEST_RECORD} bytes"),
            Self::File(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// The records that hold `text`, in the order of the dump.
///
/// This takes as long as reading the dump does. Setting `stop` ends it after the piece that is being read, with what it has until then.
pub fn search(mut dump: impl BufRead, text: &str, stop: &AtomicBool) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut record = Vec::new();
    // Where the last line of the record begins.
    let mut line = 0;
    while !stop.load(Ordering::Relaxed) {
        // Not a line at a time: a file without line breaks would be read to its end before the next look at `stop`.
        let piece = match dump.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        let ended = piece.is_empty();
        let length = match piece.iter().position(|byte| *byte == b'\n') {
            Some(at) => at + 1,
            None => piece.len(),
        };
        if record.len() + length > LONGEST_RECORD {
            return Err(Error::TooLong);
        }
        record.extend_from_slice(&piece[..length]);
        dump.consume(length);

        let whole_line = record.ends_with(b"\n");
        if ended || whole_line && record[line..].trim_ascii().is_empty() {
            // Old dumps are not UTF-8 throughout; such a byte must not end the search.
            let words = String::from_utf8_lossy(record.trim_ascii());
            if !words.is_empty() && words.contains(text) {
                found.push(words.into_owned());
            }
            record.clear();
            line = 0;
        } else if whole_line {
            line = record.len();
        }
        if ended {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    const DUMP: &[u8] = b"domain: a.example\nperson: Ada\n\n\ndomain: b.example\r\n\r\ndomain: c.example\nperson: Ada";

    #[test]
    fn records_end_with_a_blank_line() {
        let search = |text| search(DUMP, text, &AtomicBool::new(false)).expect("a good dump");
        assert_eq!(
            search("Ada"),
            [
                "domain: a.example\nperson: Ada",
                "domain: c.example\nperson: Ada"
            ]
        );
        assert_eq!(search("b.example"), ["domain: b.example"]);
        assert_eq!(search("Grace"), [""; 0]);
    }

    #[test]
    fn lines_may_be_longer_than_pieces() {
        let pieces = BufReader::with_capacity(3, DUMP);
        let found = search(pieces, "a.example", &AtomicBool::new(false));
        assert_eq!(
            found.expect("a good dump"),
            ["domain: a.example\nperson: Ada"]
        );
    }

    #[test]
    fn endless_records_are_refused() {
        let endless = BufReader::new(io::repeat(b'x'));
        let found = search(endless, "Ada", &AtomicBool::new(false));
        assert!(matches!(found, Err(Error::TooLong)));
    }

    #[test]
    fn a_search_can_be_stopped() {
        let found = search(DUMP, "Ada", &AtomicBool::new(true));
        assert_eq!(found.expect("a good dump"), [""; 0]);
    }

    /// A file without line breaks whose reader is told to stop while it reads the first piece.
    struct Stopped<'a>(&'a AtomicBool);

    impl Read for Stopped<'_> {
        fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
            let stopped = self.0.swap(true, Ordering::Relaxed);
            assert!(!stopped, "the search went on");
            piece.fill(b'x');
            Ok(piece.len())
        }
    }

    #[test]
    fn a_search_can_be_stopped_within_a_line() {
        let stop = AtomicBool::new(false);
        let found = search(BufReader::new(Stopped(&stop)), "x", &stop);
        assert_eq!(found.expect("no trouble"), [""; 0]);
    }
}
