"""Words and texts."""

import pytest

from example_ext import WordCounter, closest, count_words, edit_distance, find_numbers


def test_words_are_counted_regardless_of_case() -> None:
    assert count_words("To be or not to be") == {"to": 2, "be": 2, "or": 1, "not": 1}
    assert count_words("a bb ccc", min_length=2) == {"bb": 1, "ccc": 1}
    assert count_words("") == {}


def test_counter_adds_up() -> None:
    counter = WordCounter("b a b")
    counter.add("c")
    assert len(counter) == 3
    assert counter.total == 4
    assert counter.most_common(2) == [("b", 2), ("a", 1)]
    assert repr(counter) == "WordCounter(3 words, min_length=1)"


def test_a_batch_counts_like_single_texts() -> None:
    texts = [f"word{n % 10} and more" for n in range(1000)]
    single, batch = WordCounter(), WordCounter()
    for text in texts:
        single.add(text)
    batch.add_all(texts)
    assert batch.most_common(99) == single.most_common(99)
    assert batch.total == 3000


def test_min_length_is_checked() -> None:
    counter = WordCounter(min_length=3)
    assert counter.min_length == 3
    counter.min_length = 2
    counter.add("a bb")
    assert counter.most_common() == [("bb", 1)]
    for wrong in (0, -1):
        with pytest.raises(
            ValueError, match=f"min_length must be at least 1, not {wrong}"
        ):
            counter.min_length = wrong
        with pytest.raises(ValueError, match="at least 1"):
            WordCounter(min_length=wrong)
        with pytest.raises(ValueError, match="at least 1"):
            count_words("a", min_length=wrong)
    assert counter.min_length == 2


def test_distances() -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert closest("colour", ["odour", "color", "collar"], n=2) == [
        ("color", 1),
        ("odour", 2),
    ]
    assert closest("colour", []) == []


def test_numbers_are_found_in_prose() -> None:
    assert find_numbers("between -3 and 2.5e1, not x") == [-3.0, 25.0]
