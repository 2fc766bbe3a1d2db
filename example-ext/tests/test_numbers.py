"""Numbers, buffers, matrices, and the exceptions about them."""

import array
import math
import random

import pytest

from example_ext import (
    ConfigError,
    DataProcessor,
    EmptyDataError,
    ExampleError,
    Matrix,
    NotPositiveError,
    ShapeError,
    mean,
    parse_positive,
    sort_integers,
    sum_buffer,
)


def test_parse_positive() -> None:
    assert parse_positive(" 42 ") == 42
    for text in ["0", "-1", "many", "", str(2**63)]:
        with pytest.raises(NotPositiveError):
            parse_positive(text)


def test_exceptions_have_a_base_of_ours_and_a_built_in_one() -> None:
    for ours in (ConfigError, EmptyDataError, NotPositiveError, ShapeError):
        assert issubclass(ours, ExampleError)
        assert issubclass(ours, ValueError)
        assert ours.__module__ == "example_ext.errors"


def test_mean() -> None:
    assert mean([1, 2.5, 4]) == 2.5
    with pytest.raises(EmptyDataError):
        mean([])


def test_sorting_is_like_pythons() -> None:
    values = [random.Random(n).randrange(-(2**63), 2**63) for n in range(5000)]
    assert sort_integers(values) == sorted(values)
    with pytest.raises(OverflowError):
        sort_integers([2**63])


@pytest.mark.parametrize("code", "bBhHiIlLqQ")
def test_sums_of_whole_numbers_stay_whole(code: str) -> None:
    data = array.array(code, [1, 2, 100])
    total = sum_buffer(data)
    assert total == 103
    assert isinstance(total, int)
    assert sum_buffer(memoryview(data)[1:]) == 102


def test_sums_do_not_overflow() -> None:
    assert sum_buffer(array.array("Q", [2**64 - 1] * 3)) == 3 * (2**64 - 1)


@pytest.mark.parametrize("code", "fd")
def test_sums_of_floats(code: str) -> None:
    assert sum_buffer(array.array(code, [0.5, 0.25])) == 0.75
    assert sum_buffer(array.array(code)) == 0


def test_buffers_that_cannot_be_summed() -> None:
    with pytest.raises(BufferError, match="not contiguous"):
        sum_buffer(memoryview(array.array("d", [1, 2, 3]))[::2])
    with pytest.raises(BufferError, match="not aligned; copy it"):
        sum_buffer(memoryview(bytes(16))[1:9].cast("d"))
    with pytest.raises(TypeError, match="no numbers"):
        sum_buffer(memoryview(b"abc").cast("?"))
    with pytest.raises(TypeError):
        sum_buffer([1.0])  # type: ignore[arg-type]


def test_numpy_arrays_are_read_in_place() -> None:
    numpy = pytest.importorskip("numpy")
    table = numpy.arange(12, dtype=numpy.int32).reshape(3, 4)
    assert sum_buffer(table) == 66
    assert sum_buffer(numpy.linspace(0, 1, 5)) == 2.5
    with pytest.raises(BufferError, match="ascontiguousarray"):
        sum_buffer(table[:, 1])


def test_matrices_never_change() -> None:
    matrix = Matrix([[1, 2], [3, 4], [5, 6]])
    assert matrix.shape == (3, 2)
    assert matrix.transpose() == Matrix([[1, 3, 5], [2, 4, 6]])
    assert matrix.scale(2) == matrix + matrix
    assert (matrix @ Matrix([[1], [10]])).to_lists() == [[21], [43], [65]]
    assert matrix[2, 1] == 6
    assert matrix == Matrix([[1, 2], [3, 4], [5, 6]])
    assert repr(Matrix([[1, 0.5]])) == "Matrix([[1.0, 0.5]])"


def test_matrices_have_to_fit() -> None:
    matrix = Matrix([[1, 2]])
    with pytest.raises(ShapeError, match="multiply a matrix of 1x2 and one of 1x2"):
        _ = matrix @ matrix
    with pytest.raises(ShapeError, match="length of the first"):
        Matrix([[1], [1, 2]])
    assert matrix[-1, -2] == 1
    for place in [(1, 0), (0, 2), (-2, 0), (0, -3)]:
        with pytest.raises(IndexError, match="outside of a matrix of 1x2"):
            _ = matrix[place]
    with pytest.raises(TypeError):
        _ = matrix + 1  # type: ignore[operator]


def test_processor_limits_and_scales() -> None:
    processor = DataProcessor({"limits": (0, 1), "scale": 10, "skip_nan": True})
    assert processor.process([-1, 0.5, math.nan, 9]) == [0, 5, 10]
    summary = processor.summary([-1, 9])
    assert (summary.count, summary.mean, summary.deviation) == (2, 5, 5)
    assert (summary.min, summary.max) == (0, 10)
    with pytest.raises(EmptyDataError):
        processor.summary([])


def test_configurations_are_checked() -> None:
    with pytest.raises(KeyError, match="limits"):
        DataProcessor({})  # type: ignore[typeddict-item]
    with pytest.raises(ConfigError, match="unknown key 'scal', use limits, scale"):
        DataProcessor({"limits": (0, 1), "scal": 2})  # type: ignore[typeddict-unknown-key]
    for limits in [(1, 0), (math.nan, 1)]:
        with pytest.raises(ConfigError, match="lower limit"):
            DataProcessor({"limits": limits})
    with pytest.raises(TypeError):
        DataProcessor({"limits": (0, "1")})  # type: ignore[typeddict-item]
