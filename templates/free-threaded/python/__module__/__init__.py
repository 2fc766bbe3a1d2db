"""Latencies recorded by many threads."""

from ._core import Recorder, shared

__all__ = ["Recorder", "shared"]
