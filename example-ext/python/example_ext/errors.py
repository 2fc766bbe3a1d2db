"""The exceptions of the package.

All of them are an `ExampleError`, and each is the built-in exception, too, that a caller who does not know this package would catch.
"""

__all__ = [
    "ConfigError",
    "EmptyDataError",
    "ExampleError",
    "FetchError",
    "FetchTimeoutError",
    "NotPositiveError",
    "ShapeError",
    "TableError",
]


class ExampleError(Exception):
    """Whatever this package cannot do."""


class NotPositiveError(ExampleError, ValueError):
    """A text that should hold a whole number above zero does not."""


class EmptyDataError(ExampleError, ValueError):
    """There are no values to compute with."""


class ConfigError(ExampleError, ValueError):
    """A configuration that makes no sense."""


class ShapeError(ExampleError, ValueError):
    """Matrices whose rows and columns do not fit."""


class TableError(ExampleError, ValueError):
    """A file that is no table, or not of numbers. One that cannot be read is an `OSError`."""


class FetchError(ExampleError, OSError):
    """There is no page: nobody answers, or the answer is broken or too large."""


class FetchTimeoutError(FetchError, TimeoutError):
    """The page did not come in time."""
