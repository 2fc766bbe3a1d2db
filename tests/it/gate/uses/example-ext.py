# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

from package import count_words, mean, parse_positive

assert_type(count_words("a b", min_length=1), dict[str, int])
assert_type(mean([1, 2.5]), float)
assert_type(parse_positive("3"), int)
count_words("a b", 1)  # type: ignore[call-arg]
parse_positive(3)  # type: ignore[arg-type]
mean(["1"])  # type: ignore[list-item]
