"""CSV files, and the callback that is called from another thread."""

import signal
import threading
from pathlib import Path
from types import FrameType

import pytest

from example_ext import ExampleError, TableError, read_column, read_csv, stream_csv


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("name,size\n" + "".join(f"n{n},{n}\n" for n in range(10)))
    return path


def test_rows_are_dicts(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('name;note\nant;"small; red"\nbee;\n', encoding="utf-8")
    assert read_csv(path, delimiter=";") == [
        {"name": "ant", "note": "small; red"},
        {"name": "bee", "note": ""},
    ]


def test_a_column_is_numbers(table: Path) -> None:
    assert read_column(str(table), "size") == list(range(10))
    with pytest.raises(TableError, match='no column "weight"'):
        read_column(table, "weight")
    with pytest.raises(TableError, match=r'row 1 of .*: "n0" is no number'):
        read_column(table, "name")


def test_faults_of_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        read_csv(tmp_path / "none.csv")
    assert caught.value.filename == str(tmp_path / "none.csv")
    assert "(os error" not in str(caught.value)
    (tmp_path / "ragged.csv").write_text("a,b\n1\n")
    with pytest.raises(TableError, match="is no table"):
        read_csv(tmp_path / "ragged.csv")
    assert issubclass(TableError, ExampleError)
    with pytest.raises(ValueError, match="ASCII"):
        read_csv(tmp_path / "none.csv", delimiter="→")


def test_rows_are_streamed_in_batches_from_another_thread(table: Path) -> None:
    sizes: list[int] = []
    threads: set[int] = set()

    def on_rows(rows: list[dict[str, str]]) -> None:
        sizes.append(len(rows))
        threads.add(threading.get_ident())

    assert stream_csv(table, on_rows, batch_size=4) == 10
    assert sizes == [4, 4, 2]
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_an_exception_of_the_callback_ends_the_stream(table: Path) -> None:
    calls: list[int] = []

    def on_rows(rows: list[dict[str, str]]) -> None:
        calls.append(len(rows))
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        stream_csv(table, on_rows, batch_size=4)
    assert calls == [4]
    with pytest.raises(ValueError, match="at least 1"):
        stream_csv(table, on_rows, batch_size=0)


def test_the_user_can_interrupt_a_stream(table: Path) -> None:
    calls: list[int] = []
    gone = threading.Event()

    def on_rows(rows: list[dict[str, str]]) -> None:
        calls.append(len(rows))
        # Once: a signal that the stream does not see any more would end the test.
        if len(calls) == 1:
            signal.raise_signal(signal.SIGINT)
            assert gone.wait(20)

    def interrupt(signum: int, frame: FrameType | None) -> None:
        gone.set()
        raise KeyboardInterrupt

    # A process that a script starts in the background ignores the signal.
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            stream_csv(table, on_rows, batch_size=1)
    finally:
        signal.signal(signal.SIGINT, before)
    # An interrupted stream does not go on to the end.
    assert len(calls) < 10
