# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

from package import Recorder, shared

recorder = Recorder()
recorder.record_all([0.5, 1])
assert_type(recorder.quantile(0.5), float | None)
assert_type(shared(), Recorder)
recorder.record("fast")  # type: ignore[arg-type]
recorder.absorb(0.5)  # type: ignore[arg-type]


class Own(Recorder):  # type: ignore[misc]
    pass
