# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import assert_type

from package import LookupFailed, lookup, search


async def use() -> None:
    assert_type(await lookup("example.com", port=43), str)
    assert_type(await search("dump.db", "Ada"), list[str])
    await lookup("example.com", "whois.iana.org")  # type: ignore[call-arg]
    await search(1, "Ada")  # type: ignore[arg-type]
    text: str = lookup("example.com")  # type: ignore[assignment]


error: ValueError = LookupFailed("no answer")
