//! Counting words.

use std::collections::HashMap;

use rayon::prelude::*;

/// How often each word occurs.
pub type Counts = HashMap<String, u64>;

/// The words of a text of at least `min_length` characters, as they are written.
pub fn words(text: &str, min_length: usize) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(move |word| !word.is_empty() && (min_length <= 1 || word.chars().nth(min_length - 1).is_some()))
}

/// Counts the words of a text, regardless of case.
pub fn count(text: &str, min_length: usize) -> Counts {
    let mut counts = Counts::new();
    // Most words were seen before, so one buffer holds the lower case, and only a new word gets a `String` of its own.
    let mut lower = String::new();
    for word in words(text, min_length) {
        lower.clear();
        if word.is_ascii() {
            lower.push_str(word);
            lower.make_ascii_lowercase();
        } else {
            lower.push_str(&word.to_lowercase());
        }
        match counts.get_mut(lower.as_str()) {
            Some(count) => *count += 1,
            None => drop(counts.insert(lower.clone(), 1)),
        }
    }
    counts
}

/// Counts the words of many texts, on all cores.
pub fn count_all(texts: &[String], min_length: usize) -> Counts {
    let counted = texts.par_iter().map(|text| count(text, min_length));
    counted.reduce(Counts::new, |left, right| {
        let (mut large, small) = if left.len() < right.len() { (right, left) } else { (left, right) };
        merge(&mut large, small);
        large
    })
}

/// Adds `more` to `counts`.
pub fn merge(counts: &mut Counts, more: Counts) {
    for (word, count) in more {
        *counts.entry(word).or_default() += count;
    }
}

/// The `n` most frequent words; those of equal frequency in the order of the alphabet.
pub fn most_common(counts: &Counts, n: usize) -> Vec<(String, u64)> {
    let mut sorted: Vec<(&String, u64)> = counts.iter().map(|(word, count)| (word, *count)).collect();
    sorted.sort_unstable_by(|(word_a, a), (word_b, b)| b.cmp(a).then_with(|| word_a.cmp(word_b)));
    sorted.into_iter().take(n).map(|(word, count)| (word.clone(), count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_and_lowered() {
        assert_eq!(words("Don't panic: DON'T!", 1).collect::<Vec<_>>(), ["Don't", "panic", "DON'T"]);
        let counts = count("Don't ÄRGERN, don't ärgern", 1);
        assert_eq!(most_common(&counts, 9), [("don't".to_owned(), 2), ("ärgern".to_owned(), 2)]);
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(words("a bb ccc ää", 2).collect::<Vec<_>>(), ["bb", "ccc", "ää"]);
        assert_eq!(words("a bb", 0).count(), 2);
    }

    #[test]
    fn frequency_comes_before_the_alphabet() {
        assert_eq!(most_common(&count("b a c b", 1), 2), [("b".to_owned(), 2), ("a".to_owned(), 1)]);
    }

    #[test]
    fn many_texts_are_one_text() {
        let texts: Vec<String> = (0..50).map(|n| format!("even odd {}", n % 7)).collect();
        assert_eq!(count_all(&texts, 1), count(&texts.join(" "), 1));
        assert!(count_all(&[], 1).is_empty());
    }
}
