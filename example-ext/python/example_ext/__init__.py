"""The reference extension of hognose."""

from ._core import (
    NotPositiveError,
    WordCounter,
    count_words,
    parse_positive,
    sum_of_squares,
)

__all__ = [
    "NotPositiveError",
    "WordCounter",
    "count_words",
    "parse_positive",
    "sum_of_squares",
]
