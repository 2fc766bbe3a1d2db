"""Find the words that a misspelt one may stand for."""

from ._core import Vocabulary, distance

__all__ = ["Vocabulary", "distance"]
