"""Mix, smooth and trim audio in NumPy arrays."""

from ._core import mix, smooth, trim

__all__ = ["mix", "smooth", "trim"]
