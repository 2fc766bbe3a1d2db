//! Edits: replacements of byte ranges, and applying a disjoint set of them to the original text.

use super::TextRange;

/// Replaces the bytes of `range` by `text`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub range: TextRange,
    /// What stands there afterwards; empty for a deletion.
    pub text: String,
}

impl Edit {
    /// Puts `text` in the place of `range`.
    pub fn replace(range: TextRange, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    /// Inserts `text` before the byte at `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(TextRange::empty(at), text)
    }

    /// Removes `range`.
    #[must_use]
    pub fn delete(range: TextRange) -> Self {
        Self::replace(range, "")
    }

    /// Whether the two cannot both be applied: they share a byte, or insert different text at the same place.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        if self == other {
            return false;
        }
        let (a, b) = (self.range, other.range);
        if a.is_empty() && b.is_empty() {
            return a.start == b.start;
        }
        if a.is_empty() {
            return b.start < a.start && a.start < b.end;
        }
        if b.is_empty() {
            return a.start < b.start && b.start < a.end;
        }
        a.start < b.end && b.start < a.end
    }

    /// Whether one inserts text at an edge of what the other replaces by text that opens or closes a bracket: whether it belongs inside of that
    /// or beside it, only its author knows.
    #[must_use]
    pub fn touches(&self, other: &Self) -> bool {
        let at_edge = |insertion: &Self, replaced: &Self| {
            let (at, replaced_range) = (insertion.range.start, replaced.range);
            let is_edge = !replaced_range.is_empty() && (at == replaced_range.start || at == replaced_range.end);
            insertion.range.is_empty() && is_edge && !is_balanced(&replaced.text)
        };
        at_edge(self, other) || at_edge(other, self)
    }
}

/// Whether `text` opens as many brackets as it closes; those of types count, too.
fn is_balanced(text: &str) -> bool {
    let text = text.replace("->", "").replace("=>", "");
    let count = |bracket: char| text.matches(bracket).count();
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')].into_iter().all(|(open, close)| count(open) == count(close))
}

/// Two edits claim the same bytes, or an edit lies outside the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap;

/// Applies `edits`, in any order, to `text`. Equal edits count once.
///
/// # Errors
/// [`Overlap`] when two edits conflict, or a range is no part of `text` on character boundaries.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Result<String, Overlap> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    sorted.dedup();
    if sorted.windows(2).any(|pair| pair[0].conflicts_with(pair[1])) {
        return Err(Overlap);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut done = 0;
    for edit in sorted {
        out.push_str(text.get(done..edit.range.start).ok_or(Overlap)?);
        out.push_str(&edit.text);
        done = edit.range.end;
    }
    out.push_str(text.get(done..).ok_or(Overlap)?);
    Ok(out)
}

/// Where the bytes of a text are once edits are applied to it.
#[derive(Clone, Debug, Default)]
pub struct Shifts {
    /// The edits in the order of the text: what each replaces, and where its text begins afterwards, with its length.
    replaced: Vec<(TextRange, TextRange)>,
}

impl Shifts {
    /// Those of `edits`, which are disjoint, in any order.
    #[must_use]
    pub fn new(edits: &[Edit]) -> Self {
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort();
        let (mut done, mut now) = (0, 0);
        let replaced = sorted.into_iter().map(|edit| {
            let start = now + edit.range.start.saturating_sub(done);
            (done, now) = (edit.range.end, start + edit.text.len());
            (edit.range, TextRange::new(start, now))
        });
        Self { replaced: replaced.collect() }
    }

    /// Where the byte at `offset` is afterwards; where the replacement begins for a byte that is replaced.
    #[must_use]
    pub fn after(&self, offset: usize) -> usize {
        let before = self.replaced.partition_point(|(range, _)| range.end <= offset);
        let (end, shifted) = before.checked_sub(1).map_or((0, 0), |last| (self.replaced[last].0.end, self.replaced[last].1.end));
        match self.replaced.get(before) {
            Some((range, now)) if range.start <= offset => now.start,
            _ => shifted + offset - end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disjoint_edits_apply_in_any_order() {
        let edits = [Edit::replace(TextRange::new(4, 7), "two"), Edit::insert(0, "zero "), Edit::delete(TextRange::new(0, 4))];
        assert_eq!(apply_edits("one 222 three", &edits), Ok("zero two three".to_owned()));
    }

    #[test]
    fn offsets_are_found_again() {
        let edits = [Edit::replace(TextRange::new(4, 7), "two"), Edit::insert(0, "zero "), Edit::delete(TextRange::new(8, 10))];
        let (text, shifts) = ("one 222 three", Shifts::new(&edits));
        let edited = apply_edits(text, &edits).unwrap();
        assert_eq!(edited, "zero one two ree");
        for (offset, found) in [(0, 5), (1, 6), (3, 8), (4, 9), (5, 9), (7, 12), (8, 13), (9, 13), (10, 13), (13, 16)] {
            assert_eq!(shifts.after(offset), found, "{offset}");
        }
    }

    #[test]
    fn overlapping_edits_are_refused() {
        let edits = [Edit::replace(TextRange::new(0, 4), "a"), Edit::replace(TextRange::new(3, 5), "b")];
        assert_eq!(apply_edits("one two", &edits), Err(Overlap));
    }

    #[test]
    fn equal_edits_count_once() {
        let edits = [Edit::insert(3, "!"), Edit::insert(3, "!")];
        assert_eq!(apply_edits("one", &edits), Ok("one!".to_owned()));
    }

    #[test]
    fn an_insertion_touches_what_is_replaced_beside_it() {
        let replaced = Edit::replace(TextRange::new(2, 4), "&A<'_, ");
        for (at, touches) in [(1, false), (2, true), (4, true), (5, false)] {
            assert_eq!((Edit::insert(at, "y").touches(&replaced), replaced.touches(&Edit::insert(at, "y"))), (touches, touches), "{at}");
        }
        assert!(!replaced.touches(&Edit::delete(TextRange::new(4, 5))));
        let renamed = Edit::replace(TextRange::new(2, 4), "A::<fn() -> B>");
        assert!(!renamed.touches(&Edit::insert(4, ">")), "behind a whole name there is one place only");
    }

    #[test]
    fn an_insertion_at_the_edge_of_a_replacement_is_disjoint() {
        let edits = [Edit::insert(3, "!"), Edit::replace(TextRange::new(0, 3), "two")];
        assert_eq!(apply_edits("one", &edits), Ok("two!".to_owned()));
    }
}
