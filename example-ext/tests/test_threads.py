"""Many threads at once: with a GIL they take turns, without one they collide."""

import sys
import sysconfig
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from example_ext import Matrix, WordCounter, closest, find_numbers, sort_integers

THREADS = 8


def at_once(work: Callable[[int], object]) -> list[object]:
    """Run `work` in threads that start together, and return what they answer."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> object:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"),
    reason="this Python is not free-threaded",
)
def test_importing_the_package_leaves_the_gil_off() -> None:
    assert not sys._is_gil_enabled()  # type: ignore[attr-defined]


def test_a_shared_counter_loses_no_word() -> None:
    counter = WordCounter()

    def work(number: int) -> None:
        for turn in range(200):
            counter.add(f"all own{number} Turn{turn % 5}")
            counter.add_all(["all", "batch"])
            counter.min_length = 1 + turn % 2
            assert len(counter) >= 3
            assert counter.most_common(1)[0][0] in ("all", "batch")

    at_once(work)
    assert counter.total == THREADS * 200 * 5
    counts = dict(counter.most_common(100))
    assert counts["all"] == THREADS * 200 * 2
    assert counts["batch"] == THREADS * 200
    assert all(counts[f"own{n}"] == 200 for n in range(THREADS))
    assert len(counter) == 2 + THREADS + 5


def test_what_never_changes_can_be_shared() -> None:
    matrix = Matrix(
        [[float(row == column) for row in range(30)] for column in range(30)]
    )
    words = [f"word{n}" for n in range(300)]

    def work(number: int) -> object:
        for _ in range(20):
            assert matrix @ matrix == matrix
            assert closest("word7", words, n=1) == [("word7", 0)]
            assert find_numbers("1 and 2") == [1, 2]
            assert sort_integers([number, 3, -1])[0] == -1
        return number

    assert at_once(work) == list(range(THREADS))
