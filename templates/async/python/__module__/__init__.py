"""WHOIS lookups for asyncio."""

from __future__ import annotations

import os

from . import _core
from ._core import LookupFailed

__all__ = ["LookupFailed", "lookup", "search"]

# The functions of `_core` need a running loop when they are called, and return a
# future of it. The coroutine functions here put both off until they are awaited,
# so that `asyncio.create_task(lookup(...))` and `asyncio.run(lookup(...))` work.


async def lookup(query: str, *, server: str = "whois.iana.org", port: int = 43) -> str:
    """Return what a WHOIS server answers to a query.

    Trouble with the connection raises an `OSError`. There is no limit of time:
    cancelling hangs up, so `asyncio.wait_for` does the rest.
    """
    return await _core.lookup(query, server, port)


async def search(path: str | os.PathLike[str], text: str) -> list[str]:
    """Return the records of a registry's dump that hold a text.

    Records are paragraphs: they end with a blank line. The event loop runs on
    while the file is read, and cancelling ends the search before it reads on. What
    cannot be cancelled is a wait for the file itself, such as that to open a named
    pipe: it keeps a thread until it is over.
    """
    return await _core.search(path, text)
