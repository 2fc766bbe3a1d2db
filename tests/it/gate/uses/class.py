# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

from package import Interval, Schedule

morning = Interval(9, 12)
schedule: Schedule[str] = Schedule(within=morning)
schedule.book(morning, "talk")
assert_type(schedule.at(10), str | None)
assert_type(morning < Interval(13, 14), bool)
for interval, item in schedule:
    assert_type((interval, item), tuple[Interval, str])
Interval("9", "12")  # type: ignore[arg-type]
morning.start = 8  # type: ignore[misc]
_ = morning < 12  # type: ignore[operator]
schedule.book(morning, 1)  # type: ignore[arg-type]
