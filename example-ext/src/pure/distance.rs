//! How far words are from each other.

use rayon::prelude::*;

/// How many characters have to be inserted, removed or replaced to make one text the other (Levenshtein's distance).
///
/// Takes time in proportion to the product of the lengths.
pub fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    // The row of the table above the current one: `row[n]` is the distance between what was read of `left` and `right[..n]`.
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, c) in left.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (n, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(c != *other);
            diagonal = row[n + 1];
            row[n + 1] = replaced.min(diagonal + 1).min(row[n] + 1);
        }
    }
    row[right.len()]
}

/// The `n` candidates next to `word` with their distances, the nearest first; equally near ones stay in order. Uses all cores.
pub fn closest(word: &str, candidates: Vec<String>, n: usize) -> Vec<(String, usize)> {
    let mut rated: Vec<(String, usize)> = candidates
        .into_par_iter()
        .map(|candidate| {
            let distance = edit_distance(word, &candidate);
            (candidate, distance)
        })
        .collect();
    rated.sort_by_key(|(_, distance)| *distance);
    rated.truncate(n);
    rated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        for (left, right, expected) in [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("flaw", "lawn", 2), ("für", "fur", 1)] {
            assert_eq!(edit_distance(left, right), expected, "{left} {right}");
            assert_eq!(edit_distance(right, left), expected, "{right} {left}");
        }
        assert_eq!(edit_distance("same", "same"), 0);
    }

    #[test]
    fn the_nearest_come_first_and_in_order() {
        let candidates = ["zebra", "cart", "card", "cat"].map(str::to_owned).to_vec();
        let expected = [("cart".to_owned(), 1), ("card".to_owned(), 1), ("cat".to_owned(), 1)];
        assert_eq!(closest("car", candidates, 3), expected);
    }
}
