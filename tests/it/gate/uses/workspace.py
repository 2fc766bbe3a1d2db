# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

from package import Vocabulary, distance

fruits = Vocabulary(["apple"])
assert_type(fruits.closest("aple", max_distance=1), list[tuple[str, int]])
assert_type(distance("a", "b"), int)
assert_type("apple" in fruits, bool)
fruits.closest("aple", 1)  # type: ignore[call-arg]
distance("a", 1)  # type: ignore[arg-type]
