"""Tests of the installed package, through its public names only."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from example_ext import (
    NotPositiveError,
    WordCounter,
    count_words,
    parse_positive,
    sum_of_squares,
)


def test_words_are_counted_regardless_of_case() -> None:
    assert count_words("To be or not to be") == {"to": 2, "be": 2, "or": 1, "not": 1}
    assert count_words("a bb ccc", min_length=2) == {"bb": 1, "ccc": 1}


def test_counter_adds_up() -> None:
    counter = WordCounter("b a b")
    counter.add("c")
    assert len(counter) == 3
    assert counter.most_common(2) == [("b", 2), ("a", 1)]
    assert repr(counter) == "WordCounter(3 words, min_length=1)"


def test_min_length_is_checked() -> None:
    counter = WordCounter(min_length=3)
    assert counter.min_length == 3
    counter.min_length = 2
    assert counter.min_length == 2
    with pytest.raises(ValueError, match="at least 1"):
        counter.min_length = 0
    with pytest.raises(ValueError, match="at least 1"):
        WordCounter(min_length=0)
    with pytest.raises(OverflowError):
        counter.min_length = -1
    assert counter.min_length == 2


def test_parse_positive_has_an_exception_of_its_own() -> None:
    assert parse_positive(" 42 ") == 42
    for text in ["0", "-1", "many", ""]:
        with pytest.raises(NotPositiveError):
            parse_positive(text)
    assert issubclass(NotPositiveError, ValueError)
    assert NotPositiveError.__module__ == "example_ext"


def test_sums_run_in_threads() -> None:
    values = [float(n) for n in range(1000)]
    with ThreadPoolExecutor(4) as pool:
        sums = list(pool.map(lambda n: sum_of_squares(values, threads=n), range(4)))
    assert sums == [332833500.0] * 4
