"""Book intervals of whole numbers, without overlaps."""

from ._core import ConflictError, Hold, Interval, Schedule

__all__ = ["ConflictError", "Hold", "Interval", "Schedule"]
