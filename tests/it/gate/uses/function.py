# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

from package import DurationError, parse, parse_all, render

assert_type(parse("90", unit="m"), float)
assert_type(parse_all(["1s"]), list[float])
assert_type(render(90), str)
error: ValueError = DurationError("no duration")
parse("90", "m")  # type: ignore[call-arg]
parse(90)  # type: ignore[arg-type]
parse_all([1])  # type: ignore[list-item]
text: int = render(90)  # type: ignore[assignment]
