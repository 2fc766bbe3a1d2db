"""Parse and write durations such as ``1h 30m``."""

from ._core import DurationError, parse, parse_all, render

__all__ = ["DurationError", "parse", "parse_all", "render"]
