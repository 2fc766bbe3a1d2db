//! Counting words. Nothing here knows of Python.

use std::collections::HashMap;

/// How often each word occurs.
pub type Counts = HashMap<String, usize>;

/// The words of a text of at least `min_length` characters, in lower case.
pub fn words(text: &str, min_length: usize) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(move |word| !word.is_empty() && word.chars().count() >= min_length)
        .map(str::to_lowercase)
}

/// Adds the words of a text to `counts`.
pub fn count_into(counts: &mut Counts, text: &str, min_length: usize) {
    for word in words(text, min_length) {
        *counts.entry(word).or_default() += 1;
    }
}

/// The `n` most frequent words; those of equal frequency in the order of the alphabet.
pub fn most_common(counts: &Counts, n: usize) -> Vec<(String, usize)> {
    let mut sorted: Vec<_> = counts.iter().map(|(word, count)| (word.clone(), *count)).collect();
    sorted.sort_by(|(word_a, a), (word_b, b)| b.cmp(a).then_with(|| word_a.cmp(word_b)));
    sorted.truncate(n);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_and_lowered() {
        let found: Vec<_> = words("Don't panic: DON'T!", 1).collect();
        assert_eq!(found, ["don't", "panic", "don't"]);
        assert_eq!(words("a bb ccc", 2).count(), 2);
    }

    #[test]
    fn frequency_comes_before_the_alphabet() {
        let mut counts = Counts::new();
        count_into(&mut counts, "b a c b", 1);
        assert_eq!(most_common(&counts, 2), [("b".to_owned(), 2), ("a".to_owned(), 1)]);
    }
}
