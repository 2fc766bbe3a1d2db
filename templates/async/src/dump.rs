//! Dumps of a registry: files of records with a blank line between them. Nothing here knows of Python.

use std::io::{self, BufRead};
use std::sync::atomic::{AtomicBool, Ordering};

/// The records that hold `text`, in the order of the dump.
///
/// This takes as long as reading the dump does. Setting `stop` ends it early, with what it has until then.
pub fn search(mut dump: impl BufRead, text: &str, stop: &AtomicBool) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut record = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let begin = record.len();
        let ended = dump.read_until(b'\n', &mut record)? == 0;
        if ended || record[begin..].trim_ascii().is_empty() {
            // Old dumps are not UTF-8 throughout; such a byte must not end the search.
            let words = String::from_utf8_lossy(record.trim_ascii());
            if !words.is_empty() && words.contains(text) {
                found.push(words.into_owned());
            }
            record.clear();
        }
        if ended {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
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
    fn a_search_can_be_stopped() {
        let found = search(DUMP, "Ada", &AtomicBool::new(true));
        assert_eq!(found.expect("a good dump"), [""; 0]);
    }
}
